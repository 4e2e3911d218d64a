//! Selection: how many of the changes that copying can make leave a genome's meaning as it was. With the changes that
//! a line of descent has kept this gives dN/dS. Knows no organism and no line.

use crate::{
    config::{MILLION, MutationConfig},
    isa,
};

/// Parts of a mutation's chance that chances are counted in: a flip is one of 8, a substitution one of 256.
const PARTS: u64 = 256 * MILLION as u64;

/// The chance that one copying error per byte hits so or so, summed over a genome, in parts of `PARTS`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Opportunity {
    /// Changes without effect on the decoded instruction.
    pub synonymous: u64,
    /// Changes with effect.
    pub nonsynonymous: u64,
}

impl Opportunity {
    /// Of a genome, as read from its first byte, under the rates of a Config.
    pub fn of(genome: &[u8], config: &MutationConfig) -> Self {
        let substitution = u64::from(config.substitution_share);
        let flip = u64::from(MILLION) - substitution;
        let mut sum = Self::default();
        let mut operand = false;
        for &byte in genome {
            // One substitution in 256 puts back the byte that was there.
            let changes = PARTS - substitution;
            let silent = match !operand && byte < 128 {
                true => flip * 32 + substitution,
                false => 0,
            };
            sum.synonymous += silent;
            sum.nonsynonymous += changes - silent;
            operand = !operand && isa::decode(byte).is_some_and(|row| row.has_operand);
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;

    #[test]
    fn chances_add_up_and_flips_are_silent_oftener_than_substitutions() {
        let mut config = Config::default().mutation;
        let genome = [1, 2, 200, 65];
        config.substitution_share = 0;
        let flips = Opportunity::of(&genome, &config);
        assert_eq!(
            flips.synonymous,
            3 * PARTS / 8,
            "one bit of eight, not of 200"
        );
        assert_eq!(flips.synonymous + flips.nonsynonymous, 4 * PARTS);
        config.substitution_share = MILLION;
        let random = Opportunity::of(&genome, &config);
        assert_eq!(random.synonymous, 3 * PARTS / 256);
        assert_eq!(
            random.nonsynonymous,
            4 * PARTS / 256 * 255 - random.synonymous
        );
    }

    #[test]
    fn an_operand_has_no_silent_change() {
        let config = Config::default().mutation;
        let jump = crate::isa::TABLE.iter().find(|row| row.has_operand);
        let byte = jump.map_or(0, |row| row.byte);
        let with = Opportunity::of(&[byte, 1], &config);
        let alone = Opportunity::of(&[byte], &config);
        assert_eq!(with.synonymous, alone.synonymous);
    }
}
