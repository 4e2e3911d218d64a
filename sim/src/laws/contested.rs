//! What is contested is decided right: whatever the server found by its replay is what a single machine computes.

use super::{Law, Scene, Seen};

/// Asks the single machine each time.
#[derive(Debug)]
pub struct Contested;

impl Law for Contested {
    fn name(&self) -> &'static str {
        "contested"
    }

    fn see(&mut self, _: &Scene, seen: &Seen) -> Result<(), String> {
        let Seen::Filed(filing, found_right) = seen else {
            return Ok(());
        };
        let mut convictions = filing.docket.convictions.iter().zip(*found_right);
        match convictions.find(|(_, is_right)| **is_right == Some(false)) {
            Some((conviction, _)) => Err(format!(
                "volunteer {} was found wrong about {:?} by a wrong replay",
                conviction.volunteer.0,
                conviction.question.unit()
            )),
            None => Ok(()),
        }
    }
}
