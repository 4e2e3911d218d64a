-- What crosses from one island to another: organisms on their way, and the edges of the regions.

-- Canonical bytes of the cells at the lower and the upper edge of the region at the head, from the edge inwards: what the
-- neighbours on the ring sense beyond their own edges. Empty until the first unit is confirmed.
ALTER TABLE islands ADD COLUMN low_edge BLOB NOT NULL DEFAULT x'';
ALTER TABLE islands ADD COLUMN high_edge BLOB NOT NULL DEFAULT x'';

-- Organisms on their way to an island; each enters one of its stretches, fixed with the header.
CREATE TABLE mail (
    -- Order of sending.
    number INTEGER PRIMARY KEY,
    world INTEGER NOT NULL,
    -- Where it goes.
    to_island INTEGER NOT NULL,
    -- Why: 'immigrant', 'reseed', 'operator'.
    cause TEXT NOT NULL,
    -- Of immigrants the line of history, the island, the taxon and the epoch line they left.
    from_branch INTEGER,
    from_island INTEGER,
    from_serial INTEGER,
    left_epoch INTEGER,
    -- The bytes that travel.
    genome BLOB NOT NULL,
    -- When it was sent, Unix ms.
    time_ms INTEGER NOT NULL,
    -- The stretch that takes it in and the epoch line at which; none while it waits.
    branch INTEGER,
    first_epoch INTEGER,
    enters_epoch INTEGER,
    -- Why it must not enter any more, or should not have; none if it may.
    withdrawn TEXT,
    UNIQUE (world, from_branch, from_island, left_epoch)
) STRICT;
CREATE INDEX mail_waiting ON mail (world, to_island, number) WHERE enters_epoch IS NULL AND withdrawn IS NULL;
CREATE INDEX mail_of_origin ON mail (world, from_island, left_epoch);
