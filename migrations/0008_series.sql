-- The world over time. Three grains; older points are kept only in coarser ones, so that years stay small.
CREATE TABLE series (
    -- Milliseconds between two points of this grain: as taken, a minute, an hour.
    grain_ms INTEGER NOT NULL,
    -- When, Unix ms.
    time_ms INTEGER NOT NULL,
    -- The point as JSON: it is only ever read whole, and new fields need no migration.
    point TEXT NOT NULL,
    PRIMARY KEY (grain_ms, time_ms)
) STRICT, WITHOUT ROWID;
