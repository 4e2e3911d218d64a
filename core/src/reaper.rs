//! Reaper: who dies, when and of what. Knows no instruction; the island carries the death out.

use crate::{
    DeathCause,
    config::ReaperConfig,
    organism::{NONE, Organism},
    queue::Queue,
};

/// The queue towards death: its head is swept first.
#[derive(Clone, Debug, Default)]
pub struct Reaper {
    /// Oldest and most faulty first.
    pub queue: Queue,
}

impl Reaper {
    /// Each error moves an organism one place towards the head.
    #[inline(never)]
    pub fn blame(&mut self, slot: u32, errors: u32) {
        for _ in 0..errors {
            if self.queue.head == slot {
                break;
            }
            self.queue.promote(slot);
        }
    }

    /// Whom the sweep takes to make room for `caller`: the first near the head that is no longer protected,
    /// else the head; never the caller.
    pub fn victim(
        &self,
        organisms: &[Organism],
        caller: u32,
        round: u64,
        config: &ReaperConfig,
    ) -> Option<u32> {
        let mut first = None;
        let candidates = self.queue.slots().take(config.sweep_depth as usize + 1);
        for slot in candidates
            .filter(|&slot| slot != caller)
            .take(config.sweep_depth as usize)
        {
            let age = round.saturating_sub(organisms[slot as usize].born);
            if age >= u64::from(config.newborn_rounds) {
                return Some(slot);
            }
            first = first.or(Some(slot));
        }
        first
    }

    /// What an organism dies of at the end of its slice, if anything.
    pub fn verdict(organism: &Organism, round: u64, config: &ReaperConfig) -> Option<DeathCause> {
        let above = |value: u64, limit: u32| limit != 0 && value > u64::from(limit);
        if above(round.saturating_sub(organism.born), config.max_age) {
            Some(DeathCause::Age)
        } else if above(u64::from(organism.errors), config.max_errors) {
            Some(DeathCause::Errors)
        } else if organism.purse.arrears as u64 > config.max_arrears * 1_000 {
            Some(DeathCause::Arrears)
        } else {
            None
        }
    }

    /// Enters a newborn.
    pub fn enter(&mut self, slot: u32, parent: Option<u32>) {
        match parent.filter(|&parent| parent != NONE) {
            Some(parent) => self.queue.insert_behind(parent, slot),
            None => self.queue.push(slot),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::energy::Purse;

    fn queue_of(ages: &[u64], round: u64) -> (Reaper, Vec<Organism>) {
        let mut organisms: Vec<Organism> = Vec::new();
        organisms.extend(ages.iter().map(|age| Organism {
            born: round - age,
            ..Organism::default()
        }));
        let mut reaper = Reaper::default();
        (0..ages.len() as u32).for_each(|slot| reaper.enter(slot, None));
        (reaper, organisms)
    }

    #[test]
    fn the_sweep_spares_newborns_and_the_caller() {
        let config = ReaperConfig {
            newborn_rounds: 5,
            sweep_depth: 2,
            ..ReaperConfig::default()
        };
        let (reaper, organisms) = queue_of(&[1, 2, 9], 100);
        assert_eq!(reaper.victim(&organisms, 2, 100, &config), Some(0));
        assert_eq!(reaper.victim(&organisms, 0, 100, &config), Some(2));
        let (reaper, organisms) = queue_of(&[50], 100);
        assert_eq!(reaper.victim(&organisms, 0, 100, &config), None);
    }

    #[test]
    fn blame_moves_towards_the_head() {
        let (mut reaper, _) = queue_of(&[1, 1, 1, 1], 9);
        reaper.blame(3, 2);
        assert_eq!(reaper.queue.slots().collect::<Vec<_>>(), [0, 3, 1, 2]);
        reaper.blame(3, 1_000_000);
        assert_eq!(reaper.queue.head, 3);
    }

    #[test]
    fn each_policy_has_its_cause() {
        let config = ReaperConfig {
            max_age: 10,
            max_errors: 3,
            max_arrears: 1,
            ..ReaperConfig::default()
        };
        let fine = Organism {
            born: 90,
            errors: 3,
            purse: Purse {
                energy: 0,
                arrears: 1_000,
            },
            ..Organism::default()
        };
        assert_eq!(Reaper::verdict(&fine, 100, &config), None);
        assert_eq!(Reaper::verdict(&fine, 101, &config), Some(DeathCause::Age));
        let faulty = Organism {
            errors: 4,
            ..fine.clone()
        };
        assert_eq!(
            Reaper::verdict(&faulty, 100, &config),
            Some(DeathCause::Errors)
        );
        let owing = Organism {
            purse: Purse {
                energy: 0,
                arrears: 1_001,
            },
            ..fine
        };
        assert_eq!(
            Reaper::verdict(&owing, 100, &config),
            Some(DeathCause::Arrears)
        );
    }
}
