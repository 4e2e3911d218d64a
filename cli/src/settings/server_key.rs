//! The server's own settings as a table: name, range, unit, sentence. Knows no file format.

use bytebiota_core::WorldSeed;
use bytebiota_server::ServerConfig;
use bytebiota_server::tuning;
use bytebiota_server::verification::Mode;

/// A setting of the server.
pub struct ServerKey {
    /// Its name in the `[server]` table.
    pub name: &'static str,
    /// What it accepts, for people.
    pub range: &'static str,
    /// The unit of its value.
    pub unit: &'static str,
    /// What it does, in one sentence.
    pub sentence: &'static str,
    /// Shows the value.
    pub get: fn(&ServerConfig) -> String,
    read: fn(&mut ServerConfig, &str) -> bool,
}

macro_rules! number_key {
    ($field:ident, $($path:ident).+, $low:literal to $high:literal, $unit:literal, $sentence:literal) => {
        ServerKey {
            name: stringify!($field),
            range: concat!(stringify!($low), " to ", stringify!($high)),
            unit: $unit,
            sentence: $sentence,
            get: |server| server.$($path).+.to_string(),
            read: |server, text| {
                let number = text.replace('_', "").parse().ok().filter(|number| ($low..=$high).contains(number));
                number.map(|number| server.$($path).+ = number).is_some()
            },
        }
    };
}

/// Every setting of the server.
pub static SERVER_KEYS: &[ServerKey] = &[
    ServerKey {
        name: "listen",
        range: "ADDRESS:PORT",
        unit: "address",
        sentence: "Where to listen; port 0 takes a free one.",
        get: |server| server.listen.to_string(),
        read: |server, text| text.parse().map(|listen| server.listen = listen).is_ok(),
    },
    ServerKey {
        name: "trusted_proxy",
        range: "NETWORK,..., or none",
        unit: "CIDR",
        sentence: "Proxies whose X-Forwarded-For says where a request comes from.",
        get: |server| server.trusted_proxies.to_string(),
        read: |server, text| {
            text.parse()
                .map(|proxies| server.trusted_proxies = proxies)
                .is_ok()
        },
    },
    ServerKey {
        name: "data_dir",
        range: "a folder",
        unit: "path",
        sentence: "The folder of the world; made if missing.",
        get: |server| server.data_dir.display().to_string(),
        read: |server, text| {
            server.data_dir = text.into();
            !text.is_empty()
        },
    },
    ServerKey {
        name: "seed",
        range: "0 to 18446744073709551615, or random",
        unit: "seed",
        sentence: "Seed of a new world.",
        get: |server| server.seed.map_or("random".into(), |seed| seed.to_string()),
        read: |server, text| {
            let seed = text.parse().ok().map(WorldSeed);
            server.seed = seed;
            seed.is_some() || text == "random"
        },
    },
    ServerKey {
        name: "idle_work",
        range: "on, off",
        unit: "switch",
        sentence: "Whether the server itself computes a little while no volunteer does.",
        get: |server| if server.idle_work { "on" } else { "off" }.into(),
        read: |server, text| {
            server.idle_work = text == "on";
            matches!(text, "on" | "off")
        },
    },
    ServerKey {
        name: "verification",
        range: "check, accept",
        unit: "policy",
        sentence: "Whether drawn parts of results are computed again before they count; accept is for a private world.",
        get: |server| {
            match server.policy.mode {
                Mode::Check => "check",
                Mode::Accept => "accept",
            }
            .into()
        },
        read: |server, text| {
            server.policy.mode = if text == "accept" {
                Mode::Accept
            } else {
                Mode::Check
            };
            matches!(text, "check" | "accept")
        },
    },
    ServerKey {
        name: "tuning",
        range: "off, dry-run, on",
        unit: "switch",
        sentence: "Whether the server changes a few knobs of the living world by rule; dry-run only writes down what it would.",
        get: |server| server.tuning.mode.word().into(),
        read: |server, text| {
            let mode = tuning::Mode::read(text);
            mode.map(|mode| server.tuning.mode = mode).is_some()
        },
    },
    number_key!(tuning_interval_ms, tuning.interval_ms, 100 to 604_800_000, "ms", "Distance of two decisions of tuning."),
    number_key!(tuning_window_epochs, tuning.window_epochs, 1 to 1_000_000, "epochs", "What a decision looks back on, of each island."),
    number_key!(tuning_kept, tuning.kept, 0 to 1_000_000, "decisions", "Decisions without a change that are kept; changes are kept for ever."),
    number_key!(idle_after_ms, idle_after_ms, 1_000 to 86_400_000, "ms", "How long nobody must compute before that."),
    number_key!(idle_percent, idle_percent, 1 to 100, "percent", "Share of one core for that."),
    number_key!(full_per_million, policy.full_per_million, 10_000 to 1_000_000, "reports in a million", "How many are computed again in full, whoever made them."),
    number_key!(proving_reports, policy.proving_reports, 1 to 1_000_000, "reports", "Found right by the auditor or an operator before their maker is proven."),
    number_key!(auditor_percent, policy.auditor_percent, 0 to 100, "percent", "How often the auditor is drawn where a proven volunteer could check as well."),
    number_key!(auditor_queue_ms, policy.auditor_queue_ms, 100 to 3_600_000, "ms", "Work that waits for the auditor beyond this lets newcomers wait."),
    number_key!(suspension_ms, policy.suspension_ms, 1_000 to 31_536_000_000, "ms", "How long the first mismatch suspends."),
    number_key!(target_interval_ms, target_interval_ms, 100 to 3_600_000, "ms", "How long a unit should take."),
    number_key!(stretch_units, stretch_units, 1 to 10, "units", "Units of a stretch at most."),
    number_key!(stretch_ms, stretch_ms, 1_000 to 3_600_000, "ms", "How long a stretch should take at most."),
    number_key!(max_islands, max_islands, 1 to 1_000_000, "islands", "There are never more islands."),
    number_key!(newcomer_slots, newcomer_slots, 1 to 256, "slots", "Slots a newcomer may use at once."),
    number_key!(accept_ms, accept_ms, 100 to 600_000, "ms", "Receipt of an assignment must be acknowledged within this."),
    number_key!(progress_min_ms, progress_min_ms, 100 to 3_600_000, "ms", "A lease lives at least so long without progress."),
    number_key!(progress_max_ms, progress_max_ms, 100 to 3_600_000, "ms", "A lease lives at most so long without progress."),
    number_key!(grace_ms, grace_ms, 0 to 3_600_000, "ms", "What a vanished connection held is kept for it so long."),
    number_key!(retry_ms, retry_ms, 100 to 3_600_000, "ms", "A slot without work asks again after this."),
    number_key!(series_interval_ms, series_interval_ms, 100 to 3_600_000, "ms", "Distance of two points of the world's series."),
    number_key!(series_seconds_ms, series.seconds_ms, 0 to 3_155_760_000_000, "ms", "How long points of the series are kept as they were taken; 0 for ever, as below."),
    number_key!(series_minutes_ms, series.minutes_ms, 0 to 3_155_760_000_000, "ms", "How long sums of a minute are kept."),
    number_key!(series_hours_ms, series.hours_ms, 0 to 3_155_760_000_000, "ms", "How long sums of an hour are kept."),
    number_key!(series_days_ms, series.days_ms, 0 to 3_155_760_000_000, "ms", "How long sums of a day are kept."),
    number_key!(live_interval_ms, live_interval_ms, 50 to 60_000, "ms", "Distance of two updates of a live stream at least."),
    number_key!(kept_states, kept_states, 1 to 1_000_000, "states", "Bases of its newest units that an island keeps beside its head: where a replay can begin."),
    number_key!(checkpoint_interval_ms, checkpoint_interval_ms, 1_000 to 86_400_000, "ms", "Distance of two checkpoints of the world."),
    number_key!(checkpoint_months, checkpoint_months, 0 to 1_200, "months", "How long the first checkpoint of each month is kept; 0 for ever."),
    number_key!(drain_ms, drain_ms, 0 to 600_000, "ms", "On a stop, what workers deliver is taken for so long at most."),
    number_key!(extinct_taxa, shelf.extinct_taxa, 0 to 1_000_000, "taxa per island", "Extinct taxa from which nothing descends; older ones are forgotten."),
    number_key!(ancestors, shelf.ancestors, 100 to 1_000_000, "taxa per island", "Extinct taxa with a single line of descent; older ones are joined to the edge below."),
    number_key!(samples, shelf.samples, 16 to 1_000_000, "epoch lines per island", "Lines that keep their numbers each; of older ones ever fewer do."),
    number_key!(prune_units, shelf.prune_units, 1 to 1_000_000, "units of an island", "How often what is kept of an island is thinned."),
    number_key!(history_max, retention.history_bytes, 0 to 1_000_000_000_000_000, "bytes", "Links with what belongs to them; beyond it the oldest are folded between checkpoints."),
    number_key!(void_units, retention.void_units, 0 to 1_000_000_000, "units", "Acknowledged units that did not count and are kept."),
    number_key!(convictions, retention.convictions, 100 to 1_000_000, "convictions", "Results that did not match, with what proves it."),
    number_key!(strangers, retention.strangers, 1_000 to 1_000_000_000, "volunteers", "Volunteers without confirmed work who are remembered."),
    number_key!(free_disk_bytes, free_disk.bytes, 0 to 1_000_000_000_000_000, "bytes", "With less free disk nothing is leased; 0 for never."),
    number_key!(free_disk_percent, free_disk.percent, 0 to 100, "percent", "On a small disk this share of it is enough."),
    number_key!(seeds, seeds.capacity, 1 to 100_000, "genomes", "Seeds that are kept."),
    number_key!(niche_seeds, seeds.niche_seeds, 1 to 1_000, "genomes", "Seeds of one niche."),
    number_key!(seed_novelty, seeds.novelty_percent, 0 to 100, "percent", "How much a seed differs from every other of its niche."),
    ServerKey {
        name: "reseeding",
        range: "on, off",
        unit: "switch",
        sentence: "Whether seeds are sown where an island stands still.",
        get: |server| if server.reseeding.is_on { "on" } else { "off" }.into(),
        read: |server, text| {
            server.reseeding.is_on = text == "on";
            matches!(text, "on" | "off")
        },
    },
    number_key!(still_epochs, reseeding.window_epochs, 1 to 1_000_000, "epochs", "How long an island must stand still before it is reseeded."),
    number_key!(still_percent, reseeding.uniform_percent, 1 to 100, "percent", "It is all one genotype if the commonest has so many of its bodies."),
    number_key!(reseed_pause_epochs, reseeding.cooling_epochs, 1 to 1_000_000_000, "epochs", "How long an island is left alone after a reseeding."),
    number_key!(reseed_seeds, reseeding.seeds, 1 to 16, "genomes", "Seeds that are sown at a time."),
    number_key!(reseed_trial_epochs, reseeding.trial_epochs, 1 to 1_000_000, "epochs", "After so long a seed has taken root or has not."),
    number_key!(assignments_per_minute, budgets.assignments_per_minute, 1 to 1_000_000, "per slot and minute", "Asks and answers to assignments."),
    number_key!(reports_per_minute, budgets.reports_per_minute, 1 to 1_000_000, "per slot and minute", "Reports."),
    number_key!(progress_per_minute, budgets.progress_per_minute, 1 to 1_000_000, "per slot and minute", "Progress notes."),
    number_key!(bytes_per_minute, budgets.bytes_per_minute, 1_000_000 to 4_000_000_000, "bytes per slot and minute", "Bytes from a worker."),
    number_key!(other_per_minute, budgets.other_per_minute, 1 to 1_000_000, "per connection and minute", "Everything else."),
    number_key!(sockets_per_address, budgets.sockets_per_address, 1 to 1_000_000, "sockets", "Worker sockets of one address."),
    number_key!(sockets_per_minute, budgets.sockets_per_minute, 1 to 1_000_000, "per address and minute", "Sockets that are opened."),
    number_key!(hello_timeout_ms, budgets.hello_timeout_ms, 100 to 600_000, "ms", "A socket that has not introduced itself is closed after this."),
];

impl ServerKey {
    /// The setting of a name; the error names the nearest existing one.
    pub fn find(name: &str) -> Result<&'static Self, String> {
        SERVER_KEYS
            .iter()
            .find(|key| key.name == name)
            .ok_or_else(|| {
                let near = nearest(name, SERVER_KEYS.iter().map(|key| key.name.to_owned()));
                format!("there is no setting `server.{name}`; did you mean `server.{near}`?")
            })
    }

    /// Sets the value from text; the error names the range.
    pub fn set(&self, server: &mut ServerConfig, text: &str) -> Result<(), String> {
        let mut changed = server.clone();
        if !(self.read)(&mut changed, text.trim()) {
            let text: String = text.chars().take(40).collect();
            return Err(format!(
                "`{text}` is not a value of server.{}: {} ({})",
                self.name, self.range, self.unit
            ));
        }
        *server = changed;
        Ok(())
    }
}

/// The name with the most pairs of letters in common, counted against the length of both.
pub fn nearest(name: &str, names: impl Iterator<Item = String>) -> String {
    let pairs = |text: &str| -> Vec<[u8; 2]> {
        text.to_lowercase()
            .into_bytes()
            .windows(2)
            .map(|pair| [pair[0], pair[1]])
            .collect()
    };
    let wanted = pairs(name);
    let likeness = |candidate: &String| {
        let own = pairs(candidate);
        let common = wanted.iter().filter(|pair| own.contains(pair)).count();
        common * 2_000 / (wanted.len() + own.len()).max(1)
    };
    names.max_by_key(likeness).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_reads_what_it_shows_and_refuses_noise() {
        for key in SERVER_KEYS {
            let mut server = ServerConfig::default();
            let shown = (key.get)(&server);
            assert_eq!(key.set(&mut server, &shown), Ok(()), "{}", key.name);
            assert_eq!((key.get)(&server), shown);
            if key.name != "data_dir" {
                assert!(
                    key.set(&mut server, "no such value").is_err(),
                    "{}",
                    key.name
                );
            }
        }
        assert!(ServerKey::find("listne").is_err_and(|text| text.contains("server.listen")));
    }
}
