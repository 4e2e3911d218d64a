//! The one instruction table: byte, name, family, register written, sentence. Knows no effect in code; `interpreter.rs` has that.

use crate::config::EnergyConfig;

/// A group of instructions that share a cost multiplier, a colour and a role in taxonomy.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[allow(missing_docs)]
pub enum Family {
    Template,
    DataMovement,
    ArithmeticLogic,
    ComparisonFlags,
    ControlFlow,
    CallReturn,
    SystemCalls,
    Stack,
    RegisterAdjust,
    Environment,
    Invalid,
}

impl Family {
    /// All families, in the order of the enum.
    pub const ALL: [Family; 11] = [
        Family::Template,
        Family::DataMovement,
        Family::ArithmeticLogic,
        Family::ComparisonFlags,
        Family::ControlFlow,
        Family::CallReturn,
        Family::SystemCalls,
        Family::Stack,
        Family::RegisterAdjust,
        Family::Environment,
        Family::Invalid,
    ];

    /// The name used in documents, knobs and pages.
    pub const fn name(self) -> &'static str {
        match self {
            Family::Template => "template",
            Family::DataMovement => "data_movement",
            Family::ArithmeticLogic => "arithmetic_logic",
            Family::ComparisonFlags => "comparison_flags",
            Family::ControlFlow => "control_flow",
            Family::CallReturn => "call_return",
            Family::SystemCalls => "system_calls",
            Family::Stack => "stack",
            Family::RegisterAdjust => "register_adjust",
            Family::Environment => "environment",
            Family::Invalid => "invalid",
        }
    }

    /// The multiplier of its cost, in percent.
    pub const fn percent(self, energy: &EnergyConfig) -> u32 {
        match self {
            Family::Template => energy.template_percent,
            Family::DataMovement => energy.data_movement_percent,
            Family::ArithmeticLogic => energy.arithmetic_logic_percent,
            Family::ComparisonFlags => energy.comparison_flags_percent,
            Family::ControlFlow => energy.control_flow_percent,
            Family::CallReturn => energy.call_return_percent,
            Family::SystemCalls => energy.system_calls_percent,
            Family::Stack => energy.stack_percent,
            Family::RegisterAdjust => energy.register_adjust_percent,
            Family::Environment => energy.environment_percent,
            Family::Invalid => energy.invalid_percent,
        }
    }
}

/// The register that an instruction writes as its result: what a flaw can spoil.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Target {
    None,
    Ax,
    Bx,
    Cx,
    Dx,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Instruction {
    /// The canonical byte, 0 to 63.
    pub byte: u8,
    /// The mnemonic.
    pub name: &'static str,
    /// Its family.
    pub family: Family,
    /// The register that holds its result.
    pub target: Target,
    /// Whether the next byte is its operand.
    pub has_operand: bool,
    /// What it does.
    pub sentence: &'static str,
}

macro_rules! isa {
    ($($byte:literal $name:ident $family:ident $target:ident $operand:literal $sentence:literal;)*) => {
        /// The canonical byte of each instruction by name.
        pub mod op {
            $(#[doc = $sentence] pub const $name: u8 = $byte;)*
        }

        /// The table, indexed by canonical byte.
        pub const TABLE: [Instruction; 64] = [$(Instruction {
            byte: $byte,
            name: stringify!($name),
            family: Family::$family,
            target: Target::$target,
            has_operand: $operand,
            sentence: $sentence,
        },)*];
    };
}

isa! {
    0 NOP_0 Template None false "Template symbol 0; does nothing when executed.";
    1 NOP_1 Template None false "Template symbol 1, the complement of NOP_0; does nothing when executed.";
    2 MOV_RR DataMovement Ax false "AX <- BX.";
    3 MOV_RM DataMovement None false "Low byte of AX -> [BX], within own body or pending child; copy mutation applies in the child; elsewhere an error.";
    4 MOV_MR DataMovement Ax false "AX <- byte at [BX]; any address may be read.";
    5 ADD ArithmeticLogic Ax false "AX <- AX + BX; sets Z.";
    6 SUB ArithmeticLogic Ax false "AX <- AX - BX; sets Z.";
    7 INC ArithmeticLogic Ax false "AX <- AX + 1; sets Z.";
    8 DEC ArithmeticLogic Ax false "AX <- AX - 1; sets Z.";
    9 AND ArithmeticLogic Ax false "AX <- AX & BX (on the NAND machine: not (AX & BX)); sets Z.";
    10 OR ArithmeticLogic Ax false "AX <- AX | BX (on the NAND machine: nothing); sets Z.";
    11 XOR ArithmeticLogic Ax false "AX <- AX ^ BX (on the NAND machine: nothing); sets Z.";
    12 SHL ArithmeticLogic Ax false "AX shifted left by one bit; sets Z.";
    13 SHR ArithmeticLogic Ax false "AX shifted right by one bit, zero enters at the top; sets Z.";
    14 CMP ComparisonFlags None false "Z <- AX = BX; no register changes.";
    15 SETZ ComparisonFlags Ax false "AX <- 1 if Z is set, else 0.";
    16 SETNZ ComparisonFlags Ax false "AX <- 1 if Z is clear, else 0.";
    17 JZ ControlFlow None true "If Z is set, jump by the signed operand, counted from the byte after it; else skip the operand.";
    18 JNZ ControlFlow None true "If Z is clear, jump by the signed operand, counted from the byte after it; else skip the operand.";
    19 JMP_FWD_TEMPLATE ControlFlow None false "Jump behind the nearest complement of the template that follows, searching forward.";
    20 JMP_BACK_TEMPLATE ControlFlow None false "Jump behind the nearest complement of the template that follows, searching backward.";
    21 CALL_TEMPLATE CallReturn None false "Like JMP_FWD_TEMPLATE, but first push the address behind the template.";
    22 RET CallReturn None false "Pop an address and jump there.";
    23 MAL SystemCalls Ax false "Ask for a block of CX bytes for a child; AX <- its address.";
    24 DIVIDE SystemCalls None false "Let the pending child live.";
    25 PUSH_AX Stack None false "Push AX.";
    26 PUSH_BX Stack None false "Push BX.";
    27 PUSH_CX Stack None false "Push CX.";
    28 PUSH_DX Stack None false "Push DX.";
    29 POP_AX Stack Ax false "Pop into AX.";
    30 POP_BX Stack Bx false "Pop into BX.";
    31 POP_CX Stack Cx false "Pop into CX.";
    32 POP_DX Stack Dx false "Pop into DX.";
    33 XCHG_AX_BX DataMovement Ax false "Exchange AX and BX.";
    34 XCHG_BX_DX DataMovement Bx false "Exchange BX and DX.";
    35 XCHG_AX_CX DataMovement Ax false "Exchange AX and CX.";
    36 XCHG_CX_DX DataMovement Cx false "Exchange CX and DX.";
    37 MOV_BX_AX DataMovement Bx false "BX <- AX.";
    38 MOV_CX_AX DataMovement Cx false "CX <- AX.";
    39 MOV_DX_AX DataMovement Dx false "DX <- AX.";
    40 INC_BX RegisterAdjust Bx false "BX <- BX + 1; sets Z.";
    41 DEC_BX RegisterAdjust Bx false "BX <- BX - 1; sets Z.";
    42 INC_CX RegisterAdjust Cx false "CX <- CX + 1; sets Z.";
    43 DEC_CX RegisterAdjust Cx false "CX <- CX - 1; sets Z.";
    44 INC_DX RegisterAdjust Dx false "DX <- DX + 1; sets Z.";
    45 DEC_DX RegisterAdjust Dx false "DX <- DX - 1; sets Z.";
    46 ZERO_AX RegisterAdjust Ax false "AX <- 0; sets Z.";
    47 ONE_AX RegisterAdjust Ax false "AX <- 1; sets Z.";
    48 NOT_AX ArithmeticLogic Ax false "AX <- not AX (on the NAND machine: nothing); sets Z.";
    49 ADR_FWD_TEMPLATE DataMovement Ax false "AX <- the address behind the nearest complement, searching forward.";
    50 ADR_BACK_TEMPLATE DataMovement Ax false "AX <- the first address of the nearest complement, searching backward.";
    51 SENSE_ENV Environment Ax false "AX <- resource of the cell of [BX].";
    52 SENSE_SIGNAL Environment Ax false "AX <- whole units of signal in the cell of [BX].";
    53 SENSE_GRADIENT Environment Ax false "AX <- 1 if there is more resource above the cell of [BX] than below, -1 if less, else 0.";
    54 EMIT_SIGNAL Environment None false "Add the low byte of AX to the signal in the cell of [BX].";
    55 HARVEST_ENERGY Environment None false "Take resource from the cell of [BX] and turn it into energy.";
    56 READ_STORAGE Environment Ax false "AX <- the storage byte of the cell of [BX]; withdraws a part of what storing it left there.";
    57 WRITE_STORAGE Environment None false "Low byte of AX -> storage of the cell of [BX]; costs extra energy, part of which stays there.";
    58 READ_TASK Environment Ax false "AX, BX <- the inputs of a challenge; read again before answering, the third and the first input.";
    59 SUBMIT_TASK Environment None false "Submit AX as the answer; without a fresh READ_TASK an error.";
    60 SENSE_ENERGY Environment Ax false "AX <- own energy, whole units.";
    61 SENSE_OWNER Environment Ax false "AX <- 0 if [BX] is free, 1 if own body or child, 2 if another's.";
    62 RANDOM Environment Ax false "AX <- 32 random bits.";
    63 YIELD ControlFlow None false "Give up the rest of the slice.";
}

/// The bit that tells an alias from its canonical byte: a flip of it is silent.
pub const ALIAS_BIT: u8 = 64;

/// What a byte means; `None` for the invalid ones, 128 and above.
pub const fn decode(byte: u8) -> Option<&'static Instruction> {
    if byte < 128 {
        Some(&TABLE[(byte & 63) as usize])
    } else {
        None
    }
}

/// The instruction of a mnemonic, in any case.
pub fn by_name(name: &str) -> Option<&'static Instruction> {
    TABLE.iter().find(|row| row.name.eq_ignore_ascii_case(name))
}

/// The family of any byte.
pub const fn family(byte: u8) -> Family {
    match decode(byte) {
        Some(row) => row.family,
        None => Family::Invalid,
    }
}

/// Whether a byte is a template symbol; bit 0 is its value.
#[inline]
pub const fn is_symbol(byte: u8) -> bool {
    byte & 0b1011_1110 == 0
}

/// The cost of each byte in milli-units: cost times the multiplier of the family; all zero without energy.
pub fn costs(energy: &EnergyConfig) -> [u32; 256] {
    let mut costs = [0; 256];
    if energy.enabled {
        for (byte, cost) in costs.iter_mut().enumerate() {
            let percent = u64::from(family(byte as u8).percent(energy));
            *cost = (u64::from(energy.instruction_cost) * percent / 100) as u32;
        }
    }
    costs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_names_are_unique() {
        for (index, row) in TABLE.iter().enumerate() {
            assert_eq!(usize::from(row.byte), index);
            assert_eq!(by_name(row.name).map(|found| found.byte), Some(row.byte));
        }
    }

    #[test]
    fn decoding_is_total_and_aliases_are_synonyms() {
        for byte in 0..=255u8 {
            assert_eq!(decode(byte).is_some(), byte < 128);
            if byte < 64 {
                assert_eq!(decode(byte | ALIAS_BIT).map(|row| row.byte), Some(byte));
            }
            assert_eq!(is_symbol(byte), byte < 128 && byte % 64 < 2);
        }
    }
}
