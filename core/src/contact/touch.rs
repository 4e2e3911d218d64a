//! Touch: what the next instruction is about to execute, read or write, and whose bytes those are. Changes nothing.

use crate::{
    isa::{ALIAS_BIT, op},
    island::Island,
    organism::NONE,
};

/// What an instruction does beside being executed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Deed {
    /// Nothing that touches another's bytes.
    Plain,
    /// MOV_MR takes `byte` out of bytes of `owner`.
    Read { owner: u32, byte: u8 },
    /// MOV_RM aims `byte` at bytes of `owner`.
    Write {
        owner: u32,
        byte: u8,
        into_child: bool,
    },
    /// SUBMIT_TASK answers a challenge.
    Submit { answer: u32, challenge: u64 },
}

/// The next instruction of the organism whose slice it is; owners are slots, `NONE` for free bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Touch {
    /// Who executes.
    pub slot: u32,
    /// Whose byte is executed.
    pub code_of: u32,
    /// What the instruction does.
    pub deed: Deed,
}

impl Island {
    /// What the next instruction will touch; `None` while nobody lives.
    pub(crate) fn next_touch(&self) -> Option<Touch> {
        let slot = self.scheduler.cursor;
        let organism = self.organisms.get(slot as usize).filter(|_| slot != NONE)?;
        let registers = &organism.registers;
        let byte = self.soup.read(registers.ip);
        let address = registers.bx as u32 & (self.soup.size() - 1);
        let deed = if byte >= 2 * ALIAS_BIT {
            Deed::Plain
        } else {
            match byte % ALIAS_BIT {
                op::MOV_MR => Deed::Read {
                    owner: self.soup.owner(address),
                    byte: self.soup.read(address),
                },
                op::MOV_RM => {
                    let (start, length) = organism.child.block();
                    Deed::Write {
                        owner: self.soup.owner(address),
                        byte: registers.ax as u8,
                        into_child: address.wrapping_sub(start) < length,
                    }
                }
                op::SUBMIT_TASK if organism.tasks.challenge != 0 => Deed::Submit {
                    answer: registers.ax as u32,
                    challenge: organism.tasks.challenge,
                },
                _ => Deed::Plain,
            }
        };
        Some(Touch {
            slot,
            code_of: self.soup.owner(registers.ip),
            deed,
        })
    }
}
