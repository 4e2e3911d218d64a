//! How workers come and go: token, name, slots and wishes. Knows no frame but Welcome.

use super::{Coordinator, draw};
use crate::assignment_book::{ConnectionId, UnitWish, VolunteerId};
use crate::run_logger::{self, RunEvent};
use crate::store::{StoreError, VolunteerVisit};
use crate::verification::verifier::Arrival;
use crate::worker_manager::{Worker, WorkerKind};
use axum::body::Bytes;
use bytebiota_protocol::message::{Hello, ServerMessage, Token, WaitReason, Wishes};
use bytebiota_protocol::nick;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Frames on their way to a worker.
pub type Outbox = mpsc::Sender<Bytes>;
/// Frames that may wait per connection beside two for each slot; whoever reads slower is let go.
pub const OUTBOX_FRAMES: usize = 64;
/// Wishes for the length of a unit are followed within this range, ms.
const WISH_MS: std::ops::RangeInclusive<u64> = 1_000..=120_000;

/// Somebody who cannot take part, and why.
#[derive(Clone, Copy, Debug)]
pub struct Refused(pub WaitReason);

/// A welcomed connection.
#[derive(Debug)]
pub struct Joined {
    /// Its name from now on.
    pub connection: ConnectionId,
    /// Whose it is.
    pub volunteer: VolunteerId,
    /// The answer to its Hello.
    pub welcome: ServerMessage,
}

impl Coordinator {
    /// Welcomes a worker. What it is told from now on goes into `outbox`.
    pub async fn join(
        self: &Arc<Self>,
        kind: WorkerKind,
        hello: &Hello,
        outbox: Outbox,
    ) -> Result<Result<Joined, Refused>, StoreError> {
        if self.lock().verifier.is_blocked(&hello.engine) {
            return Ok(Err(Refused(WaitReason::EngineBlocked)));
        }
        let token = hello.token.unwrap_or_else(|| Token(rand::random()));
        let visit = VolunteerVisit {
            token_hash: *blake3::hash(&token.0).as_bytes(),
            nick: hello.nick.as_deref().and_then(nick::clean),
            engine: hello.engine.clone(),
            time_ms: self.clock.now_ms(),
        };
        let hash = visit.token_hash;
        let mut volunteer = self.store.visit(visit).await?;
        volunteer.standing.is_operator =
            kind == WorkerKind::Server || self.operators.contains(&hash);
        if volunteer.standing.is_banned {
            return Ok(Err(Refused(WaitReason::Banned)));
        }
        let test = match volunteer.standing.suspended_until_ms {
            0 => None,
            _ => self.store.self_test(volunteer.number).await?,
        };
        let name = match kind {
            WorkerKind::Server => "this server".to_owned(),
            WorkerKind::Volunteer(_) => shown_name(&volunteer.nick, &hash),
        };
        let wish = self.fit(hello.wishes);
        let worker = Worker {
            volunteer: VolunteerId(volunteer.number),
            name: name.clone(),
            kind,
            slots: hello.slots,
            connected_ms: self.clock.now_ms(),
            units_acked: 0,
            credit: volunteer.credit,
        };
        let arrival = Arrival {
            connection: ConnectionId(0),
            slots: hello.slots,
            volunteer: VolunteerId(volunteer.number),
            engine: hello.engine.clone(),
            is_checker: kind != WorkerKind::Server,
            standing: volunteer.standing,
            test,
        };
        let connection = self.admit(worker, arrival, volunteer.units, wish, outbox);
        run_logger::log(RunEvent::Joined {
            name: &name,
            kind: kind.word(),
            slots: hello.slots,
        });
        let allowance = self.lock().book.allowance(VolunteerId(volunteer.number));
        let welcome = ServerMessage::Welcome {
            token,
            name,
            slots: hello.slots.min(allowance),
            credit: volunteer.credit,
        };
        Ok(Ok(Joined {
            connection,
            volunteer: VolunteerId(volunteer.number),
            welcome,
        }))
    }

    fn admit(
        self: &Arc<Self>,
        worker: Worker,
        arrival: Arrival,
        units: u64,
        wish: UnitWish,
        outbox: Outbox,
    ) -> ConnectionId {
        self.act(|state, now_ms| {
            state.born += 1;
            let connection = ConnectionId(state.born);
            let slots = worker.slots;
            state
                .book
                .handle_join(connection, worker.volunteer, units, slots, wish);
            state.workers.joined(connection, worker);
            state.outboxes.insert(connection, outbox);
            let arrival = Arrival {
                connection,
                ..arrival
            };
            state.verifier.handle_join(now_ms, arrival);
            state.view.touch([]);
            connection
        })
    }

    /// A connection is gone.
    pub fn leave(self: &Arc<Self>, connection: ConnectionId) {
        let worker = self.act(|state, now_ms| {
            let islands = state.book.islands_of(connection);
            state.book.handle_gone(now_ms, connection);
            state.verifier.handle_gone(now_ms, draw(), connection);
            state.outboxes.remove(&connection);
            state.view.touch(islands);
            state.workers.gone(now_ms, connection)
        });
        if let Some(worker) = worker {
            run_logger::log(RunEvent::Left {
                name: &worker.name,
                units: worker.units_acked,
            });
        }
    }

    /// Wishes within the server's own limits.
    fn fit(&self, wishes: Wishes) -> UnitWish {
        let own_ms = self.config.target_interval_ms;
        let wished_ms = u64::from(wishes.target_interval_ms);
        let low_ms = *WISH_MS.start().min(&own_ms);
        let high_ms = *WISH_MS.end().max(&own_ms);
        let fitted_ms = match wished_ms {
            0 => own_ms,
            ms => ms.clamp(low_ms, high_ms),
        };
        if wished_ms != 0 && fitted_ms != wished_ms {
            run_logger::log(RunEvent::ConflictOverridden {
                wish: "target_interval_ms",
            });
        }
        let epoch_ticks = self.store.world().config.evolution.epoch_ticks;
        let epochs = |ticks: u64| {
            u32::try_from(ticks / epoch_ticks)
                .unwrap_or(u32::MAX)
                .max(1)
        };
        UnitWish {
            target_interval_ms: fitted_ms,
            min_epochs: epochs(wishes.min_unit_ticks),
            max_epochs: match wishes.max_unit_ticks {
                0 => u32::MAX,
                ticks => epochs(ticks),
            },
        }
    }
}

/// Four letters of a token's hash.
pub fn fingerprint(hash: &[u8]) -> String {
    let letter = |byte: &u8| char::from(b'a' + byte % 26);
    hash.iter().take(4).map(letter).collect()
}

/// The nick with four letters of the token's hash, so that nobody can pass for another.
fn shown_name(nick: &str, hash: &[u8; 32]) -> String {
    let fingerprint = fingerprint(hash);
    match nick {
        "" => format!("#{fingerprint}"),
        nick => format!("{nick}#{fingerprint}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_carry_a_fingerprint() {
        assert_eq!(shown_name("Ada", &[27; 32]), "Ada#bbbb");
        assert_eq!(shown_name("", &[0; 32]), "#aaaa");
    }
}
