//! The machine of the obvious executor: one instruction at a time, as its sentence in the table says.

use super::world::*;
use bytebiota_core::{config::IsaLogic, isa};

/// What an instruction leaves to be done.
#[derive(Clone, Copy, PartialEq)]
pub enum After {
    Nothing,
    Yield,
    Mal,
    Divide,
}

/// The registers by their place in the state.
const AX: usize = 0;
const BX: usize = 1;
const CX: usize = 2;
const DX: usize = 3;

impl World {
    /// Executes the instruction at the ip of `lives[at]`, which is paid already; ticks and what is left to be done.
    pub fn execute(&mut self, at: usize) -> (u32, After) {
        let byte = self.byte(self.lives[at].is.ip);
        let ip = (self.lives[at].is.ip + 1) % self.size();
        self.lives[at].is.ip = ip;
        if byte >= 128 {
            self.error(at);
            return (1, After::Nothing);
        }
        let nand = self.config.environment.logic == IsaLogic::Nand;
        let [ax, bx, _, _] = self.lives[at].is.registers;
        let (zero, errors) = (self.lives[at].is.zero, self.lives[at].is.errors);
        match byte % 64 {
            0 | 1 => {}
            2 => self.set(at, AX, bx),
            3 => self.store(at, bx, ax as u8),
            4 => self.set(at, AX, i32::from(self.byte(bx as u32))),
            5 => self.set_z(at, AX, ax.wrapping_add(bx)),
            6 => self.set_z(at, AX, ax.wrapping_sub(bx)),
            7 => self.set_z(at, AX, ax.wrapping_add(1)),
            8 => self.set_z(at, AX, ax.wrapping_sub(1)),
            9 if nand => self.set_z(at, AX, !(ax & bx)),
            9 => self.set_z(at, AX, ax & bx),
            10 | 11 | 48 if nand => self.set_z(at, AX, ax),
            10 => self.set_z(at, AX, ax | bx),
            11 => self.set_z(at, AX, ax ^ bx),
            12 => self.set_z(at, AX, ((ax as u32) << 1) as i32),
            13 => self.set_z(at, AX, (ax as u32 / 2) as i32),
            14 => self.lives[at].is.zero = ax == bx,
            15 => self.set(at, AX, i32::from(zero)),
            16 => self.set(at, AX, i32::from(!zero)),
            17 => self.jump(at, zero),
            18 => self.jump(at, !zero),
            symbol @ (19..=21 | 49 | 50) => {
                let ticks = self.template(at, symbol);
                return (1 + ticks + self.refused(at, errors), After::Nothing);
            }
            22 => {
                if let Some(to) = self.pop(at) {
                    self.lives[at].is.ip = to as u32 % self.size();
                }
            }
            23 => return (1, After::Mal),
            24 => return (1, After::Divide),
            push @ 25..=28 => {
                self.push(at, self.lives[at].is.registers[push as usize - 25]);
            }
            pop @ 29..=32 => {
                if let Some(word) = self.pop(at) {
                    self.set(at, pop as usize - 29, word);
                }
            }
            33 => self.lives[at].is.registers.swap(AX, BX),
            34 => self.lives[at].is.registers.swap(BX, DX),
            35 => self.lives[at].is.registers.swap(AX, CX),
            36 => self.lives[at].is.registers.swap(CX, DX),
            mov @ 37..=39 => self.set(at, mov as usize - 36, ax),
            step @ 40..=45 => {
                let register = 1 + (step as usize - 40) / 2;
                let by = if step % 2 == 0 { 1 } else { -1 };
                let value = self.lives[at].is.registers[register].wrapping_add(by);
                self.set_z(at, register, value);
            }
            46 => self.set_z(at, AX, 0),
            47 => self.set_z(at, AX, 1),
            48 => self.set_z(at, AX, !ax),
            60 => self.set(at, AX, (self.lives[at].is.energy / 1_000) as i32),
            61 => self.set(at, AX, self.owner(at, bx)),
            62 => {
                let value = (self.random.bits() >> 32) as i32;
                self.set(at, AX, value);
            }
            63 => return (5, After::Yield),
            55 => self.environment(at, 55),
            other => {
                self.environment(at, other);
                return (1 + self.refused(at, errors), After::Nothing);
            }
        }
        (1, After::Nothing)
    }

    /// A call of the world that failed costs three ticks more.
    fn refused(&self, at: usize, errors_before: u32) -> u32 {
        3 * u32::from(self.lives[at].is.errors > errors_before)
    }

    pub fn set(&mut self, at: usize, register: usize, value: i32) {
        self.lives[at].is.registers[register] = value;
    }

    fn set_z(&mut self, at: usize, register: usize, value: i32) {
        self.set(at, register, value);
        self.lives[at].is.zero = value == 0;
    }

    fn push(&mut self, at: usize, word: i32) -> bool {
        let fits = self.lives[at].is.stack.len() < 10;
        if fits {
            self.lives[at].is.stack.push(word);
        } else {
            self.error(at);
        }
        fits
    }

    fn pop(&mut self, at: usize) -> Option<i32> {
        let word = self.lives[at].is.stack.pop();
        if word.is_none() {
            self.error(at);
        }
        word
    }

    /// The operand is the byte at the ip, signed, and counts from the byte after it.
    fn jump(&mut self, at: usize, taken: bool) {
        let ip = self.lives[at].is.ip;
        let offset = if taken {
            i64::from(self.byte(ip) as i8)
        } else {
            0
        };
        let to = i64::from(ip) + 1 + offset;
        self.lives[at].is.ip = to.rem_euclid(i64::from(self.size())) as u32;
    }

    /// MOV_RM: into the child with mutation, into the own body without, elsewhere an error.
    fn store(&mut self, at: usize, address: i32, byte: u8) {
        let address = address as u32 % self.size();
        let is = &self.lives[at].is;
        let (start, length) = child_block(&is.child);
        let inside = |start: u32, length: u32| (start..start + length).contains(&address);
        if inside(start, length) {
            let arrives = self.copied(byte);
            self.put(address, arrives);
            self.lives[at].written[(address - start) as usize] = true;
        } else if inside(is.start, is.length) {
            self.put(address, byte);
        } else {
            self.error(at);
        }
    }

    /// The byte that arrives in a child.
    fn copied(&mut self, byte: u8) -> u8 {
        let rates = self.config.mutation.clone();
        if rates.copy_rate == 0 {
            return byte;
        }
        self.rest.mutation.copies_left -= 1;
        if self.rest.mutation.copies_left > 0 {
            return byte;
        }
        self.rest.mutation.copies_left = self.mutation.gap(u64::from(1_000_000 / rates.copy_rate));
        if self.mutation.chance(rates.substitution_share) {
            self.changed(Change::Substitution);
            self.mutation.below(256) as u8
        } else {
            self.changed(Change::CopyFlip);
            byte ^ (1 << self.mutation.below(8))
        }
    }

    fn owner(&self, at: usize, address: i32) -> i32 {
        match self.owner_of(address as u32 % self.size()) {
            None => 0,
            Some(owner) if owner == at => 1,
            Some(_) => 2,
        }
    }

    /// Whose body or pending child an address lies in.
    pub fn owner_of(&self, address: u32) -> Option<usize> {
        let owns = |life: &Life| {
            let blocks = [(life.is.start, life.is.length), child_block(&life.is.child)];
            blocks
                .iter()
                .any(|&(start, length)| (start..start + length).contains(&address))
        };
        self.lives.iter().position(owns)
    }

    /// The value of a template symbol.
    fn symbol(&self, address: u32) -> Option<u8> {
        let byte = self.byte(address);
        (byte < 128 && byte % 64 < 2).then_some(byte % 64)
    }

    /// The five template instructions; extra ticks.
    fn template(&mut self, at: usize, instruction: u8) -> u32 {
        let (ip, size) = (self.lives[at].is.ip, self.size());
        let wanted: Vec<u8> = (0..self.config.soup.template_max)
            .map_while(|offset| self.symbol(ip + offset))
            .map(|symbol| 1 - symbol)
            .collect();
        let length = wanted.len() as u32;
        let behind = (ip + length) % size;
        self.lives[at].is.ip = behind;
        if wanted.is_empty() {
            self.error(at);
            return 0;
        }
        let forward = matches!(instruction, 19 | 21 | 49);
        let (mut found, mut scanned) = (None, 0);
        while found.is_none() && scanned < self.config.soup.search_radius {
            let candidate = if forward {
                (behind + scanned) % size
            } else {
                (ip + 2 * size - 1 - length - scanned) % size
            };
            scanned += 1;
            if (0..length).all(|k| self.symbol(candidate + k) == Some(wanted[k as usize])) {
                found = Some(candidate);
            }
        }
        match (found, instruction) {
            (None, _) => self.error(at),
            (Some(found), 50) => self.set(at, AX, found as i32),
            (Some(found), 49) => self.set(at, AX, ((found + length) % size) as i32),
            (Some(found), 21) => {
                if self.push(at, behind as i32) {
                    self.lives[at].is.ip = (found + length) % size;
                }
            }
            (Some(found), _) => self.lives[at].is.ip = (found + length) % size,
        }
        scanned / self.config.soup.search_bytes_per_tick
    }

    /// The register that an instruction leaves its result in, by place.
    pub fn result_register(byte: u8) -> Option<usize> {
        match isa::decode(byte)?.target {
            isa::Target::None => None,
            isa::Target::Ax => Some(AX),
            isa::Target::Bx => Some(BX),
            isa::Target::Cx => Some(CX),
            isa::Target::Dx => Some(DX),
        }
    }
}
