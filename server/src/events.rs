//! What happened that is worth telling, newest first, out of what is kept anyway: who took an island over, what became a seed,
//! what was sown where nothing new came up, which parameter changed, which checkpoint somebody took. Knows no store and no form.

use crate::store::Foremost;
use crate::tuning::Entry;
use bytebiota_protocol::view::{CheckpointView, ReseedingView, SeedView};
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Events that are told, at most.
pub const MAX_EVENTS: usize = 200;
/// A checkpoint of this cause is taken again and again, and no news.
const USUAL: &str = "interval";

/// Something that happened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct EventView {
    /// When, Unix ms.
    pub time_ms: u64,
    /// `dominant`, `seed`, `sowing`, `parameters`, `checkpoint`.
    pub kind: &'static str,
    /// Names the event among all of this world, for ever.
    pub id: String,
    /// What, in a few words.
    pub title: String,
    /// And in a sentence.
    pub text: String,
    /// The page that shows more.
    pub page: String,
}

/// What events are told from.
#[derive(Default)]
pub struct Sources {
    /// Who became the commonest and stayed it, by island.
    pub turns: Vec<(u32, Foremost)>,
    /// The seed bank.
    pub seeds: Vec<SeedView>,
    /// Sowings.
    pub reseedings: Vec<ReseedingView>,
    /// Checkpoints.
    pub checkpoints: Vec<CheckpointView>,
    /// What happened to the parameters.
    pub entries: Vec<Entry>,
    /// Species by genotype.
    pub species: BTreeMap<String, String>,
}

/// All of it in one list.
pub fn told(sources: &Sources) -> Vec<EventView> {
    let named = |genotype: &str| match sources.species.get(genotype) {
        Some(species) => species.clone(),
        None => format!("genotype {}", genotype.get(..8).unwrap_or(genotype)),
    };
    let turns = sources.turns.iter();
    let mut events: Vec<EventView> = turns
        .map(|(island, turn)| dominant(*island, turn, &named))
        .collect();
    events.extend(sources.seeds.iter().map(seed));
    events.extend(sources.reseedings.iter().map(|one| sowing(one, &named)));
    events.extend(sources.entries.iter().filter_map(parameters));
    let rare = sources.checkpoints.iter().filter(|one| one.cause != USUAL);
    events.extend(rare.map(checkpoint));
    events.sort_by(|a, b| (Reverse(a.time_ms), &a.id).cmp(&(Reverse(b.time_ms), &b.id)));
    events.truncate(MAX_EVENTS);
    events
}

fn dominant(island: u32, turn: &Foremost, named: &impl Fn(&str) -> String) -> EventView {
    let genotype = turn.genotype.to_string();
    let species = named(&genotype);
    EventView {
        time_ms: turn.time_ms,
        kind: "dominant",
        id: format!("dominant:{island}:{}:{genotype}", turn.epoch),
        title: format!("{species} is the commonest on island {island}"),
        text: format!(
            "At epoch {} it had {} members, more than any other genotype of the island, and so it was at the ends of the \
             next units, too.",
            turn.epoch, turn.living
        ),
        page: format!("/genome/{genotype}"),
    }
}

fn seed(seed: &SeedView) -> EventView {
    let species = seed.lineage.last().map_or("A genome", String::as_str);
    let tasks = match seed.tasks.len() {
        0 => "no task".to_owned(),
        1 => "one task".to_owned(),
        many => format!("{many} tasks"),
    };
    EventView {
        time_ms: seed.admitted_ms,
        kind: "seed",
        id: format!("seed:{}:{}", seed.admitted_ms, seed.genotype),
        title: format!("{species} is kept in the seed bank"),
        text: format!(
            "By the server's own assay it is a {} of {} bytes that solves {tasks}.",
            seed.way,
            seed.genome.len() / 2
        ),
        page: format!("/genome/{}", seed.genotype),
    }
}

fn sowing(sowing: &ReseedingView, named: &impl Fn(&str) -> String) -> EventView {
    let outcome = match sowing.took_root {
        Some(true) => "It took root.",
        Some(false) => "It did not take root.",
        None => "Whether it takes root is not known yet.",
    };
    let island = sowing.island;
    EventView {
        time_ms: sowing.time_ms,
        kind: "sowing",
        id: format!("sowing:{island}:{}:{}", sowing.epoch, sowing.genotype),
        title: format!("{} is sown on island {island}", named(&sowing.genotype)),
        text: format!(
            "The island was {} at epoch {}. {outcome}",
            sowing.reason, sowing.epoch
        ),
        page: "/seed-bank".into(),
    }
}

fn parameters(entry: &Entry) -> Option<EventView> {
    let delta = entry.delta.as_ref()?;
    Some(EventView {
        time_ms: entry.time_ms,
        kind: "parameters",
        id: format!("parameters:{}", delta.version),
        title: format!("The parameters are of version {} now", delta.version),
        text: format!("Why: {}.", entry.reason().trim_end_matches('.')),
        page: "/operations".into(),
    })
}

fn checkpoint(checkpoint: &CheckpointView) -> EventView {
    EventView {
        time_ms: checkpoint.time_ms,
        kind: "checkpoint",
        id: format!("checkpoint:{}", checkpoint.number),
        title: format!("Checkpoint {} is taken", checkpoint.number),
        text: format!(
            "Cause: {}. It holds {} islands that had lived {} epochs in all.",
            checkpoint.cause, checkpoint.islands, checkpoint.epochs
        ),
        page: "/operations".into(),
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::tuning::Kind;
    use bytebiota_core::GenotypeHash;
    use std::collections::BTreeSet;

    /// One event of each kind.
    pub fn sources() -> Sources {
        let turn = Foremost {
            epoch: 9,
            time_ms: 5_000,
            genotype: GenotypeHash([1; 16]),
            living: 12,
        };
        let genotype = turn.genotype.to_string();
        let checkpoint = |number, cause: &str| CheckpointView {
            number,
            time_ms: 2_000,
            cause: cause.into(),
            ..CheckpointView::default()
        };
        Sources {
            species: BTreeMap::from([(genotype.clone(), "Opifex <agrestis>".into())]),
            turns: vec![(3, turn)],
            seeds: vec![SeedView {
                genotype: genotype.clone(),
                admitted_ms: 4_000,
                ..SeedView::default()
            }],
            reseedings: vec![ReseedingView {
                time_ms: 3_000,
                genotype,
                ..ReseedingView::default()
            }],
            checkpoints: vec![checkpoint(1, USUAL), checkpoint(2, "by hand")],
            entries: vec![Entry {
                time_ms: 1_000,
                event: Kind::Set {
                    reason: String::new(),
                },
                delta: None,
                dry_run: false,
                overridden: Vec::new(),
            }],
        }
    }

    #[test]
    fn what_is_rare_is_told_newest_first_each_by_a_name_of_its_own() {
        let events = told(&sources());
        let kinds: Vec<_> = events.iter().map(|event| event.kind).collect();
        // A checkpoint that is always taken and a decision that changed nothing are no news.
        assert_eq!(kinds, ["dominant", "seed", "sowing", "checkpoint"]);
        let ids: BTreeSet<_> = events.iter().map(|event| &event.id).collect();
        assert_eq!(ids.len(), events.len());
        assert!(events[0].title.starts_with("Opifex <agrestis>"));
        assert!(events.is_sorted_by_key(|event| Reverse(event.time_ms)));
    }

    #[test]
    fn a_long_history_is_cut() {
        let mut sources = sources();
        sources.turns = (0..500).map(|_| sources.turns[0]).collect();
        assert_eq!(told(&sources).len(), MAX_EVENTS);
        assert!(told(&Sources::default()).is_empty());
    }
}
