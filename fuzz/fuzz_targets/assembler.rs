//! Feeds text and genomes to the assembler. What must hold is written in `core/tests/strange`.
#![no_main]

#[path = "../../core/tests/lawful/mod.rs"]
mod lawful;
#[path = "../../core/tests/obvious/mod.rs"]
mod obvious;
#[path = "../../core/tests/strange/mod.rs"]
mod strange;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| strange::assembled(bytes));
