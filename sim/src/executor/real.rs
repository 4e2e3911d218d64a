//! The real executor on soups of 4 KiB, with the production gate: what strangers of every kind do to an actual world.
//! A lie is an organism that the assignment does not have, so it obeys every law but that one.

use super::{Executor, Sound, World};
use crate::people::Habit;
use bytebiota_core::{
    Arrival, ArrivalCause, Assignment, Config, Digest, Epoch, Inputs, Island, IslandId,
    LocalExecutor, MAX_STATE_BYTES, Report, Sample, Step, StretchHeader, WorldId, WorldSeed,
    assignment::{Check, MAX_ARRIVALS},
    codec,
};
use bytebiota_protocol::{limits::MAX_BODY_BYTES, message, session::Fact};
use bytebiota_server::verification::{Gate, Refusal};

/// Small enough that many worlds fit into a minute.
const KNOBS: [(&str, &str); 6] = [
    ("soup.size", "4096"),
    ("environment.length", "256"),
    ("soup.search_radius", "1024"),
    ("evolution.epoch_ticks", "4000"),
    ("evolution.founders", "2"),
    ("evolution.migration_interval", "4"),
];

/// The real world.
#[derive(Clone, Debug)]
pub struct Real {
    world: World,
    gate: Gate,
}

/// A lease under way.
#[derive(Debug)]
pub struct RealRun {
    executor: LocalExecutor,
    /// The header as it was given, where lies have changed the inputs.
    header: Digest,
    unit_epochs: u32,
    end: Epoch,
    unit_first: Epoch,
    done: usize,
}

impl Real {
    /// The world of a seed.
    pub fn new(seed: u64) -> Result<Self, String> {
        let mut config = Config::default();
        for (knob, value) in KNOBS {
            config.set(knob, value).map_err(|error| error.to_string())?;
        }
        let world = World {
            id: WorldId(7),
            seed: WorldSeed(seed),
            config,
        };
        let gate = Gate::new(world.id, world.config.clone());
        Ok(Self { world, gate })
    }

    fn island(&self, state: &[u8]) -> Option<Island> {
        Island::from_bytes(state, &self.world.config).ok()
    }
}

/// What a liar or a faulty engine lets in, epoch by epoch.
fn smuggled(assignment: &Assignment, habit: Habit, made: u64) -> Vec<Arrival> {
    let mut arrivals = Vec::new();
    let (mut epoch, mut nth) = (assignment.from_epoch, made);
    while epoch < assignment.header.end_epoch {
        let left = assignment.header.end_epoch.0 - epoch.0;
        let cut = bytebiota_core::report::cut(left.min(u64::from(assignment.unit_epochs)) as u32);
        for (place, epochs) in cut.iter().enumerate() {
            if let Some(salt) = habit.salt(nth, place, cut.len(), epoch) {
                arrivals.push(stowaway(epoch, salt));
            }
            epoch = Epoch(epoch.0 + u64::from(*epochs));
        }
        nth += 1;
    }
    arrivals.truncate(MAX_ARRIVALS);
    arrivals
}

fn stowaway(epoch: Epoch, salt: u64) -> Arrival {
    Arrival {
        epoch,
        cause: ArrivalCause::Operator,
        genome: Digest::of(&salt.to_le_bytes()).0.to_vec(),
    }
}

impl Executor for Real {
    type Run = RealRun;

    fn world(&self) -> &World {
        &self.world
    }

    fn genesis(&self, island: IslandId) -> (Vec<u8>, Sample) {
        let island = Island::genesis(self.world.seed, island, &self.world.config);
        (island.to_bytes(), island.sample())
    }

    fn sample(&self, state: &[u8]) -> Sample {
        let island = self.island(state);
        island.map_or(Sample::default(), |island| island.sample())
    }

    fn begin(
        &self,
        assignment: &Assignment,
        held: Option<&[u8]>,
        habit: Habit,
        made: u64,
    ) -> Result<RealRun, String> {
        let mut own = assignment.clone();
        let smuggled = smuggled(assignment, habit, made);
        if !smuggled.is_empty() {
            let mut arrivals = [own.inputs.arrivals, smuggled].concat();
            arrivals.sort_by_key(|arrival| arrival.epoch);
            own.inputs = Inputs {
                arrivals,
                ..own.inputs
            };
            own.header.inputs = codec::digest(&own.inputs);
        }
        let executor = LocalExecutor::begin(&own, held).map_err(|error| error.to_string())?;
        Ok(RealRun {
            executor,
            header: assignment.header.digest(),
            unit_epochs: assignment.unit_epochs,
            end: assignment.header.end_epoch,
            unit_first: assignment.from_epoch,
            done: 0,
        })
    }

    fn due_epochs(&self, run: &RealRun) -> u64 {
        let epoch = run.executor.epoch();
        let unit = |from: Epoch| {
            let left = run.end.0.saturating_sub(from.0);
            left.min(u64::from(run.unit_epochs)) as u32
        };
        match run.done {
            0 => super::segment_epochs(unit(epoch), 0),
            done => super::segment_epochs(unit(run.unit_first), done),
        }
    }

    fn advance(&self, run: &mut RealRun) -> Fact {
        if run.done == 0 {
            run.unit_first = run.executor.epoch();
        }
        run.done += 1;
        match run.executor.advance(u64::MAX) {
            Step::Unit(mut report) => {
                run.done = 0;
                report.header = run.header;
                Fact::Unit(report)
            }
            step => Fact::from_step(step, run.executor.island()).unwrap_or(Fact::Finished),
        }
    }

    fn answer(&self, check: &Check, habit: Habit) -> Option<Vec<Digest>> {
        let mut own = check.clone();
        let cut = bytebiota_core::report::cut(check.unit_epochs);
        let mut epoch = check.first_epoch;
        for epochs in cut {
            if let Some(salt) = habit.fault(epoch) {
                own.inputs.arrivals.push(stowaway(epoch, salt));
            }
            epoch = Epoch(epoch.0 + u64::from(epochs));
        }
        own.inputs.arrivals.sort_by_key(|arrival| arrival.epoch);
        own.header.inputs = codec::digest(&own.inputs);
        LocalExecutor::execute_check(&own).ok()
    }

    fn examine(&self, header: &StretchHeader, packed: &[u8]) -> Result<Sound, Refusal> {
        let sound = self.gate.examine(header, packed)?;
        let report = message::unpack::<Report>(packed, MAX_BODY_BYTES);
        let state = miniz_oxide::inflate::decompress_to_vec_with_limit(
            sound.state_deflated(),
            MAX_STATE_BYTES,
        );
        Ok(Sound {
            key: sound.key(),
            end_epoch: sound.end_epoch(),
            header: sound.header(),
            base: sound.base(),
            seals: sound.seals().to_vec(),
            state: state.map_err(|_| Refusal::Invalid("its state cannot be kept"))?,
            sample: sound.sample().clone(),
            ticks: sound.ticks(),
            emigrants: report.as_ref().map(super::emigrants).unwrap_or_default(),
        })
    }
}
