-- The parameters over time: every decision about them, and every Config that was in force after the first.
CREATE TABLE tuning (
    -- Order of what happened.
    number INTEGER PRIMARY KEY,
    -- When, Unix ms; shown, never computed with.
    time_ms INTEGER NOT NULL,
    -- The version that is in force since; none where nothing changed. 0 is how the world was made.
    version INTEGER UNIQUE,
    -- Digest of that Config, as headers name it, and its canonical bytes: replay needs them as long as there are links.
    digest BLOB CHECK (length(digest) = 32),
    config BLOB,
    -- What happened and why, as JSON: it is only ever read whole.
    entry TEXT NOT NULL,
    CHECK ((version IS NULL) = (config IS NULL) AND (version IS NULL) = (digest IS NULL))
) STRICT;
CREATE INDEX tuning_by_digest ON tuning (digest) WHERE digest IS NOT NULL;
