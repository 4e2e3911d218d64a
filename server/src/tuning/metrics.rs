//! What islands brought over a window of epochs, in whole numbers, so that it can be written down and judged again.
//! Knows no judgement.

use crate::seed_bank::reseeding::ReseedKnobs;
use bytebiota_core::{DeathCause, IslandId, Sample};
use serde::{Deserialize, Serialize};

/// The samples of one island over its window, in order; never of a control.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IslandWindow {
    /// Which one.
    pub island: IslandId,
    /// At the start of the window, and where the island stands.
    pub ends: [Sample; 2],
    /// Whether it stands still, by the criterion of reseeding.
    pub is_still: bool,
}

impl IslandWindow {
    /// Out of the samples of an island, in order, as far back as its window and the one of reseeding reach.
    pub fn of(
        island: IslandId,
        samples: &[Sample],
        window_epochs: u32,
        reseeding: &ReseedKnobs,
    ) -> Option<Self> {
        let last = samples.last()?;
        let start = last.epoch.0.saturating_sub(window_epochs.into());
        let first = samples.iter().rev().find(|sample| sample.epoch.0 <= start);
        Some(Self {
            island,
            ends: [first.or(samples.first())?.clone(), last.clone()],
            is_still: reseeding.stagnation(samples).is_some(),
        })
    }
}

/// Sums over the islands that take part.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// How long a whole window is.
    pub window_epochs: u32,
    /// Islands that take part.
    pub islands: u32,
    /// Islands whose window is whole.
    pub ripe_islands: u32,
    /// Islands that stand still.
    pub still_islands: u32,
    /// Epochs since genesis, over all of them: how far the world has come.
    pub world_epochs: u64,
    /// Epochs in the windows.
    pub epochs: u64,
    /// The living, now.
    pub population: u64,
    /// Genotypes among the living, summed over islands.
    pub richness: u64,
    /// Bodies of the commonest genotype of each island.
    pub commonest: u64,
    /// Mean of Shannon's index over the living islands, thousandths of a bit.
    pub shannon_millibits: u64,
    /// Births in the windows.
    pub births: u64,
    /// Births among them that did not equal their parent.
    pub mutant_births: u64,
    /// Deaths in the windows, by cause, in the order of `DeathCause`.
    pub deaths: [u64; DeathCause::COUNT],
}

impl Metrics {
    /// Of the islands that take part; `window_epochs` is how long a whole window is.
    pub fn of(windows: &[IslandWindow], window_epochs: u32) -> Self {
        let mut sum = Self {
            window_epochs,
            ..Self::default()
        };
        let mut living = 0;
        for window in windows {
            let [first, last] = &window.ends;
            let epochs = last.epoch.0.saturating_sub(first.epoch.0);
            sum.islands += 1;
            sum.ripe_islands += u32::from(epochs >= u64::from(window_epochs));
            sum.still_islands += u32::from(window.is_still);
            sum.world_epochs += last.epoch.0;
            sum.epochs += epochs;
            sum.population += u64::from(last.population);
            sum.richness += u64::from(last.genotypes);
            sum.commonest += u64::from(last.commonest);
            sum.shannon_millibits += u64::from(last.shannon_millibits);
            living += u64::from(last.population > 0);
            let (before, now) = (&first.counters, &last.counters);
            let births = now.births.saturating_sub(before.births);
            let true_births = now.true_births.saturating_sub(before.true_births);
            sum.births += births;
            sum.mutant_births += births.saturating_sub(true_births);
            let deaths = now.deaths.iter().zip(&before.deaths);
            for (sum, (now, before)) in sum.deaths.iter_mut().zip(deaths) {
                *sum += now.saturating_sub(*before);
            }
        }
        sum.shannon_millibits /= living.max(1);
        sum
    }

    /// All deaths in the windows.
    pub fn deaths_total(&self) -> u64 {
        let deaths = self.deaths.iter().copied();
        deaths.fold(0, u64::saturating_add)
    }

    /// Deaths of a cause in the windows, in a thousand.
    pub fn deaths_permille(&self, causes: &[DeathCause]) -> u64 {
        let of_them = causes.iter().map(|&cause| self.deaths[cause as usize]);
        let of_them = of_them.fold(0, u64::saturating_add);
        permille(of_them, self.deaths_total())
    }
}

/// A part of a whole in thousandths; 0 of nothing.
pub(super) fn permille(part: u64, whole: u64) -> u64 {
    match whole {
        0 => 0,
        whole => u64::try_from(u128::from(part) * 1_000 / u128::from(whole)).unwrap_or(u64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_core::{Counters, Epoch};

    fn sample(epoch: u64, population: u32, births: u64) -> Sample {
        Sample {
            epoch: Epoch(epoch),
            population,
            genotypes: population / 2,
            commonest: population / 4,
            shannon_millibits: 2 * population,
            counters: Counters {
                births,
                true_births: births / 4,
                deaths: [births / 2, 0, 0, births / 10, 0, 1],
                ..Counters::default()
            },
            ..Sample::default()
        }
    }

    #[test]
    fn windows_are_added_up_and_what_lies_before_them_does_not_count() {
        let window = |island, ends, is_still| IslandWindow {
            island: IslandId(island),
            ends,
            is_still,
        };
        let windows = [
            window(1, [sample(100, 40, 1_000), sample(300, 400, 3_000)], false),
            window(2, [sample(0, 8, 0), sample(50, 0, 200)], true),
        ];
        let metrics = Metrics::of(&windows, 200);
        let counts = (metrics.islands, metrics.ripe_islands, metrics.still_islands);
        assert_eq!(counts, (2, 1, 1));
        assert_eq!((metrics.world_epochs, metrics.epochs), (350, 250));
        assert_eq!(
            (metrics.population, metrics.richness, metrics.commonest),
            (400, 200, 100)
        );
        assert_eq!(metrics.shannon_millibits, 800, "of the one that lives");
        assert_eq!((metrics.births, metrics.mutant_births), (2_200, 1_650));
        assert_eq!(metrics.deaths, [1_100, 0, 0, 220, 0, 0]);
        assert_eq!(metrics.deaths_permille(&[DeathCause::Starvation]), 166);
        assert_eq!(Metrics::of(&[], 200).deaths_permille(&[DeathCause::Age]), 0);
    }

    #[test]
    fn an_island_that_went_back_counts_as_nothing_and_not_as_very_much() {
        let back = IslandWindow {
            island: IslandId(1),
            ends: [sample(300, 10, 900), sample(200, 10, 500)],
            is_still: false,
        };
        let metrics = Metrics::of(&[back], 200);
        assert_eq!(
            (metrics.epochs, metrics.births, metrics.mutant_births),
            (0, 0, 0)
        );
    }
}
