//! The canonical state of an island: what is written, nothing derivable. Knows not how it comes back; `restore.rs` does.

use crate::{
    Counters, IslandId, SEMANTICS_VERSION, codec,
    island::Island,
    memory::SoupMemory,
    mutation::MutationEngine,
    organism::{Child, NONE, Organism, Registers},
    region::Region,
    report::{EdgeMutations, Origin, TaxonRecord},
    rng::Rng,
};
use serde::{Deserialize, Serialize};

/// Bytes of the largest state that is decoded: a soup of 16 MiB, full.
pub const MAX_STATE_BYTES: usize = 256 * 1024 * 1024;
/// Canonical form; organisms in order of the scheduler queue.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct IslandState {
    pub semantics: u32,
    pub island: IslandId,
    pub tick: u64,
    pub busy: u64,
    pub round: u64,
    #[serde(with = "serde_bytes")]
    pub soup: Vec<u8>,
    pub organisms: Vec<OrganismState>,
    pub cursor: u32,
    pub slice_left: u32,
    pub reaper_order: Vec<u32>,
    pub taxa: Vec<TaxonState>,
    pub next_serial: u64,
    pub mutation: MutationEngine,
    pub random: Rng,
    pub weather: Rng,
    pub tasks: Rng,
    pub region: Region,
    pub counters: Counters,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct OrganismState {
    pub registers: [i32; 4],
    pub zero: bool,
    pub ip: u32,
    pub stack: Vec<i32>,
    pub start: u32,
    pub length: u32,
    pub child: ChildState,
    pub energy: i64,
    pub arrears: i64,
    pub born: u64,
    pub errors: u32,
    pub births: u32,
    pub generation: u32,
    pub taxon: u32,
    pub challenge: u64,
    pub done_since_birth: u32,
    pub done_ever: u32,
    pub merit: u32,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) enum ChildState {
    Absent,
    Pending {
        start: u32,
        length: u32,
        since: u64,
        #[serde(with = "serde_bytes")]
        written: Vec<u8>,
    },
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct TaxonState {
    pub serial: u64,
    pub origin: Origin,
    pub origin_tick: u64,
    pub births: u32,
    #[serde(with = "serde_bytes")]
    pub genome: Vec<u8>,
    pub edge: EdgeMutations,
    pub named: bool,
}

impl Island {
    /// Canonical bytes of the state.
    pub fn to_bytes(&self) -> Vec<u8> {
        codec::encode(&self.state().into_relative())
    }

    /// The state, addresses and times as they are.
    pub(crate) fn state(&self) -> IslandState {
        let order: Vec<u32> = self.scheduler.queue.slots().collect();
        let mut place = vec![NONE; self.organisms.len()];
        (0..)
            .zip(&order)
            .for_each(|(index, &slot)| place[slot as usize] = index);
        let rows = self.genealogy.rows();
        let mut taxon_place =
            vec![NONE; rows.iter().map(|row| row.0 as usize + 1).max().unwrap_or(0)];
        (0..)
            .zip(&rows)
            .for_each(|(index, row)| taxon_place[row.0 as usize] = index);
        let organism = |&slot: &u32| {
            let organism = &self.organisms[slot as usize];
            organism_state(organism, taxon_place[organism.taxon as usize], &self.soup)
        };
        IslandState {
            semantics: SEMANTICS_VERSION,
            island: self.id,
            tick: self.tick,
            busy: self.busy,
            round: self.round,
            soup: self.soup.bytes().to_vec(),
            organisms: order.iter().map(organism).collect(),
            cursor: place
                .get(self.scheduler.cursor as usize)
                .copied()
                .unwrap_or(NONE),
            slice_left: self.scheduler.slice_left,
            reaper_order: self
                .reaper
                .queue
                .slots()
                .map(|slot| place[slot as usize])
                .collect(),
            taxa: rows
                .iter()
                .map(|(_, taxon)| taxon_state(&taxon.record, taxon.named))
                .collect(),
            next_serial: self.genealogy.next_serial(),
            mutation: self.mutation.clone(),
            random: self.random.clone(),
            weather: self.weather.clone(),
            tasks: self.task_rng.clone(),
            region: self.environment.region.clone(),
            counters: self.counters.clone(),
        }
    }
}

fn organism_state(organism: &Organism, taxon: u32, soup: &SoupMemory) -> OrganismState {
    let Registers {
        ax,
        bx,
        cx,
        dx,
        zero,
        ip,
    } = organism.registers;
    let child = match organism.child {
        Child::Absent => ChildState::Absent,
        Child::Pending {
            start,
            length,
            since,
            ..
        } => ChildState::Pending {
            start,
            length,
            since,
            written: soup.written_bits(start, length),
        },
    };
    OrganismState {
        registers: [ax, bx, cx, dx],
        zero,
        ip,
        stack: organism.stack.words().to_vec(),
        start: organism.start,
        length: organism.length,
        child,
        energy: organism.purse.energy,
        arrears: organism.purse.arrears,
        born: organism.born,
        errors: organism.errors,
        births: organism.births,
        generation: organism.generation,
        taxon,
        challenge: organism.tasks.challenge,
        done_since_birth: organism.tasks.since_birth,
        done_ever: organism.tasks.ever,
        merit: organism.tasks.merit,
    }
}

fn taxon_state(record: &TaxonRecord, named: bool) -> TaxonState {
    TaxonState {
        serial: record.serial,
        origin: record.origin,
        origin_tick: record.origin_tick,
        births: record.births,
        genome: record.genome.clone(),
        edge: record.edge,
        named,
    }
}
