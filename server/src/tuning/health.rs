//! Health: each of a few sides of life is low, fair or high, by limits that stand here. Knows no knob.

use super::metrics::{Metrics, permille};
use bytebiota_core::DeathCause;
use serde::{Deserialize, Serialize};

/// How one side of life stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Too little of it.
    Low,
    /// As it should be.
    #[default]
    Fair,
    /// Too much of it.
    High,
}

/// How the world lives.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Health {
    /// Shannon's index over genotypes; high is never bad by itself.
    pub diversity: Level,
    /// Births per living and epoch.
    pub births: Level,
    /// Share of the deaths for want of energy.
    pub hunger: Level,
    /// Share of the deaths by age.
    pub ageing: Level,
    /// Share of the islands that stand still.
    pub stagnation: Level,
    /// Share of the births that differ from their parent.
    pub mutation_load: Level,
}

/// Below this much diversity an island is nearly one kind, thousandths of a bit.
const POOR_MILLIBITS: u64 = 1_500;
/// Fewer births for a thousand living and an epoch are few.
const FEW_BIRTHS_PERMILLE: u64 = 100;
/// So many deaths in a thousand for want of energy are many.
const HUNGRY_PERMILLE: u64 = 700;
/// So many deaths in a thousand by age are many: the soup is full of the old, or nobody else makes room.
const AGED_PERMILLE: u64 = 700;
/// So many islands in a thousand that stand still are many.
const STILL_PERMILLE: u64 = 500;
/// More births in a thousand that differ from their parent are an error catastrophe; fewer are a standstill.
const LOAD_PERMILLE: (u64, u64) = (20, 600);

impl Health {
    /// Judges. The same numbers are always judged the same.
    pub fn of(metrics: &Metrics) -> Self {
        let starving = [DeathCause::Starvation, DeathCause::Arrears];
        // Per epoch of one island, of the mean population of one island.
        let islands = u64::from(metrics.islands);
        let living_epochs = u128::from(metrics.population) * u128::from(metrics.epochs);
        let living_epochs = living_epochs.checked_div(islands.into()).unwrap_or(0);
        let living_epochs = u64::try_from(living_epochs).unwrap_or(u64::MAX);
        let births = permille(metrics.births, living_epochs);
        let still = permille(metrics.still_islands.into(), islands);
        let load = permille(metrics.mutant_births, metrics.births);
        Self {
            diversity: low_if(metrics.shannon_millibits < POOR_MILLIBITS),
            births: low_if(births < FEW_BIRTHS_PERMILLE),
            hunger: high_if(metrics.deaths_permille(&starving) >= HUNGRY_PERMILLE),
            ageing: high_if(metrics.deaths_permille(&[DeathCause::Age]) >= AGED_PERMILLE),
            stagnation: high_if(still >= STILL_PERMILLE),
            mutation_load: match load {
                load if load > LOAD_PERMILLE.1 => Level::High,
                load if load < LOAD_PERMILLE.0 => Level::Low,
                _ => Level::Fair,
            },
        }
    }

    /// Whether every side is as it should be.
    pub fn is_fair(&self) -> bool {
        *self == Self::default()
    }
}

fn low_if(is_low: bool) -> Level {
    if is_low { Level::Low } else { Level::Fair }
}

fn high_if(is_high: bool) -> Level {
    if is_high { Level::High } else { Level::Fair }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Numbers of a world that lives well: four ripe islands of 400 bodies, 200 epochs.
    pub fn well() -> Metrics {
        Metrics {
            window_epochs: 200,
            islands: 4,
            ripe_islands: 4,
            still_islands: 0,
            world_epochs: 4_000,
            epochs: 800,
            population: 1_600,
            richness: 400,
            commonest: 200,
            shannon_millibits: 4_000,
            births: 400_000,
            mutant_births: 80_000,
            deaths: [50_000, 20_000, 0, 50_000, 280_000, 0],
        }
    }

    #[test]
    fn each_side_is_judged_by_its_own_numbers() {
        assert!(Health::of(&well()).is_fair());
        let judged = |change: fn(&mut Metrics)| {
            let mut metrics = well();
            change(&mut metrics);
            Health::of(&metrics)
        };
        let fair = Health::default();
        type Case = (fn(&mut Metrics), Health);
        let cases: [Case; 7] = [
            (
                |m| m.shannon_millibits = 1_499,
                Health {
                    diversity: Level::Low,
                    ..fair
                },
            ),
            (
                |m| (m.births, m.mutant_births) = (31_999, 6_000),
                Health {
                    births: Level::Low,
                    ..fair
                },
            ),
            (
                |m| m.deaths = [0, 30, 30, 40, 0, 0],
                Health {
                    hunger: Level::High,
                    ..fair
                },
            ),
            (
                |m| m.deaths = [70, 0, 0, 0, 30, 0],
                Health {
                    ageing: Level::High,
                    ..fair
                },
            ),
            (
                |m| m.still_islands = 2,
                Health {
                    stagnation: Level::High,
                    ..fair
                },
            ),
            (
                |m| m.mutant_births = 240_401,
                Health {
                    mutation_load: Level::High,
                    ..fair
                },
            ),
            (
                |m| m.mutant_births = 7_999,
                Health {
                    mutation_load: Level::Low,
                    ..fair
                },
            ),
        ];
        for (case, (change, expected)) in cases.into_iter().enumerate() {
            assert_eq!(judged(change), expected, "case {case}");
        }
        let nobody = Health::of(&Metrics::default());
        assert_eq!((nobody.births, nobody.hunger), (Level::Low, Level::Fair));
    }
}
