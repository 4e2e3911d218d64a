//! Soups full of genomes that only waste time: what they do, and how they are kept alive. Knows no clock.

use bytebiota_core::{Config, Island, IslandId, WorldSeed, assembler::assemble, config::Founder};

/// A soup, by what its organisms do.
pub struct Soup {
    /// What they do.
    pub name: &'static str,
    /// The text that fills each body, repeated.
    text: &'static str,
    /// How many of them stand there at genesis.
    founders: u32,
    /// Bytes of each body.
    length: usize,
    /// Knobs beside those that keep wasters alive.
    knobs: &'static [(&'static str, &'static str)],
}

const fn full(name: &'static str, text: &'static str) -> Soup {
    Soup {
        name,
        text,
        founders: 256,
        length: 240,
        knobs: &[],
    }
}

/// Every way to waste time that somebody thought of.
pub const SOUPS: &[Soup] = &[
    full("templates that match nowhere", "JMP_FWD_TEMPLATE .11111111"),
    full(
        "and backward",
        "JMP_BACK_TEMPLATE .11111111 CALL_TEMPLATE .11111111",
    ),
    full(
        "templates that nearly match everywhere",
        "ADR_FWD_TEMPLATE .11111111 INC .00000001 DEC .0000000 INC",
    ),
    full(
        "searches in bytes that change",
        "ADR_BACK_TEMPLATE .1111111 MOV_BX_AX MOV_RM RANDOM AND MOV_RM INC_BX",
    ),
    full(
        "short templates without a match",
        "ADR_FWD_TEMPLATE .11 INC ADR_BACK_TEMPLATE .11 INC",
    ),
    full("MAL of nothing", "MAL"),
    full(
        "MAL of too much",
        "ONE_AX SHL SHL SHL SHL SHL SHL SHL SHL SHL MOV_CX_AX MAL MAL MAL MAL MAL MAL",
    ),
    Soup {
        name: "MAL without room",
        knobs: &[("evolution.allocation_retries", "0")],
        ..full(
            "",
            "ONE_AX SHL SHL SHL SHL SHL SHL MOV_CX_AX MAL MAL MAL MAL MAL MAL MAL MAL",
        )
    },
    full("jumps into the void", "RANDOM PUSH_AX RET"),
    full("bytes that are no opcode", "BYTE 200"),
    full("YIELD", "YIELD"),
    full("DIVIDE", "DIVIDE"),
    full("tasks", "READ_TASK SUBMIT_TASK"),
    full(
        "tasks solved and wrong",
        "READ_TASK XCHG_AX_BX SUBMIT_TASK READ_TASK READ_TASK NOT_AX SUBMIT_TASK",
    ),
    full(
        "harvests of nothing",
        "HARVEST_ENERGY SENSE_GRADIENT SENSE_ENV",
    ),
    full(
        "storage and signals",
        "RANDOM WRITE_STORAGE EMIT_SIGNAL READ_STORAGE",
    ),
    full(
        "writes into oneself",
        "ADR_BACK_TEMPLATE .0 MOV_BX_AX INC_BX MOV_RM INC_BX MOV_RM INC_BX MOV_RM",
    ),
    Soup {
        name: "a child for every few ticks, each another",
        founders: 200,
        length: 34,
        ..full(
            "",
            "ONE_AX SHL SHL SHL SHL MOV_CX_AX MAL MOV_BX_AX \
            RANDOM MOV_RM INC_BX RANDOM MOV_RM INC_BX RANDOM MOV_RM INC_BX RANDOM MOV_RM INC_BX \
            RANDOM MOV_RM INC_BX RANDOM MOV_RM INC_BX RANDOM MOV_RM INC_BX RANDOM MOV_RM DIVIDE JNZ -28",
        )
    },
    Soup {
        name: "one who yields",
        founders: 1,
        ..full("", "YIELD")
    },
    Soup {
        name: "one who waits",
        founders: 1,
        ..full("", "INC")
    },
];

impl Soup {
    /// The island at genesis. Nothing costs energy and no error kills, so that nobody is saved by the death of the wasters.
    pub fn island(&self) -> Island {
        let mut config = Config::preset("quiet").expect("a preset");
        let alive = [
            ("energy.enabled", "off"),
            ("reaper.max_errors", "0"),
            ("reaper.max_age", "0"),
        ];
        for (path, value) in alive.iter().chain(self.knobs) {
            config.set(path, value).expect("in range");
        }
        let piece = assemble(self.text).expect("a text");
        let genome: Vec<u8> = piece.iter().copied().cycle().take(self.length).collect();
        config.evolution.founder = Founder::Genome(genome);
        config.evolution.founders = self.founders;
        assert_eq!(config.validate(), Ok(()), "{}", self.name);
        Island::genesis(WorldSeed(1), IslandId(1), &config)
    }
}
