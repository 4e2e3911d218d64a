//! Who goes where, and when he enters: the rules of migration as plain functions. Knows no disk and no island's inside.
//!
//! The islands that take part form a ring in order of number; every tenth is a control and stays alone. An emigrant
//! goes to the next on either side. What has arrived for an island enters with its next stretch, spread over it.

use bytebiota_core::{Arrival, ArrivalCause, CONTROL_ISLAND_EVERY, Epoch, IslandId, StretchHeader};

/// Arrivals of one stretch at most; never two at a line.
pub const MAX_PER_STRETCH: usize = 16;
/// Organisms that may wait for an island; the oldest gives way.
pub const MAX_WAITING: u32 = 64;

/// Somebody on his way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Traveller {
    /// His number in the Store.
    pub number: i64,
    /// Why he comes.
    pub cause: ArrivalCause,
    /// What travels.
    pub genome: Vec<u8>,
}

/// Whether an island is a control: nobody leaves it, nobody arrives, nothing is sown there.
pub fn is_control(island: IslandId) -> bool {
    island.0.is_multiple_of(CONTROL_ISLAND_EVERY)
}

/// Where an emigrant goes in a world of `islands` islands; `None` if nobody else takes part.
pub fn neighbour(from: IslandId, upward: bool, islands: u32) -> Option<IslandId> {
    let step = |island: u32| match (upward, island) {
        (true, island) if island >= islands => 1,
        (true, island) => island + 1,
        (false, 0 | 1) => islands,
        (false, island) => island - 1,
    };
    if is_control(from) || islands < 2 {
        return None;
    }
    // Two controls never stand side by side, but for the ends of a ring.
    let mut to = step(from.0);
    for _ in 0..2 {
        if is_control(IslandId(to)) {
            to = step(to);
        }
    }
    let to = IslandId(to);
    (to != from && !is_control(to)).then_some(to)
}

/// The islands whose regions border on one of `islands`: below and above, on the ring of all.
pub fn borders(island: IslandId, islands: u32) -> Option<(IslandId, IslandId)> {
    let below = if island.0 <= 1 { islands } else { island.0 - 1 };
    let above = if island.0 >= islands { 1 } else { island.0 + 1 };
    (islands >= 2).then_some((IslandId(below), IslandId(above)))
}

/// Who of those that wait enters a stretch, first come first, and at which line; the rest waits for the next one.
pub fn admit(header: &StretchHeader, waiting: Vec<Traveller>) -> Vec<(i64, Arrival)> {
    let epochs = usize::try_from(header.epochs()).unwrap_or(usize::MAX);
    let count = waiting.len().min(epochs).min(MAX_PER_STRETCH);
    let line = |place: usize| {
        let after = header.epochs() as u128 * place as u128 / count.max(1) as u128;
        Epoch(header.first_epoch.0.saturating_add(after as u64))
    };
    let travellers = waiting.into_iter().take(count).enumerate();
    let arrivals = travellers.map(|(place, traveller)| {
        let arrival = Arrival {
            epoch: line(place),
            cause: traveller.cause,
            genome: traveller.genome,
        };
        (traveller.number, arrival)
    });
    arrivals.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_core::{Branch, Digest, SEMANTICS_VERSION, WorldId};
    use std::collections::BTreeSet;

    fn header(first: u64, end: u64) -> StretchHeader {
        StretchHeader {
            world: WorldId(1),
            branch: Branch(0),
            island: IslandId(1),
            semantics: SEMANTICS_VERSION,
            first_epoch: Epoch(first),
            end_epoch: Epoch(end),
            base: Digest::default(),
            config: Digest::default(),
            inputs: Digest::default(),
        }
    }

    fn travellers(count: i64) -> Vec<Traveller> {
        let traveller = |number| Traveller {
            number,
            cause: ArrivalCause::Reseed,
            genome: vec![1],
        };
        (0..count).map(traveller).collect()
    }

    #[test]
    fn the_ring_leaves_controls_out_and_goes_back_the_way_it_came() {
        for islands in 2..45 {
            for island in (1..=islands).map(IslandId) {
                let (up, down) = (
                    neighbour(island, true, islands),
                    neighbour(island, false, islands),
                );
                if is_control(island) {
                    assert_eq!((up, down), (None, None));
                    continue;
                }
                let up = up.expect("a neighbour");
                assert!(up != island && !is_control(up), "{island} of {islands}");
                assert_eq!(neighbour(up, false, islands), Some(island));
            }
        }
        assert_eq!(neighbour(IslandId(1), true, 1), None);
        assert_eq!(neighbour(IslandId(9), true, 12), Some(IslandId(11)));
        assert_eq!(neighbour(IslandId(1), false, 10), Some(IslandId(9)));
        assert_eq!(borders(IslandId(10), 10), Some((IslandId(9), IslandId(1))));
    }

    #[test]
    fn arrivals_are_spread_over_the_stretch_and_never_two_enter_at_a_line() {
        for (first, end, waiting) in [(0, 1, 5), (7, 9, 2), (100, 700, 64), (3, 20, 9)] {
            let admitted = admit(&header(first, end), travellers(waiting));
            let lines: Vec<u64> = admitted
                .iter()
                .map(|(_, arrival)| arrival.epoch.0)
                .collect();
            assert!(lines.is_sorted() && lines.iter().all(|line| (first..end).contains(line)));
            let different: BTreeSet<&u64> = lines.iter().collect();
            assert_eq!(different.len(), lines.len());
            let possible = (waiting as usize).min((end - first) as usize);
            assert_eq!(lines.len(), possible.min(MAX_PER_STRETCH));
            let numbers: Vec<i64> = admitted.iter().map(|(number, _)| *number).collect();
            assert!(
                numbers.iter().copied().eq(0..numbers.len() as i64),
                "first come, first in"
            );
        }
        let far = admit(&header(u64::MAX - 3, u64::MAX), travellers(3));
        assert_eq!(far.len(), 3);
        assert!(admit(&header(0, 5), Vec::new()).is_empty());
    }
}
