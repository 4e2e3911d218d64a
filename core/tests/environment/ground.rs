//! Grounds for the tests of the environment: worlds without mutation with some knobs set, and genomes by name. Knows no test.

use bytebiota_core::{Config, assembler::assemble};

/// The default world without mutation, with some knobs set.
pub fn ground(knobs: &[(&str, &str)]) -> Config {
    let mut config = Config::preset("quiet").expect("a preset");
    for (path, value) in knobs {
        config.set(path, value).expect("in range");
    }
    assert_eq!(config.validate(), Ok(()));
    config
}

/// A genome of `core/genomes`.
pub fn genome(name: &str) -> Vec<u8> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("genomes");
    let text = std::fs::read_to_string(root.join(name).with_extension("asm")).expect("a genome");
    let genome = assemble(&text).expect("a genome");
    let bytes = format!("{} bytes", genome.len());
    assert!(
        text.contains(&bytes),
        "{name}: its header says another length than {bytes}"
    );
    genome
}

/// The same genome with one instruction replaced by another, so that both cost the same.
pub fn without(genome: &[u8], wanted: u8, instead: u8) -> Vec<u8> {
    assert!(genome.contains(&wanted));
    let replaced = genome
        .iter()
        .map(|&byte| if byte == wanted { instead } else { byte });
    replaced.collect()
}
