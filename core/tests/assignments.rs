//! Assignments from outside: damaged, contradictory or extreme; refused with a reason, or run within any budget.

use bytebiota_core::{
    Arrival, ArrivalCause, Assignment, AssignmentError, Digest, Epoch, HaloCell, IslandId,
    LocalExecutor, Start, Step, codec,
};
use std::path::Path;

/// A deterministic stream of numbers below a bound.
fn numbers(mut state: u64) -> impl FnMut(usize) -> usize {
    move |bound| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound
    }
}

fn case(name: &str) -> (Assignment, Vec<u8>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let bytes = std::fs::read(root.join(name).join("assignment.bin")).expect("a golden case");
    (
        codec::decode(&bytes, 1 << 20).expect("an assignment"),
        bytes,
    )
}

/// Makes the digests fit the content again, so that a lie is not refused for its seal alone.
fn seal(assignment: &mut Assignment) {
    assignment.header.config = assignment.config.digest();
    assignment.header.inputs = codec::digest(&assignment.inputs);
    if let Start::State(bytes) = &assignment.start {
        assignment.from_digest = Digest::of(bytes);
    }
}

/// Begins and runs for a while; what cannot be executed says why.
fn run(assignment: &Assignment) -> Result<(), AssignmentError> {
    let mut executor = LocalExecutor::begin(assignment, None)?;
    for _ in 0..20 {
        let before = executor.island().tick();
        let step = executor.advance(2_000);
        assert!(executor.island().tick() <= before + 2_000);
        if matches!(step, Step::Finished) {
            break;
        }
    }
    Ok(())
}

#[test]
fn damaged_bytes_are_refused() {
    for name in ["environment", "migration", "full_soup"] {
        let (_, bytes) = case(name);
        let mut below = numbers(7);
        let mut refused = 0;
        for _ in 0..300 {
            let mut damaged = bytes.clone();
            let at = below(damaged.len());
            damaged[at] ^= 1 << below(8);
            // The seal of the header, of the Config, of the inputs or of the state breaks, or the bytes do.
            let decoded = codec::decode::<Assignment>(&damaged, 1 << 20);
            let outcome = decoded.map(|assignment| run(&assignment));
            refused += u32::from(!matches!(outcome, Ok(Ok(()))));
        }
        assert!(refused > 200, "{name}: {refused} of 300");
        assert!(codec::decode::<Assignment>(&bytes[..bytes.len() - 1], 1 << 20).is_err());
        assert!(codec::decode::<Assignment>(&bytes, bytes.len() - 1).is_err());
    }
}

#[test]
fn contradictions_are_named() {
    type Lie = fn(&mut Assignment);
    let lies: [(&str, Lie); 12] = [
        ("semantics version 9", |a| a.header.semantics = 9),
        ("no epochs", |a| a.header.end_epoch = a.header.first_epoch),
        ("outside its stretch", |a| a.from_epoch = a.header.end_epoch),
        ("at least one epoch", |a| a.unit_epochs = 0),
        ("another island", |a| a.header.island = IslandId(77)),
        ("only epoch 0", |a| a.start = Start::Genesis),
        ("not held", |a| a.start = Start::Held),
        ("out of range", |a| a.config.scheduler.base_slice = 0),
        ("out of range", |a| a.config.soup.size = 65_535),
        ("another size", |a| a.config.soup.size = 32_768),
        ("empty or too long", |a| {
            a.inputs.arrivals.push(arrival(a.from_epoch, 0))
        }),
        ("too wide", |a| {
            a.inputs.halo.below = vec![HaloCell::default(); 65]
        }),
    ];
    for (reason, lie) in lies {
        let (mut assignment, _) = case("full_soup");
        lie(&mut assignment);
        seal(&mut assignment);
        let error = run(&assignment).expect_err(reason).to_string();
        assert!(error.contains(reason), "{reason}: {error}");
    }
}

#[test]
fn broken_seals_are_named() {
    type Lie = fn(&mut Assignment);
    let lies: [(&str, Lie); 4] = [
        ("Config is not the one", |a| {
            a.config.mutation.copy_rate += 1
        }),
        ("inputs are not those", |a| a.inputs.parameters_version += 1),
        ("damaged", |a| a.from_digest = Digest([1; 32])),
        ("damaged", |a| a.start = Start::State(vec![1, 2, 3])),
    ];
    for (reason, lie) in lies {
        let (mut assignment, _) = case("full_soup");
        lie(&mut assignment);
        let error = run(&assignment).expect_err(reason).to_string();
        assert!(error.contains(reason), "{reason}: {error}");
    }
}

fn arrival(epoch: Epoch, length: usize) -> Arrival {
    Arrival {
        epoch,
        cause: ArrivalCause::Operator,
        genome: vec![44; length],
    }
}

#[test]
fn the_largest_inputs_run_within_any_budget() {
    let (mut assignment, _) = case("full_soup");
    assignment.header.end_epoch = Epoch(u64::MAX);
    assignment.unit_epochs = u32::MAX;
    assignment.config.evolution.max_genome = 4_096;
    assignment.inputs.arrivals = vec![arrival(assignment.from_epoch, 4_096); 64];
    seal(&mut assignment);
    assert_eq!(run(&assignment), Ok(()));
    assignment
        .inputs
        .arrivals
        .push(arrival(assignment.from_epoch, 12));
    seal(&mut assignment);
    assert!(run(&assignment).is_err(), "65 arrivals");
}
