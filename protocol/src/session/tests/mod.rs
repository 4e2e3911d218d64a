//! What the session promises: `rules` one by one, what it does when `asked`, what is `kept`, how it `pauses`, what is `left`
//! of a unit that is not finished, which `versions` it takes, and its `laws` under random events.
//! Here: what all need.

mod asked;
mod kept;
mod laws;
mod left;
mod pauses;
mod rules;
mod versions;

use super::*;
use crate::message::{ClientKind, Outcome, RejectReason, Wishes, encode, pack_assignment};
use bytebiota_core::assignment::Check;
use bytebiota_core::{
    Assignment, Branch, Config, Digest, Epoch, Inputs, IslandId, Outputs, Report,
    SEMANTICS_VERSION, Segment, Start, StretchHeader, UnitKey, WorldId, WorldSeed, codec,
};

fn options(slots: u32) -> SessionOptions {
    SessionOptions {
        program: "test 1".into(),
        kind: ClientKind::Native,
        engine: "test".into(),
        slots,
        token: None,
        nick: Some("Ada".into()),
        wishes: Wishes::default(),
        unit_limit: None,
    }
}

fn state_of(island: u32, epoch: u64) -> Vec<u8> {
    format!("state of {island} at {epoch}").into_bytes()
}

/// Epochs `from..end` of an island, in units of `unit` epochs.
fn assignment(island: u32, from: u64, end: u64, unit: u32) -> Assignment {
    let (config, inputs) = (Config::default(), Inputs::default());
    let base = Digest::of(&state_of(island, from));
    Assignment {
        header: StretchHeader {
            world: WorldId(7),
            branch: Branch(0),
            island: IslandId(island),
            semantics: SEMANTICS_VERSION,
            first_epoch: Epoch(from),
            end_epoch: Epoch(end),
            base,
            config: codec::digest(&config),
            inputs: codec::digest(&inputs),
        },
        world_seed: WorldSeed(1),
        config,
        inputs,
        from_epoch: Epoch(from),
        from_digest: base,
        unit_epochs: unit,
        start: Start::State(state_of(island, from)),
    }
}

fn unit_key(island: u32, epoch: u64) -> UnitKey {
    UnitKey {
        world: WorldId(7),
        branch: Branch(0),
        island: IslandId(island),
        first_epoch: Epoch(epoch),
    }
}

/// A segment of so many epochs that ends with this state.
fn part(epochs: u32, state: &[u8]) -> Segment {
    Segment {
        epochs,
        state: Digest::of(state),
        outputs: Outputs::default(),
    }
}

fn report(assignment: &Assignment, from: u64) -> Report {
    let island = assignment.header.island.0;
    let epochs = u64::from(assignment.unit_epochs).min(assignment.header.end_epoch.0 - from);
    let state = state_of(island, from + epochs);
    Report {
        key: unit_key(island, from),
        header: assignment.header.digest(),
        base: Digest::of(&state_of(island, from)),
        segments: vec![part(epochs as u32, &state)],
        state,
    }
}

fn welcome() -> ServerMessage {
    ServerMessage::Welcome {
        token: Token([9; 32]),
        name: "Ada·ABCD".into(),
        slots: 4,
        credit: 0,
    }
}

fn assign(slot: u32, lease: u64, assignment: &Assignment) -> ServerMessage {
    let assignment = pack_assignment(assignment);
    ServerMessage::Assign {
        slot,
        lease: LeaseId(lease),
        assignment,
    }
}

fn tell(session: &mut WorkerSession, now_ms: u64, message: ServerMessage) {
    session
        .handle_frame(now_ms, &encode(&message))
        .expect("the session understands the server");
}

fn said(session: &mut WorkerSession) -> Vec<ClientMessage> {
    let frames = std::iter::from_fn(|| session.poll_frame());
    frames
        .map(|frame| message::decode_client(&frame).expect("canonical"))
        .collect()
}

fn commands(session: &mut WorkerSession) -> Vec<Command> {
    std::iter::from_fn(|| session.poll_command()).collect()
}

/// A welcomed session whose first Ask of each slot is already taken from the outbox.
fn welcomed(options: SessionOptions) -> WorkerSession {
    let mut session = WorkerSession::new(options);
    assert!(session.wants_connection(0));
    session.handle_connecting(0);
    session.handle_connected(0);
    let hello = session.poll_frame().expect("a greeting");
    assert_eq!(
        message::decode_hello(&hello).map(|hello| hello.nick),
        Ok(Some("Ada".into()))
    );
    tell(&mut session, 0, welcome());
    let asks = said(&mut session);
    assert_eq!(asks.len() as u32, session.slot_count());
    assert!(
        asks.iter()
            .all(|ask| matches!(ask, ClientMessage::Ask { .. }))
    );
    session
}
