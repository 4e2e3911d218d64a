-- Checkpoints: what the whole world needs to go on from a moment, taken in one transaction.
CREATE TABLE checkpoints (
    number INTEGER PRIMARY KEY,
    -- When it was taken, Unix ms.
    time_ms INTEGER NOT NULL,
    -- Why: 'interval', 'by hand', 'before a restore', 'import'. Only those of the interval are thinned by age.
    cause TEXT NOT NULL,
    -- Islands in it, and the epochs that they had lived in all.
    islands INTEGER NOT NULL,
    epochs INTEGER NOT NULL,
    -- Canonical bytes of the image without the states, deflated, and their digest before that.
    image BLOB NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 32)
) STRICT;

-- The states that checkpoints need: they are kept as long as one of these is.
CREATE TABLE checkpoint_states (
    world INTEGER NOT NULL,
    branch INTEGER NOT NULL,
    island INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    checkpoint INTEGER NOT NULL REFERENCES checkpoints (number) ON DELETE CASCADE,
    PRIMARY KEY (world, branch, island, epoch, checkpoint)
) STRICT, WITHOUT ROWID;
CREATE INDEX checkpoint_states_of ON checkpoint_states (checkpoint);
