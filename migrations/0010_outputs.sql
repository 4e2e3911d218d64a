-- What confirmed units put out: taxa with the tree that connects them, genomes once, samples over time.

-- Outputs of a unit that waits for its verdict: canonical bytes, deflated. Units of earlier releases have none.
ALTER TABLE provisional ADD COLUMN outputs BLOB NOT NULL DEFAULT x'';

-- Genomes, each once. A row goes when nothing names it any more.
CREATE TABLE genotypes (
    -- Short name for rows that point here.
    number INTEGER PRIMARY KEY,
    -- 16 bytes of blake3 of the genome.
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 16),
    -- The bytes at birth.
    genome BLOB NOT NULL,
    -- Kingdom to species, six slashes between: a function of the bytes, kept so that names can be counted.
    lineage TEXT NOT NULL
) STRICT;
CREATE INDEX genotypes_by_lineage ON genotypes (lineage);

-- Taxa: one row for each origin of a genotype that confirmed units have named. They form a forest.
CREATE TABLE taxa (
    -- The world it belongs to.
    world INTEGER NOT NULL,
    -- Where it began.
    island INTEGER NOT NULL,
    -- Counts the origins on that island from 0. A roll-back gives numbers out again, and removes what had them.
    serial INTEGER NOT NULL,
    -- The line of history that named it last.
    branch INTEGER NOT NULL,
    -- Its genome.
    genotype INTEGER NOT NULL REFERENCES genotypes (number),
    -- How it began: 'founder', 'abiogenesis', 'birth', 'immigrant', 'reseed', 'operator'.
    cause TEXT NOT NULL,
    -- The taxon it came from, for births and immigrants; it may have been pruned or never have been named.
    parent_island INTEGER,
    parent_serial INTEGER,
    -- The tick of the island at which it began.
    origin_tick INTEGER NOT NULL,
    -- Births by its members so far, and members alive at `seen_epoch`.
    births INTEGER NOT NULL,
    living INTEGER NOT NULL,
    -- What lies between it and its parent: births the edge stands for, and what was changed on the way.
    steps INTEGER NOT NULL,
    synonymous INTEGER NOT NULL,
    nonsynonymous INTEGER NOT NULL,
    insertions INTEGER NOT NULL,
    deletions INTEGER NOT NULL,
    other INTEGER NOT NULL,
    -- The newest confirmed epoch line that knows of it; of the extinct, the one before which the last member died.
    seen_epoch INTEGER NOT NULL,
    -- Why it stands on something false, such as an ancestor that came from a unit that did not count; none if not.
    tainted TEXT,
    PRIMARY KEY (world, island, serial)
) STRICT, WITHOUT ROWID;
CREATE INDEX taxa_of_genotype ON taxa (genotype);
CREATE INDEX taxa_living ON taxa (world, island, living) WHERE living > 0;
CREATE INDEX taxa_extinct ON taxa (world, island, seen_epoch) WHERE living = 0;
CREATE INDEX taxa_of_parent ON taxa (world, parent_island, parent_serial);

-- Islands over their own time, thinned: the older, the fewer epoch lines are kept.
CREATE TABLE samples (
    -- The world it belongs to.
    world INTEGER NOT NULL,
    -- The island.
    island INTEGER NOT NULL,
    -- The epoch that begins at this line.
    epoch INTEGER NOT NULL,
    -- Canonical bytes of the Sample.
    sample BLOB NOT NULL,
    PRIMARY KEY (world, island, epoch)
) STRICT, WITHOUT ROWID;
