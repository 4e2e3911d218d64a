//! The fast executor equals the obvious one after every slice, in random worlds of every preset.

mod obvious;
mod worlds;

use bytebiota_core::{
    Config, Epoch, Island, IslandId, WorldSeed, assembler::assemble, config::Founder,
};
use obvious::{mirror::State, world::World};

/// What one comparison met, so that the test can tell that it met enough.
#[derive(Default, Debug)]
struct Met {
    slices: u64,
    births: u64,
    deaths: [u64; 6],
    mutations: [u64; 7],
    tasks: u64,
    arrivals: u64,
}

fn compare(seed: u64, config: &Config, epochs: u64, met: &mut Met) {
    let mut dice = worlds::dice(seed + 1_000);
    let mut fast = Island::genesis(WorldSeed(seed), IslandId(seed as u32), config);
    let mut plain = World::from_bytes(&fast.to_bytes(), config);
    let (arrivals, halo) = (worlds::arrivals(&mut dice, 5), worlds::halo(&mut dice));
    fast.set_halo(halo.clone());
    plain.halo = halo;
    for epoch in 0..epochs {
        fast.open_epoch(Epoch(epoch), &arrivals);
        plain.open_epoch(epoch, &arrivals);
        let line = (epoch + 1) * config.evolution.epoch_ticks;
        while plain.rest.tick < line {
            assert_same(seed, config, &fast, &plain);
            // Every other world is also stopped in mid-slice.
            let most = if seed.is_multiple_of(2) {
                u64::MAX
            } else {
                1 + u64::from(dice.below(60))
            };
            plain.run_slice(line.min(plain.rest.tick.saturating_add(most)));
            fast.run_until(plain.rest.tick);
            met.slices += 1;
        }
        assert_same(seed, config, &fast, &plain);
        let emigrant = fast.close_epoch(Epoch(epoch + 1));
        let expected = plain.close_epoch(epoch + 1);
        assert_eq!(
            emigrant.map(|emigrant| (emigrant.genome, emigrant.upward)),
            expected
        );
        assert_same(seed, config, &fast, &plain);
    }
    let counters = &plain.rest.counters;
    met.births += counters.births;
    met.arrivals += counters.arrivals;
    met.tasks += counters.tasks.iter().sum::<u64>();
    (0..6).for_each(|at| met.deaths[at] += counters.deaths[at]);
    (0..7).for_each(|at| met.mutations[at] += counters.mutations[at]);
}

fn assert_same(seed: u64, config: &Config, fast: &Island, plain: &World) {
    let (fast, plain) = (fast.to_bytes(), plain.to_bytes());
    if fast == plain {
        return;
    }
    let (fast, plain) = (State::decode(&fast), State::decode(&plain));
    let lines = |state: &State| {
        format!("{state:#?}")
            .lines()
            .map(String::from)
            .collect::<Vec<_>>()
    };
    let differing = lines(&fast)
        .into_iter()
        .zip(lines(&plain))
        .filter(|(a, b)| a != b);
    let differing: Vec<_> = differing.take(20).collect();
    panic!(
        "seed {seed}, tick {}, (fast, plain): {differing:#?}\n{config:?}",
        plain.tick
    );
}

#[test]
fn slice_by_slice_in_random_worlds() {
    let mut met = Met::default();
    for seed in 1..=130 {
        let mut dice = worlds::dice(seed);
        let moved_knobs = dice.below(12);
        let config = worlds::world(&mut dice, moved_knobs);
        compare(seed, &config, 6, &mut met);
    }
    println!("{met:?}");
    assert!(
        met.slices > 10_000 && met.births > 300 && met.tasks > 20,
        "{met:?}"
    );
    // Nobody is an operator here; everything else must have been met.
    assert!(met.deaths[..5].iter().all(|&deaths| deaths > 3), "{met:?}");
    assert!(
        met.mutations.iter().all(|&mutations| mutations > 3),
        "{met:?}"
    );
}

/// Copying loops are done many instructions at once: those that write over themselves must notice it as they would alone.
#[test]
fn loops_that_copy_over_themselves() {
    let mut met = Met::default();
    for shift in 0..24 {
        let text = format!(
            ".01 ADR_BACK_TEMPLATE .10 MOV_BX_AX MOV_DX_AX {} MOV_MR HARVEST_ENERGY HARVEST_ENERGY \
             XCHG_BX_DX MOV_RM INC_BX XCHG_BX_DX INC_BX DEC_CX",
            "INC_DX ".repeat(shift)
        );
        let lines = text.replace("TEMPLATE ", "TEMPLATE_").replace(' ', "\n");
        let lines = lines.replace("TEMPLATE_", "TEMPLATE ") + "\nJNZ -11";
        let mut genome = assemble(&lines).expect("it assembles");
        if shift % 3 == 0 {
            genome.iter_mut().step_by(2).for_each(|byte| *byte ^= 64);
        }
        let mut config = Config::preset("quiet").expect("a preset");
        config.soup.size = 4_096;
        config.environment.length = 256;
        config.evolution.epoch_ticks = 3_000;
        config.evolution.founder = Founder::Genome(genome);
        config.scheduler.base_slice = 9 + 3 * shift as u32;
        compare(shift as u64, &config, 2, &mut met);
    }
    assert!(met.slices > 1_000, "{met:?}");
}

#[test]
fn in_worlds_of_full_size_too() {
    for (seed, preset) in [(1, "default"), (2, "tierra"), (3, "avida"), (4, "soup")] {
        let config = Config::preset(preset).expect("a preset");
        let mut fast = Island::genesis(WorldSeed(seed), IslandId(1), &config);
        let mut plain = World::from_bytes(&fast.to_bytes(), &config);
        for stop in (1..=8).map(|step| step * 20_011) {
            fast.run_until(stop);
            while plain.rest.tick < stop {
                plain.run_slice(stop);
            }
            assert_same(seed, &config, &fast, &plain);
        }
        assert!(preset == "soup" || fast.counters().births > 80, "{preset}");
    }
}
