//! A small world around the book, for laws and stories: workers that compute, vanish, return, lie about leases and repeat
//! themselves, a store that is the truth, and verdicts that come when they come.

use super::*;
use bytebiota_core::UnitKey;

/// A lease as a worker knows it.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) grant: Grant,
    pub(super) next: Epoch,
}

pub(super) struct World {
    pub(super) book: AssignmentBook,
    pub(super) now_ms: u64,
    /// Where islands stand on disk, with what is provisional.
    pub(super) heads: BTreeMap<IslandId, (Epoch, Digest)>,
    /// Where they were last confirmed.
    good: BTreeMap<IslandId, (Epoch, Digest)>,
    /// Whose the units between the two are.
    claims: BTreeMap<IslandId, VolunteerId>,
    /// Claims that wait for their verdict.
    pub(super) closed: Vec<IslandId>,
    headers: BTreeMap<(IslandId, Epoch), StretchHeader>,
    opening: Vec<StretchHeader>,
    pub(super) connections: Vec<ConnectionId>,
    volunteers: BTreeMap<ConnectionId, i64>,
    pub(super) held: BTreeMap<SlotId, Vec<Held>>,
    born: u64,
}

fn state_of(island: IslandId, epoch: Epoch) -> Digest {
    Digest::of(format!("{island} {epoch}").as_bytes())
}

pub(super) fn wish() -> UnitWish {
    UnitWish {
        target_interval_ms: 20_000,
        min_epochs: 1,
        max_epochs: 100_000,
    }
}

impl World {
    pub(super) fn new() -> Self {
        let mut world = Self {
            book: AssignmentBook::new(BookConfig::for_tests(), 1),
            now_ms: 1_000,
            heads: BTreeMap::new(),
            good: BTreeMap::new(),
            claims: BTreeMap::new(),
            closed: Vec::new(),
            headers: BTreeMap::new(),
            opening: Vec::new(),
            connections: Vec::new(),
            volunteers: BTreeMap::new(),
            held: BTreeMap::new(),
            born: 0,
        };
        for number in [1, 2] {
            world.add(IslandId(number));
        }
        world
    }

    pub(super) fn add(&mut self, island: IslandId) {
        let genesis = state_of(island, Epoch(0));
        assert!(
            self.heads.insert(island, (Epoch(0), genesis)).is_none(),
            "made twice"
        );
        self.good.insert(island, (Epoch(0), genesis));
        self.book
            .add_island(island, IslandStart::genesis(genesis), 0);
    }

    pub(super) fn join(&mut self, slots: u32, volunteer: i64) -> ConnectionId {
        self.born += 1;
        let connection = ConnectionId(self.born);
        self.connections.push(connection);
        self.volunteers.insert(connection, volunteer);
        self.book
            .handle_join(connection, VolunteerId(volunteer), 100, slots, wish());
        connection
    }

    /// Carries out the effects; headers stay unstored, and claims unjudged, until `open_all` when `late`.
    pub(super) fn run(&mut self, late: bool) {
        loop {
            let effects = self.book.take_effects();
            if effects.is_empty() {
                break;
            }
            effects
                .into_iter()
                .for_each(|effect| self.carry_out(effect));
            if !late {
                self.open_all();
            }
        }
        self.check();
    }

    pub(super) fn open_all(&mut self) {
        for island in std::mem::take(&mut self.closed) {
            self.judge(island, true);
        }
        for mut header in std::mem::take(&mut self.opening) {
            let key = (header.island, header.first_epoch);
            // What enters is known only now.
            header.inputs = Digest::of(format!("inputs {key:?}").as_bytes());
            assert!(
                self.headers.insert(key, header.clone()).is_none(),
                "a header was changed"
            );
            self.book.handle_opened(self.now_ms, &header);
        }
    }

    /// A verdict on a claim reaches the disk.
    pub(super) fn judge(&mut self, island: IslandId, is_true: bool) {
        if self.claims.remove(&island).is_none() {
            return;
        }
        if is_true {
            let (epoch, state) = self.heads[&island];
            self.good.insert(island, (epoch, state));
            self.book
                .handle_confirmed(self.now_ms, island, epoch, state);
        } else {
            self.heads.insert(island, self.good[&island]);
            self.book.handle_void(self.now_ms, island);
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Closed(island) => {
                assert!(self.claims.contains_key(&island), "nothing is claimed");
                self.closed.push(island);
            }
            Effect::OpenStretch(header) => self.opening.push(header),
            Effect::CreateIslands(islands) => islands.into_iter().for_each(|i| self.add(i)),
            Effect::NoWork { .. } => {}
            Effect::Revoke { slot, lease } => {
                let held = self.held.entry(slot).or_default();
                held.retain(|held| held.grant.lease != lease);
            }
            Effect::Assign(grant) => {
                let stored = self
                    .headers
                    .get(&(grant.header.island, grant.header.first_epoch));
                assert_eq!(stored, Some(&grant.header), "sent before it was stored");
                let good = self.good[&grant.header.island];
                assert_eq!(
                    (grant.from_epoch, grant.from_digest),
                    good,
                    "not from what is confirmed"
                );
                let claim = self.claims.get(&grant.header.island);
                assert_eq!(claim, None, "leased while it is checked");
                assert!(grant.from_epoch < grant.header.end_epoch);
                self.book
                    .handle_accepted(self.now_ms, grant.slot, grant.lease);
                let next = grant.from_epoch;
                self.held
                    .entry(grant.slot)
                    .or_default()
                    .push(Held { grant, next });
            }
        }
    }

    /// The slot finishes the unit it is at, and what follows in the real server follows here.
    pub(super) fn deliver(&mut self, slot: SlotId) {
        let Some(held) = self.held.get(&slot).and_then(|held| held.first().cloned()) else {
            return;
        };
        let header = &held.grant.header;
        let end = Epoch(
            header
                .end_epoch
                .0
                .min(held.next.0 + u64::from(held.grant.unit_epochs)),
        );
        let key = UnitKey {
            world: header.world,
            branch: header.branch,
            island: header.island,
            first_epoch: held.next,
        };
        let lease = held.grant.lease;
        self.book.handle_report(self.now_ms, slot, lease, &key, end);
        let base = state_of(header.island, held.next);
        let maker = self.book.slots[&slot].volunteer;
        let claim = self.claims.get(&header.island);
        let may = claim.is_none_or(|other| *other == maker);
        if may && self.heads[&header.island] == (held.next, base) {
            let unit = StoredUnit {
                key,
                base,
                maker,
                end_epoch: end,
                end_state: state_of(header.island, end),
            };
            self.heads.insert(header.island, (end, unit.end_state));
            self.claims.insert(header.island, maker);
            let expected = self.book.handle_stored(self.now_ms, slot, lease, &unit);
            assert!(expected, "the book is where the disk is");
        } else {
            self.book.handle_stale(self.now_ms, slot, lease, &key);
        }
        let list = self.held.entry(slot).or_default();
        if let Some(first) = list.first_mut().filter(|first| first.grant.lease == lease) {
            first.next = end;
            if end >= first.grant.header.end_epoch {
                list.remove(0);
            }
        }
    }

    pub(super) fn reconnect(&mut self, index: usize) {
        let Some(old) = self.pick_connection(index) else {
            return;
        };
        self.connections.retain(|connection| *connection != old);
        self.book.handle_gone(self.now_ms, old);
        let new = self.join(2, self.volunteers[&old]);
        for slot in 0..2 {
            let kept = self.held.remove(&SlotId {
                connection: old,
                slot,
            });
            self.offer(
                SlotId {
                    connection: new,
                    slot,
                },
                kept.unwrap_or_default(),
            );
        }
    }

    /// Half of the workers name what they hold, half just go on with it.
    fn offer(&mut self, slot: SlotId, kept: Vec<Held>) {
        self.held.insert(slot, kept.clone());
        for held in kept.iter().filter(|_| self.now_ms.is_multiple_of(2)) {
            let (lease, header) = (held.grant.lease, &held.grant.header);
            self.book
                .handle_holding(self.now_ms, slot, lease, header, held.next);
        }
    }

    pub(super) fn restart(&mut self) {
        let mut book = AssignmentBook::new(BookConfig::for_tests(), self.now_ms << 20);
        for (&island, &head) in &self.heads {
            let good = self.good[&island];
            let open = self.headers.range((island, Epoch(0))..=(island, good.0));
            let open = open.last().map(|(_, header)| header.clone());
            let start = IslandStart {
                branch: bytebiota_core::Branch(0),
                good,
                head,
                claim: self.claims.get(&island).map(|maker| (*maker, 1)),
                open: open.filter(|header| header.end_epoch > good.0),
            };
            book.add_island(island, start, self.now_ms + 10_000);
        }
        self.book = book;
        self.opening.clear();
        self.closed.clear();
        let old = std::mem::take(&mut self.connections);
        for connection in old {
            let new = self.join(2, self.volunteers[&connection]);
            for slot in 0..2 {
                let kept = self
                    .held
                    .remove(&SlotId { connection, slot })
                    .unwrap_or_default();
                self.offer(
                    SlotId {
                        connection: new,
                        slot,
                    },
                    kept,
                );
            }
        }
    }

    pub(super) fn pick_connection(&self, index: usize) -> Option<ConnectionId> {
        let count = self.connections.len();
        (count > 0).then(|| self.connections[index % count])
    }

    pub(super) fn pick_slot(&self, index: usize) -> Option<SlotId> {
        let connection = self.pick_connection(index / 2)?;
        Some(SlotId {
            connection,
            slot: (index % 2) as u32,
        })
    }

    /// What must hold after every event.
    fn check(&self) {
        let mut named = BTreeMap::new();
        for (id, slot) in &self.book.slots {
            for island in [slot.running, slot.next].into_iter().flatten() {
                assert_eq!(named.insert(island, *id), None, "two slots have {island}");
                let lease = self.book.islands[&island].lease.as_ref();
                assert_eq!(lease.map(|lease| lease.slot), Some(*id), "island {island}");
            }
        }
        for (island, entry) in &self.book.islands {
            let (epoch, digest) = self.heads[island];
            assert_eq!(
                (entry.head_epoch, entry.head),
                (epoch, digest),
                "island {island}"
            );
            assert_eq!((entry.good_epoch, entry.good), self.good[island]);
            let maker = entry.claim.map(|claim| claim.maker);
            assert_eq!(maker.as_ref(), self.claims.get(island), "island {island}");
            if let Some(stretch) = entry.stretch.as_ref().filter(|stretch| stretch.stored) {
                let key = (*island, stretch.header.first_epoch);
                assert_eq!(self.headers.get(&key), Some(&stretch.header));
                assert!(stretch.header.end_epoch > entry.good_epoch);
            }
            if let Some(lease) = &entry.lease {
                let orphan = matches!(lease.phase, Phase::Orphan { .. });
                assert!(
                    orphan || named.get(island) == Some(&lease.slot),
                    "{island} {lease:?}"
                );
            }
        }
    }
}
