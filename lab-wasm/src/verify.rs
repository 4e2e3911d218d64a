//! A confirmed unit computed again, a slice at a time, with each segment's digest as it comes. Knows no page.

use bytebiota_core::{Digest, LocalExecutor, Start, Step, assignment::Check};
use bytebiota_protocol::{history::stored_state, lab::LabAnswer, limits::MAX_BODY_BYTES, message};

/// Ticks in a part: some hundredths of a second.
const PART_TICKS: u64 = 1_000_000;

/// What is still to be computed.
pub struct Verification {
    executor: LocalExecutor,
    from_tick: u64,
    ticks: u64,
    over: bool,
}

impl Verification {
    /// Begins to compute a unit: its packed question, the deflated state it begins with, and that state's digest. An
    /// empty state is genesis.
    pub fn new(question: &[u8], state: &[u8], base: &str) -> Result<Self, String> {
        let question: Check = message::unpack(question, MAX_BODY_BYTES)
            .map_err(|_| "What was asked of the unit cannot be read.".to_owned())?;
        let from_digest = Digest::from_hex(base).ok_or("The digest of its base is none.")?;
        let start = match state {
            [] => Start::Genesis,
            deflated => Start::State(
                stored_state(deflated, from_digest)
                    .map_err(|fault| format!("The state it begins with: {fault}."))?,
            ),
        };
        let ticks = question
            .epochs()
            .saturating_mul(question.config.evolution.epoch_ticks);
        let check = Check {
            start,
            from_digest,
            ..question
        };
        let executor = LocalExecutor::begin_check(&check)
            .map_err(|error| format!("It cannot be computed: {error}."))?;
        Ok(Self {
            from_tick: executor.island().tick(),
            executor,
            ticks,
            over: false,
        })
    }

    /// Whether everything is computed.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// The next part.
    pub fn part(&mut self) -> LabAnswer {
        let segment = match self.executor.advance(PART_TICKS) {
            Step::Segment { digest, .. } => digest.to_string(),
            Step::Running => String::new(),
            _ => {
                self.over = true;
                String::new()
            }
        };
        let done = self.executor.island().tick().saturating_sub(self.from_tick);
        LabAnswer::Verified {
            segment,
            permille: match self.over {
                true => 1_000,
                false => (done.saturating_mul(1_000) / self.ticks.max(1)).min(999) as u32,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_core::{
        Assignment, Branch, Config, Epoch, Inputs, Island, IslandId, Report, SEMANTICS_VERSION,
        StretchHeader, WorldId, WorldSeed, codec,
    };

    /// A unit from genesis, and what was asked of it.
    fn unit() -> (Check, Report) {
        let mut config = Config::default();
        config.evolution.epoch_ticks = 200_000;
        let inputs = Inputs::default();
        let genesis = Island::genesis(WorldSeed(5), IslandId(1), &config);
        let base = Digest::of(&genesis.to_bytes());
        let header = StretchHeader {
            world: WorldId(1),
            branch: Branch(0),
            semantics: SEMANTICS_VERSION,
            island: IslandId(1),
            first_epoch: Epoch(0),
            end_epoch: Epoch(20),
            base,
            config: codec::digest(&config),
            inputs: codec::digest(&inputs),
        };
        let check = Check {
            header,
            world_seed: WorldSeed(5),
            config,
            inputs,
            first_epoch: Epoch(0),
            unit_epochs: 20,
            from_segment: 0,
            until_segment: 16,
            from_digest: base,
            running: Digest::default(),
            start: Start::Genesis,
        };
        let assignment: Assignment = check.assignment().expect("an assignment");
        let report = LocalExecutor::execute_assignment(&assignment).expect("a report");
        (check, report)
    }

    #[test]
    fn every_segment_comes_out_as_the_report_says() {
        let (check, report) = unit();
        let packed = message::pack(&check);
        let base = check.from_digest.to_string();
        let mut verification = Verification::new(&packed, &[], &base).expect("it begins");
        let (mut found, mut last) = (Vec::new(), 0);
        while !verification.is_over() {
            if let LabAnswer::Verified { segment, permille } = verification.part() {
                assert!(permille >= last);
                last = permille;
                if !segment.is_empty() {
                    found.push(segment);
                }
            }
        }
        let expected: Vec<String> = report
            .segment_digests()
            .iter()
            .map(Digest::to_string)
            .collect();
        assert_eq!((found, last), (expected, 1_000));
    }

    #[test]
    fn damaged_questions_and_states_are_told_in_words() {
        let (check, _) = unit();
        let (packed, base) = (message::pack(&check), check.from_digest.to_string());
        for (question, state, base) in [
            (&b"nonsense"[..], &b""[..], base.as_str()),
            (&packed, b"", "xyz"),
            (&packed, b"nonsense", &base),
        ] {
            let error = Verification::new(question, state, base)
                .err()
                .expect("refused");
            assert!(error.ends_with('.') && error.len() > 20, "{error}");
        }
    }
}
