//! The environment is worth something to those who use it: food, its gradients and hotspots, signals, storage, the border.
//! Each organism of `core/genomes` is set against itself with the one instruction taken out that is in question.

#[path = "environment/ground.rs"]
mod ground;
mod obvious;

use bytebiota_core::{
    Assignment, Branch, Config, Digest, Epoch, Halo, HaloCell, Inputs, Island, IslandId,
    LocalExecutor, Start, Step, StretchHeader, WorldId, WorldSeed, codec,
    compete::{Contest, compete},
    config::Founder,
    isa::op,
};
use ground::{genome, ground, without};
use obvious::mirror::{Child, State};

/// Contests from even, small and large beginnings, over seeds 1 to `SEEDS`.
const SEEDS: u32 = 10;

fn contests(a: &[u8], b: &[u8], config: &Config) -> Vec<Contest> {
    compete(a, b, SEEDS, config)
        .expect("a competition")
        .contests
}

/// Soups that the first genome won and lost, from all beginnings.
fn score(contests: &[Contest]) -> (u32, u32) {
    let sum = |count: fn(&Contest) -> u32| contests.iter().map(count).sum();
    (sum(Contest::won), sum(Contest::lost))
}

#[test]
fn who_does_not_harvest_loses_under_the_default_economy_and_in_a_poor_soup() {
    let forager = genome("forager");
    let idle = without(&forager, op::HARVEST_ENERGY, op::NOP_0);
    let default = Config::default();
    assert_eq!(score(&contests(&forager, &idle, &default)), (30, 0));
    let poor = ground(&[("environment.resource_regen_cells", "40")]);
    for other in [&idle, &genome("ancestor")] {
        let score = score(&contests(&forager, other, &poor));
        assert_eq!(score, (30, 0), "in a poor soup");
    }
}

/// Cells of 256 bytes, so that a body is smaller than what it feels; little food, and none to begin with.
fn sparse(more: &[(&str, &str)]) -> Config {
    let knobs = [
        ("environment.length", "256"),
        ("environment.resource_regen_cells", "40"),
        ("environment.initial_resource", "0"),
        ("environment.max_resource", "20000"),
        ("environment.gradient_strength", "0"),
        ("environment.hotspots", "0"),
        ("environment.tasks", "off"),
        ("energy.founder", "12000"),
    ];
    ground(&[&knobs[..], more].concat())
}

#[test]
fn a_follower_of_the_gradient_beats_a_blind_one_of_the_same_cost() {
    let follower = genome("follower");
    let blind = without(&follower, op::SENSE_GRADIENT, op::ZERO_AX);
    // Two knobs away from the default: cells larger than bodies, and a quarter of the food.
    let wide = ground(&[
        ("environment.length", "256"),
        ("environment.resource_regen_cells", "100"),
    ]);
    let slope = sparse(&[("environment.gradient_strength", "1000000")]);
    for config in [wide, slope] {
        let (won, lost) = score(&contests(&follower, &blind, &config));
        assert!(won >= 27 && lost <= 3, "{won} won, {lost} lost");
    }
}

fn hotspots(interval: &str, lead: &str) -> Config {
    sparse(&[
        ("environment.hotspots", "3"),
        ("environment.hotspot_share", "900000"),
        ("environment.hotspot_radius", "32"),
        ("environment.hotspot_interval", interval),
        ("environment.hotspot_lead", lead),
    ])
}

#[test]
fn a_follower_of_moving_hotspots_beats_a_blind_one_and_the_cheaper_forager() {
    let follower = genome("follower");
    let blind = without(&follower, op::SENSE_GRADIENT, op::ZERO_AX);
    let config = hotspots("150", "50");
    let against_blind = contests(&follower, &blind, &config);
    let rounds = against_blind[0].bouts.iter().map(|bout| bout.ticks).min();
    assert!(
        rounds >= Some(600_000),
        "hotspots moved meanwhile: {rounds:?}"
    );
    let (won, lost) = score(&against_blind);
    assert!(won >= 24 && lost <= 6, "{won} won, {lost} lost");
    // The forager is 12 bytes shorter and grows faster while there is plenty, so only an even beginning is fair.
    let against_forager = contests(&follower, &genome("forager"), &config);
    let even = &against_forager[0];
    assert!(even.tenths == 5 && even.won() >= 9, "{even:?}");
}

/// Children on their way whose parents have an announced hotspot within 16 cells above them, over a life: those that
/// lie within a cell of it, and all. Food is so scarce that there is room.
fn children_of_hearers(genome: &[u8], seed: u64) -> (usize, usize) {
    let mut config = hotspots("300", "200");
    config.environment.resource_regen_cells = 12;
    config.evolution.founder = Founder::Genome(genome.to_vec());
    let mut island = Island::genesis(WorldSeed(seed), IslandId(1), &config);
    let (mut near, mut all) = (0, 0);
    for _ in 0..200 {
        island.run_until(island.tick() + 5_000);
        let state = State::decode(&island.to_bytes());
        for life in &state.organisms {
            let cell = life.start / 256;
            let next = state.region.hotspots.iter().filter_map(|spot| spot.next);
            let heard = next.filter(|next| (1..=16).contains(&next.saturating_sub(cell)));
            if let (Some(next), Child::Pending { start, .. }) = (heard.min(), &life.child) {
                near += usize::from((start / 256).abs_diff(next) <= 1);
                all += 1;
            }
        }
    }
    (near, all)
}

#[test]
fn a_listener_puts_its_children_where_a_signal_announces_a_hotspot() {
    let listener = genome("listener");
    let deaf = without(&listener, op::SENSE_SIGNAL, op::ZERO_AX);
    let percent = |genome: &[u8]| {
        let lives = (1..=u64::from(SEEDS)).map(|seed| children_of_hearers(genome, seed));
        let (near, all) = lives.fold((0, 0), |sum, life| (sum.0 + life.0, sum.1 + life.1));
        println!("{near} of {all}");
        assert!(all >= 200, "{all}");
        near * 100 / all
    };
    let (heard, missed) = (percent(&listener), percent(&deaf));
    assert!(heard >= 50 && missed <= 10, "{heard} %, deaf {missed} %");
}

/// How many of the living find the number of their generation in their first cell; how many live; the largest number.
fn chronicle(genome: &[u8], seed: u64) -> (usize, usize, u32, u64) {
    // A colony grows beyond the usual reach of 16 cells, and a message is left only within reach.
    let mut config = ground(&[("environment.tasks", "off"), ("environment.reach", "512")]);
    config.evolution.founder = Founder::Genome(genome.to_vec());
    let mut island = Island::genesis(WorldSeed(seed), IslandId(1), &config);
    island.run_until(300_000);
    let state = State::decode(&island.to_bytes());
    let read = |life: &&obvious::mirror::Organism| {
        u32::from(state.region.storage[life.start as usize / 16]) == life.generation
    };
    let told = state.organisms.iter().filter(read).count();
    let oldest = state.organisms.iter().map(|life| life.generation).max();
    let withdrawn = state.counters.energy[obvious::world::Flow::Withdrawn as usize];
    (told, state.organisms.len(), oldest.unwrap_or(0), withdrawn)
}

#[test]
fn storage_carries_a_message_from_parent_to_child_and_is_withdrawn() {
    let chronicler = genome("chronicler");
    let forgetful = without(&chronicler, op::READ_STORAGE, op::ZERO_AX);
    for seed in 1..=5 {
        let (told, living, oldest, withdrawn) = chronicle(&chronicler, seed);
        assert!(living >= 300 && oldest >= 6, "{living} alive, {oldest}");
        assert!(told * 100 >= living * 95, "{told} of {living}");
        // Half of what storing leaves is taken back by the one who reads.
        assert!(withdrawn >= 250 * living as u64, "{withdrawn}");
        let (told, living, _, withdrawn) = chronicle(&forgetful, seed);
        assert!(told * 2 < living && withdrawn == 0, "{told} of {living}");
    }
}

/// What two lookouts at the edges of a region wrote and said, beside a border.
fn looked(seed: u64, halo: Halo) -> (u8, u32) {
    let mut config = ground(&[
        ("soup.size", "4096"),
        ("environment.length", "256"),
        ("environment.initial_resource", "0"),
        ("environment.resource_regen_cells", "0"),
        ("environment.hotspots", "0"),
        ("evolution.epoch_ticks", "4000"),
    ]);
    config.evolution.founder = Founder::Genome(genome("lookout"));
    config.evolution.founders = 64;
    let (seed, inputs) = (
        WorldSeed(seed),
        Inputs {
            halo,
            ..Inputs::default()
        },
    );
    let base = Digest::of(&Island::genesis(seed, IslandId(1), &config).to_bytes());
    let header = StretchHeader {
        world: WorldId(1),
        branch: Branch(0),
        island: IslandId(1),
        semantics: bytebiota_core::SEMANTICS_VERSION,
        first_epoch: Epoch(0),
        end_epoch: Epoch(1),
        base,
        config: config.digest(),
        inputs: codec::digest(&inputs),
    };
    let assignment = Assignment {
        header,
        world_seed: seed,
        config,
        inputs,
        from_epoch: Epoch(0),
        from_digest: base,
        unit_epochs: 1,
        start: Start::Genesis,
    };
    let mut executor = LocalExecutor::begin(&assignment, None).expect("an assignment");
    assert!(matches!(executor.advance(2_300), Step::Running));
    let state = State::decode(&executor.island().to_bytes());
    // The last founder stands 64 bytes below the upper edge, the first one at the lower edge.
    (state.region.storage[252], state.region.signal[0] >> 8)
}

#[test]
fn the_border_is_seen_and_heard_across() {
    let cell = |resource, units: u32| HaloCell {
        resource,
        signal: units << 8,
    };
    for seed in 1..=3 {
        assert_eq!(looked(seed, Halo::default()), (0, 0), "nobody told");
        let halo = Halo {
            below: vec![cell(9, 0), cell(9, 0), cell(9, 0), cell(9, 37)],
            above: vec![cell(77, 9)],
        };
        assert_eq!(looked(seed, halo), (77, 37));
    }
}
