//! The table of tasks: what counts as an answer and how far it is to get there. Knows no organism and no pool.

use crate::config::IsaLogic;

/// The inputs of a challenge; the top bytes let every pair separate all two-input functions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Challenge {
    /// First input, top byte 0x33.
    pub a: u32,
    /// Second input, top byte 0x55.
    pub b: u32,
    /// Third input, top byte 0x0F.
    pub c: u32,
}

impl Challenge {
    /// The challenge of a number under an island's key: a fixed mixing, so that nothing is stored but the number.
    pub fn of(key: u64, number: u64) -> Self {
        let first = mix(key ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let second = mix(first);
        Self {
            a: 0x3300_0000 | (first as u32 & 0x00FF_FFFF),
            b: 0x5500_0000 | ((first >> 32) as u32 & 0x00FF_FFFF),
            c: 0x0F00_0000 | (second as u32 & 0x00FF_FFFF),
        }
    }
}

fn mix(bits: u64) -> u64 {
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// One task.
pub struct Task {
    /// Its name in tables and pages.
    pub name: &'static str,
    /// Whether an answer solves it.
    pub solves: fn(u32, Challenge) -> bool,
    /// Steps of reward on the full machine.
    pub full_steps: u32,
    /// Steps of reward on the NAND machine: Avida's order; 0 for not offered.
    pub nand_steps: u32,
}

impl Task {
    /// Steps of reward on a machine; 0 for not offered.
    pub fn steps(&self, logic: IsaLogic) -> u32 {
        match logic {
            IsaLogic::Full => self.full_steps,
            IsaLogic::Nand => self.nand_steps,
        }
    }
}

/// The number of ECHO: paid less and only once in a life, the first rung of the ladder.
pub const ECHO: usize = 0;

/// Low 24 bits: the random part of an input.
const LOW: u32 = 0x00FF_FFFF;

macro_rules! tasks {
    ($($name:literal $full:literal $nand:literal $solves:expr;)*) => {
        /// All tasks; an answer counts for the first that it solves.
        pub const TASKS: &[Task] = &[$(Task {
            name: $name,
            solves: $solves,
            full_steps: $full,
            nand_steps: $nand,
        },)*];
    };
}

tasks! {
    "ECHO" 1 1 |x, i| x == i.a || x == i.b;
    "NOT" 1 1 |x, i| x == !i.a || x == !i.b;
    "NAND" 2 1 |x, i| x == !(i.a & i.b);
    "AND" 1 2 |x, i| x == i.a & i.b;
    "ORN" 2 2 |x, i| x == i.a | !i.b || x == i.b | !i.a;
    "OR" 1 3 |x, i| x == i.a | i.b;
    "ANDN" 2 3 |x, i| x == i.a & !i.b || x == i.b & !i.a;
    "NOR" 2 4 |x, i| x == !(i.a | i.b);
    "XOR" 1 4 |x, i| x == i.a ^ i.b;
    "EQU" 2 5 |x, i| x == !(i.a ^ i.b);
    "ADD" 1 0 |x, i| x == i.a.wrapping_add(i.b);
    "SUB" 1 0 |x, i| x == i.a.wrapping_sub(i.b) || x == i.b.wrapping_sub(i.a);
    "MAX" 6 0 |x, i| x == (i.a & LOW).max(i.b & LOW);
    "AND3" 4 0 |x, i| x == i.a & i.b & i.c;
    "OR3" 4 0 |x, i| x == i.a | i.b | i.c;
    "PARITY3" 4 0 |x, i| x == i.a ^ i.b ^ i.c;
    "MAJORITY3" 8 0 |x, i| x == (i.a & i.b) | (i.b & i.c) | (i.a & i.c);
    "MUX" 6 0 |x, i| x == (i.c & i.a) | (!i.c & i.b) || x == (i.c & i.b) | (!i.c & i.a);
}

/// Steps of reward of a set of tasks, a bit each, on a machine.
pub fn steps(mut set: u32, logic: IsaLogic) -> u32 {
    let mut sum = 0;
    while set != 0 {
        let task = TASKS.get(set.trailing_zeros() as usize);
        sum += task.map_or(0, |task| task.steps(logic));
        set &= set - 1;
    }
    sum
}

/// The number of the task that an answer solves on a machine.
pub fn solved(answer: u32, challenge: Challenge, logic: IsaLogic) -> Option<usize> {
    TASKS
        .iter()
        .position(|task| task.steps(logic) > 0 && (task.solves)(answer, challenge))
}

/// The address whose owner is paid for an answer where rewards are shuffled: anywhere in the soup, each place as likely as every
/// other. The same answer to the same challenge draws the same lot.
pub fn lot(key: u64, number: u64, answer: u32, soup_bytes: u32) -> u32 {
    let lot = mix(mix(key ^ number) ^ u64::from(answer));
    ((u128::from(lot) * u128::from(soup_bytes)) >> 64) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MAX_TASKS;

    #[test]
    fn inputs_separate_all_functions_of_two_inputs() {
        for number in 0..1_000 {
            let inputs = Challenge::of(99, number);
            let logic = |f: u32| {
                let bit = |k: u32| if f >> k & 1 == 1 { u32::MAX } else { 0 };
                let (a, b) = (inputs.a, inputs.b);
                (a & b & bit(3)) | (a & !b & bit(2)) | (!a & b & bit(1)) | (!a & !b & bit(0))
            };
            let mut answers: Vec<u32> = (0..16).map(logic).collect();
            answers.sort_unstable();
            answers.dedup();
            assert_eq!(answers.len(), 16);
        }
    }

    #[test]
    fn each_task_is_solved_by_its_own_answer_and_constants_solve_none() {
        assert!(TASKS.len() <= MAX_TASKS);
        let i = Challenge::of(1, 2);
        let name = |answer, logic| solved(answer, i, logic).map(|task| TASKS[task].name);
        assert_eq!(name(i.b, IsaLogic::Full), Some("ECHO"));
        assert_eq!(name(!(i.a ^ i.b), IsaLogic::Nand), Some("EQU"));
        assert_eq!(name(i.a.wrapping_add(i.b), IsaLogic::Full), Some("ADD"));
        assert_eq!(name(i.a.wrapping_add(i.b), IsaLogic::Nand), None);
        assert_eq!(name(i.a ^ i.b ^ i.c, IsaLogic::Full), Some("PARITY3"));
        for constant in [0, 1, u32::MAX, 0x33, 0x5500_0000] {
            assert_eq!(name(constant, IsaLogic::Full), None);
        }
    }
}
