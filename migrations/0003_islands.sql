-- Where each island stands. Derived from its links, kept so that compare-and-append is one look-up.
CREATE TABLE islands (
    -- The world it belongs to.
    world INTEGER NOT NULL REFERENCES world (id),
    -- The line of history this row speaks of.
    branch INTEGER NOT NULL,
    -- Its number, from 1; never removed.
    island INTEGER NOT NULL,
    -- The first epoch not stored yet.
    head_epoch INTEGER NOT NULL DEFAULT 0,
    -- Digest of the state there; a new link must have it as its base.
    head_state BLOB NOT NULL CHECK (length(head_state) = 32),
    -- The newest link of the chain; 32 zeros before the first.
    link BLOB NOT NULL CHECK (length(link) = 32),
    -- Units stored.
    units INTEGER NOT NULL DEFAULT 0,
    -- Canonical bytes of the Sample at the head: what pages show without opening the state.
    sample BLOB NOT NULL,
    -- When the newest unit was stored, Unix ms; 0 for never.
    updated_ms INTEGER NOT NULL DEFAULT 0,
    -- Who may append: several coordinators on one database each hold the islands of their current term.
    owner_term INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (world, branch, island)
) STRICT, WITHOUT ROWID;
