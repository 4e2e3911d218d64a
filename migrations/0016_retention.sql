-- Retention: what makes old history findable by age, and forgettable without a look at everything else.

-- The oldest links go first.
CREATE INDEX links_by_time ON links (time_ms);
-- A header goes with the last link that names it.
CREATE INDEX links_by_header ON links (header);
-- Those that are not history any more are counted at every start.
CREATE INDEX links_superseded ON links (world) WHERE superseded IS NOT NULL;
-- Where an island stands is looked up by its number.
CREATE INDEX islands_by_number ON islands (world, island, branch);
-- Whoever is forgotten must be named by nothing.
CREATE INDEX ledger_of_volunteer ON ledger (volunteer);
CREATE INDEX void_units_of_volunteer ON void_units (volunteer);

-- Before this epoch the links of an island are folded: only those at checkpoints stand singly.
ALTER TABLE islands ADD COLUMN folded_epoch INTEGER NOT NULL DEFAULT 0;
-- The last visit, Unix ms; 0 for before it was noted.
ALTER TABLE volunteers ADD COLUMN seen_ms INTEGER NOT NULL DEFAULT 0;

-- What is counted for ever and kept no longer, by its table.
CREATE TABLE forgotten (
    name TEXT PRIMARY KEY,
    rows INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO forgotten (name, rows) VALUES ('void_units', 0);
