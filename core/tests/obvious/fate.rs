//! Income, errors, slices and deaths of the obvious executor.

use super::{mirror::*, world::*};

impl World {
    /// Income: arrears first, the rest up to the cap, what is above is lost.
    pub fn earn(&mut self, at: usize, flow: Flow, income: i64) {
        let cap = i64::from(self.config.energy.cap) * 1_000;
        let is = &mut self.lives[at].is;
        let on_arrears = income.min(is.arrears);
        is.arrears -= on_arrears;
        let kept = (income - on_arrears).min((cap - is.energy).max(0));
        is.energy += kept;
        self.flow(flow, income);
        self.flow(Flow::Rent, on_arrears);
        self.flow(Flow::Lost, income - on_arrears - kept);
    }

    /// An error: counted, and one place nearer to the head of the reaper's list.
    pub fn error(&mut self, at: usize) {
        let life = &mut self.lives[at];
        life.is.errors = life.is.errors.saturating_add(1);
        let id = life.id;
        self.rest.counters.errors += 1;
        let place = self
            .reaper
            .iter()
            .position(|&other| other == id)
            .expect("queued");
        if place > 0 {
            self.reaper.swap(place, place - 1);
        }
    }

    pub fn release_child(&mut self, at: usize) {
        if self.lives[at].is.child != Child::Absent {
            self.lives[at].is.child = Child::Absent;
            self.lives[at].written.clear();
            self.rest.counters.children_released += 1;
        }
    }

    pub fn kill(&mut self, id: u64, cause: Death) {
        self.release_child(self.at(id));
        if self.cursor == Some(id) {
            self.next_slice();
            self.cursor = self.cursor.filter(|&next| next != id);
        }
        let dead = self.lives.remove(self.at(id));
        self.reaper.retain(|&other| other != id);
        self.flow(Flow::Lost, dead.is.energy);
        self.rest.counters.deaths[cause as usize] += 1;
        self.prune();
    }

    /// Rent, release of a stalled child, death by age, errors or arrears; else the next one's turn.
    pub fn end_slice(&mut self, id: u64) {
        let at = self.at(id);
        let config = self.config.clone();
        if config.energy.enabled {
            let is = &mut self.lives[at].is;
            let bytes = i64::from(is.length + child_block(&is.child).1);
            let due = bytes * i64::from(config.energy.rent);
            let paid = due.min(is.energy);
            is.energy -= paid;
            is.arrears += due - paid;
            self.flow(Flow::Rent, paid);
        }
        let round = self.rest.round;
        if let Child::Pending { since, .. } = self.lives[at].is.child
            && round - since > u64::from(config.evolution.pending_max)
        {
            self.release_child(at);
        }
        let (is, limits) = (&self.lives[at].is, &config.reaper);
        if limits.max_age != 0 && round - is.born > u64::from(limits.max_age) {
            self.kill(id, Death::Age);
        } else if limits.max_errors != 0 && is.errors > limits.max_errors {
            self.kill(id, Death::Errors);
        } else if is.arrears > limits.max_arrears as i64 * 1_000 {
            self.kill(id, Death::Arrears);
        } else {
            self.next_slice();
        }
    }

    fn next_slice(&mut self) {
        self.rest.slice_left = 0;
        let at = self.at(self.cursor.expect("somebody's slice"));
        self.cursor = self.lives.get(at + 1).map(|life| life.id);
        if self.cursor.is_none() {
            self.rest.round += 1;
            self.rest.tick += 64;
            self.end_round();
            self.cursor = self.lives.first().map(|life| life.id);
        }
    }
}
