//! Assays: what the genomes of `core/genomes` are found to be, to the tick, and that nothing can make an assay long.

use bytebiota_core::{
    Config,
    assay::{Assay, AssayError, Class, MAX_TICKS, SOUPS, assay},
    assembler::assemble,
    genesis::genome,
    isa::op,
    tasks::TASKS,
};

fn named(name: &str) -> Vec<u8> {
    genome(name).expect("a genome of core/genomes")
}

fn tried(name: &str, host: Option<&str>, preset: &str) -> Assay {
    let config = Config::preset(preset).expect("a preset");
    let host = host.map(named);
    assay(&named(name), host.as_deref(), &config).expect("an assay")
}

/// First and later ticks per birth.
fn gestation(assay: &Assay) -> (Option<u64>, Option<u64>) {
    (
        assay.alone.first_birth.mean(),
        assay.alone.later_births.mean(),
    )
}

#[test]
fn the_founders_replicate_alone_with_known_gestations() {
    for (name, ticks) in [("ancestor", (505, 493)), ("forager", (765, 758))] {
        let assay = tried(name, None, "tierra");
        assert_eq!(assay.class, Class::SelfReplicator, "{name}");
        assert_eq!(gestation(&assay), (Some(ticks.0), Some(ticks.1)), "{name}");
        assert_eq!(assay.alone.bred_true_in, 3, "{name}");
        assert_eq!(assay.alone.fidelity_per_million(), Some(1_000_000));
        assert_eq!(assay.alone.borrows.executed.outside(), 0, "{name}");
        assert_eq!(assay.alone.borrows.writes.outside(), 0, "{name}");
    }
}

#[test]
fn the_forager_gains_and_the_ancestor_loses_under_the_default_economy() {
    let forager = tried("forager", None, "default");
    assert!(forager.alone.net_per_birth().is_some_and(|net| net > 0));
    assert!(forager.alone.energy.harvest > 0 && forager.alone.energy.rent > 0);
    assert_eq!(forager.tasks, [0], "it echoes");
    let ancestor = tried("ancestor", None, "default");
    assert!(ancestor.alone.net_per_birth().is_some_and(|net| net < 0));
    assert_eq!(
        (ancestor.alone.energy.harvest, ancestor.tasks.len()),
        (0, 0)
    );
}

#[test]
fn the_parasite_dies_out_alone_and_lives_on_the_ancestor() {
    for preset in ["tierra", "default"] {
        let alone = tried("parasite", None, preset);
        assert_eq!(
            (alone.class, alone.alone.births),
            (Class::Sterile, 0),
            "{preset}"
        );
        let assay = tried("parasite", Some("ancestor"), preset);
        assert_eq!(assay.class, Class::Parasite, "{preset}");
        let facts = assay.facts();
        assert!(facts.reproduces_beside_host && !facts.reproduces_alone);
        let life = assay.beside.expect("a host was given").life;
        assert!(life.generations >= 3, "{preset}: {life:?}");
        // Its copy loop is the host's; what it copies is nearly all its own.
        let borrows = &life.borrows;
        assert!(borrows.executed.outside_per_million() > 800_000);
        assert!(borrows.copied.own > 2 * borrows.copied.other);
    }
}

#[test]
fn the_other_side_of_parasitism_is_a_host_and_revenge_is_hyper_parasitism() {
    let host = tried("ancestor", Some("parasite"), "tierra");
    assert_eq!(host.class, Class::Host);
    assert_eq!(
        host.beside.and_then(|beside| beside.host_breeds_alone),
        Some(false)
    );
    let hyper = tried("hyperparasite", Some("parasite"), "tierra");
    assert_eq!(hyper.class, Class::HyperParasite);
    let beside = hyper.beside.expect("a host was given");
    assert!(beside.life.borne_by_others > 2 * beside.host_life.true_births);
    // Beside one that does not call strangers, it is a self-replicator like others.
    for (name, other) in [("hyperparasite", "ancestor"), ("ancestor", "forager")] {
        let assay = tried(name, Some(other), "tierra");
        assert_eq!(assay.class, Class::SelfReplicator, "{name} beside {other}");
    }
}

#[test]
fn what_never_divides_is_sterile_even_beside_a_host() {
    let config = Config::preset("tierra").expect("a preset");
    let walker = assemble("NOP_0 INC_BX MOV_MR JMP_BACK_TEMPLATE .1").expect("assembles");
    let host = named("ancestor");
    let assay = assay(&walker, Some(&host), &config).expect("an assay");
    assert_eq!((assay.class, assay.alone.births), (Class::Sterile, 0));
    // It walks over the soup and reads whatever lies there.
    let read = assay.beside.expect("a host was given").life.borrows.read;
    assert!(read.other > 0 && read.free > 0, "{read:?}");
}

#[test]
fn tasks_count_when_they_are_solved_on_every_fresh_input() {
    let config = Config::default();
    let harvest = "HARVEST_ENERGY ".repeat(3);
    let solver = |how: &str| {
        let text =
            format!(".1111\n{harvest}\nREAD_TASK {how} SUBMIT_TASK\nJMP_BACK_TEMPLATE .0000");
        let genome = assemble(&text).expect("assembles");
        let found = assay(&genome, None, &config).expect("an assay").tasks;
        found
            .iter()
            .map(|&task| TASKS[usize::from(task)].name)
            .collect::<Vec<_>>()
    };
    assert_eq!(solver("AND"), ["AND"]);
    assert_eq!(solver("XOR NOT_AX"), ["EQU"]);
    assert!(solver("ZERO_AX").is_empty());
    // Lucky on half of the inputs, which is not enough.
    assert!(!solver("PUSH_AX RANDOM ZERO_AX RANDOM SHR POP_AX RANDOM").contains(&"ECHO"));
}

#[test]
fn an_assay_repeats_to_the_last_number() {
    let twice = || tried("parasite", Some("forager"), "default");
    assert_eq!(twice(), twice());
    let config = Config::default();
    let mutable = tried("forager", None, "default");
    let mut quiet = Config::preset("quiet").expect("a preset");
    quiet.evolution.founders = 3;
    let same = assay(&named("forager"), None, &quiet).expect("an assay");
    assert_eq!(
        same, mutable,
        "mutation and founders of the world play no part"
    );
    assert!(config.mutation.copy_rate > 0);
}

#[test]
fn hostile_genomes_end_within_their_ticks() {
    let mut config = Config::preset("tierra").expect("a preset");
    config.set("reaper.max_errors", "0").expect("a knob");
    let host = named("ancestor");
    let mut genomes: Vec<Vec<u8>> = vec![
        vec![op::MAL; 1_024],
        vec![op::DIVIDE; 12],
        vec![op::YIELD],
        vec![0],
        vec![0xFF; 64],
        [op::JMP_FWD_TEMPLATE, 0, 1, 0, 0, 1, 0, 1].repeat(16),
        [op::CALL_TEMPLATE, 1, 1, 1, 1, 1, 1, 1, 1].repeat(100),
        assemble("ONE_AX\n.11\nSHL SHL SHL SHL MOV_CX_AX MAL JMP_BACK_TEMPLATE .00").expect("text"),
    ];
    // A simple generator is enough for noise.
    let mut noise = 1u32;
    genomes.extend((0..6).map(|_| {
        let byte = |_| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (noise >> 24) as u8 & 0x7F
        };
        (0..80).map(byte).collect()
    }));
    for genome in genomes {
        let assay = assay(&genome, Some(&host), &config).expect("an assay");
        let run = assay.alone.borrows.executed.total();
        assert!(run <= SOUPS * MAX_TICKS, "{run} of {:?}", &genome[..1]);
        assert_ne!(assay.class, Class::Parasite, "{:?}", &genome[..1]);
    }
}

#[test]
fn genomes_of_no_bytes_or_too_many_and_faulty_settings_are_refused() {
    let config = Config::default();
    let (good, long) = (named("ancestor"), vec![0; 1_025]);
    for (genome, host) in [
        (&[][..], None),
        (&long[..], None),
        (&good[..], Some(&[][..])),
    ] {
        let error = assay(genome, host, &config);
        assert!(matches!(error, Err(AssayError::Length { .. })));
    }
    let message = assay(&long, None, &config).map_err(|error| error.to_string());
    assert!(message.is_err_and(|text| text.contains("1025") && text.contains("1024")));
    let mut faulty = config;
    faulty.soup.size = 5_000;
    assert!(matches!(
        assay(&good, None, &faulty),
        Err(AssayError::Config(_))
    ));
}

#[test]
fn large_and_tiny_worlds_are_tried_in_a_part_of_them() {
    let mut config = Config::preset("tierra").expect("a preset");
    config.soup.size = 1 << 20;
    config.soup.search_radius = 1 << 16;
    config.environment.length = 1 << 16;
    let large = assay(&named("ancestor"), None, &config).expect("an assay");
    assert_eq!(gestation(&large), (Some(505), Some(493)));
    config.soup.size = 4_096;
    config.soup.search_radius = 2_048;
    config.environment.length = 256;
    let host = vec![op::MAL; 1_024];
    let tiny = assay(&named("ancestor"), Some(&host), &config).expect("an assay");
    assert_eq!(tiny.class, Class::SelfReplicator);
}
