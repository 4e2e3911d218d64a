//! What an instruction asks of the world beyond bytes and registers: searches, senses, signals, storage, tasks, luck.
//! Rarer than what `interpreter.rs` does, so it works on the organism where it lies. Knows no slice and no queue.

use crate::{
    EnergyFlow,
    config::{Config, RewardRule},
    environment::{Environment, SIGNAL_SHIFT},
    isa::op,
    island::Island,
    organism::{Organism, TaskRecord},
    owner_map::NOBODY,
    tasks::{self, Challenge, ECHO, TASKS},
};

/// Ticks that a call costs beside its own when it cannot be answered: to find that out takes the server of calls as
/// long as an answer, so worlds full of such calls are no slower than others.
pub const REFUSED_TICKS: u32 = 3;

/// What could not be done: an error of the organism's.
struct Refused;

/// Does what a canonical opcode asks for an organism whose instruction pointer stands behind it and whose energy is
/// billed up to it. Returns ticks beside the instruction's own.
#[inline(never)]
pub fn serve(island: &mut Island, slot: u32, code: u8) -> u32 {
    let mut ticks = 0;
    let done = match code {
        op::READ_STORAGE | op::WRITE_STORAGE => storage(island, slot, code),
        op::EMIT_SIGNAL => emit(island, slot),
        op::SENSE_ENV | op::SENSE_SIGNAL | op::SENSE_GRADIENT => sense(island, slot, code),
        op::SENSE_ENERGY | op::SENSE_OWNER | op::RANDOM => {
            look(island, slot, code);
            Ok(())
        }
        // Where tasks are on, the hot match hands them out.
        op::READ_TASK => Err(Refused),
        op::SUBMIT_TASK => submit_task(island, slot),
        _ => {
            let (spent, done) = search(island, slot, code);
            ticks = spent;
            done
        }
    };
    if done.is_err() {
        island.organisms[slot as usize].mistake();
        ticks += REFUSED_TICKS;
    }
    ticks
}

/// The opcodes that look for the complement of the template behind them.
fn search(island: &mut Island, slot: u32, code: u8) -> (u32, Result<(), Refused>) {
    let (soup, config) = (&island.soup, &island.config.soup);
    let organism = &mut island.organisms[slot as usize];
    let forward = !matches!(code, op::JMP_BACK_TEMPLATE | op::ADR_BACK_TEMPLATE);
    let wrap = |address: u32| address & (soup.size() - 1);
    let sought = soup.seek(organism.registers.ip, config, forward);
    let behind = wrap(organism.registers.ip.wrapping_add(sought.length));
    organism.registers.ip = behind;
    let Some(found) = sought.start else {
        return (sought.ticks, Err(Refused));
    };
    let end = wrap(found.wrapping_add(sought.length));
    match code {
        op::ADR_FWD_TEMPLATE => organism.registers.ax = end as i32,
        op::ADR_BACK_TEMPLATE => organism.registers.ax = found as i32,
        op::CALL_TEMPLATE if !organism.stack.push(behind as i32) => {
            return (sought.ticks, Err(Refused));
        }
        _ => organism.registers.ip = end,
    }
    (sought.ticks, Ok(()))
}

fn sense(island: &mut Island, slot: u32, code: u8) -> Result<(), Refused> {
    let (environment, config) = (&island.environment, &island.config.environment);
    let organism = &mut island.organisms[slot as usize];
    let body = (organism.start, organism.length);
    let cell = environment
        .sensing(organism.registers.bx, body, config)
        .ok_or(Refused)?;
    organism.registers.ax = match code {
        op::SENSE_ENV => i32::from(environment.look(cell).resource),
        op::SENSE_SIGNAL => (environment.look(cell).signal >> SIGNAL_SHIFT) as i32,
        _ => environment.gradient(cell),
    };
    Ok(())
}

/// What is always told: own energy, whose a byte is, a random number.
fn look(island: &mut Island, slot: u32, code: u8) {
    let organism = &mut island.organisms[slot as usize];
    organism.registers.ax = match code {
        op::SENSE_ENERGY => (organism.purse.energy / 1_000) as i32,
        op::SENSE_OWNER => match island.soup.owner(organism.registers.bx as u32) {
            NOBODY => 0,
            owner => 2 - i32::from(owner == slot),
        },
        _ => (island.random.bits() >> 32) as i32,
    };
}

/// The cell at [BX] where the organism may act.
fn cell(environment: &Environment, organism: &Organism) -> Result<usize, Refused> {
    environment
        .acting(organism.registers.bx, organism.reach)
        .ok_or(Refused)
}

fn emit(island: &mut Island, slot: u32) -> Result<(), Refused> {
    let organism = &island.organisms[slot as usize];
    let at = cell(&island.environment, organism)?;
    island
        .environment
        .emit(at, organism.registers.ax as u32 & 0xFF);
    Ok(())
}

fn storage(island: &mut Island, slot: u32, code: u8) -> Result<(), Refused> {
    let Island {
        organisms,
        environment,
        counters,
        config,
        prices,
        ..
    } = island;
    let organism = &mut organisms[slot as usize];
    let at = cell(environment, organism)?;
    if code == op::READ_STORAGE {
        let (stored, taken) = environment.withdraw(at, config.environment.storage_withdraw);
        organism.registers.ax = i32::from(stored);
        let split = organism
            .purse
            .earn(i64::from(taken), i64::from(config.energy.cap) * 1_000);
        counters.income(EnergyFlow::Withdrawn, i64::from(taken), split);
        return Ok(());
    }
    let price = prices.storing;
    if !organism.purse.pay(price) {
        return Err(Refused);
    }
    let deposit = price.min(i64::from(config.environment.storage_deposit)) as u32;
    let stayed = i64::from(environment.store(at, organism.registers.ax as u8, deposit));
    counters.flow(EnergyFlow::Deposited, stayed);
    counters.flow(EnergyFlow::Instructions, price - stayed);
    Ok(())
}

fn submit_task(island: &mut Island, slot: u32) -> Result<(), Refused> {
    let record = &mut island.organisms[slot as usize].tasks;
    if !island.config.environment.tasks || record.challenge == 0 {
        return Err(Refused);
    }
    let number = std::mem::take(&mut record.challenge);
    let answer = island.organisms[slot as usize].registers.ax as u32;
    let (key, logic) = (
        island.environment.region.challenge_key,
        island.config.environment.logic,
    );
    let Some(task) = tasks::solved(answer, Challenge::of(key, number), logic) else {
        return Ok(());
    };
    let receiver = match island.config.environment.rewards {
        RewardRule::Earned => slot,
        RewardRule::Shuffled => {
            let address = tasks::lot(key, number, answer, island.soup.size());
            island.soup.owner(address)
        }
    };
    if receiver != NOBODY {
        reward(island, receiver, task);
    }
    Ok(())
}

/// Pays an organism for a task, unless it was paid for it before.
fn reward(island: &mut Island, slot: u32, task: usize) {
    let Island {
        organisms,
        environment,
        counters,
        config,
        ..
    } = island;
    let organism = &mut organisms[slot as usize];
    if let Some(wanted) = deserved(&mut organism.tasks, task, environment, config) {
        let paid = environment.pay(wanted) as i64;
        let split = organism
            .purse
            .earn(paid, i64::from(config.energy.cap) * 1_000);
        counters.income(EnergyFlow::Rewards, paid, split);
        counters.tasks[task] += u64::from(paid > 0);
    }
}

/// Notes a task; the reward it deserves, milli-units, if it was not noted before.
fn deserved(
    record: &mut TaskRecord,
    task: usize,
    environment: &Environment,
    config: &Config,
) -> Option<u64> {
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
    let base = u64::from(config.environment.task_reward)
        * 1_000
        * u64::from(TASKS[task].steps(config.environment.logic));
    let in_season = task == environment.region.season as usize;
    let bonus = if in_season {
        base * u64::from(config.environment.season_bonus) / 100
    } else {
        0
    };
    Some(if task == ECHO { base / 4 } else { base + bonus })
}
