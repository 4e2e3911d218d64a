//! How much of a machine to use, in one word. Knows what there is, not what is asked for besides.

use bytebiota_worker::Machine;
use clap::ValueEnum;
use serde::Deserialize;

/// How much of a machine to use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// One slot, small units
    Minimal,
    /// A quarter of the cores
    Background,
    /// Half the cores
    Standard,
    /// Every core
    Full,
    /// All cores but one
    #[default]
    Auto,
}

impl Preset {
    /// Slots for a machine: a share of its cores, as far as half of its free memory holds them.
    pub fn slots(self, machine: &Machine) -> u32 {
        let cores = machine.cores;
        let slots = match self {
            Self::Minimal => 1,
            Self::Background => cores / 4,
            Self::Standard => cores / 2,
            Self::Full => cores,
            Self::Auto => cores.saturating_sub(1),
        };
        slots.clamp(1, machine.most_slots())
    }

    /// How long a unit should take, ms; 0 for as the server likes.
    pub fn target_interval_ms(self) -> u32 {
        if self == Self::Minimal { 5_000 } else { 0 }
    }

    /// What was found and what was made of it.
    pub fn sentence(self, machine: &Machine, slots: u32) -> String {
        let name = format!("{self:?}").to_lowercase();
        let cores = machine.cores;
        let memory = machine
            .free_mib
            .map_or("memory unknown".to_owned(), |free| {
                format!("{free} MiB of memory free")
            });
        let plural = if slots == 1 { "" } else { "s" };
        format!("Preset {name}: {cores} cores, {memory}: {slots} slot{plural}, at lowest priority.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preset_says_what_it_chose_and_stays_within_memory() {
        let machine = Machine {
            cores: 8,
            free_mib: Some(128),
        };
        let slots = Preset::Full.slots(&machine);
        assert_eq!(slots, 2);
        let sentence = Preset::Full.sentence(&machine, slots);
        assert_eq!(
            sentence,
            "Preset full: 8 cores, 128 MiB of memory free: 2 slots, at lowest priority."
        );
        let small = Machine {
            cores: 1,
            free_mib: None,
        };
        assert_eq!(Preset::Background.slots(&small), 1);
    }
}
