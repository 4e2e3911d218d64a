//! The link that carries a lab to a friend: genome in the path, everything else in the query. Knows no browser.

use bytebiota_core::{genesis, isa};
use bytebiota_protocol::{
    genome_name::{GenomeName, to_hex},
    lab::{DEFAULT_GAP, LabStart, RULES},
    routes::Page,
};

/// Bytes between two genomes at most.
pub const MAX_GAP: u32 = 1_000;

/// What the query of a link says, for a genome; what it does not say is chosen so that the genome can live.
pub fn read(genome: &[u8], query: &str) -> LabStart {
    let mut start = LabStart {
        genome: to_hex(genome),
        beside: String::new(),
        gap: DEFAULT_GAP,
        rules: fitting_rules(genome).into(),
        mutation: false,
    };
    for pair in query.trim_start_matches('?').split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match name {
            "beside" => {
                let named = GenomeName::parse(value).and_then(|name| name.genome());
                start.beside = named.map_or(String::new(), |genome| to_hex(&genome));
            }
            "gap" => start.gap = value.parse().unwrap_or(DEFAULT_GAP).min(MAX_GAP),
            "rules" if RULES.iter().any(|(name, _)| *name == value) => start.rules = value.into(),
            "mutation" => start.mutation = value == "on",
            _ => {}
        }
    }
    start
}

/// The link to a lab, without what goes without saying.
pub fn write(start: &LabStart) -> String {
    let genome = GenomeName::parse(&start.genome).and_then(|name| name.genome());
    let genome = genome.unwrap_or_default();
    let mut said = Vec::new();
    if !start.beside.is_empty() {
        said.push(format!("beside={}", word(&start.beside)));
        if start.gap != DEFAULT_GAP {
            said.push(format!("gap={}", start.gap));
        }
    }
    if start.rules != fitting_rules(&genome) {
        said.push(format!("rules={}", start.rules));
    }
    if start.mutation {
        said.push("mutation=on".into());
    }
    let path = Page::Genome(word(&start.genome)).path();
    match said.is_empty() {
        true => path,
        false => format!("{path}?{}", said.join("&")),
    }
}

/// The shortest word for a genome: the name of an ancestor, or its digits.
pub fn word(hex: &str) -> String {
    let is_it = |name: &&str| genesis::genome(name).is_some_and(|genome| to_hex(&genome) == hex);
    let named = genesis::GENOMES.iter().map(|(name, _)| *name).find(is_it);
    named.map_or_else(|| hex.to_owned(), str::to_owned)
}

/// Who harvests can live in the world; who does not, only where life is free.
fn fitting_rules(genome: &[u8]) -> &'static str {
    let harvests = |byte: &u8| byte & !isa::ALIAS_BIT == isa::op::HARVEST_ENERGY;
    if genome.iter().any(harvests) {
        "default"
    } else {
        "tierra"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn genome(name: &str) -> Vec<u8> {
        genesis::genome(name).expect("a genome")
    }

    #[test]
    fn a_link_comes_back_as_it_went() {
        let plain = read(&genome("forager"), "");
        assert_eq!(write(&plain), "/genome/forager");
        assert_eq!(plain.rules, "default");
        let start = LabStart {
            genome: to_hex(&genome("parasite")),
            beside: to_hex(&genome("ancestor")),
            gap: 200,
            rules: "default".into(),
            mutation: true,
        };
        let link = write(&start);
        assert_eq!(
            link,
            "/genome/parasite?beside=ancestor&gap=200&rules=default&mutation=on"
        );
        let (_, query) = link.split_once('?').expect("a query");
        assert_eq!(read(&genome("parasite"), query), start);
    }

    #[test]
    fn nonsense_in_a_query_is_left_out() {
        let start = read(
            &genome("ancestor"),
            "?beside=xyz&gap=-4&rules=mine&mutation=1&&x",
        );
        assert_eq!(start, read(&genome("ancestor"), ""));
        assert_eq!(read(&[7, 8], "?gap=99999").gap, MAX_GAP);
        assert_eq!(word("0708"), "0708");
    }
}
