//! What happens in a young soup that is worth a sentence, each thing once, at the tick at which it happens. Knows no picture.

use bytebiota_core::{Body, Counters, DeathCause, Island};

/// How much longer than to a full soup it is looked at.
const AFTERWARDS: u64 = 2;

/// What has been told, and what was known at the tick before.
pub struct Facts {
    untold: Vec<Fact>,
    before: Counters,
    founder: Option<Body>,
    full_tick: Option<u64>,
}

/// Something to be told of once.
type Fact = fn(&Facts, &Island) -> Option<String>;

impl Facts {
    /// Nothing is told of an island at genesis.
    pub fn new(island: &Island) -> Self {
        Self {
            untold: vec![
                alone,
                asked,
                writing,
                first_child,
                four,
                unlike,
                first_death,
                hundred,
                half,
                founder_dies,
                full,
                end,
            ],
            before: Counters::default(),
            founder: island.bodies().first().copied(),
            full_tick: None,
        }
    }

    /// What is to be said of this tick, the next after the last one looked at; empty if nothing.
    pub fn look(&mut self, island: &Island) -> String {
        if self.full_tick.is_none() && pressed(island) > 0 {
            self.full_tick = Some(island.tick());
        }
        let mut said = Vec::new();
        let mut untold = std::mem::take(&mut self.untold);
        untold.retain(|fact| match fact(self, island) {
            Some(sentence) => {
                said.push(sentence);
                false
            }
            None => true,
        });
        self.untold = untold;
        self.before.clone_from(island.counters());
        said.join(" ")
    }

    /// Whether there is nothing more to be looked at.
    pub fn is_over(&self, tick: u64) -> bool {
        self.full_tick.is_some_and(|full| tick >= AFTERWARDS * full)
    }

    /// Whether somebody died at this tick.
    fn has_died(&self, island: &Island) -> bool {
        island.counters().deaths != self.before.deaths
    }
}

fn pressed(island: &Island) -> u64 {
    island.counters().deaths[DeathCause::MemoryPressure as usize]
}

fn alone(facts: &Facts, island: &Island) -> Option<String> {
    let founder = facts.founder.filter(|_| island.population() == 1)?;
    Some(format!(
        "The founder: a program of {} bytes, alone in {} bytes of empty memory.",
        founder.length,
        grouped(island.config().soup.size.into())
    ))
}

fn asked(_: &Facts, island: &Island) -> Option<String> {
    let child = (island.counters().allocations > 0).then(|| island.bodies().first()?.child)??;
    Some(format!(
        "It has found its own two ends, counted {} bytes between them, and been given as much free memory.",
        child.1
    ))
}

fn writing(_: &Facts, island: &Island) -> Option<String> {
    let is_early = island.counters().allocations == 1;
    let written = is_early.then(|| island.bodies().first().map(|body| body.written))??;
    (written > 1).then(|| "Byte by byte it writes itself once more, next to itself.".into())
}

fn first_child(_: &Facts, island: &Island) -> Option<String> {
    let counters = island.counters();
    (counters.births == 1).then(|| match counters.true_births {
        0 => "The first child is born. It is not like its parent: an error crept in. Now two are copying.".into(),
        _ => "The first child is born, byte for byte its parent. Now two are copying.".into(),
    })
}

fn four(_: &Facts, island: &Island) -> Option<String> {
    let is_there = island.population() >= 4;
    is_there.then(|| {
        "Four. They take turns, a few instructions each, and every one of them copies itself."
            .into()
    })
}

fn unlike(facts: &Facts, island: &Island) -> Option<String> {
    let counters = island.counters();
    let all_were_true = facts.before.births == facts.before.true_births;
    let is_first = all_were_true && counters.births > counters.true_births;
    // Of the very first child it is told already.
    (is_first && counters.births > 1).then(|| {
        format!(
            "Birth number {} is the first that is unlike its parent: an error crept in while it was copied. Its kind has a colour of its own.",
            counters.births
        )
    })
}

fn first_death(_: &Facts, island: &Island) -> Option<String> {
    let deaths = &island.counters().deaths;
    let cause = DeathCause::ALL
        .iter()
        .find(|cause| deaths[**cause as usize] > 0)?;
    Some(format!(
        "The first death: {}. Its bytes stay in the soup until somebody writes over them.",
        match cause {
            DeathCause::Age => "of old age",
            DeathCause::Errors => "of too many errors",
            DeathCause::Arrears => "over unpaid rent",
            DeathCause::Starvation => "of hunger",
            DeathCause::MemoryPressure => "to make room for a child",
            DeathCause::Operator => "by an operator's hand",
        }
    ))
}

fn hundred(_: &Facts, island: &Island) -> Option<String> {
    (island.population() >= 100).then(|| {
        format!(
            "A hundred organisms of {} kinds: {} of {} births so far were exact copies.",
            island.sample().genotypes,
            island.counters().true_births,
            island.counters().births
        )
    })
}

fn half(_: &Facts, island: &Island) -> Option<String> {
    (island.free_bytes() <= island.config().soup.size / 2).then(|| {
        format!(
            "Half of the memory is taken, by {} organisms of {} kinds. {} have died.",
            island.population(),
            island.sample().genotypes,
            island.counters().deaths_total()
        )
    })
}

/// The founder lies where it lay, and only gets older.
fn founder_dies(facts: &Facts, island: &Island) -> Option<String> {
    let founder = facts.founder.filter(|_| facts.has_died(island))?;
    let lives = |body: &&Body| body.start == founder.start && body.age == island.round();
    let is_alive = island.bodies().iter().any(|body| lives(&body));
    (!is_alive).then(|| {
        format!(
            "The founder is dead. {} organisms live, and all of them come from it.",
            island.population()
        )
    })
}

fn full(facts: &Facts, island: &Island) -> Option<String> {
    facts.full_tick.map(|_| {
        format!(
            "The soup is full: for the first time somebody had to go to make room for a child. About {} organisms fit; from now on a birth is a death.",
            island.population()
        )
    })
}

fn end(facts: &Facts, island: &Island) -> Option<String> {
    let counters = island.counters();
    facts.is_over(island.tick()).then(|| {
        format!(
            "As long again: {} were born so far, {} died, and {} organisms of {} kinds live. What copies best leaves most.",
            grouped(counters.births),
            grouped(counters.deaths_total()),
            island.population(),
            island.sample().genotypes
        )
    })
}

/// A number with thousands separated.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
