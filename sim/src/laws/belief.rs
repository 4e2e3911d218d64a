//! What is believed was found right: no check by the auditor or by somebody who computes honestly speaks for a false segment,
//! and a unit that is invented from its beginning is never confirmed, unless accomplices speak for it.

use super::{Law, Scene, Seen};
use crate::people::Kind;

/// How much was looked at.
#[derive(Debug, Default)]
pub struct Belief {
    checks: usize,
}

/// Whether somebody of this kind may speak for what is false: because he lies, or because his engine does.
fn may_err(kind: Option<Kind>) -> bool {
    kind.is_none_or(|kind| matches!(kind, Kind::Colluder(_) | Kind::Outdated))
}

impl Law for Belief {
    fn name(&self) -> &'static str {
        "belief"
    }

    fn see(&mut self, scene: &Scene, seen: &Seen) -> Result<(), String> {
        let Seen::Filed(filing, _) = seen else {
            return Ok(());
        };
        let (disk, record) = (scene.disk, scene.record);
        for row in &disk.checks[self.checks..] {
            let done = &row.done;
            let end_state = row.end_state.filter(|_| done.confirms);
            let truth = end_state.and_then(|end| record.truth(done.unit, end));
            let is_root = done.checker.is_none();
            let kind = done
                .checker
                .and_then(|checker| record.kind(disk, checker.0));
            let covers = |place: &u32| (done.from..done.until).contains(place);
            let first = truth.and_then(|truth| truth.first_false).filter(covers);
            if let Some(place) = first.filter(|_| is_root || !may_err(kind)) {
                let unit = done.unit;
                return Err(format!(
                    "{:?} spoke for segment {place} of {unit:?}",
                    done.checker
                ));
            }
        }
        self.checks = disk.checks.len();
        let Some(judgement) = &filing.docket.judgement else {
            return Ok(());
        };
        let island = judgement.island();
        let new = disk
            .links
            .iter()
            .rev()
            .filter(|((own, _, _), _)| *own == island);
        for (place, link) in new.take(judgement.units() as usize) {
            let kind = record.kind(disk, link.unit.volunteer);
            let invents = matches!(kind, Some(Kind::Lazy | Kind::Sleeper(_) | Kind::Flooder));
            let truth = record.truth(link.unit.key, link.unit.end_state);
            let is_invented = truth.is_some_and(|truth| truth.first_false == Some(0));
            if invents && is_invented && !link.is_superseded {
                return Err(format!(
                    "the unit at {place:?} is invented and was confirmed"
                ));
            }
        }
        Ok(())
    }
}
