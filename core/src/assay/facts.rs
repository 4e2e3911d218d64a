//! What an assay finds out, in numbers. Knows no soup.

use crate::{EnergyFlow, GenotypeHash};
use serde::{Deserialize, Serialize};

/// Generations in an unbroken line of equal genomes that count as breeding true.
pub const TRUE_GENERATIONS: u32 = 3;
/// Children that other bodies must bear to speak of a hyper-parasite.
pub const CAPTURED_BIRTHS: u64 = 3;

/// What a genome is, by the facts of its assay.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Breeds true alone.
    SelfReplicator,
    /// Does not breed true alone, but beside the host, out of whose bytes or other strangers' it executes or copies.
    Parasite,
    /// Breeds true alone, and the other, which does not, breeds true beside it by executing or copying its bytes.
    Host,
    /// Breeds true alone, and the other, which breeds true beside it, bears more of its children than of its own.
    HyperParasite,
    /// Does not breed true in any soup that was tried.
    Sterile,
}

impl Class {
    /// The name used in tables and pages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SelfReplicator => "self-replicator",
            Self::Parasite => "parasite",
            Self::Host => "host",
            Self::HyperParasite => "hyper-parasite",
            Self::Sterile => "sterile",
        }
    }
}

/// A mean that keeps its parts: ticks of organisms' own slices over births.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct TicksPerBirth {
    /// Ticks spent in all.
    pub ticks: u64,
    /// Births they led to.
    pub births: u64,
}

impl TicksPerBirth {
    /// The mean, to the nearest tick; `None` without births.
    pub fn mean(self) -> Option<u64> {
        (self.ticks + self.births / 2).checked_div(self.births)
    }

    pub(super) fn add(&mut self, ticks: u64, births: u64) {
        self.ticks += ticks;
        self.births += births;
    }
}

/// Whose bytes were touched.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Shares {
    /// Of the own body or pending child.
    pub own: u64,
    /// Of another body of the same genotype.
    pub kin: u64,
    /// Of another genotype.
    pub other: u64,
    /// Of nobody.
    pub free: u64,
}

impl Shares {
    /// All touches.
    pub fn total(self) -> u64 {
        self.own + self.outside()
    }

    /// Touches outside the own body and child.
    pub fn outside(self) -> u64 {
        self.kin + self.other + self.free
    }

    /// Touches outside, per million of all; 0 for none.
    pub fn outside_per_million(self) -> u64 {
        (self.outside() * 1_000_000)
            .checked_div(self.total())
            .unwrap_or(0)
    }

    fn add(&mut self, other: Self) {
        self.own += other.own;
        self.kin += other.kin;
        self.other += other.other;
        self.free += other.free;
    }
}

/// What bodies of a genotype borrow.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Borrowing {
    /// Instructions executed, by whose bytes they were.
    pub executed: Shares,
    /// Bytes read by MOV_MR.
    pub read: Shares,
    /// Bytes read and then written into the own pending child: what children are made of.
    pub copied: Shares,
    /// Writes attempted by MOV_RM; those outside fail.
    pub writes: Shares,
}

impl Borrowing {
    /// Whether other genotypes' bytes were executed or copied.
    pub fn lives_on_others(&self) -> bool {
        self.executed.other > 0 || self.copied.other > 0
    }

    fn add(&mut self, other: &Self) {
        self.executed.add(other.executed);
        self.read.add(other.read);
        self.copied.add(other.copied);
        self.writes.add(other.writes);
    }
}

/// Income and costs of the bodies of a genotype, milli-units; what they were born with is not in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct EnergyBalance {
    /// Taken by HARVEST_ENERGY.
    pub harvest: u64,
    /// Paid for tasks.
    pub rewards: u64,
    /// Stipends and what was withdrawn from storage.
    pub other_income: u64,
    /// Spent on instructions and MAL.
    pub instructions: u64,
    /// Spent on rent.
    pub rent: u64,
    /// Left in storage.
    pub deposited: u64,
}

impl EnergyBalance {
    /// Income minus costs, milli-units.
    pub fn net(&self) -> i64 {
        let income = self.harvest + self.rewards + self.other_income;
        let costs = self.instructions + self.rent + self.deposited;
        income as i64 - costs as i64
    }

    /// Books what flowed during one instruction.
    pub(super) fn book(&mut self, flows: &[u64; EnergyFlow::COUNT]) {
        let flow = |flow: EnergyFlow| flows[flow as usize];
        self.harvest += flow(EnergyFlow::Harvest);
        self.rewards += flow(EnergyFlow::Rewards);
        self.other_income += flow(EnergyFlow::Stipends) + flow(EnergyFlow::Withdrawn);
        self.instructions += flow(EnergyFlow::Instructions);
        self.rent += flow(EnergyFlow::Rent);
        self.deposited += flow(EnergyFlow::Deposited);
    }

    fn add(&mut self, other: &Self) {
        self.harvest += other.harvest;
        self.rewards += other.rewards;
        self.other_income += other.other_income;
        self.instructions += other.instructions;
        self.rent += other.rent;
        self.deposited += other.deposited;
    }
}

/// The life of a genotype in one or more soups.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Life {
    /// Soups.
    pub soups: u32,
    /// Soups in which it bred true for `TRUE_GENERATIONS`.
    pub bred_true_in: u32,
    /// The longest line of equal genomes, each borne by the one before.
    pub generations: u32,
    /// Children borne by its bodies.
    pub births: u64,
    /// Those of the genome itself: its fidelity.
    pub true_births: u64,
    /// Children of its genome borne by bodies of another genotype.
    pub borne_by_others: u64,
    /// From a body's own birth to its first child.
    pub first_birth: TicksPerBirth,
    /// From child to child.
    pub later_births: TicksPerBirth,
    /// Income and costs.
    pub energy: EnergyBalance,
    /// What it borrows.
    pub borrows: Borrowing,
    /// Tasks that were solved at all, one bit each.
    pub solved: u32,
}

impl Life {
    /// Whether it bred true in at least one soup.
    pub fn breeds_true(&self) -> bool {
        self.bred_true_in > 0
    }

    /// True births per million births; `None` without births.
    pub fn fidelity_per_million(&self) -> Option<u64> {
        (self.true_births * 1_000_000).checked_div(self.births)
    }

    /// Income minus costs per birth, milli-units; `None` without births.
    pub fn net_per_birth(&self) -> Option<i64> {
        self.energy.net().checked_div(self.births as i64)
    }

    /// Joins the life in another soup.
    pub(super) fn join(&mut self, other: &Self) {
        self.soups += other.soups;
        self.bred_true_in += other.bred_true_in;
        self.generations = self.generations.max(other.generations);
        self.births += other.births;
        self.true_births += other.true_births;
        self.borne_by_others += other.borne_by_others;
        self.first_birth
            .add(other.first_birth.ticks, other.first_birth.births);
        self.later_births
            .add(other.later_births.ticks, other.later_births.births);
        self.energy.add(&other.energy);
        self.borrows.add(&other.borrows);
        self.solved |= other.solved;
    }
}

/// What happened beside a host.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Beside {
    /// The genotype of the host.
    pub host: GenotypeHash,
    /// The life of the genome.
    pub life: Life,
    /// The life of the host meanwhile.
    pub host_life: Life,
    /// Whether the host breeds true alone; `None` where the class did not depend on it.
    pub host_breeds_alone: Option<bool>,
}

/// The whole of an assay.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Assay {
    /// The genotype.
    pub genotype: GenotypeHash,
    /// Bytes of the genome.
    pub length: u32,
    /// What it is.
    pub class: Class,
    /// Alone in empty soups.
    pub alone: Life,
    /// Beside the host, if one was given.
    pub beside: Option<Beside>,
    /// Tasks that it solved on each of `CHALLENGES` fresh inputs, by number.
    pub tasks: Vec<u8>,
}

impl Assay {
    /// What taxonomy wants to know of an assay.
    pub fn facts(&self) -> crate::taxonomy::AssayFacts {
        let beside = self.beside.as_ref();
        crate::taxonomy::AssayFacts {
            reproduces_alone: self.alone.breeds_true(),
            reproduces_beside_host: beside.is_some_and(|beside| beside.life.breeds_true()),
        }
    }
}
