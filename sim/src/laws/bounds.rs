//! Queues stay bounded: connections are forgotten with their lines, and checks, frames and verdicts that wait are in
//! proportion to islands and people, not to time.

use super::{Law, Scene, Seen};

/// Checks of one claim that may wait at a time: two drawn ones and those in full.
const CHECKS_PER_ISLAND: usize = 12;
/// Frames of one connection that may wait to be read.
const FRAMES_PER_LINE: usize = 64;
/// Verdicts that may wait to be filed.
const DOCKETS: usize = 200;

/// Counts at every poll.
#[derive(Debug)]
pub struct Bounds;

impl Law for Bounds {
    fn name(&self) -> &'static str {
        "bounds"
    }

    fn see(&mut self, scene: &Scene, seen: &Seen) -> Result<(), String> {
        let (Seen::Polled(lines), Some(server)) = (seen, &scene.server) else {
            return Ok(());
        };
        let disk = scene.disk;
        if server.connections > *lines {
            let held = server.connections;
            return Err(format!(
                "{held} connections are held, {lines} lines are there"
            ));
        }
        let look_back = scene.policy.look_back_units as usize * disk.convictions.len();
        let most = CHECKS_PER_ISLAND * disk.islands.len() + look_back + disk.people.len() + 2;
        let checks = server.verifier.checks_under_way();
        if checks > most {
            return Err(format!(
                "{checks} checks are under way, {most} would be many"
            ));
        }
        let (frames, dockets) = server.waiting;
        if frames > FRAMES_PER_LINE * (lines + 1) || dockets > DOCKETS {
            return Err(format!("{frames} frames and {dockets} verdicts wait"));
        }
        Ok(())
    }
}
