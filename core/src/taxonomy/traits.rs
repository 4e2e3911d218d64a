//! What a genome is able to try, and what an assay saw it do. Knows no rank and runs nothing.

use super::OpcodeProfile;
use crate::isa::{Family, op};
use serde::{Deserialize, Serialize};

/// What a trial of the living genome found: the only ground on which it is called a parasite.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct AssayFacts {
    /// It divided in a soup of its own.
    pub reproduces_alone: bool,
    /// It divided beside a host.
    pub reproduces_beside_host: bool,
}

/// Behavioural traits. All but the last are read from the instructions that occur: ability, not proof.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Traits {
    /// `DIVIDE` occurs.
    pub replication: bool,
    /// `MAL` occurs.
    pub memory_allocation: bool,
    /// An instruction of the family `environment` occurs.
    pub environment_interaction: bool,
    /// `READ_TASK` and `SUBMIT_TASK` both occur; one alone never earns.
    pub task_solving: bool,
    /// `HARVEST_ENERGY` occurs.
    pub energy_harvesting: bool,
    /// `EMIT_SIGNAL` occurs.
    pub signalling: bool,
    /// It divides beside a host and not alone; unknown without an assay.
    pub parasitism: Option<bool>,
}

impl Traits {
    /// The traits of a profile, with the facts of an assay where there was one.
    pub fn of(profile: &OpcodeProfile, facts: Option<AssayFacts>) -> Self {
        Self {
            replication: profile.has(op::DIVIDE),
            memory_allocation: profile.has(op::MAL),
            environment_interaction: profile.count(Family::Environment) > 0,
            task_solving: profile.has(op::READ_TASK) && profile.has(op::SUBMIT_TASK),
            energy_harvesting: profile.has(op::HARVEST_ENERGY),
            signalling: profile.has(op::EMIT_SIGNAL),
            parasitism: facts.map(|facts| facts.reproduces_beside_host && !facts.reproduces_alone),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traits(genome: &[u8]) -> Traits {
        Traits::of(&OpcodeProfile::of(genome), None)
    }

    #[test]
    fn each_trait_follows_its_instruction_or_its_alias() {
        let none = traits(&[op::ADD, op::JNZ, op::DIVIDE, 255]);
        assert!(!none.replication && !none.environment_interaction && !none.signalling);
        assert!(traits(&[op::DIVIDE + 64]).replication);
        assert!(traits(&[op::MAL]).memory_allocation);
        assert!(traits(&[op::HARVEST_ENERGY]).energy_harvesting);
        assert!(traits(&[op::EMIT_SIGNAL]).signalling);
        assert!(traits(&[op::SENSE_ENV]).environment_interaction);
        assert!(!traits(&[op::SUBMIT_TASK]).task_solving);
        assert!(traits(&[op::SUBMIT_TASK, op::READ_TASK]).task_solving);
    }

    #[test]
    fn parasitism_is_known_only_from_an_assay() {
        let profile = OpcodeProfile::of(&[op::DIVIDE]);
        let parasitism = |alone, beside| {
            let facts = AssayFacts {
                reproduces_alone: alone,
                reproduces_beside_host: beside,
            };
            Traits::of(&profile, Some(facts)).parasitism
        };
        assert_eq!(Traits::of(&profile, None).parasitism, None);
        assert_eq!(parasitism(false, true), Some(true));
        assert_eq!(parasitism(true, true), Some(false));
        assert_eq!(parasitism(false, false), Some(false));
    }
}
