//! What happens at an epoch line: the season turns, newcomers arrive, an emigrant leaves. Knows no unit.

use crate::{
    Arrival, ArrivalCause, Emigrant, EnergyFlow, Epoch, TaxonId,
    assignment::MAX_TRAVELLING_GENOME_BYTES, island::Island, organism::NONE, os_calls,
    report::Origin,
};

/// Every so many islands one takes no part in migration: a control.
pub const CONTROL_ISLAND_EVERY: u32 = 10;

impl Island {
    /// Opens an epoch: the season may turn, then arrivals enter in their order.
    pub fn open_epoch(&mut self, epoch: Epoch, arrivals: &[Arrival]) {
        if epoch
            .0
            .is_multiple_of(u64::from(self.config.environment.task_rotation))
        {
            self.environment.rotate(&mut self.task_rng);
        }
        let line = self.tick;
        for arrival in arrivals.iter().filter(|arrival| arrival.epoch == epoch) {
            self.arrive(arrival);
        }
        // A sweep may have ended a round; the clock stays at the line and waits that out inside the epoch.
        self.busy += self.tick - line;
        self.tick = line;
    }

    /// Closes an epoch: the genealogy is compressed and told; the emigrant of the line, if one leaves.
    pub fn close_epoch(&mut self, next: Epoch) -> Option<Emigrant> {
        self.genealogy.compress();
        let evolution = &self.config.evolution;
        let before = self.tick.saturating_sub(evolution.epoch_ticks);
        let interval = evolution.ancestor_interval;
        self.genealogy
            .tell(self.tick / interval - before / interval);
        let interval = u64::from(self.config.evolution.migration_interval);
        let is_control = self.id.0.is_multiple_of(CONTROL_ISLAND_EVERY);
        if interval == 0 || is_control || !next.0.is_multiple_of(interval) {
            return None;
        }
        let has_divided = |slot: &u32| self.organisms[*slot as usize].births > 0;
        let parents: Vec<u32> = self.scheduler.queue.slots().filter(has_divided).collect();
        let chosen = self.weather.below(parents.len() as u32) as usize;
        let upward = self.weather.below(2) == 1;
        let organism = &self.organisms[*parents.get(chosen)? as usize];
        let genome = self.soup.block(organism.start, organism.length).to_vec();
        let serial = self.genealogy.taxon(organism.taxon).record.serial;
        let taxon = TaxonId {
            island: self.id,
            serial,
        };
        (genome.len() <= MAX_TRAVELLING_GENOME_BYTES).then_some(Emigrant {
            epoch: next,
            taxon,
            upward,
            genome,
        })
    }

    fn arrive(&mut self, arrival: &Arrival) {
        let length = arrival.genome.len() as u32;
        let target = self.weather.below(self.soup.size());
        let fits = length <= self.config.evolution.max_genome;
        let block = if fits {
            os_calls::allocate(self, NONE, target, length).0
        } else {
            None
        };
        let Some(start) = block else {
            self.counters.arrivals_refused += 1;
            return;
        };
        self.put(start, &arrival.genome);
        let (origin, flow) = match arrival.cause {
            ArrivalCause::Immigrant { origin } => {
                (Origin::Immigrant { origin }, EnergyFlow::Immigrants)
            }
            ArrivalCause::Reseed => (Origin::Reseed, EnergyFlow::Founders),
            ArrivalCause::Operator => (Origin::Operator, EnergyFlow::Founders),
        };
        self.settle(start, length, origin, flow);
    }
}
