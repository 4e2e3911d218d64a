//! LocalExecutor: an assignment in, a report out, as a pure function. Knows no socket, no clock and no trust.

use crate::{
    Assignment, AssignmentError, CodecError, Config, Digest, Epoch, Inputs, Island, Outputs,
    Report, Segment, Start, StretchHeader, TaxonRecord, UnitKey,
    assignment::Check,
    report::{self, MAX_NAMED_GENOME_BYTES, MAX_TAXA, NO_OUTPUTS},
};

/// What `LocalExecutor::advance` came to.
#[derive(Debug)]
pub enum Step {
    /// The budget is used up in mid-segment.
    Running,
    /// A segment ended that is not the last of its unit; of a check, any that was wanted.
    Segment {
        /// The unit.
        unit: UnitKey,
        /// How many of its segments are done.
        done: u32,
        /// Digest of the newest.
        digest: Digest,
        /// The newest itself.
        segment: Segment,
    },
    /// A unit ended; the next `advance` goes on with the next unit of the stretch.
    Unit(Box<Report>),
    /// The stretch is over.
    Finished,
}

/// A unit in progress.
#[derive(Debug)]
struct Unit {
    key: UnitKey,
    base: Digest,
    plan: Vec<u32>,
    /// Segments before the first computed here; only a check leaves any out.
    skipped: usize,
    segments: Vec<Segment>,
    running: Digest,
    epochs_done: u32,
    outputs: Outputs,
}

/// Executes what a lease covers, unit by unit.
#[derive(Debug)]
pub struct LocalExecutor {
    island: Island,
    header: StretchHeader,
    header_digest: Digest,
    inputs: Inputs,
    unit_epochs: u32,
    epoch: Epoch,
    epoch_open: bool,
    state: Digest,
    unit: Option<Unit>,
    /// Of a check: the first segment not wanted.
    until_segment: Option<usize>,
}

impl Unit {
    /// Segments done, with those left out.
    fn done(&self) -> usize {
        self.skipped + self.segments.len()
    }
}

impl LocalExecutor {
    /// Executes the first unit of an assignment: the function that everything rests on.
    pub fn execute_assignment(assignment: &Assignment) -> Result<Report, AssignmentError> {
        let mut executor = Self::begin(assignment, None)?;
        loop {
            match executor.advance(u64::MAX) {
                Step::Unit(report) => return Ok(*report),
                Step::Finished => {
                    return Err(AssignmentError::Inconsistent("the stretch has no epochs"));
                }
                Step::Running | Step::Segment { .. } => {}
            }
        }
    }

    /// Begins a lease; `held` are the canonical bytes of the state for `Start::Held`.
    pub fn begin(assignment: &Assignment, held: Option<&[u8]>) -> Result<Self, AssignmentError> {
        assignment.validate()?;
        let Assignment {
            header,
            config,
            inputs,
            from_epoch,
            from_digest,
            ..
        } = assignment;
        let mut island = match &assignment.start {
            Start::Genesis => Island::genesis(assignment.world_seed, header.island, config),
            Start::State(bytes) => restore(bytes, *from_digest, config)?,
            Start::Held => restore(
                held.ok_or(AssignmentError::NotHeld(*from_digest))?,
                *from_digest,
                config,
            )?,
        };
        if assignment.start == Start::Genesis && Digest::of(&island.to_bytes()) != *from_digest {
            return Err(AssignmentError::Inconsistent(
                "its digest is not that of genesis",
            ));
        }
        let line = from_epoch.0.checked_mul(config.evolution.epoch_ticks);
        if island.id() != header.island || line != Some(island.tick()) {
            return Err(AssignmentError::Inconsistent(
                "the state is of another island or epoch",
            ));
        }
        island.set_halo(inputs.halo.clone());
        Ok(Self {
            island,
            header_digest: header.digest(),
            header: header.clone(),
            inputs: inputs.clone(),
            unit_epochs: assignment.unit_epochs,
            epoch: *from_epoch,
            epoch_open: false,
            state: *from_digest,
            unit: None,
            until_segment: None,
        })
    }

    /// Begins a check: each wanted segment ends with `Step::Segment`, then it is finished.
    pub fn begin_check(check: &Check) -> Result<Self, AssignmentError> {
        let mut executor = Self::begin(&check.assignment()?, None)?;
        let mut unit = executor.begin_unit();
        unit.key.first_epoch = check.first_epoch;
        unit.plan = report::cut(check.unit_epochs);
        unit.skipped = check.from_segment as usize;
        unit.running = check.running;
        executor.unit = Some(unit);
        executor.until_segment = Some(check.until_segment as usize);
        Ok(executor)
    }

    /// Computes a check: the digest of each wanted segment.
    pub fn execute_check(check: &Check) -> Result<Vec<Digest>, AssignmentError> {
        Ok(Self::begin_check(check)?.finish_check().0)
    }

    /// Computes what is left of a check: the digest of each segment, and the island behind the last.
    pub fn finish_check(mut self) -> (Vec<Digest>, Island) {
        let mut digests = Vec::new();
        loop {
            match self.advance(u64::MAX) {
                Step::Segment { digest, .. } => digests.push(digest),
                Step::Finished => return (digests, self.island),
                Step::Running | Step::Unit(_) => {}
            }
        }
    }

    /// The island as it is now.
    pub fn island(&self) -> &Island {
        &self.island
    }

    /// The epoch being computed.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Runs at most `ticks` ticks, stopping earlier where a segment ends.
    pub fn advance(&mut self, ticks: u64) -> Step {
        let stop = self.island.tick().saturating_add(ticks);
        loop {
            if self.unit.is_none() {
                if self.epoch >= self.header.end_epoch || self.until_segment.is_some() {
                    return Step::Finished;
                }
                self.unit = Some(self.begin_unit());
            }
            if !self.epoch_open {
                self.island.open_epoch(self.epoch, &self.inputs.arrivals);
                self.epoch_open = true;
            }
            let line = (self.epoch.0 + 1) * self.island.config().evolution.epoch_ticks;
            self.island.run_until(line.min(stop));
            if self.island.tick() < line {
                return Step::Running;
            }
            self.close_epoch();
            if let Some(step) = self.close_segment() {
                return step;
            }
        }
    }

    fn begin_unit(&self) -> Unit {
        let left = self.header.end_epoch.0 - self.epoch.0;
        let epochs = left.min(u64::from(self.unit_epochs)) as u32;
        Unit {
            key: UnitKey {
                world: self.header.world,
                branch: self.header.branch,
                island: self.header.island,
                first_epoch: self.epoch,
            },
            base: self.state,
            plan: report::cut(epochs),
            skipped: 0,
            segments: Vec::new(),
            running: NO_OUTPUTS,
            epochs_done: 0,
            outputs: Outputs::default(),
        }
    }

    fn close_epoch(&mut self) {
        self.epoch = Epoch(self.epoch.0 + 1);
        self.epoch_open = false;
        let emigrant = self.island.close_epoch(self.epoch);
        if let Some(unit) = &mut self.unit {
            unit.epochs_done += 1;
            unit.outputs.emigrants.extend(emigrant);
            let stride = report::sample_stride(unit.plan.iter().sum());
            if self.epoch.0.is_multiple_of(stride) {
                unit.outputs.samples.push(self.island.sample());
            }
        }
    }

    /// Seals the segment if it is complete, and the unit if that was its last.
    fn close_segment(&mut self) -> Option<Step> {
        let unit = self.unit.as_mut()?;
        let epochs = *unit.plan.get(unit.done())?;
        if unit.epochs_done < epochs {
            return None;
        }
        let is_last = unit.done() + 1 == unit.plan.len();
        let mut outputs = std::mem::take(&mut unit.outputs);
        (outputs.taxa, outputs.taxa_left_out) = named_taxa(&mut self.island, unit.plan.len());
        let bytes = self.island.to_bytes();
        self.state = Digest::of(&bytes);
        unit.running = report::running_outputs(unit.running, &outputs);
        unit.epochs_done = 0;
        let segment = Segment {
            epochs,
            state: self.state,
            outputs,
        };
        unit.segments.push(segment.clone());
        if !is_last || self.until_segment.is_some() {
            let step = Step::Segment {
                unit: unit.key,
                done: unit.done() as u32,
                digest: report::segment_digest(self.state, unit.running),
                segment,
            };
            if self.until_segment == Some(unit.done()) {
                self.unit = None;
            }
            return Some(step);
        }
        let Unit {
            key,
            base,
            segments,
            ..
        } = self.unit.take()?;
        let header = self.header_digest;
        Some(Step::Unit(Box::new(Report {
            key,
            header,
            base,
            segments,
            state: bytes,
        })))
    }
}

fn restore(bytes: &[u8], expected: Digest, config: &Config) -> Result<Island, AssignmentError> {
    if Digest::of(bytes) != expected {
        return Err(AssignmentError::State(CodecError::Invalid(
            "its digest is another",
        )));
    }
    Ok(Island::from_bytes(bytes, config)?)
}

/// The taxa that a segment names, at most its share of the report's limits: ancestors of the living that were told, then
/// named ones that died out with all their lines, fertile ones first; in order of serial, and how many were left out.
fn named_taxa(island: &mut Island, segments: usize) -> (Vec<TaxonRecord>, u32) {
    let mut taxa = island.genealogy.take_told();
    let mut extinct = island.genealogy.take_finished();
    extinct.sort_unstable_by_key(|record| (std::cmp::Reverse(record.births), record.serial));
    taxa.append(&mut extinct);
    let found = taxa.len();
    let mut bytes = 0;
    taxa.truncate(MAX_TAXA / segments);
    taxa.retain(|record| {
        bytes += record.genome.len();
        bytes <= MAX_NAMED_GENOME_BYTES / segments
    });
    taxa.sort_unstable_by_key(|record| record.serial);
    let left_out = (found - taxa.len()) as u32;
    (taxa, left_out)
}
