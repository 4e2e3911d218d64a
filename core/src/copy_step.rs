//! The copy step: seven instructions that most organisms execute for each byte they copy, recognised by their bytes, so that
//! they can be done at once. Knows no effect; `interpreter.rs` has that.

use crate::isa::{ALIAS_BIT, op};

/// Instructions behind the first, `XCHG_BX_DX`.
pub const INSTRUCTIONS: u32 = 6;
/// Bytes behind the first, the operand of the jump included.
pub const BYTES: u32 = INSTRUCTIONS + 1;

/// What follows the first; the operand and the byte behind it may be anything.
const STEP: u64 = u64::from_le_bytes([
    op::MOV_RM,
    op::INC_BX,
    op::XCHG_BX_DX,
    op::INC_BX,
    op::DEC_CX,
    op::JNZ,
    0,
    0,
]);
/// The bits of eight bytes that tell the step; an alias is its canonical byte.
const TELLING: u64 = u64::from_le_bytes([!ALIAS_BIT; 8]) >> (8 * (8 - INSTRUCTIONS));

/// How far the jump at the end of the step leads, if these eight bytes begin with what follows its first instruction.
#[inline(always)]
pub fn jump(eight: [u8; 8]) -> Option<i32> {
    let word = u64::from_le_bytes(eight);
    let offset = (word >> (8 * INSTRUCTIONS)) as u8 as i8;
    (word & TELLING == STEP).then_some(i32::from(offset))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_step_is_known_by_its_opcodes_and_aliases_and_nothing_else() {
        let step = [3, 40, 34, 40, 43, 18, 0xF4, 0xFF];
        assert_eq!(jump(step), Some(-12));
        for at in 0..8 {
            for byte in 0..=255 {
                let mut other = step;
                other[at] = byte;
                let same = at > 5 || byte & !ALIAS_BIT == step[at];
                assert_eq!(jump(other).is_some(), same, "{other:?}");
            }
        }
    }
}
