//! The hot match: what each byte does. One licensed long function; registers stay in locals for a slice.
//! Knows no queue and no death: what needs the whole island leaves by a `Trap`.

use crate::{
    EnergyFlow, MutationKind,
    config::{Config, IsaLogic},
    environment::{Environment, SIGNAL_SHIFT},
    island::Island,
    memory::NOBODY,
    organism::{Child, Registers, STACK_WORDS, TaskRecord},
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
fn seek(index: &TemplateIndex, ip: u32, config: &Config, forward: bool) -> Sought {
    let template = index.template_at(ip, config.soup.template_max);
    let length = template.length;
    if length == 0 {
        return Sought {
            length,
            start: None,
            ticks: 0,
        };
    }
    let radius = config.soup.search_radius;
    let found = if forward {
        index.search_forward(template, ip.wrapping_add(length), radius)
    } else {
        index.search_backward(template, ip.wrapping_sub(1 + length), radius)
    };
    Sought {
        length,
        start: found.start,
        ticks: i64::from(found.scanned / config.soup.search_bytes_per_tick),
    }
}

/// Runs `slot` for `limit` ticks, or until something needs the whole island.
pub fn interpret(island: &mut Island, slot: u32, limit: u32) -> Outcome {
    let Island {
        soup,
        organisms,
        environment,
        mutation,
        random,
        counters,
        config,
        costs,
        round,
        ..
    } = island;
    let organism = &mut organisms[slot as usize];
    let mut soup = soup.view();
    let Registers {
        mut ax,
        mut bx,
        mut cx,
        mut dx,
        mut zero,
        mut ip,
    } = organism.registers;
    let stack = &mut organism.stack;
    let mut depth = usize::from(organism.depth);
    let mut purse = organism.purse;
    let (start, length) = (organism.start, organism.length);
    let (child_start, child_length) = organism.child.block();
    let reach = environment.reach(start, length, config.environment.reach);
    let cap = i64::from(config.energy.cap) * 1_000;
    let nand = config.environment.logic == IsaLogic::Nand;
    let mut copies_left = mutation.copies_left;
    let (mut fresh, mut errors, mut searched) = (0u32, 0u32, 0i64);
    let (mut spent, mut left) = (0i64, i64::from(limit));

    macro_rules! set_ax {
        ($value:expr) => {{
            ax = $value;
            zero = ax == 0;
        }};
    }
    macro_rules! adjust {
        ($register:ident, $by:expr) => {{
            $register = $register.wrapping_add($by);
            zero = $register == 0;
        }};
    }
    macro_rules! push {
        ($value:expr) => {{
            if depth < STACK_WORDS {
                stack[depth] = $value;
                depth += 1;
            } else {
                errors += 1;
            }
        }};
    }
    macro_rules! pop {
        ($into:ident) => {{
            if depth > 0 && depth <= STACK_WORDS {
                depth -= 1;
                $into = std::mem::take(&mut stack[depth]);
            } else {
                errors += 1;
            }
        }};
    }
    macro_rules! branch {
        ($taken:expr) => {{
            let offset = soup.read(ip) as i8;
            ip = ip.wrapping_add(1);
            if $taken {
                ip = ip.wrapping_add(i32::from(offset) as u32);
            }
            ip = soup.wrap(ip);
        }};
    }
    macro_rules! search {
        ($forward:expr, |$found:ident, $behind:ident, $end:ident| $act:expr) => {{
            let sought = seek(soup.index(), ip, config, $forward);
            let $behind = soup.wrap(ip.wrapping_add(sought.length));
            ip = $behind;
            left -= sought.ticks;
            searched += sought.ticks;
            match sought.start {
                Some($found) => {
                    let $end = soup.wrap($found.wrapping_add(sought.length));
                    $act
                }
                None => errors += 1,
            }
        }};
    }
    macro_rules! at_cell {
        (|$cell:ident| $act:expr) => {
            match environment.acting(bx, reach) {
                Some($cell) => $act,
                None => errors += 1,
            }
        };
    }
    macro_rules! sense {
        (|$cell:ident| $value:expr) => {
            match environment.sensing(bx, reach, &config.environment) {
                Some($cell) => ax = $value,
                None => errors += 1,
            }
        };
    }

    let trap = loop {
        if left <= 0 {
            break Trap::Limit;
        }
        let byte = soup.read(ip);
        let cost = i64::from(costs[usize::from(byte)]);
        if !purse.pay(cost) {
            break Trap::Starved;
        }
        spent += cost;
        left -= 1;
        ip = soup.wrap(ip.wrapping_add(1));
        // An alias, byte + 64, is the same arm.
        match byte {
            0 | 1 | 64 | 65 => {}
            2 | 66 => ax = bx,
            3 | 67 => {
                let address = soup.wrap(bx as u32);
                if address.wrapping_sub(child_start) < child_length {
                    let mut value = ax as u8;
                    copies_left -= 1;
                    if copies_left == 0 {
                        let (arrived, substituted) = mutation.miscopy(value, &config.mutation);
                        copies_left = mutation.copies_left;
                        value = arrived;
                        counters.mutated(if substituted {
                            MutationKind::Substitution
                        } else {
                            MutationKind::CopyFlip
                        });
                    }
                    soup.write(address, value);
                    fresh += soup.mark_written(address);
                } else if address.wrapping_sub(start) < length {
                    soup.write(address, ax as u8);
                } else {
                    errors += 1;
                }
            }
            4 | 68 => ax = i32::from(soup.read(bx as u32)),
            5 | 69 => set_ax!(ax.wrapping_add(bx)),
            6 | 70 => set_ax!(ax.wrapping_sub(bx)),
            7 | 71 => set_ax!(ax.wrapping_add(1)),
            8 | 72 => set_ax!(ax.wrapping_sub(1)),
            9 | 73 => set_ax!(if nand { !(ax & bx) } else { ax & bx }),
            10 | 74 => set_ax!(if nand { ax } else { ax | bx }),
            11 | 75 => set_ax!(if nand { ax } else { ax ^ bx }),
            12 | 76 => set_ax!(ax << 1),
            13 | 77 => set_ax!(((ax as u32) >> 1) as i32),
            14 | 78 => zero = ax == bx,
            15 | 79 => ax = i32::from(zero),
            16 | 80 => ax = i32::from(!zero),
            17 | 81 => branch!(zero),
            18 | 82 => branch!(!zero),
            19 | 83 => search!(true, |_found, _behind, end| ip = end),
            20 | 84 => search!(false, |_found, _behind, end| ip = end),
            21 | 85 => search!(true, |_found, behind, end| {
                if depth < STACK_WORDS {
                    stack[depth] = behind as i32;
                    depth += 1;
                    ip = end;
                } else {
                    errors += 1;
                }
            }),
            22 | 86 => {
                let mut to = ip as i32;
                pop!(to);
                ip = soup.wrap(to as u32);
            }
            23 | 87 => break Trap::Mal,
            24 | 88 => break Trap::Divide,
            25 | 89 => push!(ax),
            26 | 90 => push!(bx),
            27 | 91 => push!(cx),
            28 | 92 => push!(dx),
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
            48 | 112 => set_ax!(if nand { ax } else { !ax }),
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
                    let gain = i64::from(taken) * i64::from(config.environment.harvest_gain);
                    let split = purse.earn(gain, cap);
                    counters.income(EnergyFlow::Harvest, gain, split);
                }
            }),
            56 | 120 => at_cell!(|cell| {
                let (stored, taken) =
                    environment.withdraw(cell, config.environment.storage_withdraw);
                ax = i32::from(stored);
                let split = purse.earn(i64::from(taken), cap);
                counters.income(EnergyFlow::Withdrawn, i64::from(taken), split);
            }),
            57 | 121 => at_cell!(|cell| {
                let price = if config.energy.enabled {
                    i64::from(config.environment.storage_cost)
                } else {
                    0
                };
                if purse.pay(price) {
                    let deposit = price.min(i64::from(config.environment.storage_deposit)) as u32;
                    let stayed = i64::from(environment.store(cell, ax as u8, deposit));
                    counters.flow(EnergyFlow::Deposited, stayed);
                    counters.flow(EnergyFlow::Instructions, price - stayed);
                } else {
                    errors += 1;
                }
            }),
            58 | 122 if config.environment.tasks => {
                (ax, bx) = read_task(&mut organism.tasks, environment, *round);
            }
            59 | 123 if config.environment.tasks && organism.tasks.challenge != 0 => {
                let wanted = answer(&mut organism.tasks, environment, config, ax as u32);
                if let Some((task, wanted)) = wanted {
                    let paid = environment.pay(wanted) as i64;
                    let split = purse.earn(paid, cap);
                    counters.income(EnergyFlow::Rewards, paid, split);
                    counters.tasks[task] += u64::from(paid > 0);
                }
            }
            60 | 124 => ax = (purse.energy / 1_000) as i32,
            61 | 125 => {
                let owner = soup.owner(bx as u32);
                ax = if owner == NOBODY {
                    0
                } else {
                    2 - i32::from(owner == slot)
                };
            }
            62 | 126 => ax = (random.bits() >> 32) as i32,
            63 | 127 => {
                left -= YIELD_TICKS;
                searched += YIELD_TICKS;
                break Trap::Yield;
            }
            58 | 59 | 122 | 123 | 128..=255 => errors += 1,
        }
    };

    organism.registers = Registers {
        ax,
        bx,
        cx,
        dx,
        zero,
        ip,
    };
    organism.depth = depth as u8;
    organism.purse = purse;
    organism.errors = organism.errors.saturating_add(errors);
    if let Child::Pending { written, .. } = &mut organism.child {
        *written += fresh;
    }
    mutation.copies_left = if config.mutation.copy_rate == 0 {
        NEVER
    } else {
        copies_left
    };
    let ticks = i64::from(limit) - left;
    counters.instructions += (ticks - searched) as u64;
    counters.errors += u64::from(errors);
    counters.flow(EnergyFlow::Instructions, spent);
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
    tasks.reads = 1 + u8::from(again);
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
    record.reads = 0;
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
