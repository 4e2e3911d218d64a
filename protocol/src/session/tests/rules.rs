//! Single rules of the session, one by one.

use super::*;
use crate::{
    limits::MAX_UNACKED_REPORTS,
    message::{PROTOCOL_VERSION, encode_refused},
};

#[test]
fn the_next_assignment_is_asked_for_at_the_start_of_the_last_unit() {
    let mut session = welcomed(options(1));
    let work = assignment(1, 0, 4, 2);
    tell(&mut session, 1, assign(0, 11, &work));
    assert_eq!(
        said(&mut session),
        [ClientMessage::Accepted {
            slot: 0,
            lease: LeaseId(11)
        }]
    );
    session.handle_fact(2, 0, LeaseId(11), Fact::Unit(Box::new(report(&work, 0))));
    let frames = said(&mut session);
    assert!(matches!(
        frames[..],
        [
            ClientMessage::Report { slot: 0, .. },
            ClientMessage::Ask { slot: 0 }
        ]
    ));
    let next = assignment(2, 0, 1, 1);
    tell(&mut session, 3, assign(0, 12, &next));
    assert!(
        commands(&mut session).len() == 1,
        "the prefetched one waits"
    );
    session.handle_fact(4, 0, LeaseId(11), Fact::Unit(Box::new(report(&work, 2))));
    let begun = commands(&mut session);
    assert!(matches!(
        begun[..],
        [Command::Begin {
            lease: LeaseId(12),
            ..
        }]
    ));
    assert_eq!(session.slot_status(0), SlotStatus::Computing(IslandId(2)));
}

#[test]
fn a_lost_connection_loses_no_report_and_names_what_is_held() {
    let mut session = welcomed(options(1));
    let work = assignment(1, 0, 4, 1);
    tell(&mut session, 1, assign(0, 11, &work));
    session.handle_fact(2, 0, LeaseId(11), Fact::Unit(Box::new(report(&work, 0))));
    session.handle_disconnected(3, 0);
    session.handle_fact(4, 0, LeaseId(11), Fact::Unit(Box::new(report(&work, 1))));
    assert_eq!(session.poll_frame(), None);
    assert!(!session.wants_connection(1_002) && session.wants_connection(1_003));
    session.handle_connected(2_000);
    session.poll_frame();
    tell(&mut session, 2_001, welcome());
    let frames = said(&mut session);
    let [
        ClientMessage::Report { header, .. },
        ClientMessage::Report { .. },
        holding,
    ] = &frames[..]
    else {
        panic!("{frames:?}");
    };
    assert_eq!(*header, work.header);
    let expected = ClientMessage::Holding {
        slot: 0,
        lease: LeaseId(11),
        header: work.header.clone(),
        next_epoch: Epoch(2),
    };
    assert_eq!(*holding, expected);
    tell(
        &mut session,
        2_002,
        ServerMessage::Ack {
            slot: 0,
            unit: unit_key(1, 0),
            credit: 5,
        },
    );
    tell(
        &mut session,
        2_003,
        ServerMessage::Ack {
            slot: 0,
            unit: unit_key(1, 0),
            credit: 5,
        },
    );
    assert_eq!((session.unacked(), session.counters().units_acked), (1, 1));
}

#[test]
fn a_rejected_report_takes_with_it_what_builds_on_it() {
    let mut session = welcomed(options(1));
    let work = assignment(1, 0, 9, 1);
    tell(&mut session, 1, assign(0, 11, &work));
    for epoch in 0..3 {
        session.handle_fact(
            2,
            0,
            LeaseId(11),
            Fact::Unit(Box::new(report(&work, epoch))),
        );
    }
    commands(&mut session);
    let reason = RejectReason::Stale;
    tell(
        &mut session,
        3,
        ServerMessage::Reject {
            slot: 0,
            unit: unit_key(1, 1),
            reason,
        },
    );
    assert_eq!(session.unacked(), 1);
    assert_eq!(session.counters().units_rejected, 2);
    assert_eq!(commands(&mut session), [Command::Halt { slot: 0 }]);
    let late = Fact::Unit(Box::new(report(&work, 3)));
    session.handle_fact(4, 0, LeaseId(11), late);
    assert_eq!(
        session.unacked(),
        1,
        "facts about a dropped lease are old news"
    );
    assert!(matches!(
        said(&mut session)[..],
        [.., ClientMessage::Ask { slot: 0 }]
    ));
}

#[test]
fn without_acknowledgements_a_slot_stops_computing_and_goes_on_later() {
    let mut session = welcomed(options(1));
    let work = assignment(1, 0, 100, 1);
    tell(&mut session, 1, assign(0, 11, &work));
    for epoch in 0..MAX_UNACKED_REPORTS as u64 {
        session.handle_fact(
            2,
            0,
            LeaseId(11),
            Fact::Unit(Box::new(report(&work, epoch))),
        );
    }
    assert!(matches!(
        commands(&mut session)[..],
        [Command::Begin { .. }, Command::Suspend { slot: 0 }]
    ));
    assert_eq!(session.slot_status(0), SlotStatus::WaitingForAcks);
    tell(
        &mut session,
        3,
        ServerMessage::Ack {
            slot: 0,
            unit: unit_key(1, 0),
            credit: 1,
        },
    );
    assert_eq!(commands(&mut session), [Command::Resume { slot: 0 }]);
}

#[test]
fn the_first_stop_finishes_the_unit_and_the_second_gives_it_back() {
    let work = assignment(1, 0, 9, 1);
    let mut first = welcomed(options(1));
    tell(&mut first, 1, assign(0, 11, &work));
    first.handle_stop(2);
    assert_eq!(first.end(), None);
    said(&mut first);
    first.handle_fact(3, 0, LeaseId(11), Fact::Unit(Box::new(report(&work, 0))));
    assert!(matches!(
        said(&mut first)[..],
        [ClientMessage::Report { .. }, ClientMessage::Declined { .. }]
    ));
    assert_eq!(first.end(), None, "the report is not acknowledged yet");
    tell(
        &mut first,
        4,
        ServerMessage::Ack {
            slot: 0,
            unit: unit_key(1, 0),
            credit: 1,
        },
    );
    assert_eq!(first.end(), Some(&End::Stopped));
    assert_eq!(said(&mut first), [ClientMessage::Goodbye]);

    let mut second = welcomed(options(1));
    tell(&mut second, 1, assign(0, 11, &work));
    commands(&mut second);
    second.handle_stop(2);
    second.handle_stop(3);
    assert_eq!(second.end(), Some(&End::Stopped));
    assert_eq!(commands(&mut second), [Command::Halt { slot: 0 }]);
    assert!(matches!(
        said(&mut second)[..],
        [.., ClientMessage::Declined { .. }, ClientMessage::Goodbye]
    ));
}

#[test]
fn wanted_units_are_delivered_exactly_and_replaced_when_rejected() {
    let mut session = welcomed(SessionOptions {
        unit_limit: Some(2),
        ..options(2)
    });
    let (a, b) = (assignment(1, 0, 9, 1), assignment(2, 0, 9, 1));
    tell(&mut session, 1, assign(0, 11, &a));
    tell(&mut session, 1, assign(1, 12, &b));
    session.handle_fact(2, 0, LeaseId(11), Fact::Unit(Box::new(report(&a, 0))));
    session.handle_fact(3, 0, LeaseId(11), Fact::Unit(Box::new(report(&a, 1))));
    session.handle_fact(4, 1, LeaseId(12), Fact::Unit(Box::new(report(&b, 0))));
    assert_eq!(session.unacked(), 2);
    tell(
        &mut session,
        5,
        ServerMessage::Ack {
            slot: 0,
            unit: unit_key(1, 0),
            credit: 1,
        },
    );
    said(&mut session);
    let reason = RejectReason::Stale;
    tell(
        &mut session,
        6,
        ServerMessage::Reject {
            slot: 0,
            unit: unit_key(1, 1),
            reason,
        },
    );
    assert!(said(&mut session).contains(&ClientMessage::Ask { slot: 0 }));
    tell(&mut session, 7, assign(0, 13, &b));
    session.handle_fact(8, 0, LeaseId(13), Fact::Unit(Box::new(report(&b, 0))));
    tell(
        &mut session,
        9,
        ServerMessage::Ack {
            slot: 0,
            unit: unit_key(2, 0),
            credit: 2,
        },
    );
    assert_eq!(session.end(), Some(&End::UnitsDone));
}

#[test]
fn a_held_state_is_used_and_an_unknown_one_declined() {
    let mut session = welcomed(options(1));
    let work = assignment(1, 0, 1, 1);
    tell(&mut session, 1, assign(0, 11, &work));
    session.handle_fact(2, 0, LeaseId(11), Fact::Unit(Box::new(report(&work, 0))));
    commands(&mut session);
    said(&mut session);
    let held = Assignment {
        start: Start::Held,
        ..assignment(1, 1, 2, 1)
    };
    tell(&mut session, 3, assign(0, 12, &held));
    let begun = commands(&mut session);
    let [
        Command::Begin {
            held: Some(state), ..
        },
    ] = &begun[..]
    else {
        panic!("{begun:?}")
    };
    assert_eq!(*state, state_of(1, 1));
    let foreign = Assignment {
        start: Start::Held,
        ..assignment(3, 5, 6, 1)
    };
    tell(&mut session, 4, assign(0, 13, &foreign));
    assert!(matches!(
        said(&mut session)[..],
        [
            ..,
            ClientMessage::Declined {
                lease: LeaseId(13),
                ..
            }
        ]
    ));
}

#[test]
fn a_refusal_ends_the_session_with_the_servers_words() {
    let mut session = WorkerSession::new(options(1));
    session.handle_connected(0);
    session.poll_frame();
    session
        .handle_frame(1, &encode_refused("please update"))
        .expect("readable");
    assert_eq!(session.end(), Some(&End::Refused("please update".into())));
    assert!(!session.wants_connection(u64::MAX));
    assert_eq!(PROTOCOL_VERSION, 2);
}

#[test]
fn what_does_not_belong_is_an_error_or_declined_and_never_a_panic() {
    let mut session = WorkerSession::new(options(1));
    session.handle_connected(0);
    session.poll_frame();
    let early = encode(&ServerMessage::NoWork {
        slot: 0,
        retry_ms: 1,
        reason: WaitReason::NothingFree,
    });
    assert!(session.handle_frame(1, &early).is_err());
    tell(&mut session, 2, welcome());
    assert!(session.handle_frame(3, &encode(&welcome())).is_err());
    assert!(
        session
            .handle_frame(
                3,
                &encode(&ServerMessage::NoWork {
                    slot: 9,
                    retry_ms: 1,
                    reason: WaitReason::NothingFree,
                })
            )
            .is_err()
    );
    assert!(session.handle_frame(3, &[255, 1, 2]).is_err());
    said(&mut session);
    let noise = ServerMessage::Assign {
        slot: 0,
        lease: LeaseId(1),
        assignment: vec![1, 2, 3],
    };
    tell(&mut session, 4, noise);
    assert!(matches!(
        said(&mut session)[0],
        ClientMessage::Declined { .. }
    ));
    session.handle_fact(5, 77, LeaseId(1), Fact::Finished);
    assert_eq!(session.slot_status(77), SlotStatus::Stopped);
}

#[test]
fn a_server_that_owes_an_answer_and_is_silent_is_given_up() {
    let mut session = welcomed(options(1));
    assert!(!session.is_connection_dead(59_999) && session.is_connection_dead(60_000));
    tell(&mut session, 60_000, assign(0, 11, &assignment(1, 0, 9, 1)));
    assert!(
        !session.is_connection_dead(10_000_000),
        "nothing is owed while it computes"
    );
    session.handle_fact(
        10_000_000,
        0,
        LeaseId(11),
        Fact::Unit(Box::new(report(&assignment(1, 0, 9, 1), 0))),
    );
    assert!(!session.is_connection_dead(10_059_999) && session.is_connection_dead(10_060_000));
}
