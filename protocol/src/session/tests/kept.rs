//! What a host keeps when it ends without a word, and what the next session makes of it.

use super::*;

/// A session that has delivered two of four units and heard of none, and what it keeps.
fn left_alone() -> (Assignment, Keepsake) {
    let mut session = welcomed(options(1));
    let work = assignment(1, 0, 4, 1);
    tell(&mut session, 1, assign(0, 11, &work));
    assert!(session.keepsake(0).running.is_none(), "nothing is done yet");
    for epoch in 0..2 {
        let before = session.keepsake_mark(0);
        let fact = Fact::Unit(Box::new(report(&work, epoch)));
        session.handle_fact(2, 0, LeaseId(11), fact);
        assert_ne!(session.keepsake_mark(0), before);
    }
    (work, session.keepsake(0))
}

#[test]
fn the_next_session_offers_the_reports_and_goes_on_where_the_last_unit_ended() {
    let (work, kept) = left_alone();
    let bytes = codec::encode(&kept);
    let kept: Keepsake = codec::decode(&bytes, 1 << 20).expect("canonical");
    let mut session = WorkerSession::new(options(1));
    session.handle_kept(0, 0, kept);
    let begun = commands(&mut session);
    let [
        Command::Begin {
            lease: LeaseId(11),
            assignment,
            held: Some(held),
            ..
        },
    ] = &begun[..]
    else {
        panic!("{begun:?}");
    };
    assert_eq!(assignment.from_epoch, Epoch(2));
    assert_eq!(assignment.from_digest, Digest::of(held));
    assert_eq!(*held, state_of(1, 2));
    session.handle_connecting(0);
    session.handle_connected(0);
    session.poll_frame();
    tell(&mut session, 1, welcome());
    let frames = said(&mut session);
    let [
        ClientMessage::Report { .. },
        ClientMessage::Report { .. },
        ClientMessage::Holding {
            lease,
            header,
            next_epoch,
            ..
        },
    ] = &frames[..]
    else {
        panic!("{frames:?}");
    };
    assert_eq!((lease, next_epoch), (&LeaseId(11), &Epoch(2)));
    assert_eq!(*header, work.header);
}

#[test]
fn what_was_answered_is_not_kept() {
    let (_, kept) = left_alone();
    let mut session = WorkerSession::new(options(1));
    session.handle_kept(0, 0, kept);
    session.handle_connecting(0);
    session.handle_connected(0);
    tell(&mut session, 1, welcome());
    for epoch in 0..2 {
        let (unit, before) = (unit_key(1, epoch), session.keepsake_mark(0));
        tell(
            &mut session,
            2,
            ServerMessage::Ack {
                slot: 0,
                unit,
                credit: 5,
            },
        );
        assert_ne!(session.keepsake_mark(0), before);
    }
    tell(
        &mut session,
        3,
        ServerMessage::Revoke {
            slot: 0,
            lease: LeaseId(11),
        },
    );
    assert!(session.keepsake(0).is_empty());
    assert_eq!(session.keepsake_mark(0), KeepsakeMark::default());
}

#[test]
fn a_keepsake_that_does_not_fit_changes_nothing() {
    let (_, mut kept) = left_alone();
    if let Some(running) = kept.running.as_mut() {
        running.assignment.from_epoch = Epoch(99);
    }
    let mut session = WorkerSession::new(options(1));
    session.handle_kept(0, 7, kept.clone());
    assert_eq!(session.unacked(), 0, "a slot that nobody offered");
    session.handle_kept(0, 0, kept.clone());
    assert_eq!((session.unacked(), commands(&mut session).len()), (2, 0));
    session.handle_kept(0, 0, kept);
    assert_eq!(session.unacked(), 2, "a slot is not filled twice");
}
