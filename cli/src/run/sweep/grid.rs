//! The grid of a sweep: each combination of the listed values with each seed, checked before anything runs. Knows no file.

use crate::{
    error::CliError,
    numbers,
    settings::{Settings, Source},
};
use bytebiota_core::{Config, WorldSeed};

/// More cells than this are a mistake.
const MAX_CELLS: u64 = 100_000;

/// Seeds from the first to the last, both included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seeds {
    first: u64,
    last: u64,
}

impl Seeds {
    /// One seed.
    pub fn one(seed: u64) -> Self {
        Self {
            first: seed,
            last: seed,
        }
    }

    /// Reads `1..10`, both ends included, or a single seed.
    pub fn read(text: &str) -> Result<Self, String> {
        let (first, last) = match text.split_once("..") {
            Some((first, last)) => (numbers::whole(first)?, numbers::whole(last)?),
            None => (numbers::whole(text)?, numbers::whole(text)?),
        };
        if first > last {
            return Err(format!("there is no seed from {first} to {last}"));
        }
        Ok(Self { first, last })
    }

    fn count(self) -> u64 {
        (self.last - self.first).saturating_add(1)
    }
}

impl std::fmt::Display for Seeds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}..{}", self.first, self.last)
    }
}

/// A knob with the values it takes in turn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Axis {
    /// The knob.
    pub path: &'static str,
    /// Its values as the knob shows them.
    pub values: Vec<String>,
}

impl Axis {
    /// Reads `knob=a,b,c`; each value is one that the knob accepts, and stands once.
    fn read(text: &str, world: &Config) -> Result<Self, CliError> {
        let (path, list) = text.split_once('=').ok_or_else(|| {
            CliError::usage(format!(
                "--sweep wants KNOB=A,B,C, for example mutation.copy_rate=500,1000, not `{text}`"
            ))
        })?;
        let knob = Config::knob(path.trim()).map_err(CliError::setting)?;
        let mut values: Vec<String> = Vec::new();
        for word in list.split(',') {
            if word.trim().is_empty() {
                let text = format!("the list of {} has an empty value: `{list}`", knob.path);
                return Err(CliError::usage(text));
            }
            let mut config = world.clone();
            knob.set(&mut config, word).map_err(CliError::setting)?;
            let value = (knob.get)(&config);
            if values.contains(&value) {
                let text = format!("the list of {} has {value} twice", knob.path);
                return Err(CliError::usage(text));
            }
            values.push(value);
        }
        Ok(Self {
            path: knob.path,
            values,
        })
    }
}

/// One world of the sweep.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cell {
    /// Its place in the table, from 1.
    pub number: usize,
    /// The value of each axis.
    pub values: Vec<String>,
    /// Its seed.
    pub seed: WorldSeed,
    /// Its settings.
    pub config: Config,
}

/// All worlds of a sweep; the seed changes fastest, the first axis slowest.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Grid {
    /// What is swept.
    pub axes: Vec<Axis>,
    /// The seeds of each combination.
    pub seeds: Seeds,
    /// The worlds.
    pub cells: Vec<Cell>,
}

impl Grid {
    /// Lays out the product of all lists and seeds over the settings in force.
    pub fn new(lists: &[String], seeds: Seeds, settings: &Settings) -> Result<Self, CliError> {
        let world = settings.world();
        let mut axes: Vec<Axis> = Vec::new();
        for list in lists {
            let axis = Axis::read(list, world)?;
            if axes.iter().any(|other| other.path == axis.path) {
                let text = format!("{} is swept twice; give one list of its values", axis.path);
                return Err(CliError::usage(text));
            }
            if settings.sources.get(axis.path) == Some(&Source::CommandLine) {
                let text = format!("{} is both set and swept", axis.path);
                return Err(CliError::usage(text));
            }
            axes.push(axis);
        }
        let combinations = axes.iter().try_fold(seeds.count(), |product, axis| {
            product.checked_mul(axis.values.len() as u64)
        });
        if combinations.is_none_or(|count| count > MAX_CELLS) {
            let text = format!("a sweep has at most {MAX_CELLS} cells");
            return Err(CliError::usage(text));
        }
        let cells = cells(&axes, seeds, world)?;
        Ok(Self { axes, seeds, cells })
    }
}

fn cells(axes: &[Axis], seeds: Seeds, world: &Config) -> Result<Vec<Cell>, CliError> {
    let mut combinations = vec![Vec::new()];
    for axis in axes {
        let longer = |values: &Vec<String>| {
            let values = values.clone();
            axis.values
                .iter()
                .map(move |value| [&values[..], std::slice::from_ref(value)].concat())
        };
        combinations = combinations.iter().flat_map(longer).collect();
    }
    let mut cells = Vec::new();
    for values in combinations {
        let mut config = world.clone();
        for (axis, value) in axes.iter().zip(&values) {
            config.set(axis.path, value).map_err(CliError::setting)?;
        }
        config.validate().map_err(|error| {
            let cell: Vec<String> = axes
                .iter()
                .zip(&values)
                .map(|(axis, value)| format!("{}={value}", axis.path))
                .collect();
            CliError::setting(format!("{error} [{}]", cell.join(" ")))
        })?;
        for seed in seeds.first..=seeds.last {
            cells.push(Cell {
                number: cells.len() + 1,
                values: values.clone(),
                seed: WorldSeed(seed),
                config: config.clone(),
            });
        }
    }
    Ok(cells)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::SettingsArgs;

    fn grid(lists: &[&str], seeds: &str, set: &[&str]) -> Result<Grid, (u8, String)> {
        let words = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
        let settings = Settings::load(&SettingsArgs {
            set: words(set),
            ..SettingsArgs::default()
        });
        let settings = settings.expect("settings");
        let seeds = Seeds::read(seeds).expect("seeds");
        Grid::new(&words(lists), seeds, &settings).map_err(|error| (error.code, error.to_string()))
    }

    #[test]
    fn the_grid_is_the_product_of_all_lists_and_seeds() {
        let lists = ["mutation.copy_rate=500, 1_000", "energy.enabled=on,off"];
        let grid = grid(&lists, "3..4", &["soup.size=8192"]).expect("a grid");
        let seen: Vec<_> = grid
            .cells
            .iter()
            .map(|cell| (cell.number, cell.values.join(" "), cell.seed.0))
            .collect();
        let row = |number, values: &str, seed| (number, values.to_string(), seed);
        assert_eq!(
            seen[..3],
            [
                row(1, "500 on", 3),
                row(2, "500 on", 4),
                row(3, "500 off", 3)
            ]
        );
        assert_eq!(seen[7], row(8, "1000 off", 4));
        let last = &grid.cells[7].config;
        assert_eq!((last.mutation.copy_rate, last.soup.size), (1_000, 8_192));
        assert!(!last.energy.enabled);
    }

    #[test]
    fn mistakes_are_named_before_anything_runs() {
        let cases: [(&[&str], u8, &[&str]); 10] = [
            (&["mutation.copy_rte=1"], 3, &["`mutation.copy_rate`"]),
            (
                &["mutation.copy_rate=1,2000000"],
                3,
                &["2000000", "0 to 1000000"],
            ),
            (&["energy.enabled=on,perhaps"], 3, &["perhaps", "on, off"]),
            (&["mutation.copy_rate="], 2, &["empty value"]),
            (
                &["mutation.copy_rate=1,,2"],
                2,
                &["empty value", "mutation.copy_rate"],
            ),
            (&["mutation.copy_rate"], 2, &["KNOB=A,B,C"]),
            (&["mutation.copy_rate=1,2,01"], 2, &["1 twice"]),
            (
                &["mutation.copy_rate=1", "mutation.copy_rate=2"],
                2,
                &["swept twice"],
            ),
            (&["soup.template_max=1,2"], 2, &["both set and swept"]),
            (
                &["soup.size=65536,5000"],
                3,
                &["power of two", "soup.size=5000"],
            ),
        ];
        for (lists, code, parts) in cases {
            let (found, text) = grid(lists, "1", &["soup.template_max=4"]).expect_err("refused");
            assert_eq!(found, code, "{text}");
            assert!(parts.iter().all(|part| text.contains(part)), "{text}");
            assert!(!text.contains('\n'), "{text}");
        }
        assert!(grid(&[], "1..100001", &[]).is_err_and(|(_, text)| text.contains("100000 cells")));
        assert!(grid(&[], "0..18446744073709551615", &[]).is_err());
    }

    #[test]
    fn seeds_are_a_range_with_both_ends() {
        assert_eq!(Seeds::read("2..1e1"), Ok(Seeds { first: 2, last: 10 }));
        assert_eq!(Seeds::read("7"), Ok(Seeds::one(7)));
        for text in ["", "..", "1..", "5..4", "a", "1...3"] {
            assert!(Seeds::read(text).is_err(), "{text}");
        }
    }
}
