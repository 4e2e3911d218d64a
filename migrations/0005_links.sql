-- Units: the chain of each island. A row is a confirmed unit, and its key is unique, so none counts twice.
CREATE TABLE links (
    -- The world it belongs to.
    world INTEGER NOT NULL,
    -- The line of history.
    branch INTEGER NOT NULL,
    -- The island.
    island INTEGER NOT NULL,
    -- The unit's own first epoch.
    first_epoch INTEGER NOT NULL,
    -- The first epoch after the unit: the next unit's first.
    end_epoch INTEGER NOT NULL,
    -- The stretch it was computed under.
    header BLOB NOT NULL REFERENCES headers (digest),
    -- Digest of the state it began with.
    base BLOB NOT NULL CHECK (length(base) = 32),
    -- Digest of the state it ended with.
    state BLOB NOT NULL CHECK (length(state) = 32),
    -- The segment digests, 32 bytes each: what a repeated report must equal and replay is compared with.
    segments BLOB NOT NULL,
    -- blake3(previous link, header digest, segment digests).
    link BLOB NOT NULL CHECK (length(link) = 32),
    -- Who computed it.
    volunteer INTEGER NOT NULL REFERENCES volunteers (number),
    -- When it was stored, Unix ms.
    time_ms INTEGER NOT NULL,
    PRIMARY KEY (world, branch, island, first_epoch)
) STRICT, WITHOUT ROWID;
