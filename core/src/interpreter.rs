//! The hot match: what each byte does. One licensed long function; registers stay in locals for a slice.
//! Knows no queue and no death: what needs the whole island leaves by a `Trap`.

use crate::{
    EnergyFlow, MutationKind,
    config::{Config, IsaLogic, SoupConfig},
    environment::{Environment, SIGNAL_SHIFT},
    isa,
    island::Island,
    memory::{NOBODY, SoupView},
    organism::{Registers, TaskRecord},
    rng::NEVER,
    tasks::{self, Challenge, ECHO, TASKS},
    template::TemplateIndex,
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
pub const YIELD_TICKS: i64 = 4;

/// A template search from an opcode whose next address is `ip`.
#[derive(Clone, Copy)]
struct Sought {
    length: u32,
    start: Option<u32>,
    ticks: i64,
}

#[inline(never)]
fn seek(index: &TemplateIndex, ip: u32, config: &SoupConfig, forward: bool) -> Sought {
    let template = index.template_at(ip, config.template_max);
    let length = template.length;
    if length == 0 {
        return Sought {
            length,
            start: None,
            ticks: 0,
        };
    }
    let radius = config.search_radius;
    let found = if forward {
        index.search_forward(template, ip.wrapping_add(length), radius)
    } else {
        index.search_backward(template, ip.wrapping_sub(1 + length), radius)
    };
    Sought {
        length,
        start: found.start,
        ticks: i64::from(found.scanned / config.search_bytes_per_tick),
    }
}

/// Runs `slot` for `limit` ticks, or until something needs the whole island.
pub fn interpret(island: &mut Island, slot: u32, limit: u32) -> Outcome {
    let energy = island.organisms[slot as usize].purse.energy;
    match island.prices.flat {
        // Whoever can pay the whole piece in advance is billed afterwards.
        Some(cost) if energy >= i64::from(limit) * island.prices.dearest => {
            execute::<true>(island, slot, limit, i64::from(cost))
        }
        _ => execute::<false>(island, slot, limit, 0),
    }
}

/// The loop. With `FLAT` every byte costs `price` and the organism is known to be able to pay: the bill is written
/// when its energy is looked at, and at the end. Without, each instruction is paid before it runs.
///
/// Only what nearly every instruction needs is a local; the rest is read and written where it lies, so that the
/// locals fit into machine registers.
fn execute<const FLAT: bool>(island: &mut Island, slot: u32, limit: u32, price: i64) -> Outcome {
    let Island {
        soup,
        organisms,
        environment,
        mutation,
        random,
        counters,
        config,
        prices,
        round,
        ..
    } = island;
    let organism = &mut organisms[slot as usize];
    let SoupView {
        bytes,
        written,
        index,
        owners,
    } = soup.view();
    let mask = bytes.len() - 1;
    let Registers {
        mut ax,
        mut bx,
        mut cx,
        mut dx,
        zero,
        mut ip,
    } = organism.registers;
    // The flag as a number: Z is set where it is 0.
    let mut flag = i32::from(!zero);
    let errors_before = organism.errors;
    let (mut left, mut unpaid_from, mut searched) = (i64::from(limit), i64::from(limit), 0);

    macro_rules! byte_at {
        ($address:expr) => {
            bytes[$address as usize & mask]
        };
    }
    macro_rules! wrap {
        ($address:expr) => {
            $address & mask as u32
        };
    }
    // Pays for the instructions since the last bill.
    macro_rules! bill {
        () => {
            if FLAT {
                let due = (unpaid_from - left) * price;
                organism.purse.energy -= due;
                counters.flow(EnergyFlow::Instructions, due);
            }
        };
    }
    macro_rules! settle {
        () => {
            bill!();
            unpaid_from = left;
        };
    }
    macro_rules! mistake {
        () => {
            organism.errors = organism.errors.saturating_add(1)
        };
    }
    macro_rules! earn {
        ($flow:ident, $income:expr) => {{
            let income: i64 = $income;
            settle!();
            let split = organism
                .purse
                .earn(income, i64::from(config.energy.cap) * 1_000);
            counters.income(EnergyFlow::$flow, income, split);
        }};
    }
    macro_rules! set_ax {
        ($value:expr) => {{
            ax = $value;
            flag = ax;
        }};
    }
    macro_rules! adjust {
        ($register:ident, $by:expr) => {{
            $register = $register.wrapping_add($by);
            flag = $register;
        }};
    }
    macro_rules! push {
        ($value:expr, $then:expr) => {
            match organism.stack.get_mut(usize::from(organism.depth)) {
                Some(word) => {
                    *word = $value;
                    organism.depth += 1;
                    $then
                }
                None => mistake!(),
            }
        };
    }
    macro_rules! pop {
        ($into:ident) => {
            match organism
                .stack
                .get_mut(usize::from(organism.depth).wrapping_sub(1))
            {
                Some(word) => {
                    $into = std::mem::take(word);
                    organism.depth -= 1;
                }
                None => mistake!(),
            }
        };
    }
    macro_rules! branch {
        ($taken:expr) => {{
            let offset = if $taken {
                i32::from(byte_at!(ip) as i8)
            } else {
                0
            };
            ip = wrap!(ip.wrapping_add(1).wrapping_add(offset as u32));
        }};
    }
    macro_rules! search {
        ($forward:expr, |$found:ident, $behind:ident, $end:ident| $act:expr) => {{
            let sought = seek(index, ip, &config.soup, $forward);
            let $behind = wrap!(ip.wrapping_add(sought.length));
            ip = $behind;
            left -= sought.ticks;
            unpaid_from -= sought.ticks;
            searched += sought.ticks;
            match sought.start {
                Some($found) => {
                    let $end = wrap!($found.wrapping_add(sought.length));
                    $act
                }
                None => mistake!(),
            }
        }};
    }
    macro_rules! at_cell {
        (|$cell:ident| $act:expr) => {{
            match environment.acting(bx, organism.reach) {
                Some($cell) => $act,
                None => mistake!(),
            }
        }};
    }
    macro_rules! sense {
        (|$cell:ident| $value:expr) => {{
            match environment.sensing(bx, organism.reach, &config.environment) {
                Some($cell) => ax = $value,
                None => mistake!(),
            }
        }};
    }
    macro_rules! logic {
        ($value:expr) => {
            set_ax!(if config.environment.logic == IsaLogic::Nand {
                ax
            } else {
                $value
            })
        };
    }

    let trap = loop {
        if left <= 0 {
            break Trap::Limit;
        }
        let byte = byte_at!(ip);
        if !FLAT {
            let cost = i64::from(prices.of_byte[usize::from(byte)]);
            if !organism.purse.pay(cost) {
                break Trap::Starved;
            }
            counters.flow(EnergyFlow::Instructions, cost);
        }
        left -= 1;
        ip = wrap!(ip.wrapping_add(1));
        // An alias, byte + 64, is the same arm.
        match byte {
            0 | 1 | 64 | 65 => {}
            2 | 66 => ax = bx,
            3 | 67 => {
                let address = wrap!(bx as u32);
                let (child_start, child_length) = organism.child.block();
                let in_child = address.wrapping_sub(child_start) < child_length;
                if !in_child && address.wrapping_sub(organism.start) >= organism.length {
                    mistake!();
                    continue;
                }
                let mut value = ax as u8;
                if in_child {
                    mutation.copies_left -= 1;
                    if mutation.copies_left == 0 {
                        let (arrived, substituted) = mutation.miscopy(value, &config.mutation);
                        value = arrived;
                        counters.mutated(if substituted {
                            MutationKind::Substitution
                        } else {
                            MutationKind::CopyFlip
                        });
                    }
                    let bits = &mut written[(address >> 6) as usize & (mask >> 6)];
                    let fresh = (!*bits >> (address & 63)) as u32 & 1;
                    *bits |= 1 << (address & 63);
                    organism.child.note_written(fresh);
                }
                let before = std::mem::replace(&mut byte_at!(address), value);
                if isa::is_symbol(before) || isa::is_symbol(value) {
                    index.note(address, value);
                }
            }
            4 | 68 => ax = i32::from(byte_at!(bx as u32)),
            5 | 69 => set_ax!(ax.wrapping_add(bx)),
            6 | 70 => set_ax!(ax.wrapping_sub(bx)),
            7 | 71 => set_ax!(ax.wrapping_add(1)),
            8 | 72 => set_ax!(ax.wrapping_sub(1)),
            9 | 73 => {
                set_ax!(if config.environment.logic == IsaLogic::Nand {
                    !(ax & bx)
                } else {
                    ax & bx
                });
            }
            10 | 74 => logic!(ax | bx),
            11 | 75 => logic!(ax ^ bx),
            12 | 76 => set_ax!(ax << 1),
            13 | 77 => set_ax!(((ax as u32) >> 1) as i32),
            14 | 78 => flag = ax.wrapping_sub(bx),
            15 | 79 => ax = i32::from(flag == 0),
            16 | 80 => ax = i32::from(flag != 0),
            17 | 81 => branch!(flag == 0),
            18 | 82 => branch!(flag != 0),
            19 | 83 => search!(true, |_found, _behind, end| ip = end),
            20 | 84 => search!(false, |_found, _behind, end| ip = end),
            21 | 85 => search!(true, |_found, behind, end| push!(behind as i32, ip = end)),
            22 | 86 => {
                let mut to = ip as i32;
                pop!(to);
                ip = wrap!(to as u32);
            }
            23 | 87 => break Trap::Mal,
            24 | 88 => break Trap::Divide,
            25 | 89 => push!(ax, ()),
            26 | 90 => push!(bx, ()),
            27 | 91 => push!(cx, ()),
            28 | 92 => push!(dx, ()),
            29 | 93 => pop!(ax),
            30 | 94 => pop!(bx),
            31 | 95 => pop!(cx),
            32 | 96 => pop!(dx),
            33 | 97 => std::mem::swap(&mut ax, &mut bx),
            34 | 98 => std::mem::swap(&mut bx, &mut dx),
            35 | 99 => std::mem::swap(&mut ax, &mut cx),
            36 | 100 => std::mem::swap(&mut cx, &mut dx),
            37 | 101 => bx = ax,
            38 | 102 => cx = ax,
            39 | 103 => dx = ax,
            40 | 104 => adjust!(bx, 1),
            41 | 105 => adjust!(bx, -1),
            42 | 106 => adjust!(cx, 1),
            43 | 107 => adjust!(cx, -1),
            44 | 108 => adjust!(dx, 1),
            45 | 109 => adjust!(dx, -1),
            46 | 110 => set_ax!(0),
            47 | 111 => set_ax!(1),
            48 | 112 => logic!(!ax),
            49 | 113 => search!(true, |_found, _behind, end| ax = end as i32),
            50 | 114 => search!(false, |found, _behind, _end| ax = found as i32),
            51 | 115 => sense!(|cell| i32::from(environment.look(cell).resource)),
            52 | 116 => sense!(|cell| (environment.look(cell).signal >> SIGNAL_SHIFT) as i32),
            53 | 117 => sense!(|cell| environment.gradient(cell)),
            54 | 118 => at_cell!(|cell| environment.emit(cell, ax as u32 & 0xFF)),
            55 | 119 => at_cell!(|cell| {
                let taken = environment.harvest(cell, config.environment.harvest_max);
                if taken > 0 {
                    counters.harvests += 1;
                    counters.harvested += u64::from(taken);
                    earn!(
                        Harvest,
                        i64::from(taken) * i64::from(config.environment.harvest_gain)
                    );
                }
            }),
            56 | 120 => at_cell!(|cell| {
                let (stored, taken) =
                    environment.withdraw(cell, config.environment.storage_withdraw);
                ax = i32::from(stored);
                earn!(Withdrawn, i64::from(taken));
            }),
            57 | 121 => at_cell!(|cell| {
                settle!();
                let price = prices.storing;
                if organism.purse.pay(price) {
                    let deposit = price.min(i64::from(config.environment.storage_deposit)) as u32;
                    let stayed = i64::from(environment.store(cell, ax as u8, deposit));
                    counters.flow(EnergyFlow::Deposited, stayed);
                    counters.flow(EnergyFlow::Instructions, price - stayed);
                } else {
                    mistake!();
                }
            }),
            58 | 122 if config.environment.tasks => {
                (ax, bx) = read_task(&mut organism.tasks, environment, *round);
            }
            59 | 123 if config.environment.tasks && organism.tasks.challenge != 0 => {
                let wanted = answer(&mut organism.tasks, environment, config, ax as u32);
                if let Some((task, wanted)) = wanted {
                    let paid = environment.pay(wanted) as i64;
                    earn!(Rewards, paid);
                    counters.tasks[task] += u64::from(paid > 0);
                }
            }
            60 | 124 => {
                settle!();
                ax = (organism.purse.energy / 1_000) as i32;
            }
            61 | 125 => {
                let owner = owners[bx as u32 as usize & mask];
                ax = if owner == NOBODY {
                    0
                } else {
                    2 - i32::from(owner == slot)
                };
            }
            62 | 126 => ax = (random.bits() >> 32) as i32,
            63 | 127 => {
                left -= YIELD_TICKS;
                unpaid_from -= YIELD_TICKS;
                searched += YIELD_TICKS;
                break Trap::Yield;
            }
            58 | 59 | 122 | 123 | 128..=255 => mistake!(),
        }
    };

    bill!();
    organism.registers = Registers {
        ax,
        bx,
        cx,
        dx,
        zero: flag == 0,
        ip,
    };
    if config.mutation.copy_rate == 0 {
        mutation.copies_left = NEVER;
    }
    let errors = organism.errors - errors_before;
    let ticks = i64::from(limit) - left;
    counters.instructions += (ticks - searched) as u64;
    counters.errors += u64::from(errors);
    Outcome {
        ticks: ticks as u32,
        errors,
        trap,
    }
}

/// The inputs of READ_TASK: a new challenge, or the other pair of the one that is open.
fn read_task(tasks: &mut TaskRecord, environment: &Environment, round: u64) -> (i32, i32) {
    let again = tasks.challenge != 0;
    if !again {
        tasks.challenge = round + 1;
    }
    let inputs = Challenge::of(environment.region.challenge_key, tasks.challenge);
    if again {
        (inputs.c as i32, inputs.a as i32)
    } else {
        (inputs.a as i32, inputs.b as i32)
    }
}

/// Closes the challenge; the task solved and the reward it deserves, milli-units.
fn answer(
    record: &mut TaskRecord,
    environment: &Environment,
    config: &Config,
    answer: u32,
) -> Option<(usize, u64)> {
    let challenge = Challenge::of(
        environment.region.challenge_key,
        std::mem::take(&mut record.challenge),
    );
    let logic = config.environment.logic;
    let task = tasks::solved(answer, challenge, logic)?;
    let bit = 1 << task;
    let done = if task == ECHO {
        record.ever
    } else {
        record.since_birth
    };
    record.ever |= bit;
    record.since_birth |= bit;
    if done & bit != 0 {
        return None;
    }
    let base =
        u64::from(config.environment.task_reward) * 1_000 * u64::from(TASKS[task].steps(logic));
    let in_season = task == environment.region.season as usize;
    let bonus = if in_season {
        base * u64::from(config.environment.season_bonus) / 100
    } else {
        0
    };
    Some((task, if task == ECHO { base / 4 } else { base + bonus }))
}
