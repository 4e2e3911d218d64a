//! Whether the machine runs on its battery, as Linux tells it in a folder. Knows not what follows from it.

use std::fs;
use std::path::Path;

/// Where Linux tells of batteries and mains.
const SUPPLIES: &str = "/sys/class/power_supply";

/// Whether this machine runs on its battery; `None` where nothing is told of one.
pub fn is_discharging() -> Option<bool> {
    told_in(Path::new(SUPPLIES))
}

fn told_in(folder: &Path) -> Option<bool> {
    let supplies = fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let statuses = supplies.filter_map(|supply| {
        let told = |name| fs::read_to_string(supply.path().join(name)).ok();
        // The battery of a mouse says nothing of the machine.
        let is_own = told("scope").is_none_or(|scope| scope.trim() != "Device");
        let is_battery = told("type")?.trim() == "Battery";
        told("status").filter(|_| is_battery && is_own)
    });
    let statuses: Vec<String> = statuses.collect();
    let is_discharging = statuses.iter().any(|status| status.trim() == "Discharging");
    (!statuses.is_empty()).then_some(is_discharging)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn supply(folder: &Path, name: &str, files: &[(&str, &str)]) {
        let own = folder.join(name);
        fs::create_dir(&own).expect("a folder");
        for (file, text) in files {
            fs::write(own.join(file), format!("{text}\n")).expect("written");
        }
    }

    #[test]
    fn only_a_battery_of_the_machine_counts() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(told_in(folder.path()), None);
        assert_eq!(told_in(&folder.path().join("none")), None);
        supply(folder.path(), "AC", &[("type", "Mains"), ("online", "0")]);
        let mouse = [
            ("type", "Battery"),
            ("status", "Discharging"),
            ("scope", "Device"),
        ];
        supply(folder.path(), "mouse", &mouse);
        assert_eq!(told_in(folder.path()), None);
        supply(
            folder.path(),
            "BAT0",
            &[("type", "Battery"), ("status", "Charging")],
        );
        assert_eq!(told_in(folder.path()), Some(false));
        supply(
            folder.path(),
            "BAT1",
            &[("type", "Battery"), ("status", "Discharging")],
        );
        assert_eq!(told_in(folder.path()), Some(true));
    }
}
