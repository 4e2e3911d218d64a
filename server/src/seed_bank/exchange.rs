//! The file in which seeds travel from world to world: JSON with a version, genomes as hex. What comes in is tried again
//! here, whatever it says of itself. Knows no disk.

use super::assayer::try_out;
use super::{Candidate, Seed, SeedBank, SeedChange};
use bytebiota_core::assignment::MAX_TRAVELLING_GENOME_BYTES;
use bytebiota_core::{Config, GenotypeHash, SEMANTICS_VERSION};
use bytebiota_protocol::view::SeedView;
use serde::{Deserialize, Serialize};

/// What such a file says it is.
const FORMAT: &str = "bytebiota-seeds";
/// The version of the file.
const VERSION: u32 = 1;
/// Bytes of the largest file that is read.
pub const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;
/// Seeds of the largest file that is read.
const MAX_SEEDS: usize = 10_000;

/// Why a file is not taken.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ExchangeError {
    /// Not such a file at all.
    #[error("this is not a file of seeds: {0}")]
    Malformed(String),
    /// Of a later release.
    #[error("the file is of version {0}, this program reads version {VERSION}")]
    Version(u32),
    /// Found under another meaning of instructions.
    #[error(
        "the seeds were found under semantics version {0}, this program computes version {SEMANTICS_VERSION}"
    )]
    Semantics(u32),
    /// Too many.
    #[error("the file has {0} seeds, at most {MAX_SEEDS} are read")]
    TooMany(usize),
    /// A genome that is none.
    #[error(
        "seed {0} is not a genome of 1 to {MAX_TRAVELLING_GENOME_BYTES} bytes in hex whose hash is the one it names"
    )]
    Genome(usize),
}

#[derive(Serialize, Deserialize)]
struct Parcel {
    format: String,
    version: u32,
    semantics: u32,
    seeds: Vec<SeedView>,
}

/// The file of some seeds.
pub fn write(seeds: &[Seed]) -> String {
    let parcel = Parcel {
        format: FORMAT.into(),
        version: VERSION,
        semantics: SEMANTICS_VERSION,
        seeds: seeds.iter().map(Seed::view).collect(),
    };
    let text = serde_json::to_string_pretty(&parcel);
    // Strings and numbers have no reason to fail.
    text.unwrap_or_default() + "\n"
}

/// The genomes of a file, as candidates.
pub fn read(text: &str) -> Result<Vec<Candidate>, ExchangeError> {
    #[derive(Deserialize)]
    struct Head {
        format: String,
        version: u32,
        semantics: u32,
    }
    let malformed = |error: serde_json::Error| ExchangeError::Malformed(error.to_string());
    let head: Head = serde_json::from_str(text).map_err(malformed)?;
    if head.format != FORMAT {
        let reason = format!("it does not say \"format\": \"{FORMAT}\"");
        return Err(ExchangeError::Malformed(reason));
    }
    if head.version != VERSION {
        return Err(ExchangeError::Version(head.version));
    }
    if head.semantics != SEMANTICS_VERSION {
        return Err(ExchangeError::Semantics(head.semantics));
    }
    let parcel: Parcel = serde_json::from_str(text).map_err(malformed)?;
    if parcel.seeds.len() > MAX_SEEDS {
        return Err(ExchangeError::TooMany(parcel.seeds.len()));
    }
    let seeds = parcel.seeds.iter().enumerate();
    let candidate = |(place, view): (usize, &SeedView)| {
        let genome = genome(&view.genome).filter(|genome| {
            GenotypeHash::from_hex(&view.genotype) == Some(GenotypeHash::of(genome))
        });
        let genome = genome.ok_or(ExchangeError::Genome(place + 1))?;
        Ok(Candidate {
            genome,
            births: 0,
            found: None,
            host: None,
        })
    };
    seeds.map(candidate).collect()
}

fn genome(hex: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    let fits = rest.is_empty() && (1..=MAX_TRAVELLING_GENOME_BYTES).contains(&pairs.len());
    let digit = |digit: u8| char::from(digit).to_digit(16);
    let byte = |[high, low]: &[u8; 2]| Some((digit(*high)? * 16 + digit(*low)?) as u8);
    let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
    bytes.filter(|_| fits)
}

impl SeedBank {
    /// Tries a genome now and admits it if it is good enough. Takes as long as an assay; those that need a host are
    /// tried beside each seed that lives alone until one suits, at most `HOSTS` of them.
    pub fn take(
        &mut self,
        mut candidate: Candidate,
        config: &Config,
        now_ms: u64,
    ) -> Option<SeedChange> {
        let genotype = GenotypeHash::of(&candidate.genome);
        if self.seeds.contains_key(&genotype) {
            return None;
        }
        let hosts = self.seeds().filter(|seed| seed.breeds_alone()).take(HOSTS);
        let mut hosts: Vec<Vec<u8>> = hosts.map(|seed| seed.genome.clone()).collect();
        loop {
            candidate.host = hosts.pop();
            let assay = try_out(&candidate, config)?;
            if assay.class != bytebiota_core::assay::Class::Sterile || hosts.is_empty() {
                return self.handle_assayed(now_ms, &candidate, Some(&assay));
            }
        }
    }
}

/// Hosts that a genome from a file is tried beside.
const HOSTS: usize = 4;
