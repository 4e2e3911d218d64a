//! History as it is served, and how one unit of it is computed again and compared. Knows no store and no network: whoever
//! replays brings the question and the state.

use crate::view::{BeginningView, UnitView};
use bytebiota_core::assignment::Check;
use bytebiota_core::{
    AssignmentError, Branch, Digest, Epoch, IslandId, LocalExecutor, MAX_STATE_BYTES, Start, report,
};
use std::fmt;

/// A confirmed unit as the chain of its island keeps it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinkedUnit {
    /// The island.
    pub island: IslandId,
    /// The line of history under which it was computed.
    pub branch: Branch,
    /// Its first epoch.
    pub first_epoch: Epoch,
    /// The first epoch after it.
    pub end_epoch: Epoch,
    /// Digest of the header of its stretch.
    pub header: Digest,
    /// Digest of the state it began with.
    pub base: Digest,
    /// Digest of the state it ended with.
    pub state: Digest,
    /// Its segment digests.
    pub segments: Vec<Digest>,
    /// Its link.
    pub link: Digest,
}

/// Inflates a stored state and proves it by its digest; the fault if it is not that state.
pub fn stored_state(deflated: &[u8], digest: Digest) -> Result<Vec<u8>, String> {
    let inflated = miniz_oxide::inflate::decompress_to_vec_with_limit(deflated, MAX_STATE_BYTES);
    let bytes = inflated.map_err(|_| "it cannot be inflated".to_owned())?;
    let found = Digest::of(&bytes);
    match found == digest {
        true => Ok(bytes),
        false => Err(format!("its digest is {found}, and should be {digest}")),
    }
}

/// Where a chain stands at an epoch line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Line {
    /// The epoch that begins there.
    pub epoch: Epoch,
    /// Digest of the state.
    pub state: Digest,
    /// The newest link; zeros before the first.
    pub link: Digest,
}

impl Line {
    /// As the API shows where a history begins.
    pub fn view(&self) -> BeginningView {
        BeginningView {
            epoch: self.epoch.0,
            state: self.state.to_string(),
            link: self.link.to_string(),
        }
    }

    /// Out of what the API shows; `None` if a digest is none.
    pub fn of_view(view: &BeginningView) -> Option<Self> {
        Some(Self {
            epoch: Epoch(view.epoch),
            state: Digest::from_hex(&view.state)?,
            link: Digest::from_hex(&view.link)?,
        })
    }
}

/// What is not as it was said to be; digests are what stands in the chain and what was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Difference {
    /// The unit does not begin where the one before it ended.
    Gap,
    /// The unit does not begin with the state the one before it ended with.
    Base,
    /// The link is not that of header and segments.
    Link(Digest, Digest),
    /// The stored header, inputs, Config and unit do not belong together.
    Question(String),
    /// The stored state it begins with is damaged or another.
    StoredState(String),
    /// The stored state at its end is damaged or another.
    KeptState(String),
    /// No unit of its length has so many segments.
    Segments(usize),
    /// A segment, counted from 1.
    Segment(usize, Digest, Digest),
    /// The state at its end.
    State(Digest, Digest),
    /// The head of the island is not where the chain ends.
    Head,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gap => f.write_str("it does not begin where the unit before it ended"),
            Self::Base => {
                f.write_str("it does not begin with the state with which the unit before it ended")
            }
            Self::Link(stored, found) => write!(f, "its link is {stored}, and should be {found}"),
            Self::Question(fault) => write!(f, "its header and inputs do not fit: {fault}"),
            Self::StoredState(fault) => write!(f, "the stored state it begins with: {fault}"),
            Self::KeptState(fault) => write!(f, "the stored state at its end: {fault}"),
            Self::Segments(stored) => {
                write!(
                    f,
                    "it has {stored} segments, which no unit of its length has"
                )
            }
            Self::Segment(number, stored, found) => {
                write!(f, "segment {number} is {stored}, and comes to {found}")
            }
            Self::State(stored, found) => {
                write!(f, "its end state is {stored}, and comes to {found}")
            }
            Self::Head => f.write_str("the head of the island is not where its chain ends"),
        }
    }
}

impl LinkedUnit {
    /// Epochs covered.
    pub fn epochs(&self) -> u64 {
        self.end_epoch.0.saturating_sub(self.first_epoch.0)
    }

    /// How long it was when it was begun; `None` if no unit is cut into so many segments.
    pub fn begun_epochs(&self) -> Option<u32> {
        report::begun(u32::try_from(self.epochs()).ok()?, self.segments.len())
    }

    /// Where the chain stands after it.
    pub fn end(&self) -> Line {
        Line {
            epoch: self.end_epoch,
            state: self.state,
            link: self.link,
        }
    }

    /// Whether it goes on from a line of the chain, as far as that can be told without computing anything.
    pub fn follows(&self, line: Line) -> Result<(), Difference> {
        if self.first_epoch != line.epoch || self.end_epoch <= self.first_epoch {
            return Err(Difference::Gap);
        }
        if self.base != line.state {
            return Err(Difference::Base);
        }
        let link = report::link(line.link, self.header, &self.segments);
        match self.link == link {
            true => Ok(()),
            false => Err(Difference::Link(self.link, link)),
        }
    }

    /// Computes it again from `base`, the canonical bytes of the state it begins with; `None` for genesis. The state it
    /// ends with, or the first thing that is not as the chain says.
    pub fn replay(&self, question: Check, base: Option<Vec<u8>>) -> Result<Vec<u8>, Difference> {
        let begun = self.begun_epochs();
        let begun = begun.ok_or(Difference::Segments(self.segments.len()))?;
        let is_whole = question.first_epoch == self.first_epoch
            && question.unit_epochs == begun
            && question.from_segment == 0
            && question.until_segment as usize == self.segments.len();
        let fault = if !is_whole {
            Some("they are those of another unit")
        } else if question.header.digest() != self.header {
            Some("the header is not the one of the link")
        } else if (question.header.island, question.header.branch) != (self.island, self.branch) {
            Some("the header is one of another island or branch")
        } else {
            None
        };
        if let Some(fault) = fault {
            return Err(Difference::Question(fault.into()));
        }
        let start = base.map_or(Start::Genesis, Start::State);
        let from_digest = self.base;
        let question = Check {
            start,
            from_digest,
            ..question
        };
        let executor = LocalExecutor::begin_check(&question).map_err(fault_of)?;
        let (found, island) = executor.finish_check();
        let mut pairs = (1..).zip(self.segments.iter().zip(&found));
        if let Some((number, (stored, found))) = pairs.find(|(_, (stored, found))| stored != found)
        {
            return Err(Difference::Segment(number, *stored, *found));
        }
        let state = island.to_bytes();
        let end = Digest::of(&state);
        match end == self.state {
            true => Ok(state),
            false => Err(Difference::State(self.state, end)),
        }
    }

    /// As the API shows it.
    pub fn view(&self) -> UnitView {
        UnitView {
            island: self.island.0,
            branch: self.branch.0,
            first_epoch: self.first_epoch.0,
            end_epoch: self.end_epoch.0,
            header: self.header.to_string(),
            base: self.base.to_string(),
            state: self.state.to_string(),
            segments: self.segments.iter().map(Digest::to_string).collect(),
            link: self.link.to_string(),
        }
    }

    /// Out of what the API shows; `None` if a digest is none.
    pub fn of_view(view: &UnitView) -> Option<Self> {
        let digests = view.segments.iter().map(|text| Digest::from_hex(text));
        Some(Self {
            island: IslandId(view.island),
            branch: Branch(view.branch),
            first_epoch: Epoch(view.first_epoch),
            end_epoch: Epoch(view.end_epoch),
            header: Digest::from_hex(&view.header)?,
            base: Digest::from_hex(&view.base)?,
            state: Digest::from_hex(&view.state)?,
            segments: digests.collect::<Option<_>>()?,
            link: Digest::from_hex(&view.link)?,
        })
    }
}

fn fault_of(error: AssignmentError) -> Difference {
    match error {
        AssignmentError::State(fault) => Difference::StoredState(fault.to_string()),
        error => Difference::Question(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_core::{
        Assignment, Config, Inputs, Island, SEMANTICS_VERSION, StretchHeader, WorldId, WorldSeed,
        codec,
    };

    const SEED: WorldSeed = WorldSeed(5);

    /// Two units of one stretch, and the questions about them.
    fn history() -> [(LinkedUnit, Check, Vec<u8>); 2] {
        let mut config = Config::default();
        for (knob, value) in [("soup.size", "4096"), ("evolution.epoch_ticks", "20000")] {
            config.set(knob, value).expect("a knob");
        }
        let genesis = Island::genesis(SEED, IslandId(1), &config).to_bytes();
        let inputs = Inputs::default();
        let header = StretchHeader {
            world: WorldId(1),
            branch: Branch(0),
            island: IslandId(1),
            semantics: SEMANTICS_VERSION,
            first_epoch: Epoch(0),
            end_epoch: Epoch(30),
            base: Digest::of(&genesis),
            config: config.digest(),
            inputs: codec::digest(&inputs),
        };
        let mut line = Line {
            epoch: Epoch(0),
            state: header.base,
            link: Digest::default(),
        };
        let mut state = genesis;
        [2u32, 20].map(|epochs| {
            let assignment = Assignment {
                header: header.clone(),
                world_seed: SEED,
                config: config.clone(),
                inputs: inputs.clone(),
                from_epoch: line.epoch,
                from_digest: line.state,
                unit_epochs: epochs,
                start: Start::State(state.clone()),
            };
            let report = LocalExecutor::execute_assignment(&assignment).expect("executes");
            let segments = report.segment_digests();
            let unit = LinkedUnit {
                island: IslandId(1),
                branch: Branch(0),
                first_epoch: line.epoch,
                end_epoch: report.end_epoch(),
                header: header.digest(),
                base: line.state,
                state: Digest::of(&report.state),
                link: report::link(line.link, header.digest(), &segments),
                segments,
            };
            let check = Check {
                header: header.clone(),
                world_seed: SEED,
                config: config.clone(),
                inputs: inputs.clone(),
                first_epoch: unit.first_epoch,
                unit_epochs: epochs,
                from_segment: 0,
                until_segment: unit.segments.len() as u32,
                from_digest: unit.base,
                running: report::NO_OUTPUTS,
                start: Start::Held,
            };
            assert_eq!(unit.follows(line), Ok(()));
            line = unit.end();
            let base = std::mem::replace(&mut state, report.state);
            (unit, check, base)
        })
    }

    #[test]
    fn honest_history_replays_from_genesis_and_from_a_state() {
        let [(first, question, _), (second, next, base)] = history();
        assert_eq!(first.replay(question, None), Ok(base.clone()));
        let end = second.replay(next, Some(base)).expect("agrees");
        assert_eq!(Digest::of(&end), second.state);
        let line = second.end();
        assert_eq!(Line::of_view(&line.view()), Some(line));
        assert_eq!(LinkedUnit::of_view(&second.view()), Some(second));
    }

    #[test]
    fn a_unit_that_was_left_at_a_boundary_replays_up_to_there() {
        let [_, (whole, question, base)] = history();
        let question = Check {
            until_segment: 7,
            ..question
        };
        let asked = Check {
            start: Start::State(base.clone()),
            ..question.clone()
        };
        let executor = LocalExecutor::begin_check(&asked).expect("begins");
        let (segments, island) = executor.finish_check();
        assert_eq!(segments, whole.segments[..7]);
        let left = LinkedUnit {
            end_epoch: Epoch(13),
            state: Digest::of(&island.to_bytes()),
            segments,
            ..whole
        };
        assert_eq!(left.begun_epochs(), Some(20));
        assert_eq!(left.replay(question, Some(base)), Ok(island.to_bytes()));
    }

    #[test]
    fn whatever_is_flipped_is_found_and_named() {
        let [(first, _, _), (unit, question, base)] = history();
        let line = first.end();
        let flip = |digest: &mut Digest| digest.0[7] ^= 4;
        let chain = |change: &dyn Fn(&mut LinkedUnit)| {
            let mut unit = unit.clone();
            change(&mut unit);
            unit.follows(line).expect_err("differs")
        };
        assert_eq!(chain(&|u| u.first_epoch = Epoch(3)), Difference::Gap);
        assert_eq!(chain(&|u| flip(&mut u.base)), Difference::Base);
        for change in [
            |u: &mut LinkedUnit| u.link.0[0] ^= 1,
            |u: &mut LinkedUnit| u.segments[1].0[0] ^= 1,
            |u: &mut LinkedUnit| u.header.0[0] ^= 1,
        ] {
            assert!(matches!(chain(&change), Difference::Link(..)));
        }
        let replayed = |change: &dyn Fn(&mut LinkedUnit, &mut Check, &mut Vec<u8>)| {
            let (mut unit, mut question, mut base) = (unit.clone(), question.clone(), base.clone());
            change(&mut unit, &mut question, &mut base);
            unit.replay(question, Some(base)).expect_err("differs")
        };
        let more = replayed(&|u, _, _| u.segments.push(Digest::default()));
        assert_eq!(more, Difference::Segments(17));
        let segment = replayed(&|u, _, _| flip(&mut u.segments[1]));
        assert!(matches!(segment, Difference::Segment(2, ..)), "{segment}");
        let state = replayed(&|u, _, _| flip(&mut u.state));
        assert!(matches!(state, Difference::State(..)), "{state}");
        let stored = replayed(&|_, _, base| base[40] ^= 1);
        assert!(matches!(stored, Difference::StoredState(_)), "{stored}");
        let seed = replayed(&|_, question, _| question.inputs.parameters_version = 9);
        assert!(matches!(seed, Difference::Question(_)), "{seed}");
        let header = replayed(&|_, question, _| question.header.end_epoch = Epoch(29));
        assert!(matches!(header, Difference::Question(_)), "{header}");
    }
}
