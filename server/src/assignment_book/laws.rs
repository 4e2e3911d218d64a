//! Laws of the book under random events, in the world of `tests`.

use super::tests::World;
use super::*;
use proptest::prelude::*;

fn play(world: &mut World, event: u8, index: usize, time_ms: u64) {
    world.now_ms += time_ms;
    match event {
        0 => {
            world.join(2, 1 + (index % 3) as i64);
        }
        1..=4 => {
            if let Some(slot) = world.pick_slot(index) {
                world.book.handle_ask(world.now_ms, slot);
            }
        }
        5..=10 => {
            if let Some(slot) = world.pick_slot(index) {
                world.deliver(slot);
            }
        }
        11 => {
            if let Some(connection) = world.pick_connection(index) {
                world.connections.retain(|c| *c != connection);
                world.book.handle_gone(world.now_ms, connection);
            }
        }
        12 => world.reconnect(index),
        13 => {
            if let Some(connection) = world.pick_connection(index) {
                world.book.handle_pause(world.now_ms, connection);
            }
        }
        14 => decline(world, index),
        15 if index.is_multiple_of(4) => world.restart(),
        16 => {
            if let Some(island) = world.closed.pop() {
                world.judge(island, index.is_multiple_of(2));
            }
        }
        17 => {
            let trust = [
                Trust::Newcomer,
                Trust::Proven,
                Trust::Barred(crate::verification::policy::Bar::Suspended),
            ];
            let volunteer = VolunteerId(1 + (index % 3) as i64);
            let trust = trust[index % 7 % 3];
            world.book.handle_trust(world.now_ms, volunteer, trust);
        }
        _ => world.book.poll(world.now_ms),
    }
    world.run(index.is_multiple_of(5));
    if index.is_multiple_of(3) {
        world.open_all();
        world.run(false);
    }
}

fn decline(world: &mut World, index: usize) {
    let Some(slot) = world.pick_slot(index) else {
        return;
    };
    let held = world.held.entry(slot).or_default();
    if let Some(last) = held.pop() {
        world
            .book
            .handle_declined(world.now_ms, slot, last.grant.lease);
    }
}

/// After the faults: fresh workers ask, and every island is leased and advances within 75 s.
fn recover(world: &mut World) {
    for connection in std::mem::take(&mut world.connections) {
        world.book.handle_gone(world.now_ms, connection);
    }
    world.open_all();
    let before = world.heads.clone();
    let fresh = world.join(12, 99);
    for _ in 0..75 {
        world.now_ms += 1_000;
        world.book.poll(world.now_ms);
        for slot in 0..12 {
            let slot = SlotId {
                connection: fresh,
                slot,
            };
            world.book.handle_ask(world.now_ms, slot);
            world.run(false);
            world.deliver(slot);
            world.run(false);
        }
    }
    for (island, (epoch, _)) in before {
        assert!(
            world.heads[&island].0 > epoch,
            "island {island} stands still"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_island_is_leased_twice_no_epoch_is_lost_and_everything_recovers(
        events in prop::collection::vec((0u8..20, 0usize..64, 0u64..8_000), 1..150)
    ) {
        let mut world = World::new();
        for (event, index, time_ms) in events {
            play(&mut world, event, index, time_ms);
        }
        recover(&mut world);
    }
}
