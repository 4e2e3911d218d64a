//! WorkerManager: who is connected and what they have done here. Knows no socket, no lease and no clock.

use crate::assignment_book::{ConnectionId, VolunteerId};
use bytebiota_protocol::message::ClientKind;
use bytebiota_protocol::view::WorkerView;
use std::collections::BTreeMap;

/// Who computes on the other side of a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WorkerKind {
    /// A volunteer's program.
    Volunteer(ClientKind),
    /// This server itself, while nobody else does.
    Server,
}

impl WorkerKind {
    /// The word of the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Volunteer(ClientKind::Browser) => "browser",
            Self::Volunteer(ClientKind::Native) => "native",
            Self::Server => "server",
        }
    }
}

/// A connected worker.
#[derive(Clone, Debug)]
pub struct Worker {
    /// Whose it is.
    pub volunteer: VolunteerId,
    /// Nick with fingerprint.
    pub name: String,
    /// What it is.
    pub kind: WorkerKind,
    /// Slots it offers.
    pub slots: u32,
    /// Since when, Unix ms.
    pub connected_ms: u64,
    /// Units acked in this connection.
    pub units_acked: u64,
    /// Ticks credited to its volunteer in all.
    pub credit: u64,
}

/// All connected workers.
#[derive(Clone, Debug, Default)]
pub struct WorkerManager {
    workers: BTreeMap<ConnectionId, Worker>,
    last_seen_ms: u64,
}

impl WorkerManager {
    /// Nobody is here; volunteers were last seen at `now_ms`.
    pub fn new(now_ms: u64) -> Self {
        Self {
            workers: BTreeMap::new(),
            last_seen_ms: now_ms,
        }
    }

    /// A worker was welcomed.
    pub fn joined(&mut self, connection: ConnectionId, worker: Worker) {
        self.workers.insert(connection, worker);
    }

    /// A worker has gone.
    pub fn gone(&mut self, now_ms: u64, connection: ConnectionId) -> Option<Worker> {
        let worker = self.workers.remove(&connection)?;
        if worker.kind != WorkerKind::Server {
            self.last_seen_ms = now_ms;
        }
        Some(worker)
    }

    /// A connected worker.
    pub fn get(&self, connection: ConnectionId) -> Option<&Worker> {
        self.workers.get(&connection)
    }

    /// A unit of this worker was stored.
    pub fn acked(&mut self, connection: ConnectionId) {
        if let Some(worker) = self.workers.get_mut(&connection) {
            worker.units_acked += 1;
        }
    }

    /// What a volunteer is credited with in all has changed.
    pub fn credited(&mut self, volunteer: VolunteerId, credit: u64) {
        let workers = self.workers.values_mut();
        let own = workers.filter(|worker| worker.volunteer == volunteer);
        own.for_each(|worker| worker.credit = credit);
    }

    /// The connections of a volunteer, in order of arrival.
    pub fn connections_of(&self, volunteer: VolunteerId) -> Vec<ConnectionId> {
        let own = self
            .workers
            .iter()
            .filter(|(_, w)| w.volunteer == volunteer);
        own.map(|(connection, _)| *connection).collect()
    }

    /// Connected volunteers' programs.
    pub fn volunteers(&self) -> u32 {
        let here = self
            .workers
            .values()
            .filter(|w| w.kind != WorkerKind::Server);
        here.count() as u32
    }

    /// Slots that volunteers' programs offer.
    pub fn slots(&self) -> u64 {
        let here = self
            .workers
            .values()
            .filter(|w| w.kind != WorkerKind::Server);
        here.map(|worker| u64::from(worker.slots)).sum()
    }

    /// Whether only the server itself computes.
    pub fn is_alone(&self) -> bool {
        self.volunteers() == 0 && !self.workers.is_empty()
    }

    /// How long no volunteer has been here, ms.
    pub fn lonely_ms(&self, now_ms: u64) -> u64 {
        match self.volunteers() {
            0 => now_ms.saturating_sub(self.last_seen_ms),
            _ => 0,
        }
    }

    /// Whoever is here, by number.
    pub fn numbers(&self) -> Vec<i64> {
        self.workers
            .values()
            .map(|worker| worker.volunteer.0)
            .collect()
    }

    /// All connections, in order of arrival.
    pub fn connections(&self) -> impl Iterator<Item = ConnectionId> {
        self.workers.keys().copied()
    }

    /// A worker in numbers; islands and speed are the book's.
    pub fn view(
        &self,
        now_ms: u64,
        connection: ConnectionId,
        islands: Vec<u32>,
        speed: u64,
    ) -> Option<WorkerView> {
        let worker = self.workers.get(&connection)?;
        Some(WorkerView {
            name: worker.name.clone(),
            kind: worker.kind.word().to_owned(),
            slots: worker.slots,
            islands,
            instructions_per_second: speed as f64,
            units_acked: worker.units_acked,
            credit: worker.credit,
            connected_s: now_ms.saturating_sub(worker.connected_ms) / 1_000,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worker(volunteer: i64, kind: WorkerKind) -> Worker {
        Worker {
            volunteer: VolunteerId(volunteer),
            name: "Ada".into(),
            kind,
            slots: 1,
            connected_ms: 1_000,
            units_acked: 0,
            credit: 5,
        }
    }

    #[test]
    fn credit_is_the_volunteers_and_units_are_the_connections() {
        let mut workers = WorkerManager::new(0);
        let browser = WorkerKind::Volunteer(ClientKind::Browser);
        (1..=2).for_each(|id| workers.joined(ConnectionId(id), worker(7, browser)));
        workers.acked(ConnectionId(1));
        workers.credited(VolunteerId(7), 50);
        assert_eq!(workers.connections_of(VolunteerId(7)).len(), 2);
        let views = [1, 2].map(|id| workers.view(9_500, ConnectionId(id), vec![3], 10));
        let views =
            views.map(|view| view.map(|view| (view.units_acked, view.credit, view.connected_s)));
        assert_eq!(views, [Some((1, 50, 8)), Some((0, 50, 8))]);
    }

    #[test]
    fn the_servers_own_work_does_not_count_as_company() {
        let mut workers = WorkerManager::new(1_000);
        workers.joined(ConnectionId(1), worker(1, WorkerKind::Server));
        assert_eq!((workers.volunteers(), workers.is_alone()), (0, true));
        assert_eq!(workers.lonely_ms(61_000), 60_000);
        workers.joined(
            ConnectionId(2),
            worker(2, WorkerKind::Volunteer(ClientKind::Native)),
        );
        assert_eq!((workers.lonely_ms(62_000), workers.is_alone()), (0, false));
        workers.gone(70_000, ConnectionId(2));
        assert_eq!(workers.lonely_ms(75_000), 5_000);
    }
}
