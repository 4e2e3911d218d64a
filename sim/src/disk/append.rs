//! Compare-and-append, as the Store does it: a unit is taken if its key is new, its base is where the island stands, and
//! what it builds on is confirmed or the same maker's. Knows no reason why.

use super::{Answer, Disk, Island, Pending};
use crate::flaw::Flaw;
use bytebiota_core::{Branch, Digest, Epoch, IslandId, Sample};
use bytebiota_server::store::Appended;

impl Disk {
    pub(super) fn add_island(&mut self, island: IslandId, state: &[u8], sample: &Sample) -> Answer {
        let digest = Digest::of(state);
        let (first, origin) = ((island, Branch(0)), Epoch(0));
        let new = Island {
            head_epoch: origin,
            head_state: digest,
            link: Digest::default(),
            units: 0,
            sample: sample.clone(),
            updated_ms: 0,
            superseded: None,
        };
        self.islands.entry(first).or_insert(new);
        let kept = self.states.entry((island, Branch(0), origin));
        kept.or_insert((digest, state.to_vec()));
        Answer::Done
    }

    pub(super) fn append(&mut self, unit: &Pending) -> Appended {
        if unit.key.world != self.world.id {
            return Appended::Foreign;
        }
        let credit = self.credit(unit.volunteer);
        let place = (unit.key.island, unit.key.branch, unit.key.first_epoch);
        let linked = self.links.get(&place).map(|link| &link.unit);
        if let Some(known) = linked.or_else(|| self.pending.get(&place)) {
            let digests = |unit: &Pending| -> Vec<Digest> {
                unit.seals.iter().map(|seal| seal.digest).collect()
            };
            let same = (known.end_epoch, known.header, known.base, known.end_state)
                == (unit.end_epoch, unit.header, unit.base, unit.end_state);
            if self.flaw == Flaw::EnterTwice {
                let again = known.clone();
                self.enter_twice(again);
                return Appended::Repeated { credit };
            }
            return match same && digests(known) == digests(unit) {
                true => Appended::Repeated { credit },
                false => Appended::Stale,
            };
        }
        let Some((epoch, state, maker)) = self.head(unit.key.island, unit.key.branch) else {
            return Appended::Foreign;
        };
        let is_next = (epoch, state) == (unit.key.first_epoch, unit.base);
        if !is_next || maker.is_some_and(|maker| maker != unit.volunteer) {
            return Appended::Stale;
        }
        if !self.is_open(unit) {
            return Appended::Foreign;
        }
        self.pending.insert(place, unit.clone());
        if self.flaw == Flaw::LeakProvisional {
            self.send_off(unit, |_| true);
        }
        if self.flaw == Flaw::MoveHeads
            && let Some(row) = self.islands.get_mut(&(place.0, place.1))
        {
            row.head_epoch = unit.end_epoch;
        }
        Appended::Stored { credit }
    }

    fn enter_twice(&mut self, mut unit: Pending) {
        if let Some((epoch, _, _)) = self.head(unit.key.island, unit.key.branch) {
            unit.key.first_epoch = epoch;
            let place = (unit.key.island, unit.key.branch, epoch);
            self.pending.insert(place, unit);
        }
    }

    /// Ticks credited to somebody in all.
    pub fn credit(&self, volunteer: i64) -> u64 {
        let person = self.people.get(&volunteer);
        person.map_or(0, |person| person.credit.max(0) as u64)
    }

    /// Where a line stands with what is provisional, and whose that is; `None` for one that is not continued.
    fn head(&self, island: IslandId, branch: Branch) -> Option<(Epoch, Digest, Option<i64>)> {
        let row = self.islands.get(&(island, branch));
        let row = row.filter(|row| row.superseded.is_none())?;
        let of = (island, branch, Epoch(0))..=(island, branch, Epoch(u64::MAX));
        Some(match self.pending.range(of).next_back() {
            Some((_, unit)) => (unit.end_epoch, unit.end_state, Some(unit.volunteer)),
            None => (row.head_epoch, row.head_state, None),
        })
    }

    /// Whether a unit lies within a stored stretch of its island.
    fn is_open(&self, unit: &Pending) -> bool {
        self.headers.get(&unit.header).is_some_and(|(header, _)| {
            (header.world, header.branch, header.island)
                == (unit.key.world, unit.key.branch, unit.key.island)
                && header.first_epoch <= unit.key.first_epoch
                && header.end_epoch >= unit.end_epoch
        })
    }
}
