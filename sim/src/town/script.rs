//! The script of a town: who lives there, what fails and when, and how it ends: first faults, then fair weather in which
//! everything open must be decided, then everybody goes home. Knows no law but that of progress.

use super::{BEGINNING_MS, Event, POLL_MS, Recovery, Town};
use crate::dice::Dice;
use crate::executor::Executor;
use crate::flaw::Flaw;
use crate::laws::{Progress, Seen};
use crate::network::Weather;
use crate::people::Kind;
use crate::server::{Commons, Server};
use bytebiota_server::ServerConfig;
use bytebiota_server::verification::Policy;
use std::rc::Rc;

/// Something that happens from outside.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    /// Somebody switches his machine on.
    Arrive(usize),
    /// Somebody switches his machine off.
    Vanish(usize),
    /// Somebody stops in the way the program offers.
    Stop(usize),
    /// Somebody closes his tab: a unit under way ends at its newest boundary.
    Leave(usize),
    /// Somebody pauses, or goes on.
    Pause(usize, bool),
    /// One of a crowd of new identities comes.
    Flood,
    /// The server is killed.
    Crash,
    /// It starts.
    Start,
    /// It says that it goes.
    Drain,
    /// The weather is fair from now on, and whoever means ill has gone.
    Calm,
}

/// Where the script is.
#[derive(Debug)]
pub enum Phase {
    /// Everything may fail.
    Faults,
    /// Nothing fails; everything open has to be decided.
    Calm(Box<super::Recovery>),
    /// Everybody finishes what he is at.
    Closing(Box<super::Recovery>),
    /// It is over.
    Over,
}

impl PartialEq for Phase {
    fn eq(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// What a seed decides about a town.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The network while there are faults.
    pub weather: Weather,
    /// How long there are faults, ms.
    pub faults_ms: u64,
    /// Who lives here.
    pub kinds: Vec<Kind>,
    /// How many new identities flood the town.
    pub flood: u64,
    /// How often the server is killed.
    pub crashes: u64,
    /// How long a commit takes at most, ms.
    pub slow_disk_ms: u64,
    /// How long a unit should take, ms.
    pub target_interval_ms: u64,
    /// How long an epoch takes a usual machine, ms.
    pub epoch_ms: u64,
    /// Whom to believe.
    pub policy: Policy,
}

impl Plan {
    /// The plan of a seed; a real executor needs a smaller town.
    pub fn drawn(seed: u64, is_real: bool) -> Self {
        let mut dice = Dice::new(seed, "plan");
        let (most, longest_ms) = if is_real { (4, 60_000) } else { (10, 240_000) };
        let mut kinds = vec![Kind::Honest, Kind::Honest];
        for _ in 0..dice.between(1, most) {
            kinds.push(Kind::drawn(&mut dice));
        }
        let suspension_ms = match dice.chance(500) {
            true => dice.between(10_000, 60_000),
            false => Policy::default().suspension_ms,
        };
        Self {
            weather: Weather::drawn(&mut dice),
            faults_ms: dice.between(longest_ms / 4, longest_ms),
            kinds,
            flood: if dice.chance(200) {
                dice.between(5, 30)
            } else {
                0
            },
            crashes: dice.below(4),
            slow_disk_ms: dice.pick(&[5, 20, 300]).unwrap_or(5),
            target_interval_ms: dice.between(1_000, 12_000),
            epoch_ms: dice.between(100, 1_000),
            policy: Policy {
                suspension_ms,
                ..Policy::default()
            },
        }
    }

    pub(super) fn commons<E: Executor>(
        &self,
        executor: E,
        flaw: Flaw,
        dice: &mut Dice,
    ) -> Commons<E> {
        let epoch_ticks = executor.world().config.evolution.epoch_ticks;
        let usual = epoch_ticks * 1_000 / self.epoch_ms.max(1);
        Commons {
            executor: Rc::new(executor),
            config: ServerConfig {
                target_interval_ms: self.target_interval_ms,
                max_islands: 48,
                policy: self.policy,
                ..ServerConfig::default()
            },
            flaw,
            auditor_ticks_per_s: (usual * dice.between(1, 8)).max(1),
        }
    }

    pub(super) fn disk_ms(&self, dice: &mut Dice) -> u64 {
        match dice.chance(50) {
            true => dice.below(self.slow_disk_ms + 1),
            false => dice.below(5),
        }
    }
}

impl<E: Executor> Town<E> {
    /// Writes down what will happen until the weather is fair.
    pub(super) fn write_script(&mut self) {
        let end_ms = self.plan.faults_ms;
        self.note(0, Act::Start);
        for kind in self.plan.kinds.clone() {
            let epoch_ms = self.plan.epoch_ms * self.dice.between(50, 200) / 100;
            let slower = if kind == Kind::Slow {
                self.dice.between(5, 20)
            } else {
                1
            };
            let slots = self.dice.between(1, 3) as u32;
            let who = self.add_person(kind, slots, (epoch_ms * slower).max(1));
            let at_ms = self.dice.below(end_ms / 4);
            self.note(at_ms, Act::Arrive(who));
            self.write_life(who, kind, at_ms);
        }
        for _ in 0..self.plan.flood {
            let at_ms = self.dice.below(end_ms);
            self.note(at_ms, Act::Flood);
        }
        for _ in 0..self.plan.crashes {
            let at_ms = self.dice.between(1_000, end_ms);
            let is_planned = self.dice.chance(200);
            let down_ms = self.dice.between(100, 20_000);
            if is_planned {
                self.note(at_ms.saturating_sub(5_000), Act::Drain);
            }
            self.note(at_ms, Act::Crash);
            self.note((at_ms + down_ms).min(end_ms), Act::Start);
        }
        self.note(end_ms, Act::Calm);
    }

    fn write_life(&mut self, who: usize, kind: Kind, from_ms: u64) {
        let end_ms = self.plan.faults_ms;
        let goings = match kind {
            Kind::Vanishing => self.dice.between(1, 6),
            _ => self.dice.below(2),
        };
        for _ in 0..goings {
            let at_ms = self.dice.between(from_ms, end_ms);
            // Longer than a pause may last before the work is given back.
            let away_ms = self.dice.between(100, 90_000);
            let (going, coming) = match self.dice.below(4) {
                0 => (Act::Stop(who), Act::Arrive(who)),
                1 => (Act::Leave(who), Act::Arrive(who)),
                2 if kind != Kind::Vanishing => (Act::Pause(who, true), Act::Pause(who, false)),
                _ => (Act::Vanish(who), Act::Arrive(who)),
            };
            self.note(at_ms, going);
            self.note((at_ms + away_ms).min(end_ms), coming);
        }
    }

    fn note(&mut self, at_ms: u64, act: Act) {
        self.agenda.at(BEGINNING_MS + at_ms, Event::Act(act));
    }

    /// Whoever has fled comes back, if the town still has faults.
    pub(super) fn returns_later(&mut self, who: usize) {
        if self.seats_a_guest(who) {
            return;
        }
        let ms = self.dice.between(500, 8_000);
        self.agenda.after(ms, Event::Act(Act::Arrive(who)));
    }

    pub(super) fn act(&mut self, act: Act) {
        let now_ms = self.agenda.now_ms();
        match act {
            Act::Arrive(who) if self.is_welcome(who) => self.people[who].arrive(now_ms),
            Act::Arrive(_) => {}
            Act::Vanish(who) => self.people[who].vanish(),
            Act::Stop(who) => self.people[who].with_session(now_ms, |s| s.handle_stop(now_ms)),
            Act::Leave(who) => {
                self.people[who].with_session(now_ms, |s| s.handle_stop_now(now_ms));
            }
            Act::Pause(who, true) => {
                self.people[who].with_session(now_ms, |s| s.handle_pause(now_ms));
            }
            Act::Pause(who, false) => {
                self.people[who].with_session(now_ms, |s| s.handle_resume(now_ms));
            }
            Act::Flood => {
                let who = self.add_person(Kind::Flooder, 4, self.plan.epoch_ms);
                self.people[who].arrive(now_ms);
                let ms = self.dice.between(1_000, 30_000);
                self.agenda.after(ms, Event::Act(Act::Vanish(who)));
            }
            Act::Crash => self.crash(),
            Act::Start => self.start(),
            Act::Drain => {
                if let Some(server) = &mut self.server {
                    server.drain(now_ms);
                }
            }
            Act::Calm => self.calm(),
        }
    }

    /// A machine that is on stays on, and one whose session is over may begin anew.
    fn is_welcome(&self, who: usize) -> bool {
        let person = &self.people[who];
        let is_on = person
            .machine
            .as_ref()
            .is_some_and(|m| m.session.end().is_none());
        let is_late = self.phase != Phase::Faults && !person.kind.is_honest();
        !is_on && !is_late && !matches!(self.phase, Phase::Closing(_) | Phase::Over)
    }

    /// All that is not on disk is gone.
    fn crash(&mut self) {
        self.server = None;
        self.life += 1;
        self.jobs.clear();
        self.is_writing = false;
        let lines: Vec<_> = self.lines.keys().copied().collect();
        self.network.forget_all();
        for line in lines {
            let ms = self.network.delay_ms();
            self.agenda.after(ms, Event::WorkerLost(line));
        }
    }

    fn start(&mut self) {
        if self.server.is_some() {
            return;
        }
        let now_ms = self.agenda.now_ms();
        self.life += 1;
        let dice = Dice::new(self.dice.bits(), "server");
        self.server = Some(Server::open(&self.commons, &self.disk, dice, now_ms));
        self.agenda.after(POLL_MS, Event::Poll(self.life));
        self.tell(&Seen::Restarted);
    }

    /// From now on nothing fails, and only the honest are here.
    fn calm(&mut self) {
        self.network.weather = Weather::FAIR;
        self.start();
        for who in 0..self.people.len() {
            match self.people[who].kind.is_honest() {
                false => self.people[who].vanish(),
                true => {
                    self.act(Act::Arrive(who));
                    self.act(Act::Pause(who, false));
                }
            }
        }
        self.phase = Phase::Calm(Box::new(self.recovery()));
    }

    fn recovery(&self) -> Recovery {
        Recovery {
            progress: Progress::since(self.agenda.now_ms(), &self.disk),
            before: self.people.iter().map(|person| person.confirmed).collect(),
        }
    }

    /// Whether the phase is over; the law of progress says how long it may take.
    pub(super) fn watch_phase(&mut self) {
        let now_ms = self.agenda.now_ms();
        let (recovery, waiting_for) = match &self.phase {
            Phase::Calm(recovery) => (recovery, self.who_stands_still(recovery)),
            Phase::Closing(recovery) => (recovery, self.what_is_left()),
            Phase::Faults | Phase::Over => return,
        };
        match recovery
            .progress
            .is_decided(now_ms, &self.disk, &waiting_for)
        {
            Ok(false) => {}
            Err(what) => self.broken(Progress::NAME, what),
            Ok(true) if matches!(self.phase, Phase::Calm(_)) => {
                self.phase = Phase::Closing(Box::new(self.recovery()));
                for person in &mut self.people {
                    person.with_session(now_ms, |session| session.handle_stop(now_ms));
                }
            }
            Ok(true) if self.looks_back() => {}
            Ok(true) => {
                self.phase = Phase::Over;
                self.tell(&Seen::Quiet);
            }
        }
    }

    /// Somebody honest who has had nothing confirmed since.
    fn who_stands_still(&self, recovery: &Recovery) -> String {
        let people = self.people.iter().zip(&recovery.before);
        let still = |(person, before): &(&crate::volunteer::Volunteer<E>, &u64)| {
            person.kind == Kind::Honest && person.confirmed == **before
        };
        let mut still = people.filter(still);
        still.next().map_or(String::new(), |(person, _)| {
            format!("volunteer {} is honest and gets nowhere", person.number)
        })
    }

    /// What has not come to an end.
    fn what_is_left(&self) -> String {
        let is_on = |machine: &crate::volunteer::Machine<E>| machine.session.end().is_none();
        let on = self
            .people
            .iter()
            .filter(|p| p.machine.as_ref().is_some_and(is_on));
        let (on, waiting) = (on.count(), self.disk.pending.len());
        match on + waiting {
            0 => String::new(),
            _ => format!("{on} machines and {waiting} units are left"),
        }
    }

    /// Whether the server still looks at what convicts did before, or files what came of it.
    fn looks_back(&self) -> bool {
        let server = self.server.as_ref();
        let checks = server.map_or(0, |server| server.verifier.checks_under_way());
        let verdicts = server.map_or(0, |server| server.waiting().1);
        checks + verdicts + self.jobs.len() > 0
    }
}
