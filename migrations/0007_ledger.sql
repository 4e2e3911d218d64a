-- Credit, one row for every reason: adding it up again gives the same sums.
CREATE TABLE ledger (
    -- Order of writing.
    number INTEGER PRIMARY KEY,
    -- Who earned it.
    volunteer INTEGER NOT NULL REFERENCES volunteers (number),
    -- The world of the unit.
    world INTEGER NOT NULL,
    -- The branch of the unit.
    branch INTEGER NOT NULL,
    -- The island of the unit.
    island INTEGER NOT NULL,
    -- The first epoch of the unit.
    first_epoch INTEGER NOT NULL,
    -- Ticks credited.
    ticks INTEGER NOT NULL,
    -- Why: 'unit' for a confirmed unit.
    reason TEXT NOT NULL,
    -- When, Unix ms.
    time_ms INTEGER NOT NULL,
    -- Nothing is credited twice for the same reason.
    UNIQUE (world, branch, island, first_epoch, reason)
) STRICT;
