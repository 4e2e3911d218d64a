//! AnalyticsService: indices and ratios out of what was counted. Plain functions; knows no disk and no time.

use crate::store::{Kept, Turnover};
use bytebiota_core::config::MutationConfig;
use bytebiota_core::sample::LENGTH_CLASSES;
use bytebiota_core::selection::Opportunity;
use bytebiota_core::{Counters, MutationKind, Sample, tasks::TASKS};
use bytebiota_protocol::view::{
    AnalyticsView, DiversityView, EcologyPoint, MutationView, NamedCount, SelectionView,
};

/// Arcs of the ring of islands that are told of, at most.
const MAX_ARCS: usize = 64;

/// How many kinds there are by their living members, and how evenly; what came and went over a window.
pub fn diversity(living: &[u64], turnover: Turnover, window_epochs: u32) -> DiversityView {
    let all: u64 = living.iter().sum();
    let share = |count: &u64| *count as f64 / all.max(1) as f64;
    let Turnover {
        gained,
        lost,
        stayed,
    } = turnover;
    let both = 2 * stayed + gained + lost;
    let same: f64 = living.iter().map(|count| share(count).powi(2)).sum();
    DiversityView {
        richness: living.len() as u64,
        // The sum of nothing is a zero with a sign.
        shannon_bits: living
            .iter()
            .map(|c| -share(c) * share(c).log2())
            .sum::<f64>()
            + 0.0,
        simpson: if all == 0 { 0.0 } else { 1.0 - same },
        window_epochs,
        gained,
        lost,
        turnover: (gained + lost) as f64 / both.max(1) as f64,
    }
}

/// How copying goes, over all islands.
pub fn mutation<'a>(islands: impl Iterator<Item = &'a Counters>) -> MutationView {
    let mut view = MutationView::default();
    let mut kinds = [0u64; MutationKind::COUNT];
    for counters in islands {
        view.births += counters.births;
        view.true_births += counters.true_births;
        view.errors += counters.errors;
        view.divides_failed += counters.divides_failed;
        view.children_released += counters.children_released;
        for (sum, count) in kinds.iter_mut().zip(counters.mutations) {
            *sum += count;
        }
    }
    let named = MutationKind::ALL.iter().zip(kinds);
    view.kinds = named
        .map(|(kind, count)| named_count(kind.name(), count))
        .collect();
    view
}

/// Rewarded answers by task, over all islands.
pub fn tasks<'a>(islands: impl Iterator<Item = &'a Counters> + Clone) -> Vec<NamedCount> {
    let done = |place: usize| islands.clone().map(|counters| counters.tasks[place]).sum();
    let named = TASKS.iter().enumerate();
    named
        .map(|(place, task)| named_count(task.name, done(place)))
        .collect()
}

/// dN/dS: changes that were kept against those that copying alone would bring, by the genomes that live.
pub fn selection(kept: &Kept, rates: &MutationConfig) -> SelectionView {
    let (mut silent, mut telling) = (0.0, 0.0);
    for (genome, living) in &kept.genomes {
        let chance = Opportunity::of(genome, rates);
        silent += chance.synonymous as f64 * *living as f64;
        telling += chance.nonsynonymous as f64 * *living as f64;
    }
    let expected = telling / silent;
    let seen = kept.nonsynonymous as f64 / kept.synonymous as f64;
    let dn_ds = seen / expected;
    SelectionView {
        synonymous: kept.synonymous,
        nonsynonymous: kept.nonsynonymous,
        dn_ds: Some(dn_ds).filter(|ratio| ratio.is_finite()),
    }
}

/// Living bodies by length of their genome, over all islands.
pub fn lengths<'a>(islands: impl Iterator<Item = &'a Sample>) -> Vec<u64> {
    let mut all = vec![0u64; LENGTH_CLASSES];
    for sample in islands {
        for (sum, count) in all.iter_mut().zip(sample.lengths) {
            *sum += u64::from(count);
        }
    }
    all
}

/// Resource units in the region of an island, by arc of the ring: neighbours are told as their mean where islands are many.
pub fn environment(islands: &[Sample]) -> Vec<u64> {
    let width = islands.len().div_ceil(MAX_ARCS).max(1);
    let mean = |arc: &[Sample]| {
        let sum: u64 = arc.iter().map(|sample| sample.resource).sum();
        sum / arc.len() as u64
    };
    islands.chunks(width).map(mean).collect()
}

/// What the series keeps of it.
pub fn point(view: &AnalyticsView) -> EcologyPoint {
    let counts = |named: &[NamedCount]| named.iter().map(|one| one.count).collect();
    EcologyPoint {
        richness: view.diversity.richness,
        shannon_bits: view.diversity.shannon_bits,
        simpson: view.diversity.simpson,
        turnover: view.diversity.turnover,
        dn_ds: view.selection.dn_ds,
        true_births: view.mutation.true_births,
        errors: view.mutation.errors,
        divides_failed: view.mutation.divides_failed,
        mutations: counts(&view.mutation.kinds),
        tasks: counts(&view.tasks),
        lengths: view.lengths.clone(),
        environment: view.environment.clone(),
    }
}

fn named_count(name: &str, count: u64) -> NamedCount {
    NamedCount {
        name: name.to_owned(),
        count,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_core::Config;

    #[test]
    fn indices_of_even_uneven_and_no_kinds() {
        let turnover = Turnover {
            gained: 2,
            lost: 1,
            stayed: 3,
        };
        let even = diversity(&[5, 5, 5, 5], turnover, 100);
        assert_eq!(
            (even.richness, even.shannon_bits, even.simpson),
            (4, 2.0, 0.75)
        );
        assert!(
            (even.turnover - 3.0 / 9.0).abs() < 1e-12,
            "of 4 before and 5 after"
        );
        let uneven = diversity(&[97, 1, 1, 1], Turnover::default(), 100);
        assert!(uneven.shannon_bits < 0.3 && uneven.simpson < 0.1);
        let none = diversity(&[], Turnover::default(), 100);
        assert_eq!(
            (none.shannon_bits, none.simpson, none.turnover),
            (0.0, 0.0, 0.0)
        );
        let replaced = Turnover {
            gained: 4,
            lost: 4,
            stayed: 0,
        };
        assert_eq!(diversity(&[1], replaced, 100).turnover, 1.0);
    }

    #[test]
    fn what_copying_alone_brings_has_a_ratio_of_one() {
        let rates = Config::default().mutation;
        let genome = vec![1u8; 40];
        let chance = Opportunity::of(&genome, &rates);
        let kept = |synonymous, nonsynonymous| Kept {
            synonymous,
            nonsynonymous,
            genomes: vec![(genome.clone(), 7)],
        };
        let neutral = kept(chance.synonymous, chance.nonsynonymous);
        let ratio = selection(&neutral, &rates).dn_ds.expect("a ratio");
        assert!((ratio - 1.0).abs() < 1e-9, "{ratio}");
        let purified = kept(chance.synonymous, chance.nonsynonymous / 4);
        let ratio = selection(&purified, &rates).dn_ds.expect("a ratio");
        assert!((ratio - 0.25).abs() < 1e-6, "{ratio}");
        assert_eq!(selection(&kept(0, 9), &rates).dn_ds, None);
        assert_eq!(selection(&Kept::default(), &rates).dn_ds, None);
    }

    #[test]
    fn counters_are_summed_by_name() {
        let mut one = Counters {
            births: 3,
            true_births: 2,
            ..Counters::default()
        };
        one.mutated(MutationKind::Insertion);
        one.tasks[0] = 5;
        let islands = [one.clone(), one];
        let view = mutation(islands.iter());
        assert_eq!((view.births, view.true_births), (6, 4));
        assert!(view.kinds.contains(&named_count("insertion", 2)));
        let tasks = tasks(islands.iter());
        assert_eq!(
            (tasks.len(), tasks[0].count, tasks[1].count),
            (TASKS.len(), 10, 0)
        );
    }

    #[test]
    fn a_long_ring_is_told_by_arcs_and_what_is_counted_becomes_a_point() {
        let sample = |number: u64| Sample {
            resource: number,
            lengths: [1; LENGTH_CLASSES],
            ..Sample::default()
        };
        let few: Vec<Sample> = (0..3).map(sample).collect();
        assert_eq!(environment(&few), [0, 1, 2]);
        let many: Vec<Sample> = (0..130).map(sample).collect();
        let arcs = environment(&many);
        assert_eq!((arcs.len(), arcs[0], arcs[43]), (44, 1, 129));
        assert!(environment(&[]).is_empty());
        let view = AnalyticsView {
            lengths: lengths(many.iter()),
            environment: arcs.clone(),
            tasks: vec![named_count("ECHO", 7)],
            ..AnalyticsView::default()
        };
        let point = point(&view);
        assert_eq!((point.lengths[31], point.tasks), (130, vec![7]));
        assert_eq!(point.environment, arcs);
    }
}
