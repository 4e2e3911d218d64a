//! The town: server, disk, network and people in one thread, one seed and virtual time. Carries what each wants to the others,
//! and tells the laws. Knows no rule of any of them.
//!
//! `script` is what happens to the town from outside: who comes, what fails, when it ends; `guests` is another script, of visits
//! in fair weather; `post` what travels.

mod guests;
mod post;
mod script;

pub use guests::{Guests, Legacy};
pub use script::Plan;

use crate::answers::Ring;
use crate::clock::Agenda;
use crate::dice::Dice;
use crate::disk::{Answer, Disk, Filing, Job};
use crate::executor::Executor;
use crate::flaw::Flaw;
use crate::laws::{self, Breach, Law, Progress, Scene, Seen, Shown};
use crate::network::Network;
use crate::people::{Habit, Kind};
use crate::record::Record;
use crate::server::{Commons, Errand, Out, Server, Then};
use crate::volunteer::Volunteer;
use bytebiota_protocol::message;
use bytebiota_server::assignment_book::ConnectionId;
use std::collections::BTreeMap;

/// When a town begins, virtual Unix ms.
const BEGINNING_MS: u64 = 1_000_000;
/// How often the server looks at its leases, ms.
const POLL_MS: u64 = 250;

/// What is due.
#[derive(Debug)]
enum Event {
    /// The server looks at its leases; of one life.
    Poll(u64),
    /// Something of the server has had its time.
    Errand(u64, Errand),
    /// The writer writes what it has.
    Commit(u64),
    /// The writer says what became of it.
    Stored(u64, Vec<(Then, Answer)>),
    /// A line is there.
    Opened(usize, u64),
    /// A frame arrives.
    ToServer(ConnectionId, Vec<u8>),
    /// A frame arrives.
    ToWorker(ConnectionId, Vec<u8>),
    /// The server learns that a line is over.
    ServerLost(ConnectionId),
    /// A worker learns that a line is over.
    WorkerLost(ConnectionId),
    /// A moment that a session has named.
    Wake(usize, u64),
    /// A slot is done with what it was at.
    Tick(usize, u64, u32, u64),
    /// Something from outside.
    Act(script::Act),
}

/// What came of a town.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Summary {
    /// Units on disk at some time.
    pub units: usize,
    /// Of those, false ones.
    pub lies: usize,
    /// Confirmed in the end.
    pub confirmed: u64,
    /// Not to count in the end.
    pub void: u64,
    /// Found wrong.
    pub convictions: usize,
    /// Lives of the server.
    pub lives: u64,
    /// False units that are confirmed in the end.
    pub believed: usize,
    /// Virtual time, ms.
    pub ms: u64,
}

impl Summary {
    /// Adds another town.
    pub fn add(&mut self, other: &Self) {
        self.units += other.units;
        self.lies += other.lies;
        self.confirmed += other.confirmed;
        self.void += other.void;
        self.convictions += other.convictions;
        self.lives += other.lives;
        self.believed += other.believed;
        self.ms += other.ms;
    }
}

/// The whole.
pub struct Town<E: Executor> {
    agenda: Agenda<Event>,
    commons: Commons<E>,
    dice: Dice,
    network: Network,
    disk: Disk,
    server: Option<Server<E>>,
    life: u64,
    /// What the writer has, and whether it will come.
    jobs: Vec<(Job, Then)>,
    is_writing: bool,
    people: Vec<Volunteer<E>>,
    ring: Ring,
    /// Who is at the other end of each line.
    lines: BTreeMap<ConnectionId, usize>,
    next_line: u64,
    record: Record,
    /// Units that were stored.
    stored: u64,
    inn: Option<guests::Inn>,
    laws: Vec<Box<dyn Law>>,
    plan: Plan,
    phase: script::Phase,
    breach: Option<Breach>,
}

impl<E: Executor> Town<E> {
    /// A town of a seed.
    pub fn new(seed: u64, executor: E, plan: Plan, flaw: Flaw) -> Self {
        let mut town = Self::empty(seed, executor, plan, flaw);
        town.write_script();
        town
    }

    /// A town to which nothing will happen yet.
    fn empty(seed: u64, executor: E, plan: Plan, flaw: Flaw) -> Self {
        let mut dice = Dice::new(seed, "town");
        let world = executor.world().clone();
        let commons = plan.commons(executor, flaw, &mut dice);
        let network = Network::new(plan.weather, Dice::new(seed, "network"));
        Self {
            agenda: Agenda::starting_at(BEGINNING_MS),
            commons,
            network,
            disk: Disk::new(world, flaw),
            server: None,
            life: 0,
            jobs: Vec::new(),
            is_writing: false,
            people: Vec::new(),
            ring: Ring::default(),
            lines: BTreeMap::new(),
            next_line: 1,
            record: Record::default(),
            stored: 0,
            inn: None,
            laws: laws::all(),
            phase: script::Phase::Faults,
            breach: None,
            plan,
            dice,
        }
    }

    /// Lives until the end of the script, or until a law is broken.
    pub fn live(mut self) -> Result<Summary, Breach> {
        while self.phase != script::Phase::Over && self.breach.is_none() {
            let Some(event) = self.agenda.next_until(u64::MAX / 2) else {
                self.broken("script", "nothing happens any more".into());
                break;
            };
            self.happen(event);
            self.run_errands();
        }
        match self.breach.take() {
            Some(breach) => Err(breach),
            None => Ok(self.summary()),
        }
    }

    fn summary(&self) -> Summary {
        let (lies, units) = self.record.units();
        let (confirmed, void) = self.disk.units();
        let standing = self.disk.links.values().filter(|link| !link.is_superseded);
        let is_false = |link: &&crate::disk::Link| {
            let truth = self.record.truth(link.unit.key, link.unit.end_state);
            truth.is_some_and(|truth| truth.first_false.is_some())
        };
        Summary {
            units,
            lies,
            confirmed,
            void,
            convictions: self.disk.convictions.len(),
            lives: self.life,
            believed: standing.filter(is_false).count(),
            ms: self.agenda.now_ms() - BEGINNING_MS,
        }
    }

    fn happen(&mut self, event: Event) {
        let now_ms = self.agenda.now_ms();
        match event {
            Event::Poll(life) if life == self.life && self.server.is_some() => self.poll(),
            Event::Errand(life, errand) if life == self.life => {
                if let Some(server) = &mut self.server {
                    server.resume(now_ms, &self.disk, errand);
                }
            }
            Event::Commit(life) if life == self.life => self.commit(),
            Event::Stored(life, answers) if life == self.life => {
                for (then, answer) in answers {
                    if let Some(server) = &mut self.server {
                        server.stored(now_ms, &self.disk, then, answer);
                    }
                }
            }
            // Of a life that is over.
            Event::Poll(_) | Event::Errand(..) | Event::Commit(_) | Event::Stored(..) => {}
            Event::Opened(who, visit) => self.opened(who, visit),
            Event::ToServer(line, frame) => {
                if let Some(server) = &mut self.server {
                    server.hear(now_ms, &self.disk, line, frame);
                }
            }
            Event::ToWorker(line, frame) => self.with_worker(line, |v| v.hear(now_ms, &frame)),
            Event::ServerLost(line) => {
                if let Some(server) = &mut self.server {
                    server.lost(now_ms, &self.disk, line);
                }
                self.network.close(line);
            }
            Event::WorkerLost(line) => self.worker_lost(line),
            Event::Wake(who, visit) if self.people[who].visit == visit => {
                self.people[who].wake(now_ms);
            }
            Event::Tick(who, visit, slot, serial) if self.people[who].visit == visit => {
                self.people[who].tick(now_ms, slot, serial);
            }
            Event::Wake(..) | Event::Tick(..) => {}
            Event::Act(act) => self.act(act),
        }
    }

    fn poll(&mut self) {
        let now_ms = self.agenda.now_ms();
        self.agenda.after(POLL_MS, Event::Poll(self.life));
        if let Some(server) = &mut self.server {
            server.poll(now_ms);
        }
        let lines = self.network.lines();
        self.tell(&Seen::Polled(lines));
        self.watch_phase();
    }

    /// Carries everything that was wanted to where it belongs, until nobody wants anything.
    fn run_errands(&mut self) {
        let mut is_quiet = false;
        while !is_quiet {
            is_quiet = true;
            let outs = self
                .server
                .as_mut()
                .map(Server::take_outs)
                .unwrap_or_default();
            for out in outs {
                is_quiet = false;
                self.serve(out);
            }
            if let Some(server) = &mut self.server {
                server.file_next(&self.disk);
            }
            for who in 0..self.people.len() {
                for deed in self.people[who].take_deeds() {
                    is_quiet = false;
                    self.obey(who, deed);
                }
            }
        }
    }

    fn serve(&mut self, out: Out) {
        match out {
            Out::Frame(line, message) => self.send_down(line, message::encode(&message)),
            Out::Refuse(line, text) => {
                self.send_down(line, message::encode_refused(&text));
                self.end_line_from_server(line);
            }
            Out::Close(line) => self.end_line_from_server(line),
            Out::Later(ms, errand) => self.agenda.after(ms, Event::Errand(self.life, *errand)),
            Out::Write(job, then) => {
                self.jobs.push((job, *then));
                if !self.is_writing {
                    self.is_writing = true;
                    let ms = self.plan.disk_ms(&mut self.dice);
                    self.agenda.after(ms, Event::Commit(self.life));
                }
            }
        }
    }

    /// One transaction for all that waits; the answers come a moment later.
    fn commit(&mut self) {
        self.is_writing = false;
        let mut answers = Vec::new();
        for (job, then) in std::mem::take(&mut self.jobs) {
            let answer = self.disk.commit(&job);
            if let (Job::Unit(unit), Answer::Appended(outcome)) = (&job, &answer)
                && matches!(outcome, bytebiota_server::store::Appended::Stored { .. })
            {
                let executor = self.commons.executor.clone();
                self.record.note_unit(&*executor, &self.disk, unit);
                self.stored += 1;
            }
            self.tell(&Seen::Committed(&job, &answer));
            if let Job::File(filing) = &job {
                let right = self.found_right(filing);
                self.tell(&Seen::Filed(filing, &right));
            }
            answers.push((then, answer));
        }
        let ms = self.dice.below(4);
        self.agenda.after(ms, Event::Stored(self.life, answers));
    }

    /// Of each conviction whether a single machine finds the same; unknown where the question is not kept.
    fn found_right(&self, filing: &Filing) -> Vec<Option<bool>> {
        let convictions = filing.docket.convictions.iter().zip(&filing.questions);
        let is_right = |(conviction, question): (
            &bytebiota_server::verification::Conviction,
            &Option<bytebiota_core::assignment::Check>,
        )| {
            let answer = self
                .commons
                .executor
                .answer(question.as_ref()?, Habit::Sound);
            let wanted = conviction.right.len();
            Some(answer?.get(..wanted) == Some(&conviction.right[..]))
        };
        convictions.map(is_right).collect()
    }

    /// Tells every law; the first that is broken ends the town.
    fn tell(&mut self, seen: &Seen) {
        if self.breach.is_some() {
            return;
        }
        let executor = self.commons.executor.clone();
        let compute =
            move |check: &bytebiota_core::assignment::Check| executor.answer(check, Habit::Sound);
        let shown = self.server.as_ref().map(|server| Shown {
            book: &server.book,
            verifier: &server.verifier,
            view: &server.view,
            connections: server.connections().count(),
            waiting: server.waiting(),
        });
        let scene = Scene {
            disk: &self.disk,
            server: shown,
            record: &self.record,
            policy: &self.commons.config.policy,
            compute: &compute,
        };
        for law in &mut self.laws {
            if let Err(what) = law.see(&scene, seen) {
                self.breach = Some(Breach {
                    law: law.name(),
                    at_ms: self.agenda.now_ms() - BEGINNING_MS,
                    what,
                });
                return;
            }
        }
    }

    fn broken(&mut self, law: &'static str, what: String) {
        let at_ms = self.agenda.now_ms() - BEGINNING_MS;
        self.breach.get_or_insert(Breach { law, at_ms, what });
    }

    fn add_person(&mut self, kind: Kind, slots: u32, epoch_ms: u64) -> usize {
        let person = self.volunteer(self.people.len() as u64, kind, slots, epoch_ms);
        self.people.push(person);
        self.people.len() - 1
    }

    fn volunteer(&self, number: u64, kind: Kind, slots: u32, epoch_ms: u64) -> Volunteer<E> {
        let (ring, executor) = (self.ring.clone(), self.commons.executor.clone());
        Volunteer::new(number, kind, slots, epoch_ms, ring, executor)
    }
}

/// What is open once faults stop, and who has to get on.
#[derive(Debug)]
struct Recovery {
    progress: Progress,
    before: Vec<u64>,
}
