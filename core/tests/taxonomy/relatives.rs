//! Near relatives: single mutants mostly keep their genus, silent mutants keep their whole name. Knows no world.

use crate::{
    classify,
    genomes::{all, evolved, founder},
};
use bytebiota_core::{assembler, isa::ALIAS_BIT};

/// Of all genomes that differ from this one in one byte, the share in its genus, in percent, rounded down.
fn share_in_genus(genome: &[u8]) -> u32 {
    let home = classify(genome).lineage;
    let (mut same, mut mutants) = (0, 0);
    for place in 0..genome.len() {
        for change in 1..=255 {
            let mut mutant = genome.to_vec();
            mutant[place] ^= change;
            mutants += 1;
            same += u32::from(classify(&mutant).lineage.path() == home.path());
        }
    }
    same * 100 / mutants
}

#[test]
fn single_mutants_of_the_founders_mostly_share_their_genus() {
    for name in ["ancestor", "forager", "parasite"] {
        let share = share_in_genus(&founder(name));
        assert!(share >= 80, "{name}: {share} %");
    }
}

#[test]
fn single_mutants_of_evolved_genomes_mostly_share_their_genus() {
    for (name, genome) in evolved() {
        let share = share_in_genus(&genome);
        assert!(share >= 70, "{name}: {share} %");
    }
}

/// The rule must also tell genomes apart: a genus for everybody would pass the two tests above.
#[test]
fn strangers_rarely_share_a_genus() {
    let genera: Vec<Vec<String>> = all()
        .iter()
        .map(|(_, genome)| classify(genome).lineage.path().map(str::to_string).to_vec())
        .collect();
    let distinct: std::collections::BTreeSet<_> = genera.iter().collect();
    assert!(distinct.len() >= 15, "{}", distinct.len());
}

#[test]
fn silent_mutants_keep_their_whole_name() {
    for (name, genome) in all() {
        let lineage = classify(&genome).lineage;
        for place in assembler::decode(&genome) {
            if place.byte < 128 {
                let mut mutant = genome.clone();
                mutant[place.offset] ^= ALIAS_BIT;
                assert_eq!(
                    classify(&mutant).lineage,
                    lineage,
                    "{name} at {}",
                    place.offset
                );
            }
        }
    }
}
