//! The hot match: what each byte does with bytes and registers, which stay in locals while it runs. One licensed long
//! function. Knows no queue and no death: what needs the whole island leaves by a `Trap`, what needs more than bytes and
//! registers is done by `services.rs`.

use crate::{
    Counters, EnergyFlow, MutationKind,
    config::{IsaLogic, MutationConfig},
    copy_step,
    isa::{self, op},
    island::Island,
    memory::{SoupView, Wrapped},
    mutation::MutationEngine,
    organism::{Child, Organism, Registers},
    rng::NEVER,
    services,
};

/// Why the interpreter stopped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trap {
    /// The ticks are used up.
    Limit,
    /// YIELD gave up the rest of the slice.
    Yield,
    /// The next instruction cannot be paid.
    Starved,
    /// MAL wants a block.
    Mal,
    /// DIVIDE wants a birth.
    Divide,
}

/// What a run of instructions came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// Ticks used, those of searches included: may exceed the limit by one search.
    pub ticks: u32,
    /// Errors made.
    pub errors: u32,
    /// Why it stopped.
    pub trap: Trap,
}

/// Ticks of a YIELD beside its own: what changing slices costs.
pub const YIELD_TICKS: u32 = 4;

/// Why the hot match was left.
enum Halt {
    Trap(Trap),
    /// This byte needs more than bytes and registers.
    Service(u8),
}

/// The size of soup that is by far the commonest, where an address is 16 bits.
const COMMON: u32 = 65_536;
type Common = [u8; COMMON as usize];

/// Runs `slot` for `limit` ticks, or until something needs the whole island: the hot match and the services that it
/// asks for, in turns.
#[inline(always)]
pub fn interpret(island: &mut Island, slot: u32, limit: u32) -> Outcome {
    let errors_before = island.organisms[slot as usize].errors;
    let (mut instructions, mut waited) = (0, 0);
    let trap = loop {
        let left = limit.saturating_sub(instructions + waited);
        if left == 0 {
            break Trap::Limit;
        }
        let (halt, done) = execute_suited(island, slot, left);
        instructions += done;
        match halt {
            Halt::Trap(trap) => break trap,
            Halt::Service(code) => waited += services::serve(island, slot, code),
        }
    };
    if trap == Trap::Yield {
        waited += YIELD_TICKS;
    }
    if island.config.mutation.copy_rate == 0 {
        island.mutation.copies_left = NEVER;
    }
    let errors = island.organisms[slot as usize].errors - errors_before;
    island.counters.instructions += u64::from(instructions);
    island.counters.errors += u64::from(errors);
    Outcome {
        ticks: instructions + waited,
        errors,
        trap,
    }
}

/// The hot match that suits the size of the soup and the purse: whoever can pay all of it in advance is billed afterwards.
#[inline(always)]
fn execute_suited(island: &mut Island, slot: u32, limit: u32) -> (Halt, u32) {
    let energy = island.organisms[slot as usize].purse.energy;
    let price = island.prices.flat.map(i64::from);
    let price = price.filter(|price| energy >= i64::from(limit) * price);
    match (price, island.soup.size()) {
        (Some(price), COMMON) => execute::<true, Common>(island, slot, limit, price),
        (Some(price), _) => execute::<true, [u8]>(island, slot, limit, price),
        (None, COMMON) => execute::<false, Common>(island, slot, limit, 0),
        (None, _) => execute::<false, [u8]>(island, slot, limit, 0),
    }
}

/// The byte that arrives instead of `value`, counted.
#[cold]
fn miscopy(
    mutation: &mut MutationEngine,
    value: u8,
    config: &MutationConfig,
    counters: &mut Counters,
) -> u8 {
    let (arrived, substituted) = mutation.miscopy(value, config);
    counters.mutated(if substituted {
        MutationKind::Substitution
    } else {
        MutationKind::CopyFlip
    });
    arrived
}

/// The loop: at most `limit` instructions, and how many they were. With `FLAT` every byte costs `price` and the
/// organism is known to be able to pay: the bill is written when its energy is looked at, and at the end. Without,
/// each instruction is paid before it runs.
///
/// The registers stay where they lie, at fixed distances from one pointer: as locals they would be moved to and fro
/// between the arms, for the arms exchange them in every way.
#[inline(never)]
fn execute<const FLAT: bool, B: Wrapped + ?Sized>(
    island: &mut Island,
    slot: u32,
    limit: u32,
    price: i64,
) -> (Halt, u32) {
    let Island {
        soup,
        organisms,
        environment,
        mutation,
        counters,
        config,
        prices,
        round,
        ..
    } = &mut *island;
    let SoupView { bytes, marks } = soup.view();
    // Whoever chose looked at the size, so this only makes the function total.
    let Some(bytes) = B::of(bytes) else {
        return execute::<FLAT, [u8]>(island, slot, limit, price);
    };
    let Organism {
        registers,
        stack,
        start,
        length,
        child,
        purse,
        errors,
        reach,
        tasks,
        ..
    } = &mut organisms[slot as usize];
    let Registers { ax, bx, cx, dx, .. } = registers;
    // Grows beyond the soup; an address wraps where it is used, and at the end.
    let mut ip = registers.ip;
    // The flag as a number: Z is set where it is 0.
    let mut flag = i32::from(!registers.zero);
    // Instructions since the last bill, and how many there may be.
    let (mut unbilled, mut room) = (0, limit);

    // Pays for the instructions since the last bill.
    macro_rules! bill {
        () => {
            if FLAT {
                let due = i64::from(unbilled) * price;
                purse.energy -= due;
                counters.flow(EnergyFlow::Instructions, due);
            }
            room -= unbilled;
        };
    }
    macro_rules! mistake {
        () => {
            *errors = errors.saturating_add(1)
        };
    }
    macro_rules! set_ax {
        ($value:expr) => {{
            *ax = $value;
            flag = *ax;
        }};
    }
    macro_rules! adjust {
        ($register:ident, $by:expr) => {{
            flag = $register.wrapping_add($by);
            *$register = flag;
        }};
    }
    macro_rules! push {
        ($value:expr) => {
            if !stack.push($value) {
                mistake!();
            }
        };
    }
    macro_rules! pop {
        ($into:expr) => {
            match stack.pop() {
                Some(word) => $into = word,
                None => mistake!(),
            }
        };
    }
    macro_rules! branch {
        ($taken:expr) => {{
            let operand = ip;
            ip = ip.wrapping_add(1);
            if $taken {
                let offset = i32::from(bytes.at(operand) as i8);
                ip = ip.wrapping_add(offset as u32);
            }
        }};
    }
    // Low byte of AX to an address.
    macro_rules! store {
        ($address:expr) => {{
            let address = $address;
            let mut value = *ax as u8;
            let last = marks.len() - 1;
            let marks = &mut marks[(address >> 6) as usize & last];
            let bit = 1 << (address & 63);
            let allowed = match child {
                Child::Pending {
                    start,
                    length,
                    written,
                    ..
                } if address.wrapping_sub(*start) < *length => {
                    mutation.copies_left -= 1;
                    if mutation.copies_left == 0 {
                        value = miscopy(mutation, value, &config.mutation, counters);
                    }
                    *written += u32::from(marks.written & bit == 0);
                    marks.written |= bit;
                    true
                }
                _ => address.wrapping_sub(*start) < *length,
            };
            if allowed {
                bytes.put(address, value);
                marks.note(bit, value);
            } else {
                mistake!();
            }
        }};
    }
    macro_rules! logic {
        ($value:expr) => {
            set_ax!(if config.environment.logic == IsaLogic::Nand {
                *ax
            } else {
                $value
            })
        };
    }

    let mut code;
    let halt = 'run: {
        // The next instruction, paid for; an alias is its canonical byte.
        macro_rules! fetch {
            () => {{
                if unbilled == room {
                    break 'run Halt::Trap(Trap::Limit);
                }
                let byte = bytes.at(ip);
                if !FLAT {
                    let cost = i64::from(prices.of_byte[usize::from(byte)]);
                    if !purse.pay(cost) {
                        break 'run Halt::Trap(Trap::Starved);
                    }
                    counters.flow(EnergyFlow::Instructions, cost);
                }
                unbilled += 1;
                ip = ip.wrapping_add(1);
                code = byte & !isa::ALIAS_BIT;
            }};
        }
        fetch!();
        loop {
            // Nine in ten instructions are copying, mostly in this order: what follows as guessed needs no jump to find
            // it. The order decides nothing but speed.
            if code == op::MOV_MR {
                *ax = i32::from(bytes.at(*bx as u32));
                fetch!();
            }
            if code == op::HARVEST_ENERGY {
                let mut is_bare = false;
                match environment.acting(*bx, *reach) {
                    Some(cell) => {
                        let most = config.environment.harvest_max;
                        let taken = environment.harvest(cell, most);
                        is_bare = taken < most;
                        if taken > 0 {
                            bill!();
                            unbilled = 0;
                            let gain = i64::from(config.environment.harvest_gain);
                            let income = i64::from(taken) * gain;
                            let cap = i64::from(config.energy.cap) * 1_000;
                            let split = purse.earn(income, cap);
                            counters.income(EnergyFlow::Harvest, income, split);
                            counters.harvests += 1;
                            counters.harvested += u64::from(taken);
                        }
                    }
                    None => mistake!(),
                }
                fetch!();
                // Where nothing is left, nothing is taken.
                while is_bare && code == op::HARVEST_ENERGY {
                    fetch!();
                }
            }
            if code == op::XCHG_BX_DX {
                // The whole step at once where nothing can come between: it is paid, fits, and does not change itself.
                if FLAT
                    && room - unbilled >= copy_step::INSTRUCTIONS
                    && let Some(offset) = bytes.eight(ip).and_then(copy_step::jump)
                    && bytes.wrap((*dx as u32).wrapping_sub(ip)) >= copy_step::BYTES
                {
                    store!(bytes.wrap(*dx as u32));
                    *bx = bx.wrapping_add(1);
                    *dx = dx.wrapping_add(1);
                    adjust!(cx, -1);
                    let by = if flag != 0 { offset } else { 0 };
                    ip = ip.wrapping_add(copy_step::BYTES).wrapping_add(by as u32);
                    unbilled += copy_step::INSTRUCTIONS;
                    fetch!();
                    continue;
                }
                std::mem::swap(bx, dx);
                fetch!();
            }
            if code == op::MOV_RM {
                store!(bytes.wrap(*bx as u32));
                fetch!();
            }
            if code == op::INC_BX {
                adjust!(bx, 1);
                fetch!();
            }
            if code == op::XCHG_BX_DX {
                std::mem::swap(bx, dx);
                fetch!();
            }
            if code == op::INC_BX {
                adjust!(bx, 1);
                fetch!();
            }
            if code == op::DEC_CX {
                adjust!(cx, -1);
                fetch!();
            }
            if code == op::JNZ {
                branch!(flag != 0);
                fetch!();
                continue;
            }
            loop {
                match code {
                    0 | 1 => {}
                    2 => *ax = *bx,
                    5 => set_ax!(ax.wrapping_add(*bx)),
                    6 => set_ax!(ax.wrapping_sub(*bx)),
                    7 => adjust!(ax, 1),
                    8 => adjust!(ax, -1),
                    9 => {
                        set_ax!(if config.environment.logic == IsaLogic::Nand {
                            !(*ax & *bx)
                        } else {
                            *ax & *bx
                        });
                    }
                    10 => logic!(*ax | *bx),
                    11 => logic!(*ax ^ *bx),
                    12 => set_ax!(*ax << 1),
                    13 => set_ax!(((*ax as u32) >> 1) as i32),
                    14 => flag = ax.wrapping_sub(*bx),
                    15 => *ax = i32::from(flag == 0),
                    16 => *ax = i32::from(flag != 0),
                    17 => branch!(flag == 0),
                    22 => match stack.pop() {
                        Some(to) => ip = to as u32,
                        None => mistake!(),
                    },
                    23 => break 'run Halt::Trap(Trap::Mal),
                    24 => break 'run Halt::Trap(Trap::Divide),
                    25 => push!(*ax),
                    26 => push!(*bx),
                    27 => push!(*cx),
                    28 => push!(*dx),
                    29 => pop!(*ax),
                    30 => pop!(*bx),
                    31 => pop!(*cx),
                    32 => pop!(*dx),
                    33 => std::mem::swap(ax, bx),
                    35 => std::mem::swap(ax, cx),
                    36 => std::mem::swap(cx, dx),
                    37 => *bx = *ax,
                    38 => *cx = *ax,
                    39 => *dx = *ax,
                    41 => adjust!(bx, -1),
                    42 => adjust!(cx, 1),
                    44 => adjust!(dx, 1),
                    45 => adjust!(dx, -1),
                    46 => set_ax!(0),
                    47 => set_ax!(1),
                    48 => logic!(!*ax),
                    58 if config.environment.tasks => {
                        [*ax, *bx] = tasks.read(environment.region.challenge_key, *round);
                    }
                    63 => break 'run Halt::Trap(Trap::Yield),
                    19..=21 | 49..=54 | 56..=62 => break 'run Halt::Service(code),
                    // Those above.
                    3 | 4 | 18 | 34 | 40 | 43 | 55 => break,
                    64..=255 => mistake!(),
                }
                fetch!();
            }
        }
    };

    bill!();
    registers.zero = flag == 0;
    registers.ip = bytes.wrap(ip);
    (halt, limit - room)
}
