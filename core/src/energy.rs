//! Energy: every change of what an organism holds passes here, so that conservation is a law. Knows no instruction.

use crate::{Config, Counters, EnergyFlow, isa};

/// What instructions cost under a Config, milli-units.
#[derive(Clone, Debug)]
pub struct Prices {
    /// Of each byte.
    pub of_byte: [u32; 256],
    /// Of each byte, if all cost the same.
    pub flat: Option<u32>,
    /// Of WRITE_STORAGE beside its instruction.
    pub storing: i64,
}

impl Prices {
    /// The prices of a Config; all zero without energy.
    pub fn new(config: &Config) -> Self {
        let of_byte = isa::costs(&config.energy);
        let enabled = config.energy.enabled;
        let storing = if enabled {
            i64::from(config.environment.storage_cost)
        } else {
            0
        };
        let price = of_byte[0];
        Self {
            of_byte,
            flat: of_byte.iter().all(|&cost| cost == price).then_some(price),
            storing,
        }
    }
}

/// What an organism holds and owes, milli-units; both never negative.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Purse {
    /// Energy at hand.
    pub energy: i64,
    /// Unpaid rent.
    pub arrears: i64,
}

/// Where an income went that was not kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Split {
    /// Paid on arrears.
    pub rent: i64,
    /// Above the cap.
    pub lost: i64,
}

impl Purse {
    /// Pays a cost, or leaves everything as it is and says no.
    #[inline(always)]
    pub fn pay(&mut self, cost: i64) -> bool {
        let able = self.energy >= cost;
        if able {
            self.energy -= cost;
        }
        able
    }

    /// Takes an income: arrears first, then up to `cap`.
    #[inline]
    pub fn earn(&mut self, income: i64, cap: i64) -> Split {
        let rent = income.min(self.arrears);
        self.arrears -= rent;
        let held = self.energy + (income - rent);
        self.energy = held.min(cap.max(self.energy));
        Split {
            rent,
            lost: held - self.energy,
        }
    }

    /// Pays rent as far as it goes; the rest becomes arrears. Returns what was paid.
    pub fn pay_rent(&mut self, due: i64) -> i64 {
        let paid = due.min(self.energy);
        self.energy -= paid;
        self.arrears += due - paid;
        paid
    }

    /// Splits off `per_million` of the energy for a child.
    pub fn share(&mut self, per_million: u32) -> i64 {
        let part = self.energy * i64::from(per_million) / 1_000_000;
        self.energy -= part;
        part
    }
}

impl Counters {
    /// Books an amount of milli-units.
    #[inline]
    pub fn flow(&mut self, flow: EnergyFlow, amount: i64) {
        self.energy[flow as usize] += amount as u64;
    }

    /// Books an income and where it went.
    #[inline]
    pub fn income(&mut self, flow: EnergyFlow, amount: i64, split: Split) {
        self.flow(flow, amount);
        self.flow(EnergyFlow::Rent, split.rent);
        self.flow(EnergyFlow::Lost, split.lost);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrears_come_first_and_the_cap_holds() {
        let mut purse = Purse {
            energy: 5,
            arrears: 0,
        };
        assert_eq!((purse.pay_rent(8), purse.arrears), (5, 3));
        let split = purse.earn(20, 10);
        assert_eq!((split.rent, split.lost, purse.energy), (3, 7, 10));
        assert!(!purse.pay(11) && purse.pay(10) && purse.energy == 0);
    }

    #[test]
    fn a_lowered_cap_takes_nothing_away() {
        let mut purse = Purse {
            energy: 50,
            arrears: 0,
        };
        assert_eq!((purse.earn(5, 10).lost, purse.energy), (5, 50));
        assert_eq!((purse.share(500_000), purse.energy), (25, 25));
    }
}
