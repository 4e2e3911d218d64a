//! One unit of a claim, the segment that was drawn from it, and what is needed to compute it again. Knows no verdict.

use crate::assignment_book::VolunteerId;
use crate::verification::{CommittedUnit, Question};
use bytebiota_core::{Digest, UnitKey};
use std::sync::Arc;

/// A maker's answer to a challenge.
#[derive(Clone, Debug)]
pub struct StateAt {
    /// Who answers.
    pub maker: VolunteerId,
    /// The unit.
    pub key: UnitKey,
    /// The segment that starts with it.
    pub segment: u32,
    /// Digest of the canonical bytes.
    pub digest: Digest,
    /// The bytes, deflated.
    pub state: Arc<[u8]>,
}

/// Where the state at the start of the drawn segment is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Boundary {
    /// It is the unit's base, which is on disk.
    Base,
    /// The maker was asked for it.
    Asked,
    /// Here, deflated.
    Here(Arc<[u8]>),
    /// Not to be had: the unit is computed from its base up to the drawn segment.
    Gone,
}

/// One unit and what was drawn from it.
#[derive(Clone, Debug)]
pub(super) struct Drawn {
    pub(super) unit: Arc<CommittedUnit>,
    pub(super) segment: u32,
    pub(super) is_full: bool,
    pub(super) boundary: Boundary,
    /// Whether its check has been given out; that is, its fate is in the tasks.
    pub(super) is_tasked: bool,
}

impl Drawn {
    pub(super) fn whole(&self) -> Question {
        Question::Segments {
            unit: self.unit.clone(),
            from: 0,
            until: self.unit.seals.len() as u32,
            boundary: None,
        }
    }

    /// What to compute, if it can be said yet; without the boundary everything before it, too.
    pub(super) fn question(&self, is_patience_over: bool) -> Option<Question> {
        if self.is_full {
            return Some(self.whole());
        }
        let (from, boundary) = match &self.boundary {
            Boundary::Base => (0, None),
            Boundary::Here(state) => (self.segment, Some(state.clone())),
            Boundary::Asked if !is_patience_over => return None,
            Boundary::Asked | Boundary::Gone => (0, None),
        };
        Some(Question::Segments {
            unit: self.unit.clone(),
            from,
            until: self.segment + 1,
            boundary,
        })
    }
}
