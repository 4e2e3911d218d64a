//! Organism: registers, body, pending child and the facts of a life. Knows no soup and no queue order.

use crate::{energy::Purse, environment::Reach, tasks::Challenge};

/// Words of the stack.
pub const STACK_WORDS: usize = 10;
pub use crate::queue::NONE;

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

/// The stack of an organism.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Stack {
    /// The first `depth` are in use, the rest are 0.
    words: [i32; STACK_WORDS],
    depth: u8,
}

impl Stack {
    /// A stack of these words, at most `STACK_WORDS`, the last on top.
    pub fn of(words: &[i32]) -> Self {
        let mut stack = Self::default();
        words.iter().for_each(|&word| {
            stack.push(word);
        });
        stack
    }

    /// The words, the last on top.
    pub fn words(&self) -> &[i32] {
        &self.words[..usize::from(self.depth)]
    }

    /// Pushes a word; false if the stack is full.
    #[inline]
    pub fn push(&mut self, value: i32) -> bool {
        let place = self.words.get_mut(usize::from(self.depth));
        let fits = place.is_some();
        if let Some(word) = place {
            *word = value;
            self.depth += 1;
        }
        fits
    }

    /// Pops a word; `None` if the stack is empty.
    #[inline]
    pub fn pop(&mut self) -> Option<i32> {
        let top = usize::from(self.depth).wrapping_sub(1);
        let word = std::mem::take(self.words.get_mut(top)?);
        self.depth -= 1;
        Some(word)
    }
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
    /// Tasks done between the last two births; of a newborn, those of its parent. They lengthen the slice.
    pub merit: u32,
}

impl TaskRecord {
    /// The inputs of a new challenge under an island's key, or the other pair of the one that is open.
    #[inline(never)]
    pub fn read(&mut self, key: u64, round: u64) -> [i32; 2] {
        let again = self.challenge != 0;
        if !again {
            self.challenge = round + 1;
        }
        let Challenge { a, b, c } = Challenge::of(key, self.challenge);
        (if again { [c, a] } else { [a, b] }).map(|input| input as i32)
    }
}

/// One living organism. What a slice touches stands first and together: fewer lines of cache to wait for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[repr(C, align(64))]
pub struct Organism {
    /// Registers, flag and instruction pointer.
    pub registers: Registers,
    /// The child being made.
    pub child: Child,
    /// Energy and debts.
    pub purse: Purse,
    /// First address of the body.
    pub start: u32,
    /// Bytes of the body.
    pub length: u32,
    /// The cells it acts on: derived from body and Config.
    pub reach: Reach,
    /// Ticks of its slices: derived from its length, its merit and the Config.
    pub slice: u32,
    /// Errors since birth.
    pub errors: u32,
    /// The round of its birth.
    pub born: u64,
    /// Words pushed.
    pub stack: Stack,
    /// Row of its taxon.
    pub taxon: u32,
    /// Births by it.
    pub births: u32,
    /// Generations since its founder.
    pub generation: u32,
    /// Tasks.
    pub tasks: TaskRecord,
}

impl Organism {
    /// Counts an error.
    #[inline]
    pub fn mistake(&mut self) {
        self.errors = self.errors.saturating_add(1);
    }

    /// Whether an address belongs to its body.
    #[inline]
    pub fn owns(&self, address: u32) -> bool {
        address.wrapping_sub(self.start) < self.length
    }
}
