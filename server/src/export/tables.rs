//! The rows of each table. Knows no store.

use super::csv::cell;
use bytebiota_core::{IslandId, TaxonId, assembler};
use bytebiota_protocol::view::{GenotypeSummary, SeedView, TaxonView};
use std::fmt::Write as _;

/// The first four columns and their order are those of the ALife data standard; members alive are called as phylotrackpy
/// looks for them.
pub const PHYLOGENY_HEAD: &str = "id,ancestor_list,origin_time,destruction_time,taxon_label,cause,genotype,genome,length,\
species,island,births,num_orgs,steps,synonymous,nonsynonymous,insertions,deletions,other,tainted\n";

/// The columns of genomes.
pub const GENOMES_HEAD: &str = "genotype,living,births,taxa,islands,length,lineage,genome\n";

/// The taxon that one descends from, wherever it arose.
pub fn ancestor(taxon: &TaxonView) -> Option<TaxonId> {
    let (island, serial) = taxon.parent.as_deref()?.split_once('-')?;
    Some(TaxonId {
        island: IslandId(island.parse().ok()?),
        serial: serial.parse().ok()?,
    })
}

/// One taxon. Times are ticks of its own island; the living end at `inf`.
pub fn taxon(text: &mut String, id: u64, ancestor: Option<u64>, taxon: &TaxonView, genome: &[u8]) {
    let ancestors = ancestor.map_or("[none]".to_owned(), |ancestor| format!("[{ancestor}]"));
    let end = match taxon.living {
        0 => taxon.seen_tick.max(taxon.origin_tick).to_string(),
        _ => "inf".into(),
    };
    let hex: String = genome.iter().map(|byte| format!("{byte:02x}")).collect();
    let edge = &taxon.edge;
    // A String takes everything.
    let _ = writeln!(
        text,
        "{id},{ancestors},{},{end},{},{},{},{hex},{},{},{},{},{},{},{},{},{},{},{},{}",
        taxon.origin_tick,
        taxon.id,
        cell(&taxon.cause),
        taxon.genotype,
        taxon.length,
        cell(&taxon.species),
        taxon.island,
        taxon.births,
        taxon.living,
        edge.steps,
        edge.synonymous,
        edge.nonsynonymous,
        edge.insertions,
        edge.deletions,
        edge.other,
        cell(taxon.tainted.as_deref().unwrap_or_default()),
    );
}

/// The seed bank.
pub fn seeds(seeds: &[SeedView]) -> String {
    let mut text = String::from(
        "genotype,way,ticks_per_birth,tasks,found,admitted_ms,uses,successes,length,lineage,genome\n",
    );
    for seed in seeds {
        let tasks: Vec<String> = seed.tasks.iter().map(ToString::to_string).collect();
        let _ = writeln!(
            text,
            "{},{},{},{},{},{},{},{},{},{},{}",
            seed.genotype,
            cell(&seed.way),
            seed.ticks_per_birth,
            cell(&tasks.join(" ")),
            cell(seed.found.as_deref().unwrap_or_default()),
            seed.admitted_ms,
            seed.uses,
            seed.successes,
            seed.genome.len() / 2,
            cell(&seed.lineage.join("/")),
            seed.genome,
        );
    }
    text
}

/// One genotype of the living.
pub fn genome(text: &mut String, genotype: &GenotypeSummary) {
    let _ = writeln!(
        text,
        "{},{},{},{},{},{},{},{}",
        genotype.genotype,
        genotype.living,
        genotype.births,
        genotype.taxa,
        genotype.islands,
        genotype.genome.len() / 2,
        cell(&genotype.lineage.join("/")),
        genotype.genome,
    );
}

/// The same as text that the assembler reads back, with a line in front of who it is.
pub fn assembly(text: &mut String, genotype: &GenotypeSummary, genome: &[u8]) {
    let species = genotype.lineage.last().map_or("", String::as_str);
    let _ = writeln!(
        text,
        "; {} {species}: {} bytes, {} alive",
        genotype.genotype,
        genome.len(),
        genotype.living
    );
    text.push_str(&assembler::disassemble(genome));
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_a_cell_for_each_name() {
        let mut text = String::new();
        let view = TaxonView {
            id: "3-7".into(),
            parent: Some("2-5".into()),
            origin_tick: 90,
            seen_tick: 80,
            ..TaxonView::default()
        };
        let parent = ancestor(&view).expect("a parent");
        assert_eq!((parent.island, parent.serial), (IslandId(2), 5));
        taxon(&mut text, 4, Some(1), &view, &[0, 255]);
        assert!(text.starts_with("4,[1],90,90,3-7,,,00ff,"), "{text}");
        taxon(&mut text, 5, None, &TaxonView { living: 1, ..view }, &[]);
        assert!(text.contains("\n5,[none],90,inf,3-7,"), "{text}");
        let cells = PHYLOGENY_HEAD.matches(',').count();
        assert!(text.lines().all(|line| line.matches(',').count() == cells));
        let bank = seeds(&[SeedView::default()]);
        let mut lines = bank.lines().map(|line| line.matches(',').count());
        assert_eq!(lines.next(), lines.next());
        let mut row = String::new();
        genome(&mut row, &GenotypeSummary::default());
        assert_eq!(row.matches(',').count(), GENOMES_HEAD.matches(',').count());
    }

    #[test]
    fn assembly_is_read_back() {
        let genome = [0x00, 0x17, 0x80, 0x12];
        let mut text = String::new();
        assembly(&mut text, &GenotypeSummary::default(), &genome);
        assert_eq!(assembler::assemble(&text).as_deref(), Ok(&genome[..]));
    }
}
