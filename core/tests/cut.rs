//! Cutting changes nothing: a stretch run whole, in pieces, over serialised states and in units of any length.

mod obvious;
mod worlds;

use bytebiota_core::{
    Assignment, Branch, Config, Digest, Epoch, Inputs, Island, IslandId, LocalExecutor, Report,
    SEMANTICS_VERSION, Start, Step, StretchHeader, WorldId, WorldSeed, codec,
};
use obvious::mirror::State;

const SEEDS: u64 = 24;

/// A whole stretch of a random world.
fn stretch(seed: u64, epochs: u64, unit_epochs: u32) -> Assignment {
    let mut dice = worlds::dice(seed);
    let mut config = worlds::world(&mut dice, 6);
    config.evolution.migration_interval = 2;
    let inputs = Inputs {
        parameters_version: 0,
        arrivals: worlds::arrivals(&mut dice, 6),
        halo: worlds::halo(&mut dice),
    };
    let base = Digest::of(&Island::genesis(WorldSeed(seed), IslandId(1), &config).to_bytes());
    Assignment {
        header: StretchHeader {
            world: WorldId(1),
            branch: Branch(0),
            island: IslandId(1),
            semantics: SEMANTICS_VERSION,
            first_epoch: Epoch(0),
            end_epoch: Epoch(epochs),
            base,
            config: config.digest(),
            inputs: codec::digest(&inputs),
        },
        world_seed: WorldSeed(seed),
        config,
        inputs,
        from_epoch: Epoch(0),
        from_digest: base,
        unit_epochs,
        start: Start::Genesis,
    }
}

fn reports(executor: &mut LocalExecutor, mut budget: impl FnMut() -> u64) -> Vec<Report> {
    let mut reports = Vec::new();
    loop {
        match executor.advance(budget()) {
            Step::Unit(report) => reports.push(*report),
            Step::Finished => return reports,
            Step::Running | Step::Segment { .. } => {}
        }
    }
}

fn begin(assignment: &Assignment) -> LocalExecutor {
    LocalExecutor::begin(assignment, None).expect("an assignment in order")
}

/// Where cuts fell.
#[derive(Default, Debug)]
struct Cuts {
    mid_slice: u32,
    mid_search: u32,
    with_child: u32,
}

impl Cuts {
    fn note(&mut self, bytes: &[u8], config: &Config) {
        let state = State::decode(bytes);
        self.mid_slice += u32::from(state.slice_left > 0);
        let Some(organism) = state.organisms.get(state.cursor as usize) else {
            return;
        };
        self.with_child += u32::from(organism.child != obvious::mirror::Child::Absent);
        // Sweeps, a large block, a yield and the end of a round outlast a cut by 340 ticks at most; a search by more.
        let slow = config.soup.search_bytes_per_tick == 1;
        self.mid_search += u32::from(slow && state.busy > 340);
    }
}

/// Runs epochs over states that are written and read again at random ticks.
fn pieces(assignment: &Assignment, epochs: u64, most: u32, cuts: &mut Cuts) -> Vec<u8> {
    let (config, inputs) = (&assignment.config, &assignment.inputs);
    let mut dice = worlds::dice(u64::from(most));
    let mut island = Island::genesis(assignment.world_seed, IslandId(1), config);
    for epoch in 0..epochs {
        island.set_halo(inputs.halo.clone());
        island.open_epoch(Epoch(epoch), &inputs.arrivals);
        let line = (epoch + 1) * config.evolution.epoch_ticks;
        while island.tick() < line {
            island.run_until(line.min(island.tick() + 1 + u64::from(dice.below(most))));
            let bytes = island.to_bytes();
            cuts.note(&bytes, config);
            island = Island::from_bytes(&bytes, config).expect("a state is accepted again");
            assert_eq!(island.to_bytes(), bytes);
            island.set_halo(inputs.halo.clone());
        }
        island.close_epoch(Epoch(epoch + 1));
    }
    island.to_bytes()
}

#[test]
fn states_written_and_read_at_random_ticks_lead_to_the_same_end() {
    let mut cuts = Cuts::default();
    for seed in 1..=SEEDS {
        let mut assignment = stretch(seed, 4, 4);
        if !seed.is_multiple_of(2) {
            assignment.config.soup.search_bytes_per_tick = 1;
        }
        let config = &assignment.config;
        let mut whole = Island::genesis(WorldSeed(seed), IslandId(1), config);
        whole.set_halo(assignment.inputs.halo.clone());
        for epoch in 0..4 {
            whole.open_epoch(Epoch(epoch), &assignment.inputs.arrivals);
            whole.run_until((epoch + 1) * config.evolution.epoch_ticks);
            whole.close_epoch(Epoch(epoch + 1));
        }
        for most in [40, 3_000] {
            let pieces = pieces(&assignment, 4, most, &mut cuts);
            assert!(pieces == whole.to_bytes(), "seed {seed}, pieces of {most}");
        }
    }
    println!("{cuts:?}");
    assert!(
        cuts.mid_slice > 1_000 && cuts.mid_search > 100 && cuts.with_child > 100,
        "{cuts:?}"
    );
}

#[test]
fn small_budgets_give_the_identical_reports() {
    for seed in 1..=SEEDS {
        let assignment = stretch(seed, 7, 3);
        let whole = reports(&mut begin(&assignment), || u64::MAX);
        assert_eq!(whole.len(), 3);
        let first = LocalExecutor::execute_assignment(&assignment).expect("executable");
        assert_eq!(first, whole[0]);
        let mut dice = worlds::dice(seed);
        let budgeted = reports(&mut begin(&assignment), || u64::from(dice.below(500)));
        assert!(budgeted == whole, "seed {seed}");
    }
}

#[test]
fn units_of_any_length_lead_to_the_same_state() {
    for seed in 1..=SEEDS {
        let ends: Vec<Option<Digest>> = [1, 2, 3, 8, 100]
            .map(|unit_epochs| reports(&mut begin(&stretch(seed, 8, unit_epochs)), || u64::MAX))
            .map(|reports| {
                assert_eq!(reports.iter().map(Report::epochs).sum::<u64>(), 8);
                reports.last().and_then(Report::end_state)
            })
            .into();
        assert!(
            ends[0].is_some() && ends.iter().all(|end| *end == ends[0]),
            "seed {seed}"
        );
    }
}

/// What remains of a stretch after an acknowledged unit is leased again, from the state that the unit led to.
#[test]
fn another_slot_goes_on_from_the_last_report() {
    for seed in 1..=SEEDS {
        let assignment = stretch(seed, 6, 2);
        let whole = reports(&mut begin(&assignment), || u64::MAX);
        for (done, before) in whole.iter().enumerate().take(2) {
            let rest = Assignment {
                from_epoch: before.end_epoch(),
                from_digest: before.end_state().expect("segments"),
                start: Start::State(before.state.clone()),
                ..assignment.clone()
            };
            let again = reports(&mut begin(&rest), || u64::MAX);
            assert!(again == whole[done + 1..], "seed {seed}");
            let held = Assignment {
                start: Start::Held,
                ..rest
            };
            let mut executor = LocalExecutor::begin(&held, Some(&before.state)).expect("held");
            assert!(reports(&mut executor, || 900) == again, "seed {seed}");
        }
    }
}
