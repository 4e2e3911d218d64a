//! What the lab promises: it is an island, it turns back exactly, and a change by hand is part of its past.

use super::*;
use crate::genesis;

fn lab(rules: &str, genome: &str) -> Lab {
    let plan = LabPlan {
        genome: genesis::genome(genome).expect("a genome"),
        beside: None,
        rules: Config::preset(rules).expect("a preset"),
        mutation: false,
    };
    Lab::new(&plan).expect("a lab")
}

/// Steps until a child is born.
fn to_birth(lab: &mut Lab) {
    let births = lab.specimen().expect("alive").births;
    for _ in 0..5_000 {
        assert!(lab.step());
        if lab.specimen().expect("alive").births > births {
            return;
        }
    }
    panic!("no child within 5,000 instructions");
}

#[test]
fn stepping_comes_to_the_same_bytes_as_running() {
    let mut stepped = lab("default", "forager");
    for _ in 0..2_000 {
        assert!(stepped.step());
    }
    let mut run = lab("default", "forager");
    run.run(stepped.island().tick());
    assert_eq!(run.island().to_bytes(), stepped.island().to_bytes());
    assert!(run.island().population() > 2);
}

#[test]
fn every_step_back_undoes_one_step_exactly() {
    let mut lab = lab("tierra", "ancestor");
    let begin = lab.island().to_bytes();
    let mut past = Vec::new();
    for _ in 0..1_500 {
        assert!(lab.step());
        past.push(lab.island().to_bytes());
    }
    for after in past.iter().rev().take(600) {
        assert!(lab.step_back());
        let mut again = lab.clone();
        assert!(again.step() && again.island().to_bytes() == *after);
    }
    lab.turn_back(0);
    assert!(!lab.step_back() && !lab.can_turn_back());
    assert!(lab.island().to_bytes() == begin);
}

#[test]
fn a_child_is_born_and_can_be_looked_at() {
    let mut lab = lab("tierra", "ancestor");
    let mother = lab.specimen().expect("alive");
    assert_eq!(
        (mother.length, mother.ip, mother.births),
        (60, mother.start, 0)
    );
    for _ in 0..100 {
        lab.step();
    }
    let (start, length, written) = lab.specimen().expect("alive").child.expect("a child");
    assert!(length == 60 && written > 0 && written < 60);
    to_birth(&mut lab);
    assert!(lab.look_at(start + 3));
    let child = lab.specimen().expect("alive");
    let born = lab.clone();
    assert!(!lab.step_back(), "it has done nothing yet");
    assert!(lab.step() && lab.step() && lab.step_back() && lab.step_back());
    assert_eq!(lab.specimen(), Some(child.clone()));
    lab = born;
    assert_eq!((child.start, child.generation), (start, 1));
    assert_eq!(child.genotype, mother.genotype);
    assert!(!lab.look_at(0), "nobody lives there");
    assert_eq!(lab.specimen(), Some(child));
}

#[test]
fn a_change_by_hand_kills_and_is_undone_by_turning_back() {
    let mut lab = lab("tierra", "ancestor");
    for _ in 0..50 {
        lab.step();
    }
    let (tick, untouched) = (lab.island().tick(), lab.island().to_bytes());
    let body = lab.specimen().expect("alive");
    let place = lab.island().soup()[body.start as usize..]
        .iter()
        .position(|&byte| byte == crate::isa::op::DIVIDE);
    lab.change(body.start + place.expect("it divides") as u32, 0xFF);
    let changed = lab.island().to_bytes();
    for _ in 0..3_000 {
        lab.step();
    }
    assert_eq!(lab.specimen().expect("alive").births, 0);
    lab.turn_back(tick);
    assert!(
        lab.island().to_bytes() == changed,
        "the change stands at its own tick"
    );
    assert!(lab.step_back() && lab.step());
    assert!(lab.island().to_bytes() == untouched);
}

#[test]
fn many_changes_and_long_runs_keep_few_moments() {
    let mut lab = lab("default", "forager");
    for address in 0..300 {
        lab.change(address, 7);
        lab.step();
    }
    lab.run(3_000_000);
    assert!(lab.moments.len() <= MOMENTS + CHANGES + 1);
    assert!(
        lab.specimen().is_none() && lab.look_at_turn(),
        "the first one died"
    );
    assert!(lab.step() && lab.step_back());
    lab.turn_back(0);
    assert!(
        !lab.can_turn_back(),
        "back to the first moment that is kept"
    );
}

#[test]
fn a_parasite_lives_beside_its_host_and_dies_without_children_alone() {
    let genome = |name| genesis::genome(name).expect("a genome");
    let births = |beside| {
        let plan = LabPlan {
            genome: genome("parasite"),
            beside,
            rules: Config::preset("tierra").expect("a preset"),
            mutation: false,
        };
        let mut lab = Lab::new(&plan).expect("a lab");
        let mut births = 0;
        for _ in 0..4_000 {
            lab.step();
            if let Some(specimen) = lab.specimen() {
                births = births.max(specimen.births);
            }
        }
        births
    };
    assert_eq!(births(None), 0);
    assert!(births(Some((genome("ancestor"), 64))) > 0);
}

#[test]
fn genomes_that_do_not_fit_are_refused_in_words() {
    let plan = LabPlan {
        genome: vec![0; 2_000],
        beside: None,
        rules: Config::default(),
        mutation: true,
    };
    let error = Lab::new(&plan)
        .map(|_| ())
        .expect_err("too long")
        .to_string();
    assert!(error.contains("2000 bytes"), "{error}");
}
