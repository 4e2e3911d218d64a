//! What the volunteer sees while it computes, and at the end. Knows no socket.

use bytebiota_protocol::{
    controls::Rest,
    session::{SessionCounters, SlotStatus},
};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;

/// Without a terminal a line is written this often.
const LINE_EVERY_MS: u64 = 30_000;

/// What a worker did from start to end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Units computed.
    pub units_done: u64,
    /// Units the server has on disk.
    pub units_acked: u64,
    /// Units the server did not want.
    pub units_rejected: u64,
    /// Ticks of the acknowledged units.
    pub ticks_acked: u64,
    /// Ticks credited to the volunteer in all, over all visits.
    pub credit: u64,
    /// Times the connection was made.
    pub connections: u64,
    /// Ticks executed, given-back work included.
    pub ticks: u64,
    /// The name the server shows for this volunteer.
    pub name: String,
}

impl Summary {
    pub(crate) fn of(counters: SessionCounters, ticks: u64, name: String) -> Self {
        Self {
            units_done: counters.units_done,
            units_acked: counters.units_acked,
            units_rejected: counters.units_rejected,
            ticks_acked: counters.ticks_acked,
            credit: counters.credit,
            connections: counters.connections,
            ticks,
            name,
        }
    }
}

/// What went over the line, bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Traffic {
    pub received: u64,
    pub sent: u64,
}

/// A large number for people: `1.25 G`.
pub fn short(number: u64) -> String {
    let units = [
        (1_000_000_000_000, "T"),
        (1_000_000_000, "G"),
        (1_000_000, "M"),
        (1_000, "k"),
    ];
    for (size, unit) in units {
        if number >= size {
            let hundredths = (u128::from(number) * 100 / size as u128) as u64;
            return format!("{}.{:02} {unit}", hundredths / 100, hundredths % 100);
        }
    }
    number.to_string()
}

/// The progress line: in place on a terminal, now and then a line elsewhere.
pub(crate) struct ProgressLine {
    bar: Option<ProgressBar>,
    is_shown: bool,
    next_line_ms: u64,
    last: (u64, u64),
    speed: u64,
}

impl ProgressLine {
    pub fn new(is_shown: bool) -> Self {
        let is_terminal = std::io::stderr().is_terminal();
        let bar = (is_shown && is_terminal).then(|| {
            let style = ProgressStyle::with_template("{spinner} {wide_msg}");
            let bar = ProgressBar::new_spinner();
            style.into_iter().for_each(|style| bar.set_style(style));
            bar
        });
        Self {
            bar,
            is_shown,
            next_line_ms: 0,
            last: (0, 0),
            speed: 0,
        }
    }

    /// Says something that stays.
    pub fn say(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            None if self.is_shown => eprintln!("{text}"),
            None => {}
        }
    }

    pub fn refresh(
        &mut self,
        now_ms: u64,
        counters: SessionCounters,
        ticks: u64,
        statuses: &[SlotStatus],
        rest: Option<Rest>,
        traffic: Traffic,
    ) {
        self.measure(now_ms, ticks);
        let what = rest.map_or_else(|| what_slots_do(statuses), Rest::words);
        let line = self.line(&what, counters, traffic);
        match &self.bar {
            Some(bar) => {
                bar.set_message(line);
                bar.tick();
            }
            None if self.is_shown && now_ms >= self.next_line_ms => {
                self.next_line_ms = now_ms + LINE_EVERY_MS;
                eprintln!("{line}");
            }
            None => {}
        }
    }

    pub fn finish(&self) {
        self.bar.iter().for_each(ProgressBar::finish_and_clear);
    }

    fn measure(&mut self, now_ms: u64, ticks: u64) {
        let (then_ms, before) = self.last;
        if now_ms >= then_ms + 2_000 {
            self.speed = (ticks.saturating_sub(before)).saturating_mul(1_000) / (now_ms - then_ms);
            self.last = (now_ms, ticks);
        }
    }

    fn line(&self, what: &str, counters: SessionCounters, traffic: Traffic) -> String {
        format!(
            "{what} · {} ticks/s · {} units acknowledged, {} rejected · credit {} ticks · {}B down, {}B up",
            short(self.speed),
            counters.units_acked,
            counters.units_rejected,
            short(counters.credit),
            short(traffic.received),
            short(traffic.sent),
        )
    }
}

fn what_slots_do(statuses: &[SlotStatus]) -> String {
    let is_computing = |status: &&SlotStatus| matches!(status, SlotStatus::Computing(_));
    let islands: Vec<String> = statuses
        .iter()
        .filter_map(|status| match status {
            SlotStatus::Computing(island) => Some(island.to_string()),
            _ => None,
        })
        .collect();
    let why_idle =
        statuses
            .iter()
            .find(|status| !is_computing(status))
            .map(|status| match status {
                SlotStatus::Computing(_) => "",
                SlotStatus::Paused => "paused",
                SlotStatus::WaitingForAcks => "waiting for acknowledgements",
                SlotStatus::Offline => "no connection",
                SlotStatus::WaitingForWork => "waiting for work",
                SlotStatus::Stopped => "stopping",
            });
    match (islands.is_empty(), why_idle) {
        (true, why) => why.unwrap_or("starting").to_owned(),
        (false, None) => format!("island {}", islands.join(", ")),
        (false, Some(why)) => {
            let idle = statuses.len() - islands.len();
            format!("island {} ({idle} idle: {why})", islands.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_core::IslandId;

    #[test]
    fn numbers_are_short() {
        let cases = [
            (0, "0"),
            (999, "999"),
            (1_250, "1.25 k"),
            (3_999_999_999, "3.99 G"),
        ];
        for (number, text) in cases {
            assert_eq!(short(number), text);
        }
        assert!(short(u64::MAX).ends_with(" T"));
    }

    #[test]
    fn the_line_says_what_computes_and_why_the_rest_does_not() {
        let both = [
            SlotStatus::Computing(IslandId(4)),
            SlotStatus::WaitingForWork,
        ];
        assert_eq!(what_slots_do(&both), "island 4 (1 idle: waiting for work)");
        assert_eq!(what_slots_do(&both[..1]), "island 4");
        assert_eq!(what_slots_do(&[SlotStatus::Offline]), "no connection");
    }
}
