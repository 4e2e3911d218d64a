//! What this machine has: cores and memory. Knows not how much of it to use.

/// Memory set aside for each slot, MiB: an island, its snapshots and what is on its way take far less.
pub const SLOT_MIB: u64 = 32;

/// Cores and memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Cores that this process may use.
    pub cores: u32,
    /// Memory that is free, MiB; `None` where the system does not tell.
    pub free_mib: Option<u64>,
}

impl Machine {
    /// Looks.
    pub fn look() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u32);
        let told = std::fs::read_to_string("/proc/meminfo");
        Self {
            cores,
            free_mib: told.ok().and_then(|text| free_mib(&text)),
        }
    }

    /// Slots that fit into half of the free memory, at least one.
    pub fn most_slots(&self) -> u32 {
        let most = self.free_mib.map_or(256, |free| free / 2 / SLOT_MIB);
        u32::try_from(most).unwrap_or(u32::MAX).clamp(1, 256)
    }
}

fn free_mib(meminfo: &str) -> Option<u64> {
    let line = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kib / 1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_bounds_slots() {
        let text = "MemTotal: 1 kB\nMemAvailable:     524288 kB\n";
        assert_eq!(free_mib(text), Some(512));
        assert_eq!(free_mib("MemAvailable: much"), None);
        let machine = |free_mib| Machine { cores: 8, free_mib };
        assert_eq!(machine(Some(512)).most_slots(), 8);
        assert_eq!(machine(Some(10)).most_slots(), 1);
        assert_eq!(machine(None).most_slots(), 256);
    }
}
