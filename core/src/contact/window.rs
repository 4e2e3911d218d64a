//! Who ran whom within a window of ticks: a matrix of the commonest genotypes. Knows no island.

use crate::GenotypeHash;
use serde::{Deserialize, Serialize};

/// Genotypes that a window tells apart; all others are one more row.
pub const MAX_MEMBERS: usize = 16;
/// What one does to another counts as a way of life from this share on, per thousand.
pub const ROLE_PER_MILLE: u64 = 100;

/// What was done with bytes, in sampled instructions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Touches {
    /// Executed.
    pub executed: u64,
    /// Read by MOV_MR.
    pub read: u64,
    /// Read and then written into the reader's pending child.
    pub copied: u64,
}

impl Touches {
    /// Adds another count.
    pub fn add(&mut self, other: Self) {
        self.executed += other.executed;
        self.read += other.read;
        self.copied += other.copied;
    }

    /// Whether nothing was done.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One row and column of the matrix.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Member {
    /// The genotype; `None` for all that are not told apart.
    pub genotype: Option<GenotypeHash>,
    /// Bytes of its genome; 0 for all that are not told apart.
    pub length: u32,
    /// Sampled slices: every living organism has one a round, so this is its share of the living.
    pub slices: u64,
    /// Done with bytes of the own body and child.
    pub own: Touches,
    /// Done with bytes that nobody owns.
    pub free: Touches,
}

/// What one genotype did with bytes of another, or of other bodies of its own genotype.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Cell {
    /// Who acted, an index of members.
    pub actor: u16,
    /// Whose bytes they were, an index of members.
    pub owner: u16,
    /// How often.
    pub touches: Touches,
}

/// The matrix of one window.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ContactWindow {
    /// First tick observed.
    pub from_tick: u64,
    /// The tick after the last.
    pub end_tick: u64,
    /// Slices that began in the window.
    pub slices: u64,
    /// Commonest first; all that are not told apart come last, if there are any.
    pub members: Vec<Member>,
    /// Cells that are not empty, by actor and owner.
    pub cells: Vec<Cell>,
}

/// The ways of life that the matrix shows; a genotype may have several.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Roles {
    /// It executes bytes of other genotypes and copies its own.
    pub parasite: bool,
    /// Another genotype executes its bytes and makes its own children by them.
    pub host: bool,
    /// Another genotype executes its bytes and makes more of its children than of its own.
    pub hyper_parasite: bool,
}

impl ContactWindow {
    /// The roles of a member: what makes up at least `ROLE_PER_MILLE` of a life. The row of all others has none.
    pub fn roles(&self, member: usize) -> Roles {
        let mut roles = Roles::default();
        let Some(row) = self
            .members
            .get(member)
            .filter(|row| row.genotype.is_some())
        else {
            return roles;
        };
        let done = self.done_by(member);
        roles.parasite = is_share(done.executed, self.executed_by(member))
            && is_share(row.own.copied, row.own.copied + done.copied);
        for cell in &self.cells {
            let actor = usize::from(cell.actor);
            let is_guest = usize::from(cell.owner) == member
                && actor != member
                && self.members[actor].genotype.is_some()
                && is_share(cell.touches.executed, self.executed_by(actor));
            if !is_guest {
                continue;
            }
            // Less than one whole genome may be chance.
            let is_whole = cell.touches.copied >= u64::from(row.length);
            if is_whole && cell.touches.copied > self.members[actor].own.copied {
                roles.hyper_parasite = true;
            } else {
                roles.host = true;
            }
        }
        roles
    }

    /// Instructions that a member executed, wherever.
    pub fn executed_by(&self, member: usize) -> u64 {
        let within = self.members.get(member);
        within.map_or(0, |row| row.own.executed + row.free.executed)
            + self.sum(|cell| usize::from(cell.actor) == member).executed
    }

    /// What a member did with bytes of other genotypes.
    pub fn done_by(&self, member: usize) -> Touches {
        self.sum(|cell| usize::from(cell.actor) == member && cell.owner != cell.actor)
    }

    /// What other genotypes did with its bytes.
    pub fn suffered_by(&self, member: usize) -> Touches {
        self.sum(|cell| usize::from(cell.owner) == member && cell.owner != cell.actor)
    }

    /// Instructions observed.
    pub fn observed(&self) -> u64 {
        let within = self
            .members
            .iter()
            .map(|row| row.own.executed + row.free.executed);
        let between = self.cells.iter().map(|cell| cell.touches.executed);
        within.chain(between).sum()
    }

    fn sum(&self, counts: impl Fn(&Cell) -> bool) -> Touches {
        let mut sum = Touches::default();
        for cell in self.cells.iter().filter(|cell| counts(cell)) {
            sum.add(cell.touches);
        }
        sum
    }
}

fn is_share(part: u64, whole: u64) -> bool {
    part > 0 && part * 1_000 >= whole * ROLE_PER_MILLE
}
