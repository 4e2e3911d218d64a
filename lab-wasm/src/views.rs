//! How a lab and an assay are told to the page. Changes nothing.

use bytebiota_core::{
    assay::{Assay, Class, landscape::Fate},
    lab::{Lab, Specimen},
    tasks::TASKS,
    taxonomy::Taxonomy,
};
use bytebiota_protocol::{
    genome_name::to_hex,
    lab::{AssayView, LabFrame, SpecimenView},
    memory_map,
};

/// A soup at this moment.
pub fn frame(lab: &Lab, runs: bool, said: &str) -> LabFrame {
    let island = lab.island();
    let counters = island.counters();
    LabFrame {
        tick: island.tick(),
        instructions: counters.instructions,
        births: counters.births,
        deaths: counters.deaths.iter().sum(),
        runs,
        can_turn_back: lab.can_turn_back(),
        said: said.to_owned(),
        map: memory_map::of_island(island),
        soup: to_hex(island.soup()),
        specimen: lab.specimen().map(specimen),
    }
}

fn specimen(found: Specimen) -> SpecimenView {
    let (start, length, written) = found.child.unwrap_or_default();
    SpecimenView {
        start: found.start,
        length: found.length,
        registers: found.registers,
        zero: found.zero,
        ip: found.ip,
        stack: found.stack,
        child: [start, length, written],
        energy: found.energy / 1_000,
        errors: found.errors,
        births: found.births,
        age: found.age,
        generation: found.generation,
        tasks: names(|task| found.tasks.1 >> task & 1 == 1),
        slice_left: found.slice.0,
        genotype: found.genotype.to_string(),
    }
}

/// What an assay found, in words and whole numbers.
pub fn assay(genome: &[u8], found: &Assay) -> AssayView {
    let lineage = Taxonomy::classify(genome, None).lineage;
    let beside = found
        .beside
        .as_ref()
        .filter(|_| found.class == Class::Parasite);
    let life = beside.map_or(&found.alone, |beside| &beside.life);
    AssayView {
        path: lineage.path().map(str::to_owned).into(),
        species: lineage.species,
        class: found.class.name().into(),
        reason: reason(found.class).into(),
        first_birth: life.first_birth.mean().unwrap_or(0),
        later_births: life.later_births.mean().unwrap_or(0),
        fidelity: life.fidelity_per_million(),
        net_energy: life.net_per_birth(),
        executed_outside: life.borrows.executed.outside_per_million(),
        tasks: names(|task| found.tasks.contains(&(task as u8))),
    }
}

const fn reason(class: Class) -> &'static str {
    match class {
        Class::SelfReplicator => "It breeds true alone.",
        Class::Parasite => "It breeds true beside the other, by the other's code, and not alone.",
        Class::Host => "It breeds true alone, and the other breeds true only by its code.",
        Class::HyperParasite => {
            "It breeds true alone, and the other bears more of its children than of its own."
        }
        Class::Sterile => "It breeds true in none of the soups that were tried.",
    }
}

fn names(has: impl Fn(usize) -> bool) -> Vec<String> {
    let tasks = TASKS.iter().enumerate().filter(|(task, _)| has(*task));
    tasks.map(|(_, task)| task.name.to_owned()).collect()
}

/// One letter for a fate.
pub fn letter(fate: Fate) -> char {
    match fate {
        Fate::Lethal => 'l',
        Fate::Worse => 'w',
        Fate::Neutral => 'n',
        Fate::Better => 'b',
    }
}
