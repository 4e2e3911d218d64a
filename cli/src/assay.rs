//! `bytebiota assay`: what a genome can do, alone and beside a host, as a table or as JSON. Knows no soup.

use crate::{
    error::CliError,
    genome, print,
    settings::{Settings, SettingsArgs},
};
use bytebiota_core::{
    assay::{Assay, Class, Life, Shares, TicksPerBirth, assay},
    tasks::TASKS,
    taxonomy::Taxonomy,
};
use clap::Args;
use serde_json::{Value, json};

/// Try a genome: does it live alone or beside a host, how fast, on what, and what does it borrow?
#[derive(Args)]
pub struct AssayArgs {
    /// File (text, hex digits or raw bytes), hex digits, or the name of an ancestor
    #[arg(value_name = "FILE|HEX")]
    genome: String,
    /// Try it beside this genome too
    #[arg(long, value_name = "FILE|HEX")]
    host: Option<String>,
    #[command(flatten)]
    settings: SettingsArgs,
    /// One JSON object on standard output
    #[arg(long)]
    json: bool,
}

pub fn run(args: &AssayArgs) -> Result<(), CliError> {
    let subject = genome::read(&args.genome)?;
    let host = args.host.as_deref().map(genome::read).transpose()?;
    let settings = Settings::load(&args.settings)?;
    let found = assay(&subject, host.as_deref(), settings.world()).map_err(CliError::outside)?;
    let species = Taxonomy::classify(&subject, None).lineage.species;
    if args.json {
        let value = to_json(&found, &species)?;
        let text = serde_json::to_string_pretty(&value).map_err(CliError::outside)?;
        return print(&format!("{text}\n"));
    }
    print(&table(&genome::shown(&args.genome), &species, &found))
}

fn to_json(found: &Assay, species: &str) -> Result<Value, CliError> {
    let mut value = serde_json::to_value(found).map_err(CliError::outside)?;
    value["genotype"] = json!(found.genotype.to_string());
    value["species"] = json!(species);
    value["tasks"] = json!(task_names(found));
    value["alone"] = life_json(&found.alone)?;
    if let Some(beside) = &found.beside {
        value["beside"]["host"] = json!(beside.host.to_string());
        value["beside"]["life"] = life_json(&beside.life)?;
        value["beside"]["host_life"] = life_json(&beside.host_life)?;
    }
    Ok(value)
}

/// A life with what follows from its numbers.
fn life_json(life: &Life) -> Result<Value, CliError> {
    let mut value = serde_json::to_value(life).map_err(CliError::outside)?;
    value["breeds_true"] = json!(life.breeds_true());
    value["ticks_to_first_birth"] = json!(life.first_birth.mean());
    value["ticks_per_later_birth"] = json!(life.later_births.mean());
    value["fidelity_per_million"] = json!(life.fidelity_per_million());
    value["net_energy_per_birth_milli_units"] = json!(life.net_per_birth());
    value["executed_outside_per_million"] = json!(life.borrows.executed.outside_per_million());
    value["solved"] = json!(names(life.solved));
    Ok(value)
}

fn names(bits: u32) -> Vec<&'static str> {
    let is_set = |(task, _): &(usize, _)| bits >> task & 1 == 1;
    let tasks = TASKS.iter().enumerate().filter(is_set);
    tasks.map(|(_, task)| task.name).collect()
}

fn task_names(found: &Assay) -> Vec<&'static str> {
    names(found.tasks.iter().fold(0, |bits, task| bits | 1 << task))
}

/// Why the class is what it is.
const fn reason(class: Class) -> &'static str {
    match class {
        Class::SelfReplicator => "it breeds true alone",
        Class::Parasite => "it breeds true beside the host, by the host's code, and not alone",
        Class::Host => "it breeds true alone, and the other breeds true only by its code",
        Class::HyperParasite => {
            "it breeds true alone, and the other bears more of its children than of its own"
        }
        Class::Sterile => "it breeds true in none of the soups that were tried",
    }
}

fn table(source: &str, species: &str, found: &Assay) -> String {
    let mut text = format!(
        "genome     {source}: {} bytes, genotype {}, {species}\nclass      {}: {}\n",
        found.length,
        found.genotype,
        found.class.name(),
        reason(found.class)
    );
    let tasks = task_names(found);
    let tasks = if tasks.is_empty() {
        "none".to_owned()
    } else {
        tasks.join(", ")
    };
    text += &format!("tasks      {tasks}\n\n");
    let mut lives = vec![("alone", &found.alone)];
    if let Some(beside) = &found.beside {
        lives.push(("beside host", &beside.life));
        lives.push(("the host", &beside.host_life));
    }
    text += &row("", lives.iter().map(|(name, _)| (*name).to_owned()));
    for (label, show) in ROWS {
        text += &row(label, lives.iter().map(|(_, life)| show(life)));
    }
    text
}

fn row(label: &str, cells: impl Iterator<Item = String>) -> String {
    let cells: String = cells.map(|cell| format!("{cell:>16}")).collect();
    format!("{label:<34}{cells}\n")
}

/// How one cell is shown.
type Show = fn(&Life) -> String;

/// The lines of the table.
const ROWS: &[(&str, Show)] = &[
    ("soups in which it breeds true", |life| {
        format!("{} of {}", life.bred_true_in, life.soups)
    }),
    ("generations bred true", |life| life.generations.to_string()),
    ("births", |life| life.births.to_string()),
    ("  true to the genome", |life| {
        percent(life.true_births, life.births)
    }),
    ("children borne by other genotypes", |life| {
        life.borne_by_others.to_string()
    }),
    ("ticks to the first birth", |life| ticks(life.first_birth)),
    ("ticks per later birth", |life| ticks(life.later_births)),
    ("energy units per birth", |life| {
        per_birth(life, life.energy.net())
    }),
    ("  harvest", |life| {
        per_birth(life, life.energy.harvest as i64)
    }),
    ("  rewards", |life| {
        per_birth(life, life.energy.rewards as i64)
    }),
    ("  other income", |life| {
        per_birth(life, life.energy.other_income as i64)
    }),
    ("  instructions and memory", |life| {
        per_birth(life, -(life.energy.instructions as i64))
    }),
    ("  rent", |life| per_birth(life, -(life.energy.rent as i64))),
    ("instructions executed", |life| {
        life.borrows.executed.total().to_string()
    }),
    ("  outside its own body", |life| {
        outside(life.borrows.executed)
    }),
    ("  in other genotypes", |life| {
        percent(life.borrows.executed.other, life.borrows.executed.total())
    }),
    ("bytes read", |life| life.borrows.read.total().to_string()),
    ("  outside its own body", |life| outside(life.borrows.read)),
    ("bytes copied into children", |life| {
        life.borrows.copied.total().to_string()
    }),
    ("  from outside its own body", |life| {
        outside(life.borrows.copied)
    }),
    ("bytes written or tried to", |life| {
        life.borrows.writes.total().to_string()
    }),
    ("  outside its own body", |life| {
        outside(life.borrows.writes)
    }),
];

fn ticks(mean: TicksPerBirth) -> String {
    mean.mean().map_or("-".into(), |mean| mean.to_string())
}

/// Milli-units as units per birth.
fn per_birth(life: &Life, milli: i64) -> String {
    match milli.checked_div(life.births as i64) {
        Some(each) => format!("{:.1}", each as f64 / 1_000.0),
        None => "-".into(),
    }
}

fn outside(shares: Shares) -> String {
    percent(shares.outside(), shares.total())
}

fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "-".into();
    }
    format!("{:.1} %", part as f64 * 100.0 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_core::{Config, genesis};

    fn parasite() -> Assay {
        let genome = |name| genesis::genome(name).expect("a genome");
        let config = Config::preset("tierra").expect("a preset");
        assay(&genome("parasite"), Some(&genome("ancestor")), &config).expect("an assay")
    }

    #[test]
    fn the_table_says_class_and_reason_and_has_a_column_for_each_life() {
        let table = table("parasite", "Inquilinus minor", &parasite());
        assert!(table.contains("class      parasite: it breeds true beside the host"));
        let line = |label: &str| {
            let found = table.lines().find(|line| line.starts_with(label));
            found.map(|line| line[34..].split_whitespace().collect::<Vec<_>>())
        };
        assert_eq!(line("births").map(|cells| cells.len()), Some(3));
        assert_eq!(line("births").map(|cells| cells[0] == "0"), Some(true));
        let first = line("ticks to the first birth").map(|cells| cells[0] == "-");
        assert_eq!(first, Some(true));
    }

    #[test]
    fn json_has_readable_names_and_derived_numbers() {
        let found = parasite();
        let value = to_json(&found, "Inquilinus minor").expect("json");
        assert_eq!(value["class"], "parasite");
        assert_eq!(value["genotype"].as_str().map(str::len), Some(32));
        assert_eq!(value["alone"]["births"], 0);
        assert_eq!(value["alone"]["ticks_to_first_birth"], Value::Null);
        assert!(value["beside"]["life"]["executed_outside_per_million"].as_u64() > Some(800_000));
        assert_eq!(value["tasks"], json!([]));
    }
}
