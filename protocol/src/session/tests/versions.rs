//! Which parameters a worker computes under, and which it declines.

use super::*;

#[test]
fn stale_parameters_are_declined_and_older_stretches_are_not() {
    let mut session = welcomed(options(1));
    let mut lease = 10;
    let mut answer = |session: &mut WorkerSession, from: u64, version: u64, copy_rate: u32| {
        lease += 1;
        let mut assignment = assignment(1, from, from + 1, 1);
        assignment.config.mutation.copy_rate = copy_rate;
        assignment.inputs.parameters_version = version;
        assignment.header.config = assignment.config.digest();
        assignment.header.inputs = codec::digest(&assignment.inputs);
        tell(session, lease, assign(0, lease, &assignment));
        let revoke = ServerMessage::Revoke {
            slot: 0,
            lease: LeaseId(lease),
        };
        tell(session, lease, revoke);
        let answers = said(session).into_iter().find_map(|message| match message {
            ClientMessage::Accepted { .. } => Some("accepted".to_owned()),
            ClientMessage::Declined { reason, .. } => Some(reason),
            _ => None,
        });
        commands(session);
        answers.expect("an answer")
    };
    assert_eq!(answer(&mut session, 5, 0, 2_000), "accepted");
    assert_eq!(answer(&mut session, 6, 3, 2_400), "accepted");
    let stale = answer(&mut session, 7, 0, 2_000);
    assert!(
        stale.contains("version 0") && stale.contains("under version 3"),
        "{stale}"
    );
    let other = answer(&mut session, 7, 3, 2_401);
    assert!(other.contains("another Config"), "{other}");
    assert_eq!(
        answer(&mut session, 5, 0, 2_000),
        "accepted",
        "a stretch that was dropped is given out again"
    );
    assert_eq!(answer(&mut session, 7, 4, 2_401), "accepted");
    let beyond = answer(&mut session, 8, 5, 2_000_000);
    assert!(beyond.contains("out of range"), "{beyond}");
}

#[test]
fn a_config_with_a_key_that_is_unknown_here_is_declined() {
    let mut session = welcomed(options(1));
    let known = assignment(1, 5, 6, 1);
    let lease = LeaseId(3);
    let begin = (&known.header, known.world_seed);
    let end = (
        (&known.inputs, known.from_epoch, known.from_digest),
        (known.unit_epochs, &known.start),
    );
    let same = message::pack(&(begin, &known.config, end));
    assert_eq!(same, pack_assignment(&known));
    // As a newer server would write it, with one more knob at the end of its Config.
    let newer = message::pack(&(begin, (&known.config, 9_u64), end));
    let message = ServerMessage::Assign {
        slot: 0,
        lease,
        assignment: newer,
    };
    tell(&mut session, 1, message);
    let answers = said(&mut session);
    let is_declined = |message: &ClientMessage| matches!(message, ClientMessage::Declined { .. });
    assert!(answers.iter().any(is_declined), "{answers:?}");
    assert_eq!(commands(&mut session), [], "and nothing is computed");
}
