-- Who had most members at the end of each confirmed unit: what a picture of rise and fall is drawn from.
CREATE TABLE dominants (
    -- The world it belongs to.
    world INTEGER NOT NULL,
    island INTEGER NOT NULL,
    -- The epoch line at which the unit ends.
    epoch INTEGER NOT NULL,
    -- All who were alive there.
    population INTEGER NOT NULL,
    -- Hashes of genotypes with their members, most members first, as canonical bytes.
    shares BLOB NOT NULL,
    PRIMARY KEY (world, island, epoch)
) STRICT, WITHOUT ROWID;
