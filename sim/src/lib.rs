//! The proof of the whole: production book, Verifier, StateAggregator and worker sessions in one thread, from one seed, in
//! virtual time, with a bad network, bad people and a server that is killed. Its tests also read the rules of the house.
//!
//! In reading order: `dice` and `clock`, `people` (who there is), `executor` (what computes), `answers` (to checks), `volunteer` (a machine),
//! `network`, `disk` (what was committed), `server` (the production values and their shell), `record` (what is true), `laws`
//! (what must hold), `flaw` (what can be broken to see a law fail), `town` (all of it together), `seeds` (many of them), `figures` (what trust costs).

pub mod answers;
pub mod clock;
pub mod dice;
pub mod disk;
pub mod executor;
pub mod figures;
pub mod flaw;
pub mod laws;
pub mod network;
pub mod people;
pub mod record;
pub mod seeds;
pub mod server;
pub mod town;
pub mod volunteer;

use executor::{real::Real, toy::Toy};
use flaw::Flaw;
use laws::Breach;
use town::{Plan, Summary, Town};

/// Every so-manieth seed is computed by the real executor.
pub const REAL_EVERY: u64 = 20;

/// One town from its beginning to its end.
pub fn simulate(seed: u64, flaw: Flaw) -> Result<Summary, Breach> {
    let is_real = seed.is_multiple_of(REAL_EVERY);
    let plan = Plan::drawn(seed, is_real);
    if !is_real {
        return Town::new(seed, Toy::new(seed), plan, flaw).live();
    }
    match Real::new(seed) {
        Ok(real) => Town::new(seed, real, plan, flaw).live(),
        Err(what) => Err(Breach {
            law: "config",
            at_ms: 0,
            what,
        }),
    }
}
