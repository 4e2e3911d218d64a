//! The settings themselves: one table, from which the structs, defaults, help and documents come.

use super::{
    Founder, IsaLogic, MILLION, ReaperInsert, RewardRule,
    knob::{Knob, KnobValue, Range, When},
};
use serde::{Deserialize, Serialize};

const ONE_IN: Range = Range::Between(0, MILLION as u64);
const ON_OFF: Range = Range::OneOf(&["on", "off"]);

const fn upto(high: u64) -> Range {
    Range::Between(0, high)
}

const fn from(low: u64, high: u64) -> Range {
    Range::Between(low, high)
}

macro_rules! config_tree {
    ($($(#[$doc:meta])* $section:ident: $Section:ident {
        $($knob:ident: $kind:ty = $default:expr, $range:expr, $unit:literal, $when:ident, $sentence:literal;)*
    })*) => {
        $($(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
        pub struct $Section { $(#[doc = $sentence] pub $knob: $kind,)* }

        impl Default for $Section {
            fn default() -> Self { Self { $($knob: $default,)* } }
        })*

        /// Everything that decides how an island lives; its digest is in every header.
        #[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
        pub struct Config { $($(#[$doc])* pub $section: $Section,)* }

        pub(super) static KNOBS: &[Knob] = &[$($(Knob {
            path: concat!(stringify!($section), ".", stringify!($knob)),
            range: $range,
            unit: $unit,
            when: When::$when,
            sentence: $sentence,
            get: |config| KnobValue::show(&config.$section.$knob),
            read: |config, text| {
                let value = <$kind as KnobValue>::read(text);
                value.map(|value| config.$section.$knob = value).is_some()
            },
            number: |config| KnobValue::number(&config.$section.$knob),
        },)*)*];
    };
}

config_tree! {
    /// The memory that all share.
    soup: SoupConfig {
        size: u32 = 65_536, from(4_096, 16_777_216), "bytes", Genesis, "Bytes of the soup, a power of two.";
        search_radius: u32 = 2_048, from(64, 65_536), "bytes", Live, "How far a template search looks.";
        template_max: u32 = 8, from(1, 16), "symbols", Live, "Symbols of a template that count.";
        search_bytes_per_tick: u32 = 64, from(1, 4_096), "bytes", Live, "Bytes scanned per extra tick of a search.";
    }
    /// Who runs when and for how long.
    scheduler: SchedulerConfig {
        slicer_power_numerator: u32 = 0, upto(8), "ratio", Live, "Numerator of the exponent of the genome length in a slice.";
        slicer_power_denominator: u32 = 1, from(1, 8), "ratio", Live, "Denominator of that exponent.";
        base_slice: u32 = 30, from(1, 10_000), "ticks", Live, "Ticks added to every slice.";
        max_slice: u32 = 2_000, from(1, 100_000), "ticks", Live, "No slice is longer.";
        task_boost: u32 = 4, upto(1_000), "ticks", Live, "Ticks added to the slice for each different task done between the last two births; a newborn has its parent's.";
        task_growth: u32 = 0, upto(1_000), "percent", Live, "What a slice grows by for each step of those tasks, compounded, until it is max_slice long.";
    }
    /// How genomes change.
    mutation: MutationConfig {
        copy_rate: u32 = 2_000, ONE_IN, "per million copied bytes", Live, "Chance that a byte copied into the child is changed.";
        substitution_share: u32 = 1_000_000, ONE_IN, "per million copy mutations", Live, "Chance that a copy mutation is a random byte and not a flipped bit.";
        background_interval: u64 = 100_000, upto(1_000_000_000_000), "ticks", Live, "Mean ticks between two flips in a living genome; 0 for none.";
        indel_rate: u32 = 100_000, ONE_IN, "per million births", Live, "Chance that a birth inserts or deletes bytes.";
        indel_insertion_bias: u32 = 500_000, ONE_IN, "per million indels", Live, "Chance that an indel is an insertion.";
        small_genome: u32 = 48, upto(4_096), "bytes", Live, "Genomes shorter than this use the bias for small genomes.";
        small_genome_insert_bias: u32 = 600_000, ONE_IN, "per million indels", Live, "Chance of an insertion in a small genome.";
        indel_max: u32 = 3, from(1, 16), "bytes", Live, "Bytes inserted or deleted at once, at most.";
        flaw_rate: u32 = 200, ONE_IN, "per million ticks", Live, "Chance that a register result is off by one.";
    }
    /// How organisms die.
    reaper: ReaperConfig {
        max_age: u32 = 20_000, upto(1_000_000_000), "rounds", Live, "Death by age above this; 0 for never.";
        max_errors: u32 = 2_000, upto(1_000_000_000), "errors", Live, "Death by errors above this; 0 for never.";
        max_arrears: u64 = 200, upto(1_000_000_000), "energy units", Live, "Death by unpaid rent above this.";
        newborn_rounds: u32 = 2, upto(10_000), "rounds", Live, "Organisms younger than this are spared by the sweep while others are near.";
        sweep_depth: u32 = 32, from(1, 1_024), "organisms", Live, "How many the sweep looks at before it takes the head anyway.";
        insert: ReaperInsert = ReaperInsert::Tail, Range::OneOf(&["tail", "behind_parent"]), "place", Live, "Where a newborn enters the reaper queue.";
    }
    /// What life costs.
    energy: EnergyConfig {
        enabled: bool = true, ON_OFF, "switch", Genesis, "Whether instructions cost energy at all.";
        instruction_cost: u32 = 1_000, upto(1_000_000), "milli-units", Live, "Cost of an instruction before its family's multiplier.";
        template_percent: u32 = 100, upto(10_000), "percent", Live, "Multiplier for template symbols.";
        data_movement_percent: u32 = 100, upto(10_000), "percent", Live, "Multiplier for data movement.";
        arithmetic_logic_percent: u32 = 100, upto(10_000), "percent", Live, "Multiplier for arithmetic and logic.";
        comparison_flags_percent: u32 = 100, upto(10_000), "percent", Live, "Multiplier for comparison and flags.";
        control_flow_percent: u32 = 100, upto(10_000), "percent", Live, "Multiplier for control flow.";
        call_return_percent: u32 = 100, upto(10_000), "percent", Live, "Multiplier for call and return.";
        system_calls_percent: u32 = 100, upto(10_000), "percent", Live, "Multiplier for MAL and DIVIDE.";
        stack_percent: u32 = 100, upto(10_000), "percent", Live, "Multiplier for the stack.";
        register_adjust_percent: u32 = 100, upto(10_000), "percent", Live, "Multiplier for register adjustment.";
        environment_percent: u32 = 100, upto(10_000), "percent", Live, "Multiplier for the environment.";
        invalid_percent: u32 = 100, upto(10_000), "percent", Live, "Multiplier for bytes that are no opcode.";
        cap: u32 = 20_000, from(1, 1_000_000_000), "energy units", Live, "An organism holds no more; what is above is lost.";
        founder: u32 = 4_000, upto(1_000_000_000), "energy units", Live, "What founders, reseeds and immigrants bring.";
        mal_cost: u32 = 200, upto(1_000_000), "milli-units per byte", Live, "Cost of memory at MAL.";
        rent: u32 = 10, upto(1_000_000), "milli-units per byte and round", Live, "Rent for body and pending child.";
        child_share: u32 = 500_000, ONE_IN, "per million of the parent's energy", Live, "What a child gets at DIVIDE.";
        stipend: u32 = 0, upto(1_000_000), "energy units", Live, "Paid out of the pool at DIVIDE, at most the cost of the MAL.";
    }
    /// The ring that lies over the soups.
    environment: EnvironmentConfig {
        length: u32 = 4_096, from(256, 65_536), "cells", Genesis, "Cells of an island's region of the ring.";
        max_resource: u32 = 400, upto(60_000), "resource units", Live, "A cell holds no more.";
        initial_resource: u32 = 200, upto(60_000), "resource units", Genesis, "Mean of what a cell holds at genesis.";
        resource_regen_interval: u32 = 1, from(1, 1_000_000), "rounds", Live, "Rounds between two regrowths.";
        resource_regen_cells: u32 = 400, upto(65_536), "cells", Live, "Random cells that regrow at a time.";
        resource_regen_amount: u32 = 100, upto(60_000), "resource units", Live, "What a regrowing cell gains.";
        enable_gradients: bool = true, ON_OFF, "switch", Live, "Whether the middle of the region is richer than its edges.";
        gradient_strength: u32 = 300_000, ONE_IN, "per million of the mean", Live, "How much richer the middle is, and poorer the edges.";
        hotspots: u32 = 2, upto(32), "hotspots", Live, "Moving places of rich regrowth.";
        hotspot_share: u32 = 200_000, ONE_IN, "per million of the regrowth", Live, "What of the regrowth falls on hotspots.";
        hotspot_radius: u32 = 64, from(1, 4_096), "cells", Live, "Cells to each side that a hotspot feeds.";
        hotspot_interval: u32 = 2_000, from(1, 1_000_000_000), "rounds", Live, "Rounds a hotspot stays.";
        hotspot_lead: u32 = 200, upto(1_000_000), "rounds", Live, "Rounds before the move in which the next place is signalled.";
        hotspot_signal: u32 = 64, upto(60_000), "signal units", Live, "Signal that announces a hotspot.";
        harvest_max: u32 = 60, from(1, 60_000), "resource units", Live, "What one HARVEST_ENERGY takes at most.";
        harvest_gain: u32 = 1_000, upto(1_000_000), "milli-units per resource unit", Live, "Energy out of a resource unit.";
        signal_decay_interval: u32 = 8, from(1, 1_000_000), "rounds", Live, "Rounds between two decays of the signals.";
        signal_decay_factor: u32 = 900_000, ONE_IN, "per million", Live, "What remains of a signal at a decay.";
        reach: u32 = 16, from(0, 4_096), "cells", Live, "How far from its body an organism acts; it senses four times as far.";
        storage_cost: u32 = 2_000, upto(1_000_000), "milli-units", Live, "Cost of WRITE_STORAGE beside the instruction's.";
        storage_deposit: u32 = 1_000, upto(60_000), "milli-units", Live, "What of that cost stays in the cell.";
        storage_withdraw: u32 = 500, upto(60_000), "milli-units", Live, "What a READ_STORAGE takes back at most.";
        tasks: bool = true, ON_OFF, "switch", Live, "Whether solved tasks are rewarded.";
        logic: IsaLogic = IsaLogic::Full, Range::OneOf(&["full", "nand"]), "machine", Genesis, "What the logic opcodes do.";
        rewards: RewardRule = RewardRule::Earned, Range::OneOf(&["earned", "shuffled"]), "rule", Live, "Who is paid for a solved task: who solved it, or whoever owns a place of the soup drawn by lot.";
        task_reward: u32 = 55, upto(1_000_000), "energy units", Live, "Reward of a task per step of its shortest solution.";
        season_bonus: u32 = 100, upto(10_000), "percent", Live, "What is added to the reward of the task in season.";
        task_rotation: u32 = 4, from(1, 1_000_000), "epochs", Live, "Epochs that a season lasts.";
        reward_refill: u32 = 20_000, upto(1_000_000_000), "energy units per round", Live, "What flows into the pool that pays rewards and stipends.";
        reward_pool: u32 = 200_000, upto(1_000_000_000), "energy units", Live, "The pool holds no more.";
    }
    /// How reproduction and history go.
    evolution: EvolutionConfig {
        founder: Founder = Founder::Forager, Range::GenomeOr(&["forager", "ancestor", "pupil", "random", "nobody"]), "genome", Genesis, "Who is there at genesis.";
        founders: u32 = 8, from(0, 256), "organisms", Genesis, "How many founders, evenly spaced.";
        min_genome: u32 = 12, from(1, 4_096), "bytes", Live, "No child is shorter.";
        max_genome: u32 = 1_024, from(16, 4_096), "bytes", Live, "No child is longer.";
        max_mal_mult: u32 = 5, from(1, 64), "times", Live, "A child is at most so many times as long as its parent.";
        min_copied: u32 = 500_000, ONE_IN, "per million of the child's bytes", Live, "What must be written before DIVIDE.";
        pending_max: u32 = 200, from(1, 1_000_000), "rounds", Live, "A child pending longer is released.";
        allocation_retries: u32 = 8, upto(64), "sweeps", Live, "Organisms that one MAL may sweep away.";
        epoch_ticks: u64 = 10_000_000, from(1_000, 1_000_000_000_000), "ticks", Genesis, "Ticks of an epoch.";
        ancestor_interval: u64 = 10_000_000, from(1_000, 1_000_000_000_000), "ticks", Genesis, "Of the extinct ancestors of the living one is told in so many ticks.";
        migration_interval: u32 = 20, upto(1_000_000), "epochs", Live, "Epochs between two emigrants; 0 for none.";
    }
}
