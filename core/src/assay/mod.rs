//! Assay: what a genome can do, tried alone in empty soups and beside a host, and what that makes it.
//!
//! A pure function of genome, host and Config: no mutation, three soups with seeds of their own, every instruction
//! stepped through, an end after a fixed number of ticks.

mod arena;
mod brief;
mod facts;
pub mod landscape;
mod witness;

pub use arena::AssayError;
pub(crate) use arena::{arena, arena_config, check};
pub(crate) use brief::{breeds_alone, lives_off};
pub use facts::{
    Assay, Beside, Borrowing, CAPTURED_BIRTHS, Class, EnergyBalance, Life, Shares,
    TRUE_GENERATIONS, TicksPerBirth,
};

use crate::{Config, GenotypeHash, Island, report::Origin, tasks::TASKS};
use witness::{Kind, Witness};

/// Soups that are tried.
pub const SOUPS: u64 = 3;
/// Ticks of a soup at most.
pub const MAX_TICKS: u64 = 400_000;
/// Ticks of a soup beside a host at least: what one does to the other takes time.
const BESIDE_TICKS: u64 = 100_000;
/// Births after the first whose time is taken in each soup.
const LATER_BIRTHS: u64 = 8;
/// Fresh inputs on which a task must be solved.
pub const CHALLENGES: u64 = 16;
/// Ticks of a soup in which a task is confirmed, at most.
const CHALLENGE_TICKS: u64 = 40_000;
/// Bytes between the genome and its host, soup by soup.
const DISTANCES: [u32; SOUPS as usize] = [0, 200, 800];

/// Tries a genome, alone and beside `host` if there is one, in soups with the rules of `config` but no mutation.
pub fn assay(genome: &[u8], host: Option<&[u8]>, config: &Config) -> Result<Assay, AssayError> {
    check("the genome", genome, config)?;
    if let Some(host) = host {
        check("the host", host, config)?;
    }
    let config = arena_config(config)?;
    let alone = live_alone(genome, &config);
    let mut beside = host.map(|host| live_beside(genome, host, &config));
    if let (Some(beside), Some(host)) = (&mut beside, host)
        && alone.breeds_true()
        && beside.host_life.breeds_true()
        && beside.host_life.borrows.lives_on_others()
    {
        beside.host_breeds_alone = Some(live_alone(host, &config).breeds_true());
    }
    let class = classify(&alone, beside.as_ref());
    let solved = alone.solved | beside.as_ref().map_or(0, |beside| beside.life.solved);
    // Who cannot live alone is asked beside the host.
    let company = host.filter(|_| class == Class::Parasite);
    Ok(Assay {
        genotype: GenotypeHash::of(genome),
        length: genome.len() as u32,
        class,
        tasks: confirmed(genome, company, solved, &config),
        alone,
        beside,
    })
}

/// The tasks that a genome solves alone, on every one of `CHALLENGES` fresh inputs: one bit each.
pub fn solved_alone(genome: &[u8], config: &Config) -> Result<u32, AssayError> {
    check("the genome", genome, config)?;
    let config = arena_config(config)?;
    let mut island = arena(&config, 1);
    inhabit(&mut island, genome, None, 0);
    let mut witness = Witness::new(&island, genome, None);
    run(&mut island, &mut witness, 0);
    let solved = confirmed(genome, None, witness.life(Kind::Subject).solved, &config);
    Ok(solved.iter().fold(0, |bits, task| bits | 1 << task))
}

/// The class that the facts make.
fn classify(alone: &Life, beside: Option<&Beside>) -> Class {
    match (alone.breeds_true(), beside) {
        (true, Some(beside)) if captures(beside) => Class::HyperParasite,
        (true, Some(beside)) if beside.host_breeds_alone == Some(false) => Class::Host,
        (true, _) => Class::SelfReplicator,
        (false, Some(beside))
            if beside.life.breeds_true() && beside.life.borrows.lives_on_others() =>
        {
            Class::Parasite
        }
        (false, _) => Class::Sterile,
    }
}

/// Whether the other, which lives here, bears more children for it than for itself. Junk that merely runs into its
/// code is no victim.
fn captures(beside: &Beside) -> bool {
    let borne = beside.life.borne_by_others;
    beside.host_life.breeds_true()
        && borne >= CAPTURED_BIRTHS
        && borne > beside.host_life.true_births
}

fn live_alone(genome: &[u8], config: &Config) -> Life {
    let mut life = Life::default();
    for seed in 1..=SOUPS {
        let mut island = arena(config, seed);
        island.place(island.soup.size() / 2, genome, Origin::Founder);
        let mut witness = Witness::new(&island, genome, None);
        run(&mut island, &mut witness, 0);
        life.join(&witness.into_lives().0);
    }
    life
}

fn live_beside(genome: &[u8], host: &[u8], config: &Config) -> Beside {
    let (mut life, mut host_life) = (Life::default(), Life::default());
    for (seed, distance) in (1..).zip(DISTANCES) {
        let mut island = arena(config, seed);
        inhabit(&mut island, genome, Some(host), distance);
        let mut witness = Witness::new(&island, genome, Some(host));
        run(&mut island, &mut witness, BESIDE_TICKS);
        let (own, others) = witness.into_lives();
        life.join(&own);
        host_life.join(&others);
    }
    Beside {
        host: GenotypeHash::of(host),
        life,
        host_life,
        host_breeds_alone: None,
    }
}

/// One body of the genome in the middle, one of the host on each side of it.
fn inhabit(island: &mut Island, genome: &[u8], host: Option<&[u8]>, distance: u32) {
    let middle = island.soup.size() / 2;
    island.place(middle, genome, Origin::Founder);
    if let Some(host) = host {
        let below = middle - distance - host.len() as u32;
        island.place(below, host, Origin::Operator);
        let above = middle + genome.len() as u32 + distance;
        island.place(above, host, Origin::Operator);
    }
}

/// Steps on until the genome has shown what it can, at least to tick `least` and at most to `MAX_TICKS`.
fn run(island: &mut Island, witness: &mut Witness<'_>, least: u64) {
    while island.tick < MAX_TICKS && island.population > 0 {
        let life = witness.life(Kind::Subject);
        let shown = life.generations > TRUE_GENERATIONS && life.later_births.births >= LATER_BIRTHS;
        if shown && island.tick >= least {
            return;
        }
        witness.step(island);
    }
}

/// The tasks among `solved` that are solved again in each of `CHALLENGES` soups with other inputs.
fn confirmed(genome: &[u8], host: Option<&[u8]>, solved: u32, config: &Config) -> Vec<u8> {
    let mut left = solved;
    for challenge in 0..CHALLENGES {
        if left == 0 {
            break;
        }
        let mut island = arena(config, SOUPS + 1 + challenge);
        inhabit(&mut island, genome, host, DISTANCES[0]);
        let mut witness = Witness::new(&island, genome, host);
        while island.tick < CHALLENGE_TICKS
            && island.population > 0
            && witness.life(Kind::Subject).solved & left != left
        {
            witness.step(&mut island);
        }
        left &= witness.life(Kind::Subject).solved;
    }
    (0..TASKS.len() as u8)
        .filter(|task| left >> task & 1 == 1)
        .collect()
}
