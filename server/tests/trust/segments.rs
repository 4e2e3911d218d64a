//! The one promise the Verifier builds on, with the real executor: every segment of an honest report comes out the same
//! when it is computed alone from its boundary, and as a piece of any length.

use bytebiota_core::assignment::Check;
use bytebiota_core::{
    Assignment, Branch, Config, Digest, Epoch, Inputs, Island, IslandId, LocalExecutor, Report,
    SEMANTICS_VERSION, Start, Step, StretchHeader, WorldId, WorldSeed, codec, report,
};
use bytebiota_protocol::message::{self, RejectReason};
use bytebiota_server::verification::Gate;

fn config() -> Config {
    let mut config = Config::default();
    for (knob, value) in [
        ("soup.size", "8192"),
        ("environment.length", "256"),
        ("soup.search_radius", "1024"),
        ("evolution.epoch_ticks", "20000"),
    ] {
        config.set(knob, value).expect("a knob");
    }
    config
}

/// Two units of a stretch, with the state at the start of every segment of the second.
fn computed(unit_epochs: u32) -> (Assignment, Report, Vec<Vec<u8>>) {
    let config = config();
    let genesis = Island::genesis(WorldSeed(3), IslandId(1), &config).to_bytes();
    let header = StretchHeader {
        world: WorldId(1),
        branch: Branch(0),
        island: IslandId(1),
        semantics: SEMANTICS_VERSION,
        first_epoch: Epoch(0),
        end_epoch: Epoch(2 * u64::from(unit_epochs)),
        base: Digest::of(&genesis),
        config: config.digest(),
        inputs: codec::digest(&Inputs::default()),
    };
    let assignment = Assignment {
        from_digest: header.base,
        header,
        world_seed: WorldSeed(3),
        from_epoch: Epoch(0),
        unit_epochs,
        start: Start::Genesis,
        inputs: Inputs::default(),
        config,
    };
    let mut executor = LocalExecutor::begin(&assignment, None).expect("begins");
    let mut starts = Vec::new();
    let mut units = Vec::new();
    loop {
        match executor.advance(7_777) {
            Step::Segment { .. } => starts.push(executor.island().to_bytes()),
            Step::Unit(report) => {
                if units.is_empty() {
                    starts = vec![report.state.clone()];
                }
                units.push(*report);
            }
            Step::Running => {}
            Step::Finished => break,
        }
    }
    (assignment, units.remove(1), starts)
}

/// The whole of a unit, from the state it begins with, as a question.
fn question(assignment: &Assignment, unit: &Report, base: &[u8], unit_epochs: u32) -> Check {
    Check {
        header: assignment.header.clone(),
        world_seed: assignment.world_seed,
        config: assignment.config.clone(),
        inputs: Inputs::default(),
        first_epoch: unit.key.first_epoch,
        unit_epochs,
        from_segment: 0,
        until_segment: unit.segments.len() as u32,
        from_digest: Digest::of(base),
        running: report::NO_OUTPUTS,
        start: Start::State(base.to_vec()),
    }
}

#[test]
fn any_piece_of_a_report_comes_out_the_same_when_it_is_computed_alone() {
    for unit_epochs in [1, 3, 16, 37] {
        let (assignment, unit, starts) = computed(unit_epochs);
        let digests = unit.segment_digests();
        assert_eq!(starts.len(), digests.len());
        let mut running = report::NO_OUTPUTS;
        for (from, start) in starts.iter().enumerate() {
            for until in [from + 1, digests.len()] {
                let check = Check {
                    from_segment: from as u32,
                    until_segment: until as u32,
                    running,
                    ..question(&assignment, &unit, start, unit_epochs)
                };
                let again = LocalExecutor::execute_check(&check).expect("computes");
                assert_eq!(
                    again,
                    digests[from..until],
                    "{from}..{until} of {unit_epochs}"
                );
            }
            running = report::running_outputs(running, &unit.segments[from].outputs);
        }
    }
}

#[test]
fn a_unit_that_is_left_at_a_boundary_is_asked_by_its_epochs_and_segments_alone() {
    for unit_epochs in [17, 24, 37, 48] {
        let (assignment, unit, starts) = computed(unit_epochs);
        let digests = unit.segment_digests();
        for left in 1..digests.len() {
            let report = Report {
                segments: unit.segments[..left].to_vec(),
                ..unit.clone()
            };
            let begun = report.begun_epochs().expect("it can be told");
            let check = Check {
                from_digest: unit.base,
                ..question(&assignment, &report, &starts[0], begun)
            };
            let (again, island) = LocalExecutor::begin_check(&check)
                .expect("begins")
                .finish_check();
            assert_eq!(
                again,
                digests[..left],
                "{left} of {unit_epochs}, as {begun}"
            );
            assert_eq!(
                Digest::of(&island.to_bytes()),
                unit.segments[left - 1].state
            );
        }
    }
}

#[test]
fn a_question_that_makes_no_sense_is_an_error_and_no_panic() {
    let (assignment, unit, starts) = computed(3);
    let sound = Check {
        from_segment: 1,
        until_segment: 2,
        ..question(&assignment, &unit, &starts[1], 3)
    };
    assert!(LocalExecutor::execute_check(&sound).is_ok());
    let broken: [fn(&mut Check); 7] = [
        |check| check.until_segment = 1,
        |check| check.until_segment = 4,
        |check| check.from_segment = u32::MAX,
        |check| check.unit_epochs = 0,
        |check| check.unit_epochs = u32::MAX,
        |check| check.first_epoch = Epoch(u64::MAX),
        |check| check.start = Start::Genesis,
    ];
    for (case, spoil) in broken.into_iter().enumerate() {
        let mut check = sound.clone();
        spoil(&mut check);
        assert!(LocalExecutor::execute_check(&check).is_err(), "case {case}");
    }
}

#[test]
fn the_gate_takes_what_is_done_of_a_unit_if_it_is_cut_as_a_unit_of_this_stretch_is() {
    let (assignment, unit, starts) = computed(24);
    let gate = Gate::new(WorldId(1), assignment.config.clone());
    let left = |segments: usize| Report {
        segments: unit.segments[..segments].to_vec(),
        state: starts[segments].clone(),
        ..unit.clone()
    };
    let examine = |report: &Report| {
        let sound = gate.examine(&assignment.header, &message::pack_report(report));
        sound.map(|sound| (sound.end_epoch(), sound.seals().len()))
    };
    assert_eq!(examine(&left(5)), Ok((Epoch(24 + 10), 5)));
    assert_eq!(examine(&left(11)), Ok((Epoch(24 + 8 * 2 + 3), 11)));
    // Shorter segments first, and a unit that would not have ended within the stretch.
    let mut swapped = left(11);
    swapped.segments.swap(0, 10);
    let mut late = left(5);
    late.key.first_epoch = Epoch(30);
    for (report, reason) in [
        (swapped, RejectReason::Invalid),
        (late, RejectReason::Foreign),
    ] {
        assert_eq!(
            examine(&report).map_err(|refusal| refusal.reason()),
            Err(reason)
        );
    }
}
