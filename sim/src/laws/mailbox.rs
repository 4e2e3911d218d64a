//! Nothing provisional leaves its island: what leaves comes out of a confirmed unit, and out of a segment of it that somebody
//! else has computed again.

use super::{Law, Scene, Seen};

/// How much of the mailbox was looked at.
#[derive(Debug, Default)]
pub struct Mailbox {
    seen: usize,
}

impl Law for Mailbox {
    fn name(&self) -> &'static str {
        "nothing leaves unchecked"
    }

    fn see(&mut self, scene: &Scene, seen: &Seen) -> Result<(), String> {
        if !matches!(seen, Seen::Committed(..)) {
            return Ok(());
        }
        let disk = scene.disk;
        for parcel in &disk.mailbox[self.seen..] {
            let (unit, segment) = (parcel.unit, parcel.segment);
            let link = disk
                .links
                .get(&(unit.island, unit.branch, unit.first_epoch));
            if link.is_none_or(|link| link.unit.end_state != parcel.end_state) {
                return Err(format!("something left {unit:?}, which is not confirmed"));
            }
            let covers = |row: &&crate::disk::CheckRow| {
                let done = &row.done;
                done.confirms && done.unit == unit && (done.from..done.until).contains(&segment)
            };
            if !disk.checks.iter().any(|row| covers(&row)) {
                return Err(format!(
                    "something left segment {segment} of {unit:?} unchecked"
                ));
            }
        }
        self.seen = disk.mailbox.len();
        Ok(())
    }
}
