//! Icons of taxa: a small creature drawn from the names of its lineage, and the pattern of a genome on it. The same names
//! give the same picture; relatives share what their common ranks decide. Knows no page.
//!
//! Kingdom: the form. Phylum: how many lobes. Class: the colour. Order: what it swims with. Family: how large it is, and how
//! round. Genus: its organs. Species: how these are arranged. Genome: the grains inside.

use crate::{family_colour, pigment};
use std::{f64::consts::TAU, fmt::Write as _};

/// Sides of the square that an icon is drawn in.
const SIDE: f64 = 64.0;
/// Points of the outline.
const POINTS: usize = 72;
/// Grains that are drawn of a genome, at most.
const GRAINS: usize = 48;

/// Ranks from the kingdom down to the species: seven names; fewer draw the taxon of that rank.
pub fn icon(lineage: &[&str], genome: Option<&[u8]>) -> String {
    let draw = Draw::of(lineage);
    let mut svg =
        format!("<svg viewBox=\"0 0 {SIDE} {SIDE}\" class=\"icon\" aria-hidden=\"true\">");
    draw.swimming(&mut svg);
    draw.body(&mut svg);
    match genome {
        Some(genome) => draw.grains(&mut svg, genome),
        None => draw.spots(&mut svg),
    }
    draw.organs(&mut svg);
    svg.push_str("</svg>");
    svg
}

/// What the ranks decide, as numbers.
struct Draw {
    /// Waves of the outline, and how deep they are.
    lobes: f64,
    depth: f64,
    /// How much longer than wide.
    stretch: f64,
    radius: f64,
    hue: f64,
    swims: u64,
    organs: u64,
    arrangement: Dice,
}

/// Numbers out of a name: FNV-1a, then one step of SplitMix for each number.
#[derive(Clone, Copy)]
struct Dice(u64);

impl Dice {
    fn of(names: &[&str]) -> Self {
        let bytes = names.iter().flat_map(|name| name.bytes().chain([0xFF]));
        Self(bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        }))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// 0 to 1.
    fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }
}

impl Draw {
    fn of(lineage: &[&str]) -> Self {
        let rank = |index: usize| lineage.get(index).copied().unwrap_or("");
        // A kingdom has one of four forms, a phylum its number of lobes.
        let form = Dice::of(&[rank(0)]).below(4);
        let lobes = 3 + Dice::of(&[rank(1), "lobes"]).below(5);
        let (lobes, depth, stretch) = match form {
            0 => (lobes as f64, 0.05, 1.0),
            1 => (2.0, 0.1, 1.35),
            2 => (lobes as f64, 0.2, 1.0),
            _ => (1.0, 0.22, 1.15),
        };
        let mut size = Dice::of(&[rank(4), "size"]);
        let mut species = Dice::of(&[rank(5), rank(6), "species"]);
        Self {
            lobes,
            depth: depth * (0.8 + 0.5 * size.part()),
            stretch,
            radius: 14.5 + 4.5 * size.part(),
            hue: Dice::of(&[rank(2), "hue"]).part() * TAU
                + (Dice::of(&[rank(5), "shade"]).part() - 0.5) * 1.3
                + (species.part() - 0.5) * 0.5,
            swims: Dice::of(&[rank(3), "swims"]).below(4),
            organs: Dice::of(&[rank(5), "organs"]).next(),
            arrangement: species,
        }
    }

    /// A point at an angle and a part of the way from the middle to the skin.
    fn point(&self, angle: f64, part: f64) -> (f64, f64) {
        let wave = 1.0 + self.depth * (self.lobes * angle).cos();
        let radius = self.radius * wave * part;
        let (x, y) = (
            radius * angle.cos() * self.stretch,
            radius * angle.sin() / self.stretch.sqrt(),
        );
        (SIDE / 2.0 + x, SIDE / 2.0 + y)
    }

    fn colour(&self, lightness: f64, chroma: f64, turn: f64) -> String {
        pigment::css(pigment::oklch(lightness, chroma, self.hue + turn))
    }

    fn body(&self, svg: &mut String) {
        let mut path = String::new();
        for index in 0..POINTS {
            let (x, y) = self.point(index as f64 / POINTS as f64 * TAU, 1.0);
            let _ = write!(path, "{}{x:.1} {y:.1}", if index == 0 { "M" } else { "L" });
        }
        let (fill, line) = (self.colour(0.68, 0.11, 0.0), self.colour(0.5, 0.12, 0.0));
        let _ = write!(
            svg,
            "<path d=\"{path}Z\" fill=\"{fill}\" stroke=\"{line}\" stroke-width=\"1.6\" stroke-linejoin=\"round\"/>"
        );
        let mut inner = String::new();
        for index in 0..POINTS {
            let (x, y) = self.point(index as f64 / POINTS as f64 * TAU, 0.82);
            let _ = write!(inner, "{}{x:.1} {y:.1}", if index == 0 { "M" } else { "L" });
        }
        let pale = self.colour(0.82, 0.07, 0.1);
        let _ = write!(
            svg,
            "<path d=\"{inner}Z\" fill=\"{pale}\" opacity=\"0.55\"/>"
        );
    }

    /// What it moves with, behind the body: nothing, one whip, hairs all around, or spines.
    fn swimming(&self, svg: &mut String) {
        let line = self.colour(0.55, 0.1, 0.0);
        let mut path = String::new();
        match self.swims {
            0 => {}
            1 => {
                for whip in [-0.22, 0.22] {
                    let (x, y) = self.point(TAU / 2.0 + whip, 0.95);
                    let (dx, dy) = (-5.0, 4.0 * whip.signum());
                    let _ = write!(
                        path,
                        "M{x:.1} {y:.1}q{dx:.1} {dy:.1} {:.1} 0t{:.1} {:.1}",
                        2.0 * dx * 0.7,
                        dx,
                        -dy
                    );
                }
            }
            kind => {
                let (count, reach) = if kind == 2 { (26, 1.2) } else { (11, 1.34) };
                for index in 0..count {
                    let angle = f64::from(index) / f64::from(count) * TAU;
                    let (x, y) = self.point(angle, 0.97);
                    let (to_x, to_y) = self.point(angle + 0.06, reach);
                    let _ = write!(path, "M{x:.1} {y:.1}L{to_x:.1} {to_y:.1}");
                }
            }
        }
        let width = if self.swims == 3 { 2.0 } else { 1.2 };
        if !path.is_empty() {
            let _ = write!(
                svg,
                "<path d=\"{path}\" fill=\"none\" stroke=\"{line}\" stroke-width=\"{width}\" stroke-linecap=\"round\"/>"
            );
        }
    }

    /// Without a genome: spots as the species has them.
    fn spots(&self, svg: &mut String) {
        let mut dice = self.arrangement;
        let colour = self.colour(0.5, 0.13, 0.5 + dice.part());
        for _ in 0..4 + dice.below(7) {
            let (x, y) = self.point(dice.part() * TAU, 0.25 + 0.5 * dice.part());
            let radius = 0.8 + 1.5 * dice.part();
            let _ = write!(
                svg,
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\" fill=\"{colour}\" opacity=\"0.75\"/>"
            );
        }
    }

    /// The bytes of a genome along a spiral, in the colours of their families.
    fn grains(&self, svg: &mut String, genome: &[u8]) {
        let count = genome.len().min(GRAINS);
        for index in 0..count {
            let byte = genome[index * genome.len() / count];
            let part = ((index as f64 + 0.7) / count as f64).sqrt() * 0.8;
            let (x, y) = self.point(index as f64 * 2.399_963, part);
            let colour = pigment::css(family_colour::of_byte(byte));
            let _ = write!(
                svg,
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"1.7\" fill=\"{colour}\"/>"
            );
        }
    }

    /// What the genus has, where the species has it: a nucleus or two, eyes, a mouth, a crown.
    fn organs(&self, svg: &mut String) {
        let mut dice = self.arrangement;
        let dark = self.colour(0.34, 0.09, 0.0);
        let bright = self.colour(0.9, 0.05, 0.4);
        let turn = dice.part() * TAU;
        if self.organs & 1 == 1 {
            let (x, y) = self.point(turn, 0.34);
            let _ = write!(
                svg,
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{:.1}\" fill=\"{dark}\" opacity=\"0.7\"/>",
                3.0 + 1.6 * dice.part()
            );
            let _ = write!(
                svg,
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"1.2\" fill=\"{bright}\"/>"
            );
        }
        for eye in 0..(self.organs >> 1) % 4 {
            let (x, y) = self.point(turn + 0.5 * eye as f64 - 0.5, 0.74);
            let _ = write!(
                svg,
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.1\" fill=\"{bright}\"/><circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"1\" fill=\"{dark}\"/>"
            );
        }
        if (self.organs >> 3) & 1 == 1 {
            let (x, y) = self.point(turn + TAU / 2.0, 0.9);
            let (to_x, to_y) = self.point(turn + TAU / 2.0, 0.5);
            let _ = write!(
                svg,
                "<path d=\"M{x:.1} {y:.1}L{to_x:.1} {to_y:.1}\" stroke=\"{dark}\" stroke-width=\"2.6\" stroke-linecap=\"round\" opacity=\"0.8\"/>"
            );
        }
        for tip in 0..(self.organs >> 4) % 3 {
            let angle = turn + 1.9 + 0.55 * tip as f64;
            let ((x, y), (to_x, to_y)) = (self.point(angle, 1.0), self.point(angle, 1.42));
            let _ = write!(
                svg,
                "<path d=\"M{x:.1} {y:.1}L{to_x:.1} {to_y:.1}\" stroke=\"{dark}\" stroke-width=\"1.4\" stroke-linecap=\"round\"/><circle cx=\"{to_x:.1}\" cy=\"{to_y:.1}\" r=\"1.9\" fill=\"{}\"/>",
                self.colour(0.72, 0.14, 2.4)
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_core::{genesis, taxonomy::Taxonomy};
    use std::collections::BTreeMap;

    /// The lineages of mutants of all ancestors, by species.
    fn lineages() -> BTreeMap<String, [String; 7]> {
        let mut dice = Dice(7);
        let mut found = BTreeMap::new();
        for (name, _) in genesis::GENOMES {
            let genome = genesis::genome(name).expect("a genome");
            for _ in 0..400 {
                let mut mutant = genome.clone();
                for _ in 0..1 + dice.below(6) {
                    let place = dice.below(mutant.len() as u64) as usize;
                    mutant[place] = dice.below(64) as u8;
                }
                mutant.truncate(8 + dice.below(60) as usize);
                let lineage = Taxonomy::classify(&mutant, None).lineage;
                let [a, b, c, d, e, f] = lineage.path().map(str::to_owned);
                found.insert(lineage.species.clone(), [a, b, c, d, e, f, lineage.species]);
            }
        }
        found
    }

    fn of(names: &[String; 7]) -> String {
        icon(&names.each_ref().map(String::as_str), None)
    }

    #[test]
    fn every_species_has_an_icon_of_its_own_and_always_the_same() {
        let lineages = lineages();
        assert!(lineages.len() > 300, "{}", lineages.len());
        let icons: BTreeMap<String, &String> =
            lineages.iter().map(|(name, l)| (of(l), name)).collect();
        assert_eq!(icons.len(), lineages.len());
        assert!(lineages.values().all(|lineage| of(lineage) == of(lineage)));
    }

    #[test]
    fn relatives_share_form_and_strangers_do_not() {
        let lineages = lineages();
        let body = |lineage: &[String; 7]| {
            let draw = Draw::of(&lineage.each_ref().map(String::as_str));
            (
                draw.lobes.to_bits(),
                draw.depth.to_bits(),
                draw.radius.to_bits(),
                draw.swims,
                draw.organs,
            )
        };
        let mut bodies: BTreeMap<Vec<String>, Vec<_>> = BTreeMap::new();
        for lineage in lineages.values() {
            bodies
                .entry(lineage[..6].to_vec())
                .or_default()
                .push(body(lineage));
        }
        assert!(
            bodies
                .values()
                .all(|bodies| bodies.iter().all(|body| *body == bodies[0]))
        );
        assert!(bodies.values().any(|bodies| bodies.len() > 3));
        let different: std::collections::BTreeSet<_> =
            bodies.values().map(|bodies| bodies[0]).collect();
        assert!(
            different.len() * 10 > bodies.len() * 9,
            "{} of {}",
            different.len(),
            bodies.len()
        );
    }

    #[test]
    fn a_genome_is_seen_and_nothing_is_drawn_far_outside() {
        let names = ["a", "b", "c", "d", "e", "f", "g"];
        let forager = genesis::genome("forager").expect("a genome");
        let ancestor = genesis::genome("ancestor").expect("a genome");
        assert_ne!(icon(&names, Some(&forager)), icon(&names, Some(&ancestor)));
        assert!(icon(&[], Some(&[])).ends_with("</svg>"));
        for lineage in lineages().values() {
            let svg = of(lineage);
            assert!(!svg.contains("NaN") && svg.len() < 9_000, "{}", svg.len());
        }
    }
}
