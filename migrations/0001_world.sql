-- The one world of this database.
CREATE TABLE world (
    -- Drawn at random when the world is made; part of every key, so that a foreign report is known as such.
    id INTEGER PRIMARY KEY,
    -- What genesis and every generator derive from; the u64 is kept as the i64 of the same bits.
    seed INTEGER NOT NULL,
    -- When the world was made, Unix ms; shown, never computed with.
    created_ms INTEGER NOT NULL,
    -- The line of history that is being continued.
    branch INTEGER NOT NULL DEFAULT 0,
    -- The meaning of instructions under which it is computed; another one needs a conversion first.
    semantics INTEGER NOT NULL,
    -- Canonical bytes of the Config: the database alone must be enough to go on.
    config BLOB NOT NULL
) STRICT;
