//! What the session does when the server asks for more than work: a boundary, a check, patience.

use super::*;

fn segment(state: &[u8], done: u32) -> Fact {
    Fact::Segment {
        unit: unit_key(1, 0),
        done,
        digest: Digest::default(),
        segment: part(1, state),
        state: state.to_vec(),
    }
}

#[test]
fn a_boundary_that_was_committed_is_sent_until_the_report_is_acknowledged() {
    let mut session = welcomed(options(1));
    let work = assignment(1, 0, 8, 4);
    tell(&mut session, 1, assign(0, 5, &work));
    for (done, state) in [(1, b"one"), (2, b"two")] {
        session.handle_fact(2, 0, LeaseId(5), segment(state, done));
    }
    let whole = Fact::Unit(Box::new(report(&work, 0)));
    session.handle_fact(3, 0, LeaseId(5), whole);
    said(&mut session);
    let unit = unit_key(1, 0);
    let ask = |segment| ServerMessage::Challenge {
        slot: 0,
        unit,
        segment,
    };
    tell(&mut session, 4, ask(2));
    let answer = said(&mut session);
    let [
        ClientMessage::StateAt {
            segment: 2, state, ..
        },
    ] = answer.as_slice()
    else {
        panic!("{answer:?} instead of a state");
    };
    let state = miniz_oxide::inflate::decompress_to_vec(state).expect("deflated");
    assert_eq!(state, b"two");
    for unknown in [0, 3, u32::MAX] {
        tell(&mut session, 5, ask(unknown));
        assert_eq!(said(&mut session), [], "segment {unknown}");
    }
    let ack = ServerMessage::Ack {
        slot: 0,
        unit,
        credit: 0,
    };
    tell(&mut session, 6, ack);
    tell(&mut session, 7, ask(1));
    assert_eq!(said(&mut session), [], "let go with the acknowledgement");
}

#[test]
fn a_check_is_computed_at_once_and_one_that_is_noise_is_answered_without_digests() {
    let mut session = welcomed(options(1));
    let work = assignment(1, 0, 8, 4);
    let check = Check {
        header: work.header.clone(),
        world_seed: work.world_seed,
        config: work.config.clone(),
        inputs: work.inputs.clone(),
        first_epoch: Epoch(0),
        unit_epochs: 4,
        from_segment: 1,
        until_segment: 2,
        from_digest: work.from_digest,
        running: Digest::default(),
        start: work.start.clone(),
    };
    let body = message::pack(&check);
    let ask = |id, body| ServerMessage::Check {
        slot: 0,
        check: CheckId(id),
        body,
    };
    tell(&mut session, 1, ask(3, body.clone()));
    let expected = Command::Check {
        slot: 0,
        id: CheckId(3),
        check: Box::new(check),
    };
    assert_eq!(commands(&mut session), [expected]);
    session.handle_checked(0, CheckId(3), Some(vec![Digest::of(b"it")]));
    tell(&mut session, 2, ask(4, vec![1, 2, 3]));
    session.handle_pause(3);
    tell(&mut session, 4, ask(5, body));
    let answers: Vec<_> = said(&mut session)
        .into_iter()
        .filter_map(|message| match message {
            ClientMessage::Checked { check, digests, .. } => Some((check.0, digests.len())),
            _ => None,
        })
        .collect();
    assert_eq!(answers, [(3, 1), (4, 0), (5, 0)]);
    assert_eq!(session.counters().checks_done, 1);
}

#[test]
fn verdicts_change_credit_and_reasons_to_wait_are_told_once() {
    let mut session = welcomed(options(1));
    while session.poll_event().is_some() {}
    let verdict = |outcome, credit| ServerMessage::Verdict {
        unit: unit_key(1, 0),
        end_epoch: Epoch(4),
        units: 2,
        outcome,
        credit,
    };
    tell(&mut session, 1, verdict(Outcome::Confirmed, 77));
    tell(&mut session, 2, verdict(Outcome::Mismatch, 77));
    for _ in 0..2 {
        let full = ServerMessage::NoWork {
            slot: 0,
            retry_ms: 1,
            reason: WaitReason::AuditorFull,
        };
        tell(&mut session, 3, full);
    }
    let counters = session.counters();
    assert_eq!(
        (
            counters.credit,
            counters.units_confirmed,
            counters.units_void
        ),
        (77, 2, 2)
    );
    let events: Vec<_> = std::iter::from_fn(|| session.poll_event()).collect();
    assert_eq!(
        events,
        [
            Event::Judged(unit_key(1, 0), Outcome::Confirmed),
            Event::Judged(unit_key(1, 0), Outcome::Mismatch),
            Event::Waiting(WaitReason::AuditorFull),
        ]
    );
}

#[test]
fn a_report_without_an_answer_is_offered_again_even_if_the_server_talks_of_other_things() {
    let mut session = welcomed(options(1));
    let work = assignment(1, 0, 9, 1);
    tell(&mut session, 1, assign(0, 11, &work));
    session.handle_fact(2, 0, LeaseId(11), Fact::Unit(Box::new(report(&work, 0))));
    let revoke = |lease: u64| ServerMessage::Revoke {
        slot: 0,
        lease: LeaseId(lease),
    };
    for minute in 1..6 {
        tell(&mut session, minute * 30_000, revoke(99));
        assert!(!session.is_connection_dead(minute * 30_000 + 1));
    }
    assert!(!session.is_connection_dead(180_001) && session.is_connection_dead(180_002));
    assert!(session.poll_timeout().is_some_and(|at| at <= 180_002));
    session.handle_disconnected(180_002, 0);
    session.handle_connected(190_000);
    session.poll_frame();
    tell(&mut session, 190_001, welcome());
    let offered = said(&mut session);
    assert!(matches!(offered[0], ClientMessage::Report { slot: 0, .. }));
    assert!(!session.is_connection_dead(190_002), "its time begins anew");
}

#[test]
fn who_answers_next_is_asked_at_once_whatever_the_last_one_had_none_of() {
    let mut session = welcomed(options(1));
    let none = ServerMessage::NoWork {
        slot: 0,
        retry_ms: 30_000,
        reason: WaitReason::NothingFree,
    };
    tell(&mut session, 1, none);
    assert_eq!(said(&mut session), []);
    session.handle_disconnected(2, 0);
    session.handle_connected(1_000);
    session.poll_frame();
    tell(&mut session, 1_001, welcome());
    assert_eq!(said(&mut session), [ClientMessage::Ask { slot: 0 }]);
}
