//! Single promises of the book, each as a short story in the world of `tests`.

use super::tests::{World, wish};
use super::*;
use bytebiota_core::UnitKey;

/// A worker with one slot that has confirmed work and computes a long stretch.
fn busy_worker(world: &mut World) -> SlotId {
    let connection = world.join(1, 5);
    let slot = SlotId {
        connection,
        slot: 0,
    };
    for _ in 0..60 {
        world.book.handle_ask(world.now_ms, slot);
        world.run(false);
        let epochs = world.held[&slot]
            .first()
            .map_or(1, |held| u64::from(held.grant.unit_epochs));
        world.now_ms += epochs * 100;
        world.deliver(slot);
        world.run(false);
    }
    world.book.handle_ask(world.now_ms, slot);
    world.run(false);
    slot
}

#[test]
fn units_grow_to_the_target_and_stretches_to_ten_units() {
    let mut world = World::new();
    let slot = busy_worker(&mut world);
    let grant = &world.held[&slot][0].grant;
    assert_eq!(grant.unit_epochs, 200, "20 s at 100 ms an epoch");
    assert_eq!(grant.header.epochs(), 2_000);
}

#[test]
fn a_lost_workers_island_is_leased_again_within_a_minute_even_when_all_others_are_busy() {
    let mut world = World::new();
    let busy = busy_worker(&mut world);
    let lost = world.join(1, 6);
    let slot = SlotId {
        connection: lost,
        slot: 0,
    };
    world.book.handle_ask(world.now_ms, slot);
    world.run(false);
    let island = world.held[&slot][0].grant.header.island;
    world.book.handle_gone(world.now_ms, lost);
    let gone_ms = world.now_ms;
    world.book.handle_ask(world.now_ms, busy);
    while world.now_ms < gone_ms + 60_000 {
        world.now_ms += 250;
        world.book.poll(world.now_ms);
        let progress = world.held[&busy][0].clone();
        let unit = UnitKey {
            world: WorldId(7),
            branch: bytebiota_core::Branch(0),
            island: progress.grant.header.island,
            first_epoch: progress.next,
        };
        world
            .book
            .handle_progress(world.now_ms, busy, progress.grant.lease, &unit);
        world.run(false);
    }
    assert_eq!(world.book.status(island), Some(IslandStatus::Leased));
    assert!(
        world.held[&busy]
            .iter()
            .any(|held| held.grant.header.island == island)
    );
}

#[test]
fn silence_ends_a_lease_and_the_rest_goes_to_the_next_under_the_same_header() {
    let mut world = World::new();
    let silent = world.join(1, 1);
    let slot = SlotId {
        connection: silent,
        slot: 0,
    };
    world.book.handle_ask(world.now_ms, slot);
    world.run(false);
    let first = world.held[&slot][0].grant.clone();
    world.now_ms += 60_001;
    world.book.poll(world.now_ms);
    world.run(false);
    assert!(world.held[&slot].is_empty(), "revoked");
    assert_eq!(
        world.book.status(first.header.island),
        Some(IslandStatus::Waiting)
    );
    let other = SlotId {
        connection: world.join(1, 2),
        slot: 0,
    };
    world.book.handle_ask(world.now_ms, other);
    world.run(false);
    assert_eq!(world.held[&other][0].grant.header, first.header);
}

#[test]
fn after_a_start_an_open_stretch_waits_for_its_holder_and_is_his_when_he_names_it() {
    let mut world = World::new();
    let slot = busy_worker(&mut world);
    let held = world.held[&slot][0].clone();
    let island = held.grant.header.island;
    world.restart();
    let back = SlotId {
        connection: world.connections[0],
        slot: 0,
    };
    let stranger = SlotId {
        connection: world.join(1, 8),
        slot: 0,
    };
    world.book.handle_ask(world.now_ms, stranger);
    world.run(false);
    let given = world.held.get(&stranger).cloned().unwrap_or_default();
    assert!(given.iter().all(|held| held.grant.header.island != island));
    let (lease, header) = (held.grant.lease, &held.grant.header);
    world
        .book
        .handle_holding(world.now_ms, back, lease, header, held.next);
    world.run(false);
    assert_eq!(world.book.status(island), Some(IslandStatus::Leased));
    assert!(world.book.islands_of(back.connection).contains(&island));
}

#[test]
fn a_volunteer_computes_on_no_more_slots_than_he_has_earned() {
    let mut world = World::new();
    let connection = ConnectionId(1_000);
    world.connections.push(connection);
    (3..=12).for_each(|island| world.add(IslandId(island)));
    world
        .book
        .handle_join(connection, VolunteerId(9), 0, 10, wish());
    for slot in 0..10 {
        world
            .book
            .handle_ask(world.now_ms, SlotId { connection, slot });
    }
    world.run(false);
    assert_eq!(world.book.busy_slots(), 4);
}

#[test]
fn who_takes_over_from_a_faster_slot_brings_no_more_units_than_a_stretch_has() {
    let mut world = World::new();
    let fast = busy_worker(&mut world);
    let island = world.held[&fast][0].grant.header.island;
    world.book.handle_goodbye(world.now_ms, fast.connection);
    world.connections.clear();
    let slow = SlotId {
        connection: world.join(1, 6),
        slot: 0,
    };
    let holds = |world: &World| world.held.get(&slow).and_then(|held| held.first().cloned());
    while holds(&world).is_none_or(|held| held.grant.header.island != island) {
        world.now_ms += 30_000;
        world.deliver(slow);
        world.book.handle_ask(world.now_ms, slow);
        world.run(false);
    }
    let header = &world.held[&slow][0].grant.header;
    assert_eq!(header.epochs(), 2_000, "cut for the fast one");
    let before = world.book.confirmed(island);
    for unit in 1..=10 {
        assert_eq!(world.book.confirmed(island), before, "before unit {unit}");
        world.now_ms += 30_000;
        world.deliver(slow);
        world.run(false);
    }
    assert_ne!(world.book.confirmed(island), before, "it came to a verdict");
}

#[test]
fn what_a_worker_kept_over_a_lost_connection_says_nothing_of_its_speed() {
    let mut world = World::new();
    let slot = busy_worker(&mut world);
    let held = world.held[&slot][0].clone();
    world.book.handle_gone(world.now_ms, slot.connection);
    let back = SlotId {
        connection: world.join(1, 5),
        slot: 0,
    };
    world.held.insert(back, vec![held]);
    for _ in 0..3 {
        world.deliver(back);
        world.run(false);
    }
    assert_eq!(world.book.slots[&back].pace.ticks_per_s(), None);
    let (island, next) = (
        world.held[&back][0].grant.header.island,
        world.held[&back][0].next,
    );
    let unit = UnitKey {
        world: WorldId(7),
        branch: bytebiota_core::Branch(0),
        island,
        first_epoch: next,
    };
    let lease = world.held[&back][0].grant.lease;
    world.book.handle_progress(world.now_ms, back, lease, &unit);
    for _ in 0..2 {
        world.now_ms += 20_000;
        world.deliver(back);
        world.run(false);
    }
    let speed = 10 * BookConfig::for_tests().epoch_ticks;
    let measured = world.book.slots[&back].pace.ticks_per_s();
    assert_eq!(measured, Some(speed), "200 epochs in 20 s");
}

#[test]
fn nobody_is_sent_away_while_holders_may_still_name_what_they_hold() {
    let mut world = World::new();
    busy_worker(&mut world);
    world.restart();
    world.run(false);
    let idle = SlotId {
        connection: world.join(1, 6),
        slot: 0,
    };
    world.book.handle_ask(world.now_ms, idle);
    let sent_away = |effect: &Effect| matches!(effect, Effect::NoWork { .. });
    assert!(!world.book.take_effects().iter().any(sent_away));
    world.now_ms += 9_000;
    world.book.poll(world.now_ms);
    assert!(!world.book.take_effects().iter().any(sent_away));
    world.now_ms += 2_000;
    world.book.poll(world.now_ms);
    let effects = world.book.take_effects();
    assert!(
        !effects.is_empty(),
        "it is served, or told that there is nothing"
    );
}
