//! The organism under the glass, in plain numbers for pictures. Changes nothing.

use crate::{GenotypeHash, Island, organism::Child};

/// Everything that can be seen of one living organism.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Specimen {
    /// First address of the body.
    pub start: u32,
    /// Bytes of the body.
    pub length: u32,
    /// AX, BX, CX, DX.
    pub registers: [i32; 4],
    /// The zero flag.
    pub zero: bool,
    /// Address of the next instruction.
    pub ip: u32,
    /// Words pushed, the last on top.
    pub stack: Vec<i32>,
    /// The pending child: first address, bytes, different bytes written.
    pub child: Option<(u32, u32, u32)>,
    /// Energy, milli-units.
    pub energy: i64,
    /// Unpaid rent, milli-units.
    pub arrears: i64,
    /// Errors since birth.
    pub errors: u32,
    /// Births by it.
    pub births: u32,
    /// Rounds since birth.
    pub age: u64,
    /// Generations since its founder.
    pub generation: u32,
    /// Tasks done since the last birth, and ever, one bit each.
    pub tasks: (u32, u32),
    /// Ticks left of its slice, and of how many; 0 left while it is not its turn.
    pub slice: (u32, u32),
    /// The genotype it was born with.
    pub genotype: GenotypeHash,
}

impl Specimen {
    /// The organism in a slot that is not vacant.
    pub(super) fn of(island: &Island, slot: u32) -> Self {
        let organism = &island.organisms[slot as usize];
        let registers = &organism.registers;
        let child = match organism.child {
            Child::Absent => None,
            Child::Pending {
                start,
                length,
                written,
                ..
            } => Some((start, length, written)),
        };
        let its_turn = island.scheduler.cursor == slot;
        let left = if its_turn {
            island.scheduler.slice_left
        } else {
            0
        };
        Self {
            start: organism.start,
            length: organism.length,
            registers: [registers.ax, registers.bx, registers.cx, registers.dx],
            zero: registers.zero,
            ip: registers.ip,
            stack: organism.stack.words().to_vec(),
            child,
            energy: organism.purse.energy,
            arrears: organism.purse.arrears,
            errors: organism.errors,
            births: organism.births,
            age: island.round.saturating_sub(organism.born),
            generation: organism.generation,
            tasks: (organism.tasks.since_birth, organism.tasks.ever),
            slice: (left, organism.slice),
            genotype: island.genealogy.taxon(organism.taxon).record.genotype,
        }
    }
}
