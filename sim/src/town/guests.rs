//! A town of guests: whoever has delivered the units of his visit goes for good, and somebody new takes his chair. The weather is
//! fair and nothing fails: what is measured here is trust alone. Knows no measure.

use super::{BEGINNING_MS, Event, POLL_MS, Plan, Town, script::Act};
use crate::dice::Dice;
use crate::disk::Disk;
use crate::executor::Executor;
use crate::laws::Law;
use crate::people::Kind;
use crate::record::Record;
use std::rc::Rc;

/// Draws who the next guest is.
pub type Draw = Rc<dyn Fn(&mut Dice) -> Kind>;

/// Who comes, and for how long.
#[derive(Clone)]
pub struct Guests {
    /// Guests at a time, a slot each.
    pub chairs: u32,
    /// Units of a visit.
    pub units: u64,
    /// Who is next.
    pub draw: Draw,
    /// He sits in the first chair and never goes, if anybody does.
    pub host: Option<Kind>,
}

/// What a town has come to: who is told of it reads the rest from the disk.
pub struct Legacy {
    /// What is on disk.
    pub disk: Disk,
    /// What is true of it.
    pub record: Record,
    /// Epochs that honest guests have computed, units and checks.
    pub honest_epochs: u64,
    /// Ticks that the server has computed.
    pub server_ticks: u64,
}

/// The state of a town of guests.
pub(super) struct Inn {
    guests: Guests,
    visits: u64,
    honest_epochs: u64,
}

impl<E: Executor> Town<E> {
    /// A town of guests, whom only these laws watch.
    pub fn inn(
        seed: u64,
        executor: E,
        plan: Plan,
        guests: Guests,
        laws: Vec<Box<dyn Law>>,
    ) -> Self {
        let mut town = Self::empty(seed, executor, plan, crate::flaw::Flaw::None);
        town.laws = laws;
        town.agenda.at(BEGINNING_MS, Event::Act(Act::Start));
        for chair in 0..guests.chairs {
            let kind = match (chair, guests.host) {
                (0, Some(host)) => host,
                _ => (guests.draw)(&mut town.dice),
            };
            let who = town.add_person(kind, 1, town.plan.epoch_ms);
            if chair > 0 || guests.host.is_none() {
                town.people[who].units = Some(guests.units);
            }
            let late_ms = POLL_MS + u64::from(chair) * 100;
            town.agenda
                .at(BEGINNING_MS + late_ms, Event::Act(Act::Arrive(who)));
        }
        town.inn = Some(Inn {
            visits: u64::from(guests.chairs),
            guests,
            honest_epochs: 0,
        });
        town
    }

    /// Lives until so many units are stored.
    pub fn live_until(mut self, units: u64) -> Result<Legacy, super::Breach> {
        while self.breach.is_none() && self.stored < units {
            let Some(event) = self.agenda.next_until(u64::MAX / 2) else {
                self.broken("script", "nothing happens any more".into());
                break;
            };
            self.happen(event);
            self.run_errands();
        }
        if let Some(breach) = self.breach.take() {
            return Err(breach);
        }
        let honest = self.people.iter().filter(|person| person.kind.is_honest());
        let here: u64 = honest.map(|person| person.epochs).sum();
        let gone = self.inn.as_ref().map_or(0, |inn| inn.honest_epochs);
        Ok(Legacy {
            honest_epochs: here + gone,
            server_ticks: self
                .server
                .as_ref()
                .map_or(0, |server| server.audited_ticks),
            disk: self.disk,
            record: self.record,
        })
    }

    /// Somebody new takes the chair of whoever has gone; false where people come back instead.
    pub(super) fn seats_a_guest(&mut self, who: usize) -> bool {
        let Some(inn) = &mut self.inn else {
            return false;
        };
        let (kind, units) = ((inn.guests.draw)(&mut self.dice), inn.guests.units);
        inn.visits += 1;
        let gone = &self.people[who];
        if gone.kind.is_honest() {
            inn.honest_epochs += gone.epochs;
        }
        let (number, visit) = (inn.visits, gone.visit);
        let mut guest = self.volunteer(number, kind, 1, self.plan.epoch_ms);
        (guest.units, guest.visit) = (Some(units), visit + 1);
        self.people[who] = guest;
        let ms = self.dice.between(500, 2_000);
        self.agenda.after(ms, Event::Act(Act::Arrive(who)));
        true
    }
}
