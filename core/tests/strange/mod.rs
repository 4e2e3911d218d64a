//! What must hold for any bytes from outside, fed by a fuzzer or replayed from its corpus: assignments, states, genomes, text.

// Each test uses its own part of this.
#![allow(dead_code)]

pub mod distort;
pub mod feed;
pub mod recipe;

use crate::{
    lawful,
    obvious::{mirror::State, world::World},
};
use bytebiota_core::{
    Assignment, Branch, Config, Digest, Epoch, Island, IslandId, LocalExecutor, Start, Step,
    StretchHeader, WorldId, WorldSeed, assembler, codec,
};
use distort::{ALL_FIELDS, Lie};
use feed::Feed;
use recipe::Recipe;

/// Bytes of the largest soup that is run, ticks of a turn, and turns: they bound what one input costs, and nothing else.
const MAX_SOUP: u32 = 1 << 18;
const TURN: u64 = 700;
const TURNS: usize = 6;

/// What a broken law may come from when counts and clocks were made up: they run past their ends.
const MADE_UP: [&str; 3] = ["counts", "a clock is", "a counter is"];

/// Any bytes: an assignment as it travels, a state as it travels, or the recipe of one; refused, or run under the laws.
pub fn executed(bytes: &[u8]) {
    let mut feed = Feed(bytes);
    match feed.byte() % 8 {
        0 => {
            if let Ok(assignment) = codec::decode::<Assignment>(feed.0, 1 << 20) {
                run(sealed(assignment), false);
            }
        }
        1 => stand_alone(feed.0, &small_config(), &MADE_UP),
        2 | 3 => agrees(&recipe::cook(&mut feed)),
        4 => {
            let recipe = recipe::cook(&mut feed);
            run(sealed(assignment(&recipe, recipe.state.clone())), true);
        }
        5 => {
            let recipe = recipe::cook(&mut feed);
            let state = told_lies(&mut feed, &recipe.state);
            run(sealed(assignment(&recipe, state)), false);
        }
        6 => {
            let recipe = recipe::cook(&mut feed);
            stand_alone(
                &told_lies(&mut feed, &recipe.state),
                &recipe.config,
                &MADE_UP,
            );
        }
        _ => {
            let recipe = recipe::cook(&mut feed);
            stand_alone(&bitten(&mut feed, recipe.state), &recipe.config, &MADE_UP);
        }
    }
}

/// Any bytes as text: a genome that survives being written and read, or an error that names a place in the text.
pub fn assembled(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match assembler::assemble(&text) {
        Ok(genome) => written_and_read(&genome),
        Err(error) => {
            let lines = text.lines().count().max(1);
            assert!(
                (1..=lines).contains(&error.line),
                "{error} of {lines} lines"
            );
            let line = text.lines().nth(error.line - 1).unwrap_or("");
            let columns = line.chars().count() + 1;
            assert!(
                (1..=columns).contains(&error.column),
                "{error} of {columns}"
            );
            assert!(!error.reason.is_empty() && !error.to_string().contains('\n'));
        }
    }
    written_and_read(bytes);
}

fn written_and_read(genome: &[u8]) {
    if !(1..=assembler::MAX_GENOME_BYTES).contains(&genome.len()) {
        return;
    }
    let text = assembler::disassemble(genome);
    assert_eq!(assembler::assemble(&text).as_deref(), Ok(genome), "{text}");
    let bytes: usize = assembler::decode(genome)
        .iter()
        .map(|place| 1 + usize::from(place.operand.is_some()))
        .sum();
    assert_eq!(bytes, genome.len());
}

fn small_config() -> Config {
    let mut config = Config::default();
    config.soup.size = 4_096;
    config.environment.length = 256;
    config.evolution.max_genome = 200;
    config
}

/// Makes the digests fit the content again, so that a lie is not refused for its seal alone.
fn sealed(mut assignment: Assignment) -> Assignment {
    assignment.header.semantics = bytebiota_core::SEMANTICS_VERSION;
    assignment.header.config = assignment.config.digest();
    assignment.header.inputs = codec::digest(&assignment.inputs);
    if let Start::State(bytes) = &assignment.start {
        assignment.from_digest = Digest::of(bytes);
    }
    assignment
}

fn assignment(recipe: &Recipe, state: Vec<u8>) -> Assignment {
    let header = StretchHeader {
        world: WorldId(1),
        branch: Branch(0),
        island: IslandId(1),
        semantics: bytebiota_core::SEMANTICS_VERSION,
        first_epoch: recipe.epoch,
        end_epoch: Epoch(recipe.epoch.0 + 3),
        base: Digest::of(&state),
        config: recipe.config.digest(),
        inputs: codec::digest(&recipe.inputs),
    };
    Assignment {
        header,
        world_seed: WorldSeed(1),
        config: recipe.config.clone(),
        inputs: recipe.inputs.clone(),
        from_epoch: recipe.epoch,
        from_digest: Digest::of(&state),
        unit_epochs: 2,
        start: Start::State(state),
    }
}

/// Executes an assignment in turns; an honest one is accepted.
fn run(assignment: Assignment, is_honest: bool) {
    if assignment.config.soup.size > MAX_SOUP {
        return;
    }
    let mut executor = match LocalExecutor::begin(&assignment, None) {
        Ok(executor) => executor,
        Err(error) => return assert!(!is_honest, "{error}"),
    };
    for _ in 0..TURNS {
        let before = executor.island().tick();
        let step = executor.advance(TURN);
        assert!(executor.island().tick() <= before.saturating_add(TURN));
        if matches!(step, Step::Finished) {
            break;
        }
    }
    let forgiven: &[&str] = if is_honest { &[] } else { &MADE_UP };
    lawful(executor.island(), &assignment.config, forgiven);
}

/// Lets the island of a state live by itself, if the state is accepted; it must come back as it was.
fn stand_alone(bytes: &[u8], config: &Config, forgiven: &[&str]) {
    let Ok(mut island) = Island::from_bytes(bytes, config) else {
        return;
    };
    let (mut given, taken) = (State::decode(bytes), State::decode(&island.to_bytes()));
    // A mutation that the Config switches on or off begins or ends on arrival; nothing else may change.
    given.mutation = taken.mutation.clone();
    assert!(given == taken, "accepted bytes come back as others");
    for _ in 0..3 {
        island.run_until(island.tick().saturating_add(TURN));
        lawful(&island, config, forgiven);
    }
}

fn lawful(island: &Island, config: &Config, forgiven: &[&str]) {
    let broken = lawful::broken(island, config)
        .filter(|law| !forgiven.iter().any(|reason| law.contains(reason)));
    assert_eq!(broken, None);
}

/// The fast executor and the obvious one come to the same bytes.
fn agrees(recipe: &Recipe) {
    let config = &recipe.config;
    let mut fast = Island::from_bytes(&recipe.state, config).expect("an honest state");
    let mut plain = World::from_bytes(&recipe.state, config);
    fast.set_halo(recipe.inputs.halo.clone());
    plain.halo = recipe.inputs.halo.clone();
    for epoch in recipe.epoch.0..recipe.epoch.0 + 2 {
        fast.open_epoch(Epoch(epoch), &recipe.inputs.arrivals);
        plain.open_epoch(epoch, &recipe.inputs.arrivals);
        let line = (epoch + 1) * config.evolution.epoch_ticks;
        for stop in [line - 333, line] {
            fast.run_until(stop);
            while plain.rest.tick < stop {
                plain.run_slice(stop);
            }
            assert!(fast.to_bytes() == plain.to_bytes(), "tick {stop}");
        }
        let left = fast.close_epoch(Epoch(epoch + 1));
        let expected = plain.close_epoch(epoch + 1);
        assert_eq!(left.map(|left| (left.genome, left.upward)), expected);
    }
    lawful(&fast, config, &[]);
}

fn told_lies(feed: &mut Feed, bytes: &[u8]) -> Vec<u8> {
    let mut state = State::decode(bytes);
    for _ in 0..=feed.below(4) {
        let lie = Lie {
            field: feed.below(ALL_FIELDS),
            which: feed.below(65_536),
            value: feed.number(),
        };
        distort::distort(&mut state, lie);
    }
    distort::balance(&mut state);
    state.encode()
}

/// Bytes flipped, most of them outside the soup.
fn bitten(feed: &mut Feed, mut bytes: Vec<u8>) -> Vec<u8> {
    for _ in 0..=feed.below(6) {
        let place = feed.below(65_536) as usize;
        let length = bytes.len();
        // The soup lies in front; counting from the end, small numbers meet what the laws are about.
        bytes[length - 1 - place % length] ^= feed.byte();
    }
    bytes
}
