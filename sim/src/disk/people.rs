//! What is kept of people. Knows no rule.

use super::{Answer, Disk};
use bytebiota_core::assignment::Check;
use bytebiota_core::{Digest, UnitKey};
use bytebiota_server::store::ProvisionalRow;
use bytebiota_server::verification::verifier::SelfTest;
use bytebiota_server::verification::{Seal, Standing};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A volunteer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    /// Hash of his token.
    pub token_hash: [u8; 32],
    /// What he computed with last.
    pub engine: String,
    /// How he stands; whether he is an operator is not on disk.
    pub standing: Standing,
    /// Ticks credited.
    pub credit: i64,
    /// Units confirmed.
    pub units: u64,
}

impl Disk {
    /// What volunteers with so many proofs computed with.
    pub fn sound_engines(&self, proofs: u32) -> BTreeSet<String> {
        let people = self.people.values();
        let proven = people.filter(|p| p.standing.proofs >= proofs && !p.standing.is_banned);
        proven.map(|person| person.engine.clone()).collect()
    }

    pub(super) fn visit(&mut self, token_hash: [u8; 32], engine: &str) -> Answer {
        let mut known = self.people.iter();
        let known = known.find(|(_, person)| person.token_hash == token_hash);
        let number = known.map_or(self.people.len() as i64 + 1, |(number, _)| *number);
        let person = self.people.entry(number).or_insert(Person {
            token_hash,
            engine: String::new(),
            standing: Standing::default(),
            credit: 0,
            units: 0,
        });
        engine.clone_into(&mut person.engine);
        Answer::Visited(number, Box::new(person.clone()))
    }

    /// The newest confirmed units that somebody made or checked, as far as the states they began with are kept.
    pub fn made_or_checked_by(&self, volunteer: i64, limit: u32) -> Vec<ProvisionalRow> {
        let own = self.checks.iter().map(|row| &row.done);
        let own = own.filter(|done| done.checker.is_some_and(|checker| checker.0 == volunteer));
        let checked: BTreeSet<UnitKey> = own.map(|done| done.unit).collect();
        let mut rows: Vec<ProvisionalRow> = Vec::new();
        for (place, link) in &self.links {
            let (unit, key) = (&link.unit, self.key(*place));
            let is_his = unit.volunteer == volunteer || checked.contains(&key);
            if link.is_superseded || !is_his || self.state(place.1, place.0, place.2).is_none() {
                continue;
            }
            let (Some((header, _)), Some(person)) = (
                self.headers.get(&unit.header),
                self.people.get(&unit.volunteer),
            ) else {
                continue;
            };
            let seal = |seal: &Seal| Seal {
                digest: seal.digest,
                state: Digest::default(),
                running: Digest::default(),
            };
            rows.push(ProvisionalRow {
                header: header.clone(),
                key,
                end_epoch: unit.end_epoch,
                base: unit.base,
                seals: unit.seals.iter().map(seal).collect(),
                volunteer: unit.volunteer,
                is_first: false,
                standing: person.standing,
                engine: person.engine.clone(),
            });
        }
        let time = |row: &ProvisionalRow| {
            let place = (row.key.island, row.key.branch, row.key.first_epoch);
            self.links.get(&place).map(|link| link.unit.time_ms)
        };
        rows.sort_by_key(|row| std::cmp::Reverse(time(row)));
        rows.truncate(limit as usize);
        rows
    }

    /// What somebody suspended has to compute.
    pub fn self_test(&self, volunteer: i64) -> Option<SelfTest> {
        let mut own = self.convictions.iter().rev();
        let his = |(conviction, question, is_lifted): &&(_, Option<Check>, bool)| {
            let conviction: &bytebiota_server::verification::Conviction = conviction;
            conviction.volunteer.0 == volunteer && !is_lifted && question.is_some()
        };
        let (conviction, question, _) = own.find(his)?;
        Some(SelfTest {
            check: Arc::new(question.clone()?),
            right: conviction.right.clone(),
        })
    }
}
