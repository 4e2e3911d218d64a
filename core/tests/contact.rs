//! Who runs whom: an observer changes nothing and sees hosts, parasites and hyper-parasites for what they are.

use bytebiota_core::{
    Arrival, ArrivalCause, Config, Digest, Epoch, Island, IslandId, WorldSeed,
    config::Founder,
    contact::{ContactWindow, Contacts},
    genesis::genome,
};

const TICKS: u64 = 600_000;
const WINDOW: u64 = 200_000;

/// An island with eight founders of `host` and eight newcomers of `guest`.
fn island(preset: &str, host: &str, guest: &str) -> Island {
    let mut config = Config::preset(preset).expect("a preset");
    config.evolution.founder = Founder::Genome(genome(host).expect("a genome"));
    // Small enough that everybody has a host within the reach of a search.
    config.soup.size = 16_384;
    if preset == "tierra" {
        // Roles show best where genomes stay what they are.
        config.mutation.copy_rate = 0;
        config.mutation.background_interval = 0;
        config.mutation.indel_rate = 0;
        config.mutation.flaw_rate = 0;
    }
    let mut island = Island::genesis(WorldSeed(3), IslandId(1), &config);
    let newcomer = Arrival {
        epoch: Epoch(0),
        cause: ArrivalCause::Operator,
        genome: genome(guest).expect("a genome"),
    };
    island.open_epoch(Epoch(0), &vec![newcomer; 8]);
    island
}

fn observed(island: &mut Island, every: u32) -> Vec<ContactWindow> {
    let mut contacts = Contacts::new(WINDOW, every);
    island.run_until_observed(TICKS, &mut contacts);
    contacts.take()
}

fn member(window: &ContactWindow, name: &str) -> usize {
    let length = genome(name).expect("a genome").len() as u32;
    let found = window.members.iter().position(|m| m.length == length);
    found.expect("the genotype is among the commonest")
}

#[test]
fn an_island_comes_to_the_same_bytes_under_observation() {
    for preset in ["default", "tierra"] {
        let mut alone = island(preset, "forager", "parasite");
        alone.run_until(TICKS);
        let digest = Digest::of(&alone.to_bytes());
        for every in [1, 7, 64] {
            let mut watched = island(preset, "forager", "parasite");
            let windows = observed(&mut watched, every);
            assert_eq!(Digest::of(&watched.to_bytes()), digest, "{preset} {every}");
            assert_eq!(windows.len() as u64, TICKS / WINDOW);
        }
        // Cut in mid-slice, observed and unobserved by turns.
        let mut cut = island(preset, "forager", "parasite");
        let mut contacts = Contacts::new(WINDOW, 2);
        for stop in (0..TICKS).step_by(777) {
            cut.run_until_observed(stop, &mut contacts);
            cut.run_until((stop + 333).min(TICKS));
        }
        cut.run_until_observed(TICKS, &mut contacts);
        assert_eq!(Digest::of(&cut.to_bytes()), digest, "{preset}");
    }
}

#[test]
fn windows_lie_end_to_end_and_full_sampling_sees_every_instruction() {
    let mut island = island("tierra", "ancestor", "parasite");
    let windows = observed(&mut island, 1);
    let lines: Vec<_> = windows.iter().map(|w| (w.from_tick, w.end_tick)).collect();
    assert_eq!(
        lines,
        [(0, 200_000), (200_000, 400_000), (400_000, 600_000)]
    );
    let seen: u64 = windows.iter().map(ContactWindow::observed).sum();
    assert_eq!(seen, island.counters().instructions);
    for window in &windows {
        let slices: u64 = window.members.iter().map(|member| member.slices).sum();
        assert!(slices.abs_diff(window.slices) <= 1, "{slices}");
    }
}

#[test]
fn a_parasite_and_its_host_show_in_the_matrix() {
    let mut island = island("tierra", "ancestor", "parasite");
    let window = observed(&mut island, 1).swap_remove(1);
    let (parasite, host) = (member(&window, "parasite"), member(&window, "ancestor"));
    let done = window.done_by(parasite);
    let own = window.members[parasite].own;
    assert!(done.executed > 4 * own.executed, "{done:?} {own:?}");
    assert!(own.copied > done.copied, "{done:?} {own:?}");
    assert!(window.roles(parasite).parasite && !window.roles(parasite).host);
    assert!(window.roles(host).host && !window.roles(host).parasite);
    let cell = window
        .cells
        .iter()
        .find(|cell| (usize::from(cell.actor), usize::from(cell.owner)) == (parasite, host));
    assert!(cell.is_some_and(|cell| cell.touches.executed > 1_000));
}

#[test]
fn a_hyper_parasite_is_copied_by_its_victims() {
    let mut island = island("tierra", "hyperparasite", "parasite");
    let window = observed(&mut island, 1).swap_remove(1);
    let (parasite, hyper) = (
        member(&window, "parasite"),
        member(&window, "hyperparasite"),
    );
    let roles = window.roles(hyper);
    assert!(roles.hyper_parasite && !roles.host, "{window:?}");
    assert!(window.done_by(parasite).copied > window.members[parasite].own.copied);
}

#[test]
fn a_sample_tells_what_the_whole_tells() {
    let share = |every| {
        let mut island = island("tierra", "ancestor", "parasite");
        let window = observed(&mut island, every).swap_remove(2);
        let parasite = member(&window, "parasite");
        let done = window.done_by(parasite).executed;
        (done * 1_000 / window.observed(), window.observed())
    };
    let (whole, all) = share(1);
    let (sampled, some) = share(16);
    assert!((all / 24..all / 10).contains(&some), "{some} of {all}");
    assert!(
        whole.abs_diff(sampled) * 5 <= whole,
        "{whole} and {sampled}"
    );
}

#[test]
fn an_empty_island_has_empty_windows() {
    let mut config = Config::default();
    config.set("evolution.founder", "nobody").expect("a knob");
    let mut island = Island::genesis(WorldSeed(1), IslandId(1), &config);
    let windows = observed(&mut island, 1);
    assert_eq!(windows.len(), 3);
    assert!(
        windows
            .iter()
            .all(|w| w.members.is_empty() && w.slices == 0)
    );
}
