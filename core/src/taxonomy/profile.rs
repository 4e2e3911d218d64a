//! How the bytes of a genome share out among the families of instructions. Knows no rank and no name.

use crate::{
    assembler, isa,
    isa::{Family, op},
};

/// Different families that an instruction can belong to.
const FAMILIES: usize = Family::ALL.len();

/// A genome as classification sees it: counts and a vocabulary, no order of bytes and no alias.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OpcodeProfile {
    /// Bytes of the genome.
    pub size_bytes: u32,
    /// Places that decode to an instruction.
    pub valid_opcodes: u32,
    /// Places whose byte means nothing.
    pub invalid_opcodes: u32,
    /// Bit n is set if the instruction of canonical byte n occurs.
    pub vocabulary: u64,
    counts: [u32; FAMILIES],
}

impl OpcodeProfile {
    /// Reads a genome from its first byte, as the disassembler does: operands are no opcodes.
    pub fn of(genome: &[u8]) -> Self {
        let mut profile = Self {
            size_bytes: u32::try_from(genome.len()).unwrap_or(u32::MAX),
            valid_opcodes: 0,
            invalid_opcodes: 0,
            vocabulary: 0,
            counts: [0; FAMILIES],
        };
        for place in assembler::decode(genome) {
            match isa::decode(place.byte) {
                Some(row) => {
                    profile.valid_opcodes += 1;
                    profile.vocabulary |= 1 << row.byte;
                }
                None => profile.invalid_opcodes += 1,
            }
            profile.counts[isa::family(place.byte) as usize] += 1;
        }
        profile
    }

    /// Instructions of a family; of `Family::Invalid`, the bytes that mean nothing.
    pub fn count(&self, family: Family) -> u32 {
        self.counts[family as usize]
    }

    /// The share of a family in all opcodes, valid or not, in parts of a thousand, rounded down; 0 for an empty genome.
    pub fn permille(&self, family: Family) -> u32 {
        let all = u64::from(self.valid_opcodes) + u64::from(self.invalid_opcodes);
        let share = u64::from(self.count(family)) * 1_000;
        share.checked_div(all).unwrap_or(0) as u32
    }

    /// How many families of instructions occur at all.
    pub fn families(&self) -> u32 {
        let occurs = |family: &&Family| **family != Family::Invalid && self.count(**family) > 0;
        Family::ALL.iter().filter(occurs).count() as u32
    }

    /// The family with the most instructions, the earlier one on ties; `Family::Invalid` where there is no instruction.
    pub fn dominant_family(&self) -> Family {
        let mut dominant = Family::Invalid;
        for family in Family::ALL {
            let more = dominant == Family::Invalid || self.count(family) > self.count(dominant);
            if family != Family::Invalid && self.count(family) > 0 && more {
                dominant = family;
            }
        }
        dominant
    }

    /// Whether an instruction occurs, by its canonical byte.
    pub fn has(&self, byte: u8) -> bool {
        self.vocabulary >> (byte & 63) & 1 == 1
    }

    /// The instructions that occur, template symbols left out: what tells one species from another.
    pub fn words(&self) -> u64 {
        self.vocabulary & !(1 << op::NOP_0 | 1 << op::NOP_1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::isa::ALIAS_BIT;

    #[test]
    fn operands_are_no_opcodes_and_invalid_bytes_are_tallied() {
        let profile = OpcodeProfile::of(&[op::JNZ, 200, 200, op::INC_BX, op::ADD, op::JZ]);
        assert_eq!((profile.valid_opcodes, profile.invalid_opcodes), (4, 1));
        assert_eq!((profile.size_bytes, profile.families()), (6, 3));
        assert_eq!(profile.count(Family::ControlFlow), 2);
        assert_eq!(profile.permille(Family::ControlFlow), 400);
        assert_eq!(profile.permille(Family::Invalid), 200);
        assert!(profile.has(op::JZ) && !profile.has(op::INC));
    }

    #[test]
    fn an_alias_counts_as_what_it_does() {
        let genome: Vec<u8> = (0..64)
            .filter(|byte| *byte != op::JZ && *byte != op::JNZ)
            .collect();
        let aliases: Vec<u8> = genome.iter().map(|byte| byte | ALIAS_BIT).collect();
        assert_eq!(OpcodeProfile::of(&genome), OpcodeProfile::of(&aliases));
        assert_eq!(OpcodeProfile::of(&genome).families(), 10);
    }

    #[test]
    fn the_dominant_family_is_the_commonest_then_the_earlier() {
        let dominant = |genome: &[u8]| OpcodeProfile::of(genome).dominant_family();
        assert_eq!(dominant(&[]), Family::Invalid);
        assert_eq!(dominant(&[255, 254, 253, op::RET]), Family::CallReturn);
        assert_eq!(dominant(&[op::RET, op::ADD]), Family::ArithmeticLogic);
        assert_eq!(dominant(&[op::RET, op::ADD, op::RET]), Family::CallReturn);
    }
}
