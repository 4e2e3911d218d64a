//! What one cell of a sweep came to: a row that is kept, sums over its islands. Knows no folder and no other cell.

use super::grid::Cell;
use crate::run::archipelago::Archipelago;
use bytebiota_core::{DeathCause, EnergyFlow, tasks::TASKS};
use serde::{Deserialize, Serialize};

/// One finished cell.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Row {
    /// The value of each axis.
    pub values: Vec<String>,
    /// The seed.
    pub seed: u64,
    /// Ticks per island.
    pub ticks: u64,
    /// The living at the end.
    pub population: u64,
    /// Bytes of their bodies.
    pub genome_bytes: u64,
    /// Different genotypes among them.
    pub genotypes: u64,
    /// Births since genesis.
    pub births: u64,
    /// Deaths since genesis, by cause.
    pub deaths: Vec<u64>,
    /// Milli-units earned since genesis, by source.
    pub income: Vec<u64>,
    /// Rewarded answers since genesis, by task.
    pub tasks: Vec<u64>,
    /// Chain over the digests of the final states.
    pub digest: String,
}

/// A column of the table: its name, and the group it belongs to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Column {
    pub group: &'static str,
    pub name: String,
}

/// The sources of energy, in the order of their counters.
fn sources() -> impl Iterator<Item = EnergyFlow> {
    EnergyFlow::ALL
        .iter()
        .copied()
        .filter(|flow| flow.is_income())
}

impl Row {
    /// Reads a finished world.
    pub fn of(cell: &Cell, world: &Archipelago) -> Self {
        let mut row = Self {
            values: cell.values.clone(),
            seed: cell.seed.0,
            ticks: world.tick(),
            population: 0,
            genome_bytes: 0,
            genotypes: world.genotypes(),
            births: 0,
            deaths: vec![0; DeathCause::COUNT],
            income: vec![0; sources().count()],
            tasks: vec![0; TASKS.len()],
            digest: world.digest().to_string(),
        };
        let add = |sums: &mut Vec<u64>, counts: &[u64]| {
            sums.iter_mut()
                .zip(counts)
                .for_each(|(sum, count)| *sum = sum.saturating_add(*count));
        };
        for island in world.islands() {
            let (sample, counters) = (island.sample(), island.counters());
            row.population += u64::from(sample.population);
            row.genome_bytes += sample.genome_bytes;
            row.births += counters.births;
            let income: Vec<u64> = sources()
                .map(|flow| counters.energy[flow as usize])
                .collect();
            add(&mut row.deaths, &counters.deaths);
            add(&mut row.income, &income);
            add(&mut row.tasks, &counters.tasks);
        }
        row
    }

    /// Whether this is the row of that cell.
    pub fn is_of(&self, cell: &Cell) -> bool {
        self.values == cell.values && self.seed == cell.seed.0
    }

    /// The columns behind those of the axes; `fields` has one value for each.
    pub fn columns() -> Vec<Column> {
        let column = |group, name: &str| Column {
            group,
            name: name.to_owned(),
        };
        let first = [
            "seed",
            "ticks",
            "population",
            "mean_genome_length",
            "genotypes",
            "births",
        ];
        let mut columns: Vec<Column> = first.map(|name| column("", name)).into();
        columns.extend(DeathCause::ALL.iter().map(|c| column("deaths", c.name())));
        columns.extend(sources().map(|flow| column("income_milli", flow.name())));
        columns.extend(TASKS.iter().map(|task| column("tasks", task.name)));
        columns.push(column("", "digest"));
        columns
    }

    /// Its values in the order of `columns`.
    pub fn fields(&self) -> Vec<String> {
        let mean = match self.population {
            0 => "0".into(),
            population => format!("{:.3}", self.genome_bytes as f64 / population as f64),
        };
        let first = [self.seed, self.ticks, self.population];
        let mut fields: Vec<String> = first.iter().map(u64::to_string).collect();
        fields.push(mean);
        let counts = [self.genotypes, self.births];
        let counts = counts.iter().chain(&self.deaths);
        let counts = counts.chain(&self.income).chain(&self.tasks);
        fields.extend(counts.map(u64::to_string));
        fields.push(self.digest.clone());
        fields
    }
}
