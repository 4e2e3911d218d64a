-- The seed bank: genomes that the server itself has tried, and what became of them where they were sown.
CREATE TABLE seeds (
    -- 16 bytes of blake3 of the genome.
    hash BLOB PRIMARY KEY CHECK (length(hash) = 16),
    -- The bytes.
    genome BLOB NOT NULL,
    -- How it lives, by the server's own assay: 'self_replicator', 'parasite', ..
    way TEXT NOT NULL,
    -- Ticks from child to child in the assay; 0 if none followed the first.
    ticks_per_birth INTEGER NOT NULL,
    -- Tasks it solves, one bit each.
    tasks INTEGER NOT NULL,
    -- The taxon and the epoch line at which it was found; none for those from a file.
    found_island INTEGER,
    found_serial INTEGER,
    found_epoch INTEGER,
    -- When it was admitted, Unix ms.
    admitted_ms INTEGER NOT NULL,
    -- How often it was sown, and how often it took root.
    uses INTEGER NOT NULL DEFAULT 0,
    successes INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Every sowing of a seed, with its reason and what became of it.
CREATE TABLE reseedings (
    number INTEGER PRIMARY KEY,
    world INTEGER NOT NULL,
    island INTEGER NOT NULL,
    -- The epoch line at which it was decided.
    epoch INTEGER NOT NULL,
    -- 'extinct', 'barren', 'uniform'.
    reason TEXT NOT NULL,
    -- The genotype that was sown.
    hash BLOB NOT NULL CHECK (length(hash) = 16),
    -- Its journey; the row there goes in time.
    mail INTEGER NOT NULL,
    -- When, Unix ms.
    time_ms INTEGER NOT NULL,
    -- 1 if it or its descendants lived some epochs after it entered, 0 if not; none as long as that is not known.
    took_root INTEGER
) STRICT;
CREATE INDEX reseedings_of_island ON reseedings (world, island, epoch);
CREATE INDEX reseedings_open ON reseedings (world, island) WHERE took_root IS NULL;
