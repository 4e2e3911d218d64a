//! The genomes that taxonomy is tried on: the founders, evolved ones, random ones. Knows no name.
//!
//! `evolved.txt` was printed by `cargo run --release -p bytebiota-core --example evolved_genomes` and stays as it
//! is when the world changes: what matters is that selection made them.

use bytebiota_core::genesis;

const RANDOM_GENOMES: u32 = 24;

/// A founder's genome.
pub fn founder(name: &str) -> Vec<u8> {
    genesis::genome(name).expect("a founder")
}

/// Genomes of living organisms, with the world, the seed and the rank they had.
pub fn evolved() -> Vec<(String, Vec<u8>)> {
    let parse = |line: &str| {
        let (name, hex) = line.split_once(' ').expect("a name and hex digits");
        let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex");
        let genome = (0..hex.len()).step_by(2).map(byte).collect();
        (name.to_string(), genome)
    };
    include_str!("evolved.txt").lines().map(parse).collect()
}

/// Random genomes of 1 to 96 bytes: of any bytes, or of valid ones only.
pub fn random() -> Vec<(String, Vec<u8>)> {
    let make = |number: u32| {
        let mut stream = blake3::Hasher::new()
            .update(b"random genome")
            .update(&number.to_le_bytes())
            .finalize_xof();
        let mut length = [0];
        stream.fill(&mut length);
        let mut genome = vec![0; 1 + usize::from(length[0]) % 96];
        stream.fill(&mut genome);
        if number % 2 == 1 {
            genome.iter_mut().for_each(|byte| *byte &= 127);
        }
        (format!("random-{number}"), genome)
    };
    (0..RANDOM_GENOMES).map(make).collect()
}

/// All of them, and the shortest there are.
pub fn all() -> Vec<(String, Vec<u8>)> {
    let founders = ["ancestor", "forager", "parasite"];
    let mut genomes: Vec<(String, Vec<u8>)> = founders
        .iter()
        .map(|name| (name.to_string(), founder(name)))
        .collect();
    genomes.extend(evolved());
    genomes.extend(random());
    genomes.push(("empty".to_string(), Vec::new()));
    genomes.push(("virgin".to_string(), vec![255; 40]));
    genomes
}
