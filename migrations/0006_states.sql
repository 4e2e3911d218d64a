-- States at unit lines: the head of each island and the bases of its newest units.
CREATE TABLE states (
    -- The world it belongs to.
    world INTEGER NOT NULL,
    -- The line of history.
    branch INTEGER NOT NULL,
    -- The island.
    island INTEGER NOT NULL,
    -- The epoch that begins with this state.
    epoch INTEGER NOT NULL,
    -- Digest of the canonical bytes: damage is found by it.
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    -- Canonical bytes, deflated.
    bytes BLOB NOT NULL,
    PRIMARY KEY (world, branch, island, epoch)
) STRICT;
