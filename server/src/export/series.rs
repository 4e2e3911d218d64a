//! The series of the world as a table. Knows no store.

use bytebiota_core::sample::{LENGTH_CLASSES, LENGTH_STEP};
use bytebiota_core::{MutationKind, tasks::TASKS};
use bytebiota_protocol::view::{EcologyPoint, SeriesPoint};
use std::fmt::Write as _;

/// What every point has.
const NUMBERS: &str = "time_ms,population,births,deaths_age,deaths_errors,deaths_arrears,deaths_starvation,\
deaths_memory_pressure,deaths_operator,genotypes,mean_genome_length,instructions,instructions_per_second,workers";
/// What only points have at which the living were counted.
const ECOLOGY: &str =
    "richness,shannon_bits,simpson,turnover,dn_ds,true_births,errors,divides_failed";

/// A row for each point. Mutations and tasks have a column each, and so have classes of genome length, by their shortest;
/// the regions of the ring stand in one, separated by spaces.
pub fn series(points: &[SeriesPoint]) -> String {
    let mut text = head();
    for point in points {
        numbers(&mut text, point);
        ecology(&mut text, point.ecology.as_deref());
        text.push('\n');
    }
    text
}

fn head() -> String {
    let kinds = MutationKind::ALL.iter();
    let mutations = kinds.map(|kind| format!("mutations_{}", kind.name()));
    let tasks = TASKS.iter();
    let tasks = tasks.map(|task| format!("task_{}", task.name.to_lowercase()));
    let lengths =
        (0..LENGTH_CLASSES).map(|class| format!("length_{}", class * LENGTH_STEP as usize));
    let lists: Vec<String> = mutations.chain(tasks).chain(lengths).collect();
    format!("{NUMBERS},{ECOLOGY},{},environment\n", lists.join(","))
}

fn numbers(text: &mut String, point: &SeriesPoint) {
    let deaths = &point.deaths;
    // A String takes everything.
    let _ = write!(
        text,
        "{},{},{},{},{},{},{},{},{},{},{},{},{},{}",
        point.time_ms,
        point.population,
        point.births,
        deaths.age,
        deaths.errors,
        deaths.arrears,
        deaths.starvation,
        deaths.memory_pressure,
        deaths.operator,
        point.genotypes,
        point.mean_genome_length,
        point.instructions,
        point.instructions_per_second,
        point.workers,
    );
}

fn ecology(text: &mut String, point: Option<&EcologyPoint>) {
    let cells = ECOLOGY.split(',').count() + MutationKind::COUNT + TASKS.len() + LENGTH_CLASSES + 1;
    let Some(point) = point else {
        text.extend(std::iter::repeat_n(',', cells));
        return;
    };
    let ratio = point
        .dn_ds
        .map_or_else(String::new, |ratio| ratio.to_string());
    let _ = write!(
        text,
        ",{},{},{},{},{ratio},{},{},{}",
        point.richness,
        point.shannon_bits,
        point.simpson,
        point.turnover,
        point.true_births,
        point.errors,
        point.divides_failed,
    );
    // A point of an older program may know fewer kinds.
    for (counts, columns) in [
        (&point.mutations, MutationKind::COUNT),
        (&point.tasks, TASKS.len()),
        (&point.lengths, LENGTH_CLASSES),
    ] {
        for place in 0..columns {
            let count = counts.get(place).map_or_else(String::new, u64::to_string);
            let _ = write!(text, ",{count}");
        }
    }
    let arcs: Vec<String> = point.environment.iter().map(u64::to_string).collect();
    let _ = write!(text, ",{}", arcs.join(" "));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_a_cell_for_each_name_whether_the_living_were_counted_or_not() {
        let counted = SeriesPoint {
            ecology: Some(Box::new(EcologyPoint {
                richness: 7,
                tasks: vec![5],
                environment: vec![3, 4],
                ..EcologyPoint::default()
            })),
            ..SeriesPoint::default()
        };
        let text = series(&[SeriesPoint::default(), counted]);
        let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
        assert_eq!(
            (rows[0].len(), rows[0].len()),
            (rows[1].len(), rows[2].len())
        );
        let cell = |row: usize, name: &str| {
            let place = rows[0].iter().position(|column| *column == name);
            rows[row][place.expect(name)]
        };
        assert_eq!((cell(1, "richness"), cell(2, "richness")), ("", "7"));
        assert_eq!((cell(2, "task_echo"), cell(2, "task_not")), ("5", ""));
        assert_eq!((cell(2, "environment"), cell(2, "dn_ds")), ("3 4", ""));
    }
}
