-- Who computes: a random token, hashed, and what it has earned.
CREATE TABLE volunteers (
    -- Short name for rows that point here.
    number INTEGER PRIMARY KEY,
    -- blake3 of the token: whoever reads the database cannot speak for anybody.
    token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    -- Decoration, as cleaned at the last visit; empty for none.
    nick TEXT NOT NULL DEFAULT '',
    -- First visit, Unix ms.
    created_ms INTEGER NOT NULL,
    -- Ticks credited; the sum of the ledger rows, kept so that every Welcome need not add them up.
    credit INTEGER NOT NULL DEFAULT 0,
    -- Units confirmed; decides how many slots are granted.
    units INTEGER NOT NULL DEFAULT 0
) STRICT;
