//! Organism: registers, body, pending child and the facts of a life. Knows no soup and no queue order.

use crate::{energy::Purse, environment::Reach};

/// Words of the stack.
pub const STACK_WORDS: usize = 10;
/// No organism: the end of a queue.
pub const NONE: u32 = u32::MAX;

/// The registers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Registers {
    /// Accumulator.
    pub ax: i32,
    /// Address.
    pub bx: i32,
    /// Counter.
    pub cx: i32,
    /// Data.
    pub dx: i32,
    /// Zero flag.
    pub zero: bool,
    /// Instruction pointer, within the soup.
    pub ip: u32,
}

/// A child between MAL and DIVIDE.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Child {
    /// None.
    #[default]
    Absent,
    /// A block given by MAL.
    Pending {
        /// First address.
        start: u32,
        /// Bytes.
        length: u32,
        /// Distinct bytes written since.
        written: u32,
        /// The round of the MAL.
        since: u64,
    },
}

impl Child {
    /// Counts bytes written for the first time.
    #[inline]
    pub fn note_written(&mut self, fresh: u32) {
        if let Self::Pending { written, .. } = self {
            *written += fresh;
        }
    }

    /// First address and bytes; (0, 0) for none.
    #[inline]
    pub fn block(&self) -> (u32, u32) {
        match *self {
            Self::Absent => (0, 0),
            Self::Pending { start, length, .. } => (start, length),
        }
    }
}

/// What an organism has to do with tasks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TaskRecord {
    /// The challenge read and not yet answered; 0 for none.
    pub challenge: u64,
    /// Tasks rewarded since the last birth, one bit each.
    pub since_birth: u32,
    /// Tasks ever rewarded, one bit each.
    pub ever: u32,
}

/// Links of a queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Links {
    /// The one before, `NONE` at the head.
    pub before: u32,
    /// The one behind, `NONE` at the tail.
    pub behind: u32,
}

impl Default for Links {
    fn default() -> Self {
        Self {
            before: NONE,
            behind: NONE,
        }
    }
}

/// One living organism.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Organism {
    /// Registers, flag and instruction pointer.
    pub registers: Registers,
    /// Words pushed, the first `depth` are in use, the rest are 0.
    pub stack: [i32; STACK_WORDS],
    /// Words in use.
    pub depth: u8,
    /// First address of the body.
    pub start: u32,
    /// Bytes of the body.
    pub length: u32,
    /// The child being made.
    pub child: Child,
    /// Energy and debts.
    pub purse: Purse,
    /// The round of its birth.
    pub born: u64,
    /// Errors since birth.
    pub errors: u32,
    /// Births by it.
    pub births: u32,
    /// Generations since its founder.
    pub generation: u32,
    /// Row of its taxon.
    pub taxon: u32,
    /// Tasks.
    pub tasks: TaskRecord,
    /// The cells it acts on: derived from body and Config.
    pub reach: Reach,
    /// Place in the scheduler queue.
    pub scheduler: Links,
    /// Place in the reaper queue.
    pub reaper: Links,
}

impl Organism {
    /// Whether an address belongs to its body.
    #[inline]
    pub fn owns(&self, address: u32) -> bool {
        address.wrapping_sub(self.start) < self.length
    }
}
