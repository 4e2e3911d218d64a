-- Trust: what is acknowledged is provisional until it was checked; what turned out false is kept, and marked as such.

-- Why this line of an island is not continued; none for the one that is. A roll-back opens the next branch beside it.
ALTER TABLE islands ADD COLUMN superseded TEXT;
-- The branch this one left, none for the first, and the epoch at which it did.
ALTER TABLE islands ADD COLUMN parent INTEGER;
ALTER TABLE islands ADD COLUMN parent_epoch INTEGER NOT NULL DEFAULT 0;
-- Why this unit is not history any more; none while it is.
ALTER TABLE links ADD COLUMN superseded TEXT;
-- Look-back reads the newest units of one volunteer.
CREATE INDEX links_of_volunteer ON links (volunteer, time_ms);

-- Reports found right by the auditor or an operator since the last mismatch: who has enough is proven.
ALTER TABLE volunteers ADD COLUMN proofs INTEGER NOT NULL DEFAULT 0;
-- Times results did not match: the first suspends, the second bans.
ALTER TABLE volunteers ADD COLUMN mismatches INTEGER NOT NULL DEFAULT 0;
-- Suspended until then, Unix ms, and a self-test is due after; 0 for not at all.
ALTER TABLE volunteers ADD COLUMN suspended_until_ms INTEGER NOT NULL DEFAULT 0;
-- 1 for good.
ALTER TABLE volunteers ADD COLUMN banned INTEGER NOT NULL DEFAULT 0;
-- What he computed with at his last visit.
ALTER TABLE volunteers ADD COLUMN engine TEXT NOT NULL DEFAULT '';

-- Acknowledged units that are not confirmed yet: of each island one maker's, in order, from its head on.
CREATE TABLE provisional (
    world INTEGER NOT NULL,
    branch INTEGER NOT NULL,
    island INTEGER NOT NULL,
    -- The unit's own first epoch, and the first after it.
    first_epoch INTEGER NOT NULL,
    end_epoch INTEGER NOT NULL,
    -- The stretch it was computed under.
    header BLOB NOT NULL REFERENCES headers (digest),
    -- Digests of the states it began and ended with.
    base BLOB NOT NULL CHECK (length(base) = 32),
    state BLOB NOT NULL CHECK (length(state) = 32),
    -- What the maker committed to: of each segment its digest, its end state, and the running digest of outputs.
    seals BLOB NOT NULL CHECK (length(seals) % 96 = 0),
    -- Canonical bytes of the end state, deflated, and of the Sample there.
    bytes BLOB NOT NULL,
    sample BLOB NOT NULL,
    -- Ticks to be credited.
    ticks INTEGER NOT NULL,
    -- Who computed it; whether it was his slot's very first, which is recomputed in full.
    volunteer INTEGER NOT NULL REFERENCES volunteers (number),
    is_first INTEGER NOT NULL,
    -- When it was stored, Unix ms.
    time_ms INTEGER NOT NULL,
    PRIMARY KEY (world, branch, island, first_epoch)
) STRICT;

-- Acknowledged units that do not count: never deleted, never built on.
CREATE TABLE void_units (
    -- Order of writing; the same unit may be void more than once.
    number INTEGER PRIMARY KEY,
    world INTEGER NOT NULL,
    branch INTEGER NOT NULL,
    island INTEGER NOT NULL,
    first_epoch INTEGER NOT NULL,
    end_epoch INTEGER NOT NULL,
    header BLOB NOT NULL,
    base BLOB NOT NULL,
    state BLOB NOT NULL,
    -- The segment digests, as in links.
    segments BLOB NOT NULL,
    volunteer INTEGER NOT NULL REFERENCES volunteers (number),
    -- When it was stored and when it was judged, Unix ms.
    time_ms INTEGER NOT NULL,
    judged_ms INTEGER NOT NULL,
    -- Why, in public words.
    reason TEXT NOT NULL
) STRICT;

-- Segments that somebody else computed again. What leaves an island may leave only out of those that confirm.
CREATE TABLE checks (
    number INTEGER PRIMARY KEY,
    -- Who computed them; none for the server's own auditor.
    checker INTEGER REFERENCES volunteers (number),
    -- The unit.
    world INTEGER NOT NULL,
    branch INTEGER NOT NULL,
    island INTEGER NOT NULL,
    first_epoch INTEGER NOT NULL,
    -- Segments from and until, counted from 0.
    from_segment INTEGER NOT NULL,
    until_segment INTEGER NOT NULL,
    -- Ticks computed: the credit, if it was a volunteer.
    ticks INTEGER NOT NULL,
    -- 1 if they belong to a unit that is confirmed; a right answer is credited either way.
    confirms INTEGER NOT NULL,
    time_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX checks_of_unit ON checks (world, branch, island, first_epoch);
CREATE INDEX checks_of_checker ON checks (checker);

-- Who was found wrong, by the server's own replay. In public: the time, the fingerprint, that results did not match.
CREATE TABLE convictions (
    number INTEGER PRIMARY KEY,
    volunteer INTEGER NOT NULL REFERENCES volunteers (number),
    engine TEXT NOT NULL,
    was_proven INTEGER NOT NULL,
    time_ms INTEGER NOT NULL,
    -- The unit.
    world INTEGER NOT NULL,
    branch INTEGER NOT NULL,
    island INTEGER NOT NULL,
    first_epoch INTEGER NOT NULL,
    -- The reproducer: the question as it travels, none if its state is lost.
    question BLOB,
    -- What the server found, 32 bytes a segment, and what was said of the last of them.
    right_digests BLOB NOT NULL,
    wrong_digest BLOB NOT NULL CHECK (length(wrong_digest) = 32),
    -- Why it does not count any more; none while it does.
    lifted TEXT
) STRICT;
CREATE INDEX convictions_of_volunteer ON convictions (volunteer);

-- Engines that compute something wrong: the program is refused, the people are not.
CREATE TABLE blocked_engines (
    engine TEXT PRIMARY KEY,
    -- The conviction that keeps the reproducer.
    conviction INTEGER NOT NULL REFERENCES convictions (number),
    time_ms INTEGER NOT NULL
) STRICT;
