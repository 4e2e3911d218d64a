//! How workers come: token, engine and standing, as the coordinator welcomes them. Knows no frame but the greeting.

use super::{Out, Server, Then};
use crate::disk::{Disk, Job, Person};
use crate::executor::Executor;
use crate::flaw::Flaw;
use bytebiota_core::Digest;
use bytebiota_protocol::message::{self, Hello, ServerMessage, Token, WaitReason};
use bytebiota_server::assignment_book::{ConnectionId, UnitWish, VolunteerId};
use bytebiota_server::verification::verifier::Arrival;
use bytebiota_server::worker_manager::{Worker, WorkerKind};

impl<E: Executor> Server<E> {
    /// The first frame of a connection.
    pub(super) fn greet(&mut self, connection: ConnectionId, frame: &[u8]) {
        let Ok(mut hello) = message::decode_hello(frame) else {
            return self.refuse(connection, "the greeting was not understood");
        };
        if self.verifier.is_blocked(&hello.engine) {
            return self.refuse(connection, WaitReason::EngineBlocked.sentence());
        }
        let token = hello.token.unwrap_or_else(|| self.new_token());
        hello.token = Some(token);
        if let Some(seat) = self.seats.get_mut(&connection) {
            seat.is_busy = true;
        }
        let visit = Job::Visit(Digest::of(&token.0).0, hello.engine.clone());
        self.write(visit, Then::Visited(connection, hello));
    }

    fn new_token(&mut self) -> Token {
        let text = format!("{} {}", self.dice.bits(), self.dice.bits());
        Token(Digest::of(text.as_bytes()).0)
    }

    fn refuse(&mut self, connection: ConnectionId, text: &str) {
        self.outs.push(Out::Refuse(connection, text.to_owned()));
        self.seats.remove(&connection);
    }

    /// The visit is on disk: he is welcomed, or not.
    pub(super) fn visited(
        &mut self,
        disk: &Disk,
        connection: ConnectionId,
        hello: &Hello,
        number: i64,
        person: Person,
    ) {
        let (volunteer, now_ms) = (VolunteerId(number), self.now_ms);
        let mut standing = person.standing;
        standing.is_operator = self.flaw == Flaw::EverybodyIsARoot;
        let Some(seat) = self.seats.get_mut(&connection) else {
            return;
        };
        if standing.is_banned {
            return self.refuse(connection, WaitReason::Banned.sentence());
        }
        (seat.volunteer, seat.slots) = (Some(volunteer), hello.slots);
        let wish = UnitWish {
            target_interval_ms: self.config.target_interval_ms,
            min_epochs: 1,
            max_epochs: u32::MAX,
        };
        self.book
            .handle_join(connection, volunteer, person.units, hello.slots, wish);
        let worker = Worker {
            volunteer,
            name: format!("volunteer {number}"),
            kind: WorkerKind::Volunteer(hello.kind),
            slots: hello.slots,
            connected_ms: now_ms,
            units_acked: 0,
            credit: disk.credit(number),
        };
        self.workers.joined(connection, worker);
        let welcome = ServerMessage::Welcome {
            token: hello.token.unwrap_or(Token([0; 32])),
            name: format!("volunteer {number}"),
            slots: hello.slots.min(self.book.allowance(volunteer)),
            credit: disk.credit(number),
        };
        self.send(connection, welcome);
        let arrival = Arrival {
            connection,
            slots: hello.slots,
            volunteer,
            engine: hello.engine.clone(),
            is_checker: true,
            standing,
            test: match standing.suspended_until_ms {
                0 => None,
                _ => disk.self_test(number),
            },
        };
        self.verifier.handle_join(now_ms, arrival);
        self.view.touch([]);
        self.carry_out();
        self.is_free_again(disk, connection);
    }
}
