//! Runs one island and prints its numbers at each epoch: `watch [ticks] [seed] [path=value ..]`. Knows no server.

use bytebiota_core::{Config, Epoch, Island, IslandId, WorldSeed};
use std::time::Instant;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, or: u64| {
        arguments
            .get(at)
            .and_then(|text| text.parse().ok())
            .unwrap_or(or)
    };
    let (ticks, seed) = (number(0, 100_000_000), number(1, 1));
    let mut config = Config::default();
    for setting in arguments.iter().skip(2) {
        let (path, value) = setting.split_once('=').unwrap_or((setting, ""));
        if path == "preset" {
            config = Config::preset(value).unwrap_or_else(|error| panic!("{error}"));
        } else if let Err(error) = config.set(path, value) {
            panic!("{error}");
        }
    }
    let step = config.evolution.epoch_ticks;
    let mut island = Island::genesis(WorldSeed(seed), IslandId(1), &config);
    let show = ticks / step / 20;
    for epoch in 0..ticks / step {
        let begin = Instant::now();
        island.open_epoch(Epoch(epoch), &[]);
        island.run_until((epoch + 1) * step);
        island.close_epoch(Epoch(epoch + 1));
        let speed = step as f64 / begin.elapsed().as_secs_f64() / 1e6;
        if show == 0 || (epoch + 1) % show == 0 {
            let s = island.sample();
            let mean = s.genome_bytes as f64 / f64::from(s.population.max(1));
            println!(
                "{:>6} M  {speed:>5.0} M/s  pop {:>5}  len {mean:>5.1}  geno {:>4}  births {:>9}  deaths {:?}  energy/head {}  res {}  tasks {:?} err {}",
                (epoch + 1) * step / 1_000_000,
                s.population,
                s.genotypes,
                s.births,
                s.deaths,
                s.energy / 1000 / u64::from(s.population.max(1)),
                s.resource,
                &island.counters().tasks[..12],
                island.counters().errors
            );
        }
    }
}
