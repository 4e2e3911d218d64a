//! What becomes of a unit under way when its volunteer goes: what is done of it is delivered as a shorter unit.

use super::*;

const LEASE: LeaseId = LeaseId(5);

/// Somebody who has done so many segments of a unit of 40 epochs: 3 epochs each at first.
fn under_way(options: SessionOptions, segments: u32) -> (WorkerSession, Assignment) {
    let mut session = welcomed(options);
    let work = assignment(1, 0, 80, 40);
    tell(&mut session, 1, assign(0, LEASE.0, &work));
    do_segments(&mut session, segments);
    said(&mut session);
    commands(&mut session);
    (session, work)
}

fn do_segments(session: &mut WorkerSession, segments: u32) {
    for done in 1..=segments {
        let state = state_of(1, u64::from(done) * 3);
        let fact = Fact::Segment {
            unit: unit_key(1, 0),
            done,
            digest: Digest::default(),
            segment: part(3, &state),
            state,
        };
        session.handle_fact(2, 0, LEASE, fact);
    }
}

/// The report among what was said, if everything else is as it should be: it comes first, and the lease is given back.
fn handed_in(session: &mut WorkerSession) -> Report {
    let said = said(session);
    let [
        ClientMessage::Report {
            slot: 0,
            lease: LEASE,
            report,
            ..
        },
        ClientMessage::Declined { lease: LEASE, .. },
        rest @ ..,
    ] = said.as_slice()
    else {
        panic!("{said:?}");
    };
    assert!(matches!(rest, [] | [ClientMessage::Goodbye]), "{rest:?}");
    message::unpack(report, 1 << 20).expect("a report")
}

#[test]
fn who_stops_in_mid_unit_delivers_it_up_to_its_newest_boundary() {
    let (mut session, work) = under_way(options(1), 7);
    session.handle_stop_now(3);
    let report = handed_in(&mut session);
    assert_eq!(
        (report.key, report.header),
        (unit_key(1, 0), work.header.digest())
    );
    assert_eq!((report.end_epoch(), report.segments.len()), (Epoch(21), 7));
    assert_eq!(report.base, work.from_digest);
    assert_eq!(report.state, state_of(1, 21));
    assert!(
        report
            .begun_epochs()
            .is_some_and(|epochs| (17..=40).contains(&epochs))
    );
    assert_eq!(session.end(), Some(&End::Stopped));
    assert_eq!(
        session.unacked(),
        1,
        "kept for the next visit, should it be lost"
    );
}

#[test]
fn a_long_pause_delivers_it_and_its_boundaries_can_be_asked_for_until_the_answer() {
    let (mut session, _) = under_way(options(1), 2);
    session.handle_pause(1_000);
    assert_eq!(said(&mut session), [ClientMessage::Pause]);
    session.handle_timeout(61_000);
    assert_eq!(handed_in(&mut session).end_epoch(), Epoch(6));
    let challenge = ServerMessage::Challenge {
        slot: 0,
        unit: unit_key(1, 0),
        segment: 1,
    };
    tell(&mut session, 61_100, challenge);
    assert!(matches!(
        said(&mut session)[..],
        [ClientMessage::StateAt { segment: 1, .. }]
    ));
    let ack = ServerMessage::Ack {
        slot: 0,
        unit: unit_key(1, 0),
        credit: 0,
    };
    tell(&mut session, 61_200, ack);
    assert_eq!(session.counters().units_acked, 1);
    session.handle_resume(70_000);
    assert_eq!(said(&mut session), [ClientMessage::Ask { slot: 0 }]);
}

#[test]
fn the_second_wish_to_stop_does_not_wait_for_the_end_of_the_unit() {
    let (mut session, _) = under_way(options(1), 3);
    session.handle_stop(3);
    assert_eq!(said(&mut session), []);
    session.handle_stop(4);
    assert_eq!(handed_in(&mut session).end_epoch(), Epoch(9));
}

#[test]
fn where_nothing_is_done_or_the_unit_is_short_the_lease_is_only_given_back() {
    let (mut session, _) = under_way(options(1), 0);
    session.handle_stop_now(3);
    assert!(matches!(
        said(&mut session)[..],
        [ClientMessage::Declined { .. }, ClientMessage::Goodbye]
    ));

    let mut session = welcomed(options(1));
    tell(&mut session, 1, assign(0, LEASE.0, &assignment(1, 0, 8, 8)));
    let state = state_of(1, 1);
    let fact = Fact::Segment {
        unit: unit_key(1, 0),
        done: 1,
        digest: Digest::default(),
        segment: part(1, &state),
        state,
    };
    session.handle_fact(2, 0, LEASE, fact);
    said(&mut session);
    session.handle_stop_now(3);
    assert!(matches!(
        said(&mut session)[..],
        [ClientMessage::Declined { .. }, ClientMessage::Goodbye]
    ));
}

#[test]
fn whoever_wants_so_many_units_delivers_no_more() {
    let limited = SessionOptions {
        unit_limit: Some(1),
        ..options(2)
    };
    let (mut session, _) = under_way(limited, 4);
    let other = assignment(2, 0, 1, 1);
    tell(&mut session, 3, assign(1, 6, &other));
    session.handle_fact(4, 1, LeaseId(6), Fact::Unit(Box::new(report(&other, 0))));
    let reports = said(&mut session)
        .into_iter()
        .filter(|message| matches!(message, ClientMessage::Report { .. }));
    assert_eq!(reports.count(), 1);
    assert_eq!(session.unacked(), 1);
}

#[test]
fn without_a_connection_it_is_kept_for_the_next_visit() {
    let (mut session, _) = under_way(options(1), 5);
    session.handle_disconnected(3, 0);
    session.handle_stop_now(4);
    assert_eq!(said(&mut session), []);
    let mut next = WorkerSession::new(options(1));
    next.handle_kept(5, 0, session.keepsake(0));
    assert_eq!(next.unacked(), 1);
}
