//! What a page and the Web Worker of a lab say to each other. Knows neither of them.
//!
//! The worker is loaded by `lab.js` and says `Ready` first. `Begin` sets up a soup and answers with a `Frame`; so does
//! everything that changes it. `Survey` tries the genome and all genomes one step away, a part at a time.

use crate::view::MemoryMapView;
use serde::{Deserialize, Serialize};

/// Bytes between two genomes that stand beside each other, unless said otherwise: templates that touch would be one.
pub const DEFAULT_GAP: u32 = 64;
/// Presets of rules that a lab offers, with what they are called there.
pub const RULES: [(&str, &str); 3] = [
    ("default", "the world's"),
    ("tierra", "life is free"),
    ("avida", "tasks pay"),
];

/// What a lab begins with.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct LabStart {
    /// The genome, hex digits.
    pub genome: String,
    /// A second one, hex digits; empty for none.
    pub beside: String,
    /// Bytes between the two.
    pub gap: u32,
    /// One of `RULES`.
    pub rules: String,
    /// Whether copies err and registers are flawed as the rules say.
    pub mutation: bool,
}

/// The page to its lab.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LabRequest {
    /// Set up a soup; what was there is gone.
    Begin {
        /// With what.
        start: LabStart,
    },
    /// The next instruction of the organism under the glass.
    Step,
    /// Before its last one.
    StepBack,
    /// On until it has a child.
    RunToBirth,
    /// Back to the beginning.
    Restart,
    /// Run by itself: so many instructions of the organism under the glass a second; 0 for as fast as it goes.
    Run {
        /// Instructions a second.
        per_second: u32,
    },
    /// Stop running.
    Pause,
    /// Put another organism under the glass.
    LookAt {
        /// An address of its body or child.
        address: u32,
    },
    /// Change a byte by hand.
    Change {
        /// Where.
        address: u32,
        /// To what.
        byte: u8,
    },
    /// Try the genome and everything one step away from it.
    Survey {
        /// Genome, host and rules.
        start: LabStart,
    },
    /// Compute a confirmed unit again.
    Verify {
        /// What it was asked, as `/api/v1/units/{island}/{first_epoch}` answers.
        #[serde(with = "serde_bytes")]
        question: Vec<u8>,
        /// The state it begins with, as `/api/v1/states/{island}/{epoch}` answers; empty for genesis.
        #[serde(with = "serde_bytes")]
        state: Vec<u8>,
        /// Digest of that state, hex.
        base: String,
    },
}

/// The lab to its page.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LabAnswer {
    /// The module runs and listens.
    Ready,
    /// How things stand.
    Frame {
        /// The soup.
        frame: LabFrame,
    },
    /// What was asked cannot be done.
    Refused {
        /// A sentence why.
        text: String,
    },
    /// What the genome itself can do.
    Assayed {
        /// The facts.
        assay: AssayView,
    },
    /// A part of the landscape.
    Fates {
        /// Steps known so far, these included, and of how many.
        known: u32,
        /// All of them.
        of: u32,
        /// One letter a step: `l`ethal, `w`orse, `n`eutral, `b`etter; in the order of `OneStep::all`.
        fates: String,
        /// Ticks per birth, 0 for none.
        ticks: Vec<u32>,
    },
    /// A part of a unit is computed again.
    Verified {
        /// The digest of the segment that has just ended, hex; empty within one.
        segment: String,
        /// How much of the unit is done; 1000 at the end.
        permille: u32,
    },
}

/// A soup at a moment, and the organism under the glass.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct LabFrame {
    /// Ticks since the beginning.
    pub tick: u64,
    /// Instructions executed by all.
    pub instructions: u64,
    /// Births in all.
    pub births: u64,
    /// Deaths in all.
    pub deaths: u64,
    /// Whether it runs by itself.
    pub runs: bool,
    /// Whether there is a way back.
    pub can_turn_back: bool,
    /// A sentence about what just happened; empty if nothing did.
    pub said: String,
    /// Who is where.
    pub map: MemoryMapView,
    /// Every byte, hex digits.
    pub soup: String,
    /// The organism under the glass, while it lives.
    pub specimen: Option<SpecimenView>,
}

/// The organism under the glass.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct SpecimenView {
    /// First address.
    pub start: u32,
    /// Bytes.
    pub length: u32,
    /// AX, BX, CX, DX.
    pub registers: [i32; 4],
    /// The zero flag.
    pub zero: bool,
    /// Address of the next instruction.
    pub ip: u32,
    /// The stack, the top last.
    pub stack: Vec<i32>,
    /// First address of the child, its bytes, and how many of them are written; bytes are 0 without a child.
    pub child: [u32; 3],
    /// Energy, whole units.
    pub energy: i64,
    /// Errors since birth.
    pub errors: u32,
    /// Births by it.
    pub births: u32,
    /// Rounds since birth.
    pub age: u64,
    /// Generations since its founder.
    pub generation: u32,
    /// Names of the tasks it has done.
    pub tasks: Vec<String>,
    /// Ticks left of its slice, 0 while others have theirs.
    pub slice_left: u32,
    /// The genotype it was born with, hex.
    pub genotype: String,
}

/// What a genome can do by its assay, and its names.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct AssayView {
    /// Its species.
    pub species: String,
    /// The ranks above, from the kingdom down to the genus.
    pub path: Vec<String>,
    /// What it is: `self-replicator`, `parasite` and so on.
    pub class: String,
    /// Why.
    pub reason: String,
    /// Ticks to the first birth; 0 if there is none.
    pub first_birth: u64,
    /// Ticks per later birth; 0 if there is none.
    pub later_births: u64,
    /// Children that equal their parent, per million.
    pub fidelity: Option<u64>,
    /// Energy that a birth leaves over, milli-units.
    pub net_energy: Option<i64>,
    /// Instructions executed outside the own body, per million.
    pub executed_outside: u64,
    /// Names of tasks solved on every input tried.
    pub tasks: Vec<String>,
}
