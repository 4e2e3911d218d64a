//! The whole world in the numbers that ecologists and geneticists ask for. Knows no page.

use serde::{Deserialize, Serialize};

/// How many kinds there are, and how evenly.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DiversityView {
    /// Genotypes among the living that are known by name.
    pub richness: u64,
    /// Shannon's index over them, bits.
    pub shannon_bits: f64,
    /// Simpson's index over them: how likely two bodies differ.
    pub simpson: f64,
    /// Epochs of each island that the turnover looks back on.
    pub window_epochs: u32,
    /// Kinds that have bred and came up within them.
    pub gained: u64,
    /// Kinds that had bred and died out within them.
    pub lost: u64,
    /// Gained and lost over the kinds before and after; 0 for nothing new, 1 for nothing left.
    pub turnover: f64,
}

/// How copying goes, since the world began.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MutationView {
    /// Births.
    pub births: u64,
    /// Births that equal their parent.
    pub true_births: u64,
    /// Mutations by kind.
    pub kinds: Vec<NamedCount>,
    /// Errors of organisms.
    pub errors: u64,
    /// DIVIDE calls that failed.
    pub divides_failed: u64,
    /// Children released before birth.
    pub children_released: u64,
}

/// What selection has left on the edges that lead to the living.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SelectionView {
    /// Changes without effect on the decoded instruction.
    pub synonymous: u64,
    /// Changes with effect.
    pub nonsynonymous: u64,
    /// The ratio of the two over the ratio that copying alone would bring; none without a silent change.
    pub dn_ds: Option<f64>,
}

/// A name with a number.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NamedCount {
    /// What.
    pub name: String,
    /// How often.
    pub count: u64,
}

/// `GET /api/v1/analytics`.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AnalyticsView {
    /// When it was counted, Unix ms.
    pub time_ms: u64,
    /// How many kinds there are, and how evenly.
    pub diversity: DiversityView,
    /// How copying goes.
    pub mutation: MutationView,
    /// What selection has left.
    pub selection: SelectionView,
    /// Rewarded answers by task, since the world began.
    pub tasks: Vec<NamedCount>,
    /// Living bodies by length of their genome at birth, in classes of 4 bytes, the last one open.
    pub lengths: Vec<u64>,
    /// Resource units in the region of an island, along the ring of islands; of more than 64 the means of neighbours.
    pub environment: Vec<u64>,
}
