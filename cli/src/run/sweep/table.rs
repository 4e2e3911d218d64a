//! The one table of a sweep: every column as CSV, those with something in them on the screen. Knows no folder.

use super::{grid::Axis, row::Row};

/// Every row with every column.
pub fn csv(axes: &[Axis], rows: &[Row]) -> String {
    let (columns, lines) = whole(axes, rows);
    let names: Vec<String> = columns
        .into_iter()
        .map(|(group, name)| match group {
            "" => name,
            group => format!("{group}_{name}"),
        })
        .collect();
    let mut text = names.join(",") + "\n";
    for line in lines {
        text += &(line.join(",") + "\n");
    }
    text
}

/// The rows for people: columns that are zero everywhere are left out, large counts are shortened.
pub fn text(axes: &[Axis], rows: &[Row]) -> String {
    let (columns, lines) = whole(axes, rows);
    let is_told = |at: &usize| at < &axes.len() || lines.iter().any(|line| line[*at] != "0");
    let told: Vec<usize> = (0..columns.len()).filter(is_told).collect();
    let groups = told.iter().enumerate().map(|(place, &at)| {
        let is_first = place == 0 || columns[told[place - 1]].0 != columns[at].0;
        if is_first { columns[at].0 } else { "" }.to_owned()
    });
    let mut shown: Vec<Vec<String>> = vec![
        groups.collect(),
        told.iter().map(|&at| columns[at].1.clone()).collect(),
    ];
    let of_axes = axes.len();
    for line in &lines {
        let cell = |&at: &usize| match columns[at].1.as_str() {
            "digest" => line[at].chars().take(12).collect(),
            _ if at <= of_axes => line[at].clone(),
            _ => short(&line[at]),
        };
        shown.push(told.iter().map(cell).collect());
    }
    aligned(&shown)
}

/// Group and name of each column, and the values of each row.
type Whole = (Vec<(&'static str, String)>, Vec<Vec<String>>);

fn whole(axes: &[Axis], rows: &[Row]) -> Whole {
    let columns = axes.iter().map(|axis| ("", axis.path.to_owned()));
    let results = Row::columns().into_iter().map(|c| (c.group, c.name));
    let lines = rows
        .iter()
        .map(|row| [row.values.clone(), row.fields()].concat());
    (columns.chain(results).collect(), lines.collect())
}

/// Four figures or fewer, with a letter for thousands, millions and so on.
fn short(number: &str) -> String {
    let Ok(value) = number.parse::<u64>() else {
        return number.to_owned();
    };
    let mut unit = 1;
    for letter in ["", "k", "M", "G", "T", "P"] {
        if value / unit < 10_000 {
            return match unit {
                1 => value.to_string(),
                _ => format!("{}{letter}", value / unit),
            };
        }
        unit *= 1_000;
    }
    number.to_owned()
}

fn aligned(lines: &[Vec<String>]) -> String {
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let width = |at: usize| lines.iter().map(|line| line[at].chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|at| width(at).unwrap_or(0)).collect();
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        let cells: Vec<String> = line
            .iter()
            .zip(&widths)
            .map(|(cell, &width)| match number {
                0 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            })
            .collect();
        text += cells.join("  ").trim_end();
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(value: &str, harvest: u64) -> Row {
        Row {
            values: vec![value.into()],
            seed: 1,
            ticks: 100_000,
            population: 4,
            genome_bytes: 250,
            genotypes: 1,
            births: 12_345_678,
            deaths: vec![0; 6],
            income: vec![0, harvest, 0, 0, 0, 0],
            tasks: vec![0; bytebiota_core::tasks::TASKS.len()],
            digest: "0123456789abcdef".into(),
        }
    }

    #[test]
    fn csv_has_all_columns_and_the_screen_those_that_say_something() {
        let axes = [Axis {
            path: "energy.rent",
            values: vec!["0".into(), "10".into()],
        }];
        let rows = [row("0", 0), row("10", 5_000_000)];
        let csv = csv(&axes, &rows);
        let widths: Vec<usize> = csv.lines().map(|line| line.split(',').count()).collect();
        assert_eq!(widths, [1 + Row::columns().len(); 3]);
        assert!(csv.starts_with("energy.rent,seed,ticks,population,mean_genome_length,"));
        assert!(csv.contains(",income_milli_harvest,") && csv.contains(",tasks_XOR,"));
        assert!(csv.contains("\n10,1,100000,4,62.500,1,12345678,"), "{csv}");
        let text = text(&axes, &rows);
        assert!(
            !text.contains("starvation") && !text.contains("XOR"),
            "{text}"
        );
        for part in ["income_milli", "harvest", "5000k", "12M", "0123456789ab"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert_eq!(text.lines().count(), 4);
    }
}
