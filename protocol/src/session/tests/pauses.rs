//! What a pause gives back and takes back, and how a volunteer goes on.

use super::*;

#[test]
fn a_pause_gives_back_the_prefetched_at_once_and_the_running_after_a_minute() {
    let mut session = welcomed(options(1));
    tell(&mut session, 1, assign(0, 11, &assignment(1, 0, 1, 1)));
    tell(&mut session, 1, assign(0, 12, &assignment(2, 0, 1, 1)));
    said(&mut session);
    commands(&mut session);
    session.handle_pause(1_000);
    assert!(matches!(
        said(&mut session)[..],
        [
            ClientMessage::Declined {
                lease: LeaseId(12),
                ..
            },
            ClientMessage::Pause
        ]
    ));
    assert_eq!(commands(&mut session), [Command::Suspend { slot: 0 }]);
    assert_eq!(session.poll_timeout(), Some(61_000));
    session.handle_timeout(61_000);
    assert!(matches!(
        said(&mut session)[..],
        [ClientMessage::Declined {
            lease: LeaseId(11),
            ..
        }]
    ));
    session.handle_resume(70_000);
    assert_eq!(said(&mut session), [ClientMessage::Ask { slot: 0 }]);
}

#[test]
fn who_goes_on_after_a_pause_asks_anew_and_does_not_wait_for_what_the_pause_took_back() {
    let mut session = welcomed(options(1));
    session.handle_pause(1_000);
    assert_eq!(said(&mut session), [ClientMessage::Pause]);
    assert!(
        !session.is_connection_dead(10_000_000),
        "a pause leaves nothing owed"
    );
    session.handle_resume(2_000);
    assert_eq!(said(&mut session), [ClientMessage::Ask { slot: 0 }]);
}
