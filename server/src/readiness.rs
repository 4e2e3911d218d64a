//! Whether this server gives out work and stores reports now, or why not. Plain values; knows no handler.

use crate::metrics::machine::{Disk, FreeDisk};

/// Without a commit for so long while reports wait, something is wrong, ms.
const IN_VAIN_MS: u64 = 10_000;

/// What readiness depends on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Readiness {
    /// The server is about to go.
    pub is_draining: bool,
    /// Something could not be written.
    pub has_failed: bool,
    /// How long reports have waited without any commit, ms.
    pub in_vain_ms: u64,
    /// The disk of the data folder.
    pub disk: Disk,
    /// How much of it must be free.
    pub free_disk: FreeDisk,
}

impl Readiness {
    /// Why the server is not ready, in a sentence for its operator.
    pub fn fault(&self) -> Option<String> {
        if self.has_failed {
            return Some(
                "the database cannot be written any more; the server is about to go".into(),
            );
        }
        if self.is_draining {
            return Some("the server is about to go: it leases nothing more".into());
        }
        if self.in_vain_ms >= IN_VAIN_MS {
            let seconds = self.in_vain_ms / 1_000;
            return Some(format!(
                "reports wait, and nothing was committed for {seconds} s"
            ));
        }
        disk_fault(&self.disk, &self.free_disk)
    }
}

/// Why nothing is leased though all else is well: the disk of the data folder is nearly full, in numbers.
pub fn disk_fault(disk: &Disk, free_disk: &FreeDisk) -> Option<String> {
    disk.is_too_full(free_disk).then(|| {
        let (free, wanted) = (disk.free_bytes >> 20, disk.wanted_bytes(free_disk) >> 20);
        format!(
            "the disk of the data folder is too full, so nothing is leased: {free} MiB are free, {wanted} MiB are wanted; \
             what workers deliver is stored"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(change: impl FnOnce(&mut Readiness)) -> String {
        let mut readiness = Readiness {
            disk: Disk {
                free_bytes: 3 << 30,
                size_bytes: 1 << 40,
            },
            ..Readiness::default()
        };
        assert_eq!(readiness.fault(), None);
        change(&mut readiness);
        readiness.fault().unwrap_or_default()
    }

    #[test]
    fn each_reason_is_told() {
        assert!(fault(|r| r.is_draining = true).contains("leases nothing more"));
        assert!(fault(|r| r.has_failed = true).contains("cannot be written"));
        assert_eq!(fault(|r| r.in_vain_ms = 9_999), "");
        assert!(fault(|r| r.in_vain_ms = 12_345).contains("nothing was committed for 12 s"));
        let full = fault(|r| r.disk.free_bytes = 1 << 30);
        assert!(
            full.contains("1024 MiB are free, 2048 MiB are wanted"),
            "{full}"
        );
    }
}
