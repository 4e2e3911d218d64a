//! The bench: a lab, whether it runs by itself and how fast, and the survey under way. The time is told to it.

use crate::{survey::Survey, verify::Verification, views};
use bytebiota_core::{Config, lab::Lab, lab::LabPlan};
use bytebiota_protocol::{
    genome_name::from_hex,
    lab::{LabAnswer, LabRequest, LabStart},
};

/// Frames a second while it runs by itself.
const FRAMES_PER_SECOND: f64 = 30.0;
/// Instructions after which "on until it has a child" gives up.
const MOST_TO_BIRTH: u32 = 100_000;
/// Ticks at a time where it runs as fast as it goes; some milliseconds.
const FULL_SPEED_TICKS: u64 = 200_000;
/// Instructions that a late turn makes up for at most.
const MOST_AT_ONCE: f64 = 20_000.0;

/// What happens in one Web Worker.
#[derive(Default)]
pub struct Bench {
    lab: Option<Lab>,
    run: Option<Run>,
    survey: Option<Survey>,
    verification: Option<Verification>,
}

/// A lab that runs by itself.
#[derive(Clone, Copy)]
struct Run {
    per_second: u32,
    last_ms: f64,
    /// Instructions due and not yet executed, with fractions.
    due: f64,
}

impl Bench {
    /// Does what the page asks.
    pub fn hear(&mut self, request: LabRequest, now_ms: f64) -> Vec<LabAnswer> {
        match request {
            LabRequest::Begin { start } => self.begin(&start),
            LabRequest::Survey { start } => match parse(&start).and_then(Survey::new) {
                Ok((survey, assayed)) => {
                    self.survey = Some(survey);
                    vec![assayed]
                }
                Err(text) => vec![LabAnswer::Refused { text }],
            },
            LabRequest::Verify {
                question,
                state,
                base,
            } => match Verification::new(&question, &state, &base) {
                Ok(verification) => {
                    self.verification = Some(verification);
                    Vec::new()
                }
                Err(text) => vec![LabAnswer::Refused { text }],
            },
            LabRequest::Run { per_second } => {
                let due = 0.0;
                self.run = Some(Run {
                    per_second,
                    last_ms: now_ms,
                    due,
                });
                self.frame("")
            }
            LabRequest::Pause => {
                self.run = None;
                self.frame("")
            }
            request => self.act(request),
        }
    }

    /// Whether to come back, and after how long.
    pub fn rest_ms(&self) -> Option<i32> {
        if self.survey.is_some() || self.verification.is_some() {
            return Some(0);
        }
        let rest = (1_000.0 / FRAMES_PER_SECOND) as i32;
        self.run.map(|_| rest)
    }

    /// Goes on with what is under way.
    pub fn turn(&mut self, now_ms: f64) -> Vec<LabAnswer> {
        let mut answers = Vec::new();
        if let Some(survey) = &mut self.survey {
            answers.extend(survey.part());
            if survey.is_over() {
                self.survey = None;
            }
        }
        if let Some(verification) = &mut self.verification {
            answers.push(verification.part());
            if verification.is_over() {
                self.verification = None;
            }
        }
        if let (Some(run), Some(lab)) = (&mut self.run, &mut self.lab) {
            advance(lab, run, now_ms);
            let said = look_on(lab);
            if said == EXTINCT {
                self.run = None;
            }
            answers.extend(self.frame(said));
        }
        answers
    }

    fn begin(&mut self, start: &LabStart) -> Vec<LabAnswer> {
        (self.run, self.lab) = (None, None);
        match parse(start).and_then(|plan| Lab::new(&plan).map_err(|error| error.to_string())) {
            Ok(lab) => {
                self.lab = Some(lab);
                self.frame("")
            }
            Err(text) => vec![LabAnswer::Refused { text }],
        }
    }

    /// Everything that the visitor does by hand; it stops what runs by itself.
    fn act(&mut self, request: LabRequest) -> Vec<LabAnswer> {
        let Some(lab) = &mut self.lab else {
            return Vec::new();
        };
        let looks = matches!(request, LabRequest::LookAt { .. });
        let said = match request {
            LabRequest::Step => {
                lab.step();
                look_on(lab)
            }
            LabRequest::StepBack => otherwise(lab.step_back(), "This is the beginning."),
            LabRequest::RunToBirth => to_birth(lab),
            LabRequest::Restart => {
                lab.turn_back(0);
                // Who is under the glass may not have been born then.
                look_on(lab);
                ""
            }
            LabRequest::LookAt { address } => {
                otherwise(lab.look_at(address), "Nobody lives at that address.")
            }
            LabRequest::Change { address, byte } => {
                lab.change(address, byte);
                ""
            }
            _ => "",
        };
        if !looks {
            self.run = None;
        }
        self.frame(said)
    }

    fn frame(&self, said: &str) -> Vec<LabAnswer> {
        let frame = |lab: &Lab| LabAnswer::Frame {
            frame: views::frame(lab, self.run.is_some(), said),
        };
        self.lab.iter().map(frame).collect()
    }
}

const ANOTHER: &str = "It died; another one is under the glass now.";
const EXTINCT: &str = "Everybody is dead. Step back, or begin anew.";

/// Whoever died makes room under the glass for the one whose turn it is.
fn look_on(lab: &mut Lab) -> &'static str {
    match lab.specimen() {
        Some(_) => "",
        None if lab.look_at_turn() => ANOTHER,
        None => EXTINCT,
    }
}

fn otherwise(done: bool, said: &'static str) -> &'static str {
    if done { "" } else { said }
}

fn to_birth(lab: &mut Lab) -> &'static str {
    let Some(before) = lab.specimen().map(|specimen| specimen.births) else {
        return look_on(lab);
    };
    for _ in 0..MOST_TO_BIRTH {
        if !lab.step() {
            look_on(lab);
            return "It died before it had a child; another one is under the glass now.";
        }
        if lab.specimen().is_some_and(|it| it.births > before) {
            return "A child is born.";
        }
    }
    "No child within 100,000 instructions."
}

/// Lets pass what is due.
fn advance(lab: &mut Lab, run: &mut Run, now_ms: f64) {
    let passed_ms = (now_ms - run.last_ms).max(0.0);
    run.last_ms = now_ms;
    if run.per_second == 0 {
        lab.run(FULL_SPEED_TICKS);
        return;
    }
    run.due = (run.due + f64::from(run.per_second) * passed_ms / 1_000.0).min(MOST_AT_ONCE);
    while run.due >= 1.0 {
        run.due -= 1.0;
        if !lab.step() && !lab.look_at_turn() {
            return;
        }
    }
}

/// Reads what a lab begins with.
pub fn parse(start: &LabStart) -> Result<LabPlan, String> {
    let genome = |hex: &str| from_hex(hex).ok_or("A genome is 1 to 4096 bytes in hex digits.");
    let rules = Config::preset(&start.rules).ok();
    Ok(LabPlan {
        genome: genome(&start.genome)?,
        beside: match start.beside.as_str() {
            "" => None,
            hex => Some((genome(hex)?, start.gap)),
        },
        rules: rules.ok_or("There are no rules of that name.")?,
        mutation: start.mutation,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_core::genesis;
    use bytebiota_protocol::{genome_name::to_hex, lab::LabFrame};

    fn start(genome: &str, rules: &str) -> LabStart {
        LabStart {
            genome: to_hex(&genesis::genome(genome).expect("a genome")),
            rules: rules.into(),
            ..LabStart::default()
        }
    }

    fn frame(answers: &[LabAnswer]) -> LabFrame {
        match answers.last() {
            Some(LabAnswer::Frame { frame }) => frame.clone(),
            other => panic!("no frame but {other:?}"),
        }
    }

    fn begun() -> Bench {
        let mut bench = Bench::default();
        let start = start("ancestor", "tierra");
        let first = frame(&bench.hear(LabRequest::Begin { start }, 0.0));
        assert_eq!((first.tick, first.map.organisms.len()), (0, 1));
        assert_eq!(first.soup.len(), 2 * first.map.memory_size as usize);
        bench
    }

    #[test]
    fn an_organism_is_stepped_turned_back_and_followed_to_its_child() {
        let mut bench = begun();
        let stepped = frame(&bench.hear(LabRequest::Step, 0.0));
        assert!(stepped.tick > 0 && stepped.can_turn_back);
        let back = frame(&bench.hear(LabRequest::StepBack, 0.0));
        assert_eq!((back.tick, back.can_turn_back), (0, false));
        assert!(
            !frame(&bench.hear(LabRequest::StepBack, 0.0))
                .said
                .is_empty()
        );
        let born = frame(&bench.hear(LabRequest::RunToBirth, 0.0));
        assert_eq!((born.births, born.said.as_str()), (1, "A child is born."));
        assert_eq!(born.specimen.map(|it| it.births), Some(1));
        assert_eq!(frame(&bench.hear(LabRequest::Restart, 0.0)).tick, 0);
    }

    #[test]
    fn it_runs_at_the_speed_that_was_asked_for() {
        let mut bench = begun();
        assert_eq!(bench.rest_ms(), None);
        bench.hear(LabRequest::Run { per_second: 50 }, 1_000.0);
        assert!(bench.rest_ms().is_some());
        let after = frame(&bench.turn(3_000.0));
        assert!(
            after.runs && after.instructions == 100,
            "{}",
            after.instructions
        );
        bench.hear(LabRequest::Pause, 3_000.0);
        assert_eq!(bench.rest_ms(), None);
        bench.hear(LabRequest::Run { per_second: 0 }, 3_000.0);
        assert!(frame(&bench.turn(3_030.0)).births > 20);
        (3..30).for_each(|turn| drop(bench.turn(f64::from(turn) * 1_000.0)));
        let begun = frame(&bench.hear(LabRequest::Restart, 40_000.0));
        assert!(
            begun.tick == 0 && begun.specimen.is_some(),
            "the first one is there again"
        );
        bench.hear(LabRequest::Step, 3_030.0);
        assert_eq!(bench.rest_ms(), None, "a step by hand stops it");
    }

    #[test]
    fn a_change_by_hand_is_seen_and_bad_requests_are_told_so() {
        let mut bench = begun();
        let change = LabRequest::Change {
            address: 5,
            byte: 0xAB,
        };
        assert_eq!(&frame(&bench.hear(change, 0.0)).soup[10..12], "ab");
        for bad in [
            start("ancestor", "no such rules"),
            LabStart {
                genome: "xyz".into(),
                rules: "tierra".into(),
                ..LabStart::default()
            },
        ] {
            let answers = bench.hear(LabRequest::Begin { start: bad }, 0.0);
            assert!(matches!(answers.as_slice(), [LabAnswer::Refused { .. }]));
            assert!(
                bench.hear(LabRequest::Step, 0.0).is_empty(),
                "nothing to step"
            );
        }
    }

    #[test]
    fn a_survey_ends_and_knows_every_step() {
        let mut bench = Bench::default();
        let start = start("parasite", "tierra");
        let genome = start.genome.clone();
        let asked = LabStart {
            beside: to_hex(&genesis::genome("ancestor").expect("a genome")),
            gap: 64,
            ..start
        };
        let first = bench.hear(LabRequest::Survey { start: asked }, 0.0);
        let Some(LabAnswer::Assayed { assay }) = first.first() else {
            panic!("{first:?}");
        };
        assert_eq!(assay.class, "parasite");
        let (mut letters, mut parts) = (String::new(), 0);
        while bench.rest_ms().is_some() {
            for answer in bench.turn(0.0) {
                if let LabAnswer::Fates { fates, .. } = answer {
                    letters.push_str(&fates);
                    parts += 1;
                }
            }
        }
        assert_eq!(letters.len(), genome.len() / 2 * 66);
        assert!(parts > 10 && letters.contains('l') && letters.contains('n'));
    }
}
