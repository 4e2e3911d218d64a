//! Trust flows only from the roots: nobody confirms his own work, nobody unproven confirms anything, and the work of
//! somebody unproven is confirmed by the auditor alone.

use super::{Law, Scene, Seen};
use std::collections::BTreeSet;

/// Who was ever proven, by what is on disk.
#[derive(Debug, Default)]
pub struct Trust {
    proven: BTreeSet<i64>,
    seen: usize,
}

impl Law for Trust {
    fn name(&self) -> &'static str {
        "trust"
    }

    fn see(&mut self, scene: &Scene, seen: &Seen) -> Result<(), String> {
        let Seen::Filed(filing, _) = seen else {
            return Ok(());
        };
        for row in &scene.disk.checks[self.seen..] {
            let (Some(checker), Some(maker)) = (row.done.checker, row.maker) else {
                continue;
            };
            let fault = if !row.done.confirms {
                continue;
            } else if checker.0 == maker {
                "his own work"
            } else if !self.proven.contains(&checker.0) {
                "while unproven"
            } else if !self.proven.contains(&maker) {
                "the work of somebody unproven"
            } else {
                continue;
            };
            let unit = row.done.unit;
            return Err(format!(
                "volunteer {} confirmed {fault}: {unit:?}",
                checker.0
            ));
        }
        self.seen = scene.disk.checks.len();
        for (volunteer, standing) in &filing.docket.standings {
            if standing.proofs >= scene.policy.proving_reports {
                self.proven.insert(volunteer.0);
            }
        }
        Ok(())
    }
}
