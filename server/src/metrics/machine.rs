//! What the machine says of disk and memory. Knows no world.

use std::fs;
use std::path::{Path, PathBuf};

/// Nothing is leased with less free disk than the smaller of the two.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FreeDisk {
    /// Bytes.
    pub bytes: u64,
    /// A share of the disk, percent.
    pub percent: u32,
}

impl Default for FreeDisk {
    fn default() -> Self {
        Self {
            bytes: 2 << 30,
            percent: 10,
        }
    }
}

/// Room on a disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Disk {
    /// Bytes that this process may still write.
    pub free_bytes: u64,
    /// Bytes in all.
    pub size_bytes: u64,
}

impl Disk {
    /// The disk of a folder; `None` where the system does not say.
    pub fn of(folder: &Path) -> Option<Self> {
        #[cfg(unix)]
        {
            let found = rustix::fs::statvfs(folder).ok()?;
            Some(Self {
                free_bytes: found.f_bavail.saturating_mul(found.f_frsize),
                size_bytes: found.f_blocks.saturating_mul(found.f_frsize),
            })
        }
        #[cfg(not(unix))]
        {
            let _ = folder;
            None
        }
    }

    /// Below this nothing more should be leased, bytes.
    pub fn wanted_bytes(&self, wanted: &FreeDisk) -> u64 {
        let share = self.size_bytes / 100 * u64::from(wanted.percent);
        share.min(wanted.bytes)
    }

    /// Whether there is no room for what leases would bring.
    pub fn is_too_full(&self, wanted: &FreeDisk) -> bool {
        self.free_bytes < self.wanted_bytes(wanted)
    }
}

/// Disk and memory now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Machine {
    /// The database file.
    pub database_bytes: u64,
    /// Its log.
    pub wal_bytes: u64,
    /// The disk it is on.
    pub disk: Disk,
    /// Memory of this process.
    pub resident_memory_bytes: u64,
}

impl Machine {
    /// Looks at a database file and what is around it.
    pub fn look(database: &Path) -> Self {
        let bytes = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
        let mut wal = database.as_os_str().to_owned();
        wal.push("-wal");
        let folder = database.parent().unwrap_or(database);
        Self {
            database_bytes: bytes(database),
            wal_bytes: bytes(&PathBuf::from(wal)),
            disk: Disk::of(folder).unwrap_or_default(),
            resident_memory_bytes: resident_memory_bytes(),
        }
    }
}

/// Linux tells it in a file; elsewhere it stays 0.
fn resident_memory_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kib.and_then(|kib| kib.trim().parse::<u64>().ok())
        .unwrap_or(0)
        * 1_024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_too_full_below_two_gibibytes_or_a_tenth() {
        let disk = |free_bytes, size_bytes| Disk {
            free_bytes,
            size_bytes,
        };
        let is_too_full = |disk: Disk| disk.is_too_full(&FreeDisk::default());
        assert!(is_too_full(disk((2 << 30) - 1, 1 << 40)));
        assert!(!is_too_full(disk(2 << 30, 1 << 40)));
        assert!(is_too_full(disk(99, 1_000)));
        assert!(!is_too_full(disk(100, 1_000)));
        assert!(
            !is_too_full(Disk::default()),
            "what is not known is no reason"
        );
    }

    #[test]
    fn the_machine_is_seen() {
        let folder = tempfile::tempdir().expect("a folder");
        let database = folder.path().join("world.sqlite");
        fs::write(&database, [0; 100]).expect("written");
        fs::write(folder.path().join("world.sqlite-wal"), [0; 7]).expect("written");
        let machine = Machine::look(&database);
        assert_eq!((machine.database_bytes, machine.wal_bytes), (100, 7));
        if cfg!(target_os = "linux") {
            assert!(machine.disk.size_bytes >= machine.disk.free_bytes);
            assert!(machine.disk.size_bytes > 0 && machine.resident_memory_bytes > 1 << 20);
        }
    }
}
