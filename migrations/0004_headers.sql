-- Stretches: written before they are first sent, never changed.
CREATE TABLE headers (
    -- The world it belongs to.
    world INTEGER NOT NULL,
    -- The line of history.
    branch INTEGER NOT NULL,
    -- The island.
    island INTEGER NOT NULL,
    -- The first epoch of the stretch; there is one stretch per beginning.
    first_epoch INTEGER NOT NULL,
    -- The first epoch after it; units must end within.
    end_epoch INTEGER NOT NULL,
    -- Digest of the header: what reports and links name.
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    -- Canonical bytes of the header, repeated by every lease.
    header BLOB NOT NULL,
    -- Canonical bytes of the inputs whose digest the header holds; replay needs them.
    inputs BLOB NOT NULL,
    PRIMARY KEY (world, branch, island, first_epoch),
    FOREIGN KEY (world, branch, island) REFERENCES islands (world, branch, island)
) STRICT, WITHOUT ROWID;
