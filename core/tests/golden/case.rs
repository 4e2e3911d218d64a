//! A golden case as text: what is run, in which Config, and what must have happened. Knows no digest.

use bytebiota_core::{
    Arrival, ArrivalCause, Assignment, Branch, Config, Digest, Epoch, Halo, HaloCell, Inputs,
    Island, IslandId, SEMANTICS_VERSION, Start, StretchHeader, TaxonId, WorldId, WorldSeed,
    assembler, codec, config::Founder, genesis,
};
use std::path::Path;

/// One case, read from `case.txt`.
pub struct Case {
    /// Settings in force.
    pub config: Config,
    /// What must hold at the end: a count, a comparison, a number.
    pub expectations: Vec<(String, String, u64)>,
    seed: u64,
    island: u32,
    /// Epochs run natively before the case begins; the case starts from the state they lead to.
    warm: u64,
    epochs: u32,
    inputs: Inputs,
}

impl Case {
    /// Reads `case.txt` of a folder; a line that says nothing sensible panics with the line.
    pub fn read(folder: &Path) -> Self {
        let text = std::fs::read_to_string(folder.join("case.txt")).expect("case.txt");
        let mut case = Self {
            config: Config::default(),
            expectations: Vec::new(),
            seed: 1,
            island: 1,
            warm: 0,
            epochs: 1,
            inputs: Inputs::default(),
        };
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let words: Vec<&str> = line.split_whitespace().collect();
            case.statement(folder, &words)
                .unwrap_or_else(|| panic!("{}: {line}", folder.display()));
        }
        case
    }

    fn statement(&mut self, folder: &Path, words: &[&str]) -> Option<()> {
        match *words {
            [] => {}
            ["preset", name] => self.config = Config::preset(name).ok()?,
            ["set", path, value] => self.config.set(path, value).ok()?,
            ["founder", name] => {
                self.config.evolution.founder = Founder::Genome(genome(folder, name)?);
            }
            ["seed", number] => self.seed = number.parse().ok()?,
            ["island", number] => self.island = number.parse().ok()?,
            ["warm", number] => self.warm = number.parse().ok()?,
            ["epochs", number] => self.epochs = number.parse().ok()?,
            ["arrive", epoch, cause, name] => self.inputs.arrivals.push(Arrival {
                epoch: Epoch(epoch.parse().ok()?),
                cause: cause_of(cause)?,
                genome: genome(folder, name)?,
            }),
            ["halo", cells, resource, signal] => {
                let cell = HaloCell {
                    resource: resource.parse().ok()?,
                    signal: signal.parse().ok()?,
                };
                let side = vec![cell; cells.parse().ok()?];
                self.inputs.halo = Halo {
                    below: side.clone(),
                    above: side,
                };
            }
            ["expect", what, comparison, number] => {
                let number = number.parse().ok()?;
                self.expectations
                    .push((what.into(), comparison.into(), number));
            }
            _ => return None,
        }
        Some(())
    }

    /// The island at the beginning of the case.
    pub fn island(&self) -> Island {
        let mut island = Island::genesis(WorldSeed(self.seed), IslandId(self.island), &self.config);
        for epoch in 0..self.warm {
            island.open_epoch(Epoch(epoch), &[]);
            island.run_until((epoch + 1) * self.config.evolution.epoch_ticks);
            island.close_epoch(Epoch(epoch + 1));
        }
        island.set_halo(self.inputs.halo.clone());
        island
    }

    /// The assignment that the text describes, one unit long.
    pub fn assignment(&self) -> Assignment {
        let state = self.island().to_bytes();
        let base = Digest::of(&state);
        let start = if self.warm == 0 {
            Start::Genesis
        } else {
            Start::State(state)
        };
        Assignment {
            header: StretchHeader {
                world: WorldId(1),
                branch: Branch(0),
                island: IslandId(self.island),
                semantics: SEMANTICS_VERSION,
                first_epoch: Epoch(self.warm),
                end_epoch: Epoch(self.warm + u64::from(self.epochs)),
                base,
                config: self.config.digest(),
                inputs: codec::digest(&self.inputs),
            },
            world_seed: WorldSeed(self.seed),
            config: self.config.clone(),
            inputs: self.inputs.clone(),
            from_epoch: Epoch(self.warm),
            from_digest: base,
            unit_epochs: self.epochs,
            start,
        }
    }

    /// Ticks that the case runs.
    pub fn ticks(&self) -> u64 {
        u64::from(self.epochs) * self.config.evolution.epoch_ticks
    }
}

fn cause_of(word: &str) -> Option<ArrivalCause> {
    match word {
        "immigrant" => Some(ArrivalCause::Immigrant {
            origin: TaxonId {
                island: IslandId(2),
                serial: 77,
            },
        }),
        "reseed" => Some(ArrivalCause::Reseed),
        "operator" => Some(ArrivalCause::Operator),
        _ => None,
    }
}

/// A genome by its file in the folder, or by the name of an ancestor.
fn genome(folder: &Path, name: &str) -> Option<Vec<u8>> {
    match std::fs::read_to_string(folder.join(name)) {
        Ok(text) => match assembler::assemble(&text) {
            Ok(genome) => Some(genome),
            Err(error) => panic!("{name}: {error}"),
        },
        Err(_) => genesis::genome(name),
    }
}
