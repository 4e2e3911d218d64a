//! Nobody honest is blamed: whoever says only what is true has no mismatch, is never suspended and never banned.

use super::{Law, Scene, Seen};

/// Looks at every standing that is filed.
#[derive(Debug)]
pub struct Honest;

impl Law for Honest {
    fn name(&self) -> &'static str {
        "honest"
    }

    fn see(&mut self, scene: &Scene, seen: &Seen) -> Result<(), String> {
        if !matches!(seen, Seen::Filed(..)) {
            return Ok(());
        }
        for (number, person) in &scene.disk.people {
            let kind = scene.record.kind(scene.disk, *number);
            let standing = person.standing;
            let is_blamed = standing.mismatches > 0 || standing.is_banned;
            if is_blamed && kind.is_some_and(|kind| kind.is_honest()) {
                return Err(format!(
                    "volunteer {number} is {kind:?} and stands {standing:?}"
                ));
            }
        }
        Ok(())
    }
}
