//! The toy world: a state follows from the one before by a hash, and whoever computes it wrongly gets another hash.
//! Thousands of units a second, and every law of protocol, book and trust is the real one.

use super::{Executor, Sound, World};
use crate::people::Habit;
use bytebiota_core::report::{self, NO_OUTPUTS};
use bytebiota_core::{
    Assignment, Config, Digest, Emigrant, Epoch, Inputs, IslandId, Outputs, Report, Sample,
    Segment, Start, StretchHeader, TaxonId, UnitKey, WorldId, WorldSeed, assignment::Check,
};
use bytebiota_protocol::{limits::MAX_BODY_BYTES, message, session::Fact};
use bytebiota_server::verification::{Gate, Refusal, Seal};

/// At every so-manieth epoch line somebody leaves the island.
const MIGRATION_EPOCHS: u64 = 4;
/// Bytes of a state: island, epoch and a digest.
const STATE_BYTES: usize = 44;

/// The toy.
#[derive(Clone, Debug)]
pub struct Toy {
    world: World,
    gate: Gate,
}

/// An island of the toy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Body {
    island: IslandId,
    epoch: Epoch,
    core: Digest,
}

impl Body {
    fn bytes(self) -> Vec<u8> {
        let parts: [&[u8]; 3] = [
            &self.island.0.to_le_bytes(),
            &self.epoch.0.to_le_bytes(),
            &self.core.0,
        ];
        parts.concat()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; STATE_BYTES] = bytes.try_into().ok()?;
        let (island, rest) = bytes.split_first_chunk::<4>()?;
        let (epoch, core) = rest.split_first_chunk::<8>()?;
        Some(Self {
            island: IslandId(u32::from_le_bytes(*island)),
            epoch: Epoch(u64::from_le_bytes(*epoch)),
            core: Digest(core.try_into().ok()?),
        })
    }

    /// One epoch by the laws of the world.
    fn step(&mut self, inputs: &Inputs) -> Option<Emigrant> {
        let here = |arrival: &&bytebiota_core::Arrival| arrival.epoch == self.epoch;
        for arrival in inputs.arrivals.iter().filter(here) {
            self.core = Digest::of(&[&self.core.0[..], &arrival.genome].concat());
        }
        self.epoch = Epoch(self.epoch.0 + 1);
        self.core = Digest::of(&[&self.core.0[..], &self.epoch.0.to_le_bytes()].concat());
        let leaves = self.epoch.0.is_multiple_of(MIGRATION_EPOCHS);
        leaves.then(|| Emigrant {
            epoch: self.epoch,
            taxon: TaxonId {
                island: self.island,
                serial: self.epoch.0,
            },
            upward: self.core.0[0] & 1 == 0,
            genome: self.core.0[..8].to_vec(),
        })
    }

    /// A segment; `salt` makes it come out wrong.
    fn segment(&mut self, epochs: u64, inputs: &Inputs, salt: Option<u64>) -> Outputs {
        if let Some(salt) = salt {
            self.core = Digest::of(&[&self.core.0[..], b"lie", &salt.to_le_bytes()].concat());
        }
        let emigrants = (0..epochs).filter_map(|_| self.step(inputs)).collect();
        Outputs {
            samples: vec![self.sample()],
            emigrants,
            ..Outputs::default()
        }
    }

    fn sample(&self) -> Sample {
        Sample {
            epoch: self.epoch,
            population: u32::from(self.core.0[1]) + 1,
            ..Sample::default()
        }
    }
}

/// A unit under way.
#[derive(Clone, Debug)]
struct Unit {
    key: UnitKey,
    base: Digest,
    epochs: u32,
    segments: Vec<Segment>,
    running: Digest,
}

/// A lease under way.
#[derive(Clone, Debug)]
pub struct ToyRun {
    header: StretchHeader,
    inputs: Inputs,
    unit_epochs: u32,
    body: Body,
    unit: Option<Unit>,
    habit: Habit,
    made: u64,
}

impl ToyRun {
    fn epochs_of_unit(&self) -> u32 {
        let left = self.header.end_epoch.0.saturating_sub(self.body.epoch.0);
        left.min(u64::from(self.unit_epochs)) as u32
    }

    fn begin_unit(&self) -> Unit {
        Unit {
            key: UnitKey {
                world: self.header.world,
                branch: self.header.branch,
                island: self.header.island,
                first_epoch: self.body.epoch,
            },
            base: Digest::of(&self.body.bytes()),
            epochs: self.epochs_of_unit(),
            segments: Vec::new(),
            running: NO_OUTPUTS,
        }
    }
}

impl Toy {
    /// The toy world of a seed; nothing but ticks of an epoch is taken from its Config.
    pub fn new(seed: u64) -> Self {
        let mut config = Config::default();
        config.evolution.epoch_ticks = 10_000;
        let world = World {
            id: WorldId(7),
            seed: WorldSeed(seed),
            config,
        };
        let gate = Gate::new(world.id, world.config.clone());
        Self { world, gate }
    }

    fn origin(&self, island: IslandId) -> Body {
        let text = format!("{} {island}", self.world.seed);
        Body {
            island,
            epoch: Epoch(0),
            core: Digest::of(text.as_bytes()),
        }
    }

    fn start(
        &self,
        island: IslandId,
        start: &Start,
        held: Option<&[u8]>,
        digest: Digest,
    ) -> Result<Body, String> {
        let body = match start {
            Start::Genesis => Some(self.origin(island)),
            Start::State(bytes) => Body::read(bytes),
            Start::Held => held.and_then(Body::read),
        };
        let fits = |body: &Body| body.island == island && Digest::of(&body.bytes()) == digest;
        body.filter(fits)
            .ok_or_else(|| "the state is not the one of its digest".into())
    }
}

impl Executor for Toy {
    type Run = ToyRun;

    fn world(&self) -> &World {
        &self.world
    }

    fn genesis(&self, island: IslandId) -> (Vec<u8>, Sample) {
        let body = self.origin(island);
        (body.bytes(), body.sample())
    }

    fn sample(&self, state: &[u8]) -> Sample {
        Body::read(state).map_or(Sample::default(), |body| body.sample())
    }

    fn begin(
        &self,
        assignment: &Assignment,
        held: Option<&[u8]>,
        habit: Habit,
        made: u64,
    ) -> Result<ToyRun, String> {
        let header = assignment.header.clone();
        let (start, digest) = (&assignment.start, assignment.from_digest);
        Ok(ToyRun {
            body: self.start(header.island, start, held, digest)?,
            header,
            inputs: assignment.inputs.clone(),
            unit_epochs: assignment.unit_epochs,
            unit: None,
            habit,
            made,
        })
    }

    fn due_epochs(&self, run: &ToyRun) -> u64 {
        match &run.unit {
            Some(unit) => super::segment_epochs(unit.epochs, unit.segments.len()),
            None => super::segment_epochs(run.epochs_of_unit(), 0),
        }
    }

    fn advance(&self, run: &mut ToyRun) -> Fact {
        let epochs = self.due_epochs(run);
        if epochs == 0 {
            return Fact::Finished;
        }
        let mut unit = run.unit.take().unwrap_or_else(|| run.begin_unit());
        let place = (unit.segments.len(), unit.epochs.min(16) as usize);
        let salt = run.habit.salt(run.made, place.0, place.1, run.body.epoch);
        let outputs = run.body.segment(epochs, &run.inputs, salt);
        let bytes = run.body.bytes();
        let state = Digest::of(&bytes);
        unit.running = report::running_outputs(unit.running, &outputs);
        let segment = Segment {
            epochs: epochs as u32,
            state,
            outputs,
        };
        unit.segments.push(segment.clone());
        if unit.segments.len() < place.1 {
            let fact = Fact::Segment {
                unit: unit.key,
                done: unit.segments.len() as u32,
                digest: report::segment_digest(state, unit.running),
                segment,
                state: bytes,
            };
            run.unit = Some(unit);
            return fact;
        }
        run.made += 1;
        Fact::Unit(Box::new(Report {
            key: unit.key,
            header: run.header.digest(),
            base: unit.base,
            segments: unit.segments,
            state: bytes,
        }))
    }

    fn answer(&self, check: &Check, habit: Habit) -> Option<Vec<Digest>> {
        check.assignment().ok()?;
        let island = check.header.island;
        let mut body = self
            .start(island, &check.start, None, check.from_digest)
            .ok()?;
        let mut running = check.running;
        let segments = check.from_segment..check.until_segment;
        let answer = segments.map(|segment| {
            let epochs = super::segment_epochs(check.unit_epochs, segment as usize);
            let salt = habit.fault(body.epoch);
            let outputs = body.segment(epochs, &check.inputs, salt);
            running = report::running_outputs(running, &outputs);
            report::segment_digest(Digest::of(&body.bytes()), running)
        });
        Some(answer.collect())
    }

    fn examine(&self, header: &StretchHeader, packed: &[u8]) -> Result<Sound, Refusal> {
        self.gate.check_header(header)?;
        let report = message::unpack::<Report>(packed, MAX_BODY_BYTES);
        let report = report.map_err(|_| Refusal::Invalid("its bytes cannot be decoded"))?;
        let (key, end) = (report.key, report.end_epoch());
        let is_here = (key.world, key.branch, key.island)
            == (header.world, header.branch, header.island)
            && report.header == header.digest()
            && key.first_epoch >= header.first_epoch
            && end <= header.end_epoch
            && (key.first_epoch > header.first_epoch || report.base == header.base);
        if !is_here {
            return Err(Refusal::Foreign("it lies outside its stretch"));
        }
        let body = Body::read(&report.state).filter(|body| {
            (body.island, body.epoch) == (key.island, end)
                && report.end_state() == Some(Digest::of(&report.state))
        });
        let body = body.ok_or(Refusal::Invalid("its state breaks a law"))?;
        Ok(condense(
            report,
            body,
            self.world.config.evolution.epoch_ticks,
        ))
    }
}

fn condense(report: Report, body: Body, epoch_ticks: u64) -> Sound {
    Sound {
        key: report.key,
        end_epoch: report.end_epoch(),
        header: report.header,
        base: report.base,
        seals: Seal::of(&report),
        sample: body.sample(),
        ticks: report.epochs() * epoch_ticks,
        emigrants: super::emigrants(&report),
        state: report.state,
    }
}
