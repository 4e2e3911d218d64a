//! Whom to believe. `gate` reads what strangers send, `policy` holds every rule and knob, `draw` is chance, `verifier` applies them to
//! what happens: a value with the time and a random number as arguments, and rulings for the shell to carry out.
//! Knows no socket, no disk and no clock.
//!
//! A report that is sound is stored and acknowledged; its unit is provisional then. The provisional units of an
//! island, all by one maker, are his **claim**. When it closes, segments that were drawn after they were committed
//! are computed again by somebody else, and the claim is confirmed or void as a whole.

mod draw;
pub mod gate;
mod outputs;
pub mod policy;
pub mod verifier;

pub use gate::{Gate, Refusal, SoundReport, deflate, peek_key};
pub use outputs::{InSegment, Members, UnitOutputs};
pub use policy::{Mode, Policy, Standing, Trust};
pub use verifier::Verifier;

use crate::assignment_book::{SlotId, VolunteerId};
use bytebiota_core::assignment::Check;
use bytebiota_core::report::{self, NO_OUTPUTS};
use bytebiota_core::{Branch, Digest, Epoch, IslandId, Report, Segment, StretchHeader, UnitKey};
use bytebiota_protocol::message::{CheckId, Outcome};
use std::sync::Arc;

/// What a maker has committed to about one segment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seal {
    /// The segment's digest: state and outputs so far, what checks are compared with.
    pub digest: Digest,
    /// Digest of the state at its end, where the next segment starts.
    pub state: Digest,
    /// Running digest of the unit's outputs after it.
    pub running: Digest,
}

impl Seal {
    /// What a report commits to, segment by segment.
    pub fn of(report: &Report) -> Vec<Self> {
        let mut running = NO_OUTPUTS;
        let seal = |segment: &Segment| {
            running = report::running_outputs(running, &segment.outputs);
            Self {
                digest: report::segment_digest(segment.state, running),
                state: segment.state,
                running,
            }
        };
        report.segments.iter().map(seal).collect()
    }
}

/// A unit that is on disk and acknowledged, as the Verifier needs to know it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CommittedUnit {
    /// Its stretch.
    pub header: Arc<StretchHeader>,
    /// The unit.
    pub key: UnitKey,
    /// The first epoch after it.
    pub end_epoch: Epoch,
    /// Digest of the state it began with.
    pub base: Digest,
    /// Its segments. Of history read from disk only the digests are known.
    pub seals: Vec<Seal>,
    /// Who made it.
    pub maker: VolunteerId,
    /// Where he can be asked for states; none once he is gone.
    pub seat: Option<SlotId>,
    /// Whether it is the very first of its slot.
    pub is_first: bool,
}

impl CommittedUnit {
    /// Epochs covered.
    pub fn epochs(&self) -> u64 {
        self.end_epoch.0.saturating_sub(self.key.first_epoch.0)
    }

    /// How long it was when it was begun: that decides how it is cut.
    pub fn begun_epochs(&self) -> u32 {
        let epochs = u32::try_from(self.epochs()).unwrap_or(u32::MAX);
        report::begun(epochs, self.seals.len()).unwrap_or(epochs)
    }
}

/// What is to be computed again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Question {
    /// Segments `from..until` of a unit. They start at the boundary, deflated, or at the unit's base if there is none.
    Segments {
        /// The unit; its digests are never sent along.
        unit: Arc<CommittedUnit>,
        /// The first segment.
        from: u32,
        /// The first segment left out.
        until: u32,
        /// The state at `from`, deflated; `None` only for 0.
        boundary: Option<Arc<[u8]>>,
    },
    /// A question kept from an earlier mismatch.
    Whole(Arc<Check>),
}

impl Question {
    /// The unit it is about.
    pub fn unit(&self) -> UnitKey {
        match self {
            Self::Segments { unit, .. } => unit.key,
            Self::Whole(check) => UnitKey {
                world: check.header.world,
                branch: check.header.branch,
                island: check.header.island,
                first_epoch: check.first_epoch,
            },
        }
    }

    /// Segments asked for, from and until.
    pub fn segments(&self) -> (u32, u32) {
        match self {
            Self::Segments { from, until, .. } => (*from, *until),
            Self::Whole(check) => (check.from_segment, check.until_segment),
        }
    }

    /// Epochs to be computed.
    pub fn epochs(&self) -> u64 {
        match self {
            Self::Segments {
                unit, from, until, ..
            } => {
                let cut = report::cut(unit.begun_epochs());
                let wanted = cut.iter().take(*until as usize).skip(*from as usize);
                wanted.map(|epochs| u64::from(*epochs)).sum()
            }
            Self::Whole(check) => check.epochs(),
        }
    }

    /// Digest of the state it starts with, and of the unit's outputs before.
    pub fn start(&self) -> (Digest, Digest) {
        match self {
            Self::Whole(check) => (check.from_digest, check.running),
            Self::Segments { unit, from, .. } => {
                let before = from.checked_sub(1);
                let seal = before.and_then(|place| unit.seals.get(place as usize));
                seal.map_or((unit.base, NO_OUTPUTS), |seal| (seal.state, seal.running))
            }
        }
    }
}

/// A check to be computed; names nobody and tells nobody's opinion.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Order {
    /// Its name.
    pub id: CheckId,
    /// What to compute.
    pub question: Question,
}

/// A check that was computed and counts: a row of the ledger if a volunteer did it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CheckDone {
    /// Who computed it; `None` for the auditor.
    pub checker: Option<VolunteerId>,
    /// The unit.
    pub unit: UnitKey,
    /// The first segment.
    pub from: u32,
    /// The first segment left out.
    pub until: u32,
    /// Epochs computed.
    pub epochs: u64,
    /// Whether it speaks for a unit that is confirmed; a right answer earns its credit either way.
    pub confirms: bool,
}

/// Somebody's segment that the server itself computed twice and found different.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Conviction {
    /// Counts the convictions of this life of the server.
    pub number: u64,
    /// Who.
    pub volunteer: VolunteerId,
    /// With what program.
    pub engine: String,
    /// When, Unix ms.
    pub time_ms: u64,
    /// Whether he was proven before.
    pub was_proven: bool,
    /// The reproducer: what to compute.
    pub question: Question,
    /// What the server found, segment by segment.
    pub right: Vec<Digest>,
    /// What he said of the last of them.
    pub wrong: Digest,
}

/// The verdict on a claim, with everything that must reach the disk with it or not at all. Only the Verifier makes one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Judgement {
    pub(crate) island: IslandId,
    pub(crate) branch: Branch,
    pub(crate) maker: VolunteerId,
    pub(crate) first: UnitKey,
    pub(crate) end_epoch: Epoch,
    pub(crate) end_state: Digest,
    pub(crate) units: u32,
    pub(crate) outcome: Outcome,
    pub(crate) reason: &'static str,
}

impl Judgement {
    /// The island.
    pub fn island(&self) -> IslandId {
        self.island
    }

    /// Its line of history.
    pub fn branch(&self) -> Branch {
        self.branch
    }

    /// Whose claim it was.
    pub fn maker(&self) -> VolunteerId {
        self.maker
    }

    /// The first unit.
    pub fn first(&self) -> UnitKey {
        self.first
    }

    /// The first epoch after the last unit.
    pub fn end_epoch(&self) -> Epoch {
        self.end_epoch
    }

    /// Digest of the state there.
    pub fn end_state(&self) -> Digest {
        self.end_state
    }

    /// Units judged.
    pub fn units(&self) -> u32 {
        self.units
    }

    /// The verdict.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Why, in public words.
    pub fn reason(&self) -> &'static str {
        self.reason
    }
}

/// A confirmed unit that was false: its island goes back to before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RollBack {
    /// The first false unit.
    pub unit: UnitKey,
    /// Who made it.
    pub maker: VolunteerId,
    /// Digest of the good state it began with.
    pub base: Digest,
}

/// What is stored in one transaction.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Docket {
    /// The verdict on a claim, if one was reached.
    pub judgement: Option<Judgement>,
    /// Confirmed units that turned out false.
    pub roll_back: Option<RollBack>,
    /// Checks that count.
    pub checks: Vec<CheckDone>,
    /// Who was found wrong.
    pub convictions: Vec<Conviction>,
    /// Standings as they are now.
    pub standings: Vec<(VolunteerId, Standing)>,
    /// An engine that computes wrong; whom it made say so is acquitted.
    pub blocked: Option<Blocked>,
}

/// An engine two volunteers of which made the very same mistake.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Blocked {
    /// Program, version and what runs it.
    pub engine: String,
    /// What it says where something else is right.
    pub wrong: Digest,
}

impl Docket {
    /// Whether nothing has to be stored.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What makes the operator look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Alarm {
    /// Too many proven volunteers were convicted within the hour: no penalties until it is over.
    Convictions,
    /// It is over.
    Over,
    /// The server's own replay of a segment came out differently twice, or against its own check: its memory or
    /// processor is faulty. Nothing is decided by it.
    Server,
}

/// What the shell has to do; in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ruling {
    /// Ask a maker for the state at the start of a segment.
    Challenge {
        /// Where he sits.
        seat: SlotId,
        /// The unit.
        unit: UnitKey,
        /// The segment, from 1.
        segment: u32,
    },
    /// Send a check to a volunteer; his answer goes to `handle_checked`.
    Check(SlotId, Order),
    /// Let the auditor compute this so many times; its answer goes to `handle_audited`.
    Audit(Order, u32),
    /// Store this, tell those concerned, then call `handle_stored`.
    Store(Box<Docket>),
    /// From now on the book gives work by this.
    Trust(VolunteerId, Trust),
    /// Read what this volunteer made before and call `handle_history`.
    LookBack(VolunteerId),
    /// Tell the operator.
    Alarm(Alarm),
}
