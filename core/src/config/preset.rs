//! Named settings of the Config tree. Knows only paths and values.

/// A preset: what it differs in from the defaults.
pub struct Preset {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is for.
    pub sentence: &'static str,
    /// Path and value of each knob that differs.
    pub knobs: &'static [(&'static str, &'static str)],
}

/// All presets.
pub const PRESETS: &[Preset] = &[
    Preset {
        name: "default",
        sentence: "Energy, environment and tasks on; the world that volunteers compute.",
        knobs: &[],
    },
    Preset {
        name: "tierra",
        sentence: "No energy and no environment: optimisation and parasites as in Ray 1991.",
        knobs: &[
            ("energy.enabled", "off"),
            ("environment.tasks", "off"),
            ("mutation.small_genome_insert_bias", "500000"),
        ],
    },
    Preset {
        name: "avida",
        sentence: "The NAND machine with Avida's nine functions; its time is what tasks pay.",
        knobs: &[
            ("environment.logic", "nand"),
            ("energy.enabled", "off"),
            ("evolution.founder", "pupil"),
            ("scheduler.slicer_power_numerator", "1"),
            ("scheduler.slicer_power_denominator", "2"),
            ("scheduler.base_slice", "1"),
            ("scheduler.max_slice", "20000"),
            ("scheduler.task_boost", "0"),
            ("scheduler.task_growth", "50"),
            ("mutation.indel_rate", "300000"),
            ("mutation.indel_insertion_bias", "600000"),
        ],
    },
    Preset {
        name: "soup",
        sentence: "Random bytes and no founder: do replicators arise?",
        knobs: &[("evolution.founder", "random"), ("energy.enabled", "off")],
    },
    Preset {
        name: "quiet",
        sentence: "No mutation of any kind.",
        knobs: &[
            ("mutation.copy_rate", "0"),
            ("mutation.background_interval", "0"),
            ("mutation.indel_rate", "0"),
            ("mutation.flaw_rate", "0"),
        ],
    },
];
