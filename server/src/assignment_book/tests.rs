//! Laws of the book under random events: a small world of workers that compute, vanish, return, lie about leases and
//! repeat themselves, and a store that is the truth.

use super::*;
use bytebiota_core::UnitKey;
use proptest::prelude::*;

/// A lease as a worker knows it.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) grant: Grant,
    pub(super) next: Epoch,
}

pub(super) struct World {
    pub(super) book: AssignmentBook,
    pub(super) now_ms: u64,
    heads: BTreeMap<IslandId, (Epoch, Digest)>,
    headers: BTreeMap<(IslandId, Epoch), StretchHeader>,
    opening: Vec<StretchHeader>,
    pub(super) connections: Vec<ConnectionId>,
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
            headers: BTreeMap::new(),
            opening: Vec::new(),
            connections: Vec::new(),
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
        self.book.add_island(island, Epoch(0), genesis, None, 0);
    }

    pub(super) fn join(&mut self, slots: u32, volunteer: i64) -> ConnectionId {
        self.born += 1;
        let connection = ConnectionId(self.born);
        self.connections.push(connection);
        self.book
            .handle_join(connection, VolunteerId(volunteer), 100, slots, wish());
        connection
    }

    /// Carries out the effects; headers stay unstored until `open_all` when `late`.
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

    fn open_all(&mut self) {
        for header in std::mem::take(&mut self.opening) {
            let island = header.island;
            let key = (island, header.first_epoch);
            assert!(
                self.headers.insert(key, header).is_none(),
                "a header was changed"
            );
            self.book.handle_opened(self.now_ms, island);
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::OpenStretch(header) => self.opening.push(header),
            Effect::CreateIsland(island) => self.add(island),
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
                let head = self.heads[&grant.header.island];
                assert_eq!(
                    (grant.from_epoch, grant.from_digest),
                    head,
                    "not from the head"
                );
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
        if self.heads[&header.island] == (held.next, base) {
            let unit = StoredUnit {
                key,
                end_epoch: end,
                end_state: state_of(header.island, end),
            };
            self.heads.insert(header.island, (end, unit.end_state));
            self.book.handle_stored(self.now_ms, slot, lease, &unit);
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

    fn reconnect(&mut self, index: usize) {
        let Some(old) = self.pick_connection(index) else {
            return;
        };
        self.connections.retain(|connection| *connection != old);
        self.book.handle_gone(self.now_ms, old);
        let new = self.join(2, 1);
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
        for (&island, &(epoch, digest)) in &self.heads {
            let open = self.headers.range((island, Epoch(0))..=(island, epoch));
            let open = open.last().map(|(_, header)| header.clone());
            let open = open.filter(|header| header.end_epoch > epoch);
            book.add_island(island, epoch, digest, open, self.now_ms + 10_000);
        }
        self.book = book;
        self.opening.clear();
        let old = std::mem::take(&mut self.connections);
        for connection in old {
            let new = self.join(2, 1);
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

    fn pick_connection(&self, index: usize) -> Option<ConnectionId> {
        let count = self.connections.len();
        (count > 0).then(|| self.connections[index % count])
    }

    fn pick_slot(&self, index: usize) -> Option<SlotId> {
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
            if let Some(stretch) = entry.stretch.as_ref().filter(|stretch| stretch.stored) {
                let key = (*island, stretch.header.first_epoch);
                assert_eq!(self.headers.get(&key), Some(&stretch.header));
                assert!(stretch.header.end_epoch > entry.head_epoch);
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

fn play(world: &mut World, event: u8, index: usize, time_ms: u64) {
    world.now_ms += time_ms;
    match event {
        0 => {
            world.join(2, 1 + (index % 3) as i64);
        }
        1..=4 => {
            if let Some(slot) = world.pick_slot(index) {
                world.book.handle_ask(world.now_ms, slot);
            }
        }
        5..=10 => {
            if let Some(slot) = world.pick_slot(index) {
                world.deliver(slot);
            }
        }
        11 => {
            if let Some(connection) = world.pick_connection(index) {
                world.connections.retain(|c| *c != connection);
                world.book.handle_gone(world.now_ms, connection);
            }
        }
        12 => world.reconnect(index),
        13 => {
            if let Some(connection) = world.pick_connection(index) {
                world.book.handle_pause(world.now_ms, connection);
            }
        }
        14 => decline(world, index),
        15 if index.is_multiple_of(4) => world.restart(),
        _ => world.book.poll(world.now_ms),
    }
    world.run(index.is_multiple_of(5));
    if index.is_multiple_of(3) {
        world.open_all();
        world.run(false);
    }
}

fn decline(world: &mut World, index: usize) {
    let Some(slot) = world.pick_slot(index) else {
        return;
    };
    let held = world.held.entry(slot).or_default();
    if let Some(last) = held.pop() {
        world
            .book
            .handle_declined(world.now_ms, slot, last.grant.lease);
    }
}

/// After the faults: fresh workers ask, and every island is leased and advances within 75 s.
fn recover(world: &mut World) {
    for connection in std::mem::take(&mut world.connections) {
        world.book.handle_gone(world.now_ms, connection);
    }
    world.open_all();
    let before = world.heads.clone();
    let fresh = world.join(12, 99);
    for _ in 0..75 {
        world.now_ms += 1_000;
        world.book.poll(world.now_ms);
        for slot in 0..12 {
            let slot = SlotId {
                connection: fresh,
                slot,
            };
            world.book.handle_ask(world.now_ms, slot);
            world.run(false);
            world.deliver(slot);
            world.run(false);
        }
    }
    for (island, (epoch, _)) in before {
        assert!(
            world.heads[&island].0 > epoch,
            "island {island} stands still"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_island_is_leased_twice_no_epoch_is_lost_and_everything_recovers(
        events in prop::collection::vec((0u8..18, 0usize..64, 0u64..8_000), 1..150)
    ) {
        let mut world = World::new();
        for (event, index, time_ms) in events {
            play(&mut world, event, index, time_ms);
        }
        recover(&mut world);
    }
}
