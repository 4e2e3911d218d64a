//! The world over time: points in four grains. Only confirmed facts; knows neither store nor page.

use super::DeathsView;
use serde::{Deserialize, Serialize};

/// How far apart points are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Grain {
    /// As they were taken, seconds apart.
    #[default]
    Second,
    /// One for each minute.
    Minute,
    /// One for each hour.
    Hour,
    /// One for each day, UTC.
    Day,
}

impl Grain {
    /// All of them, finest first.
    pub const ALL: [Self; 4] = [Self::Second, Self::Minute, Self::Hour, Self::Day];

    /// Its word in an address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }

    /// The grain of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grain| grain.name() == word)
    }
}

/// One point of the world's series, or the sum of several.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SeriesPoint {
    /// Unix milliseconds.
    pub time_ms: u64,
    /// The living.
    pub population: u64,
    /// Births since the world began.
    pub births: u64,
    /// Deaths since the world began.
    pub deaths: DeathsView,
    /// Living genotypes.
    pub genotypes: u64,
    /// Mean length, bytes.
    pub mean_genome_length: f64,
    /// Ticks confirmed since the world began.
    pub instructions: u64,
    /// Ticks per second since the point before.
    pub instructions_per_second: f64,
    /// Connected workers.
    pub workers: u32,
    /// Points it sums up: what is counted now is their mean, what is counted since ever the newest; 0 and 1 for one.
    #[serde(default)]
    pub points: u32,
    /// How the living were; counted less often than the rest, so not every point has it. Live streams leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ecology: Option<Box<EcologyPoint>>,
}

/// How the living are: what takes a walk through the whole world to know.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct EcologyPoint {
    /// Genotypes among the living that are known by name.
    pub richness: u64,
    /// Shannon's index over them, bits.
    pub shannon_bits: f64,
    /// Simpson's index over them: how likely two bodies differ.
    pub simpson: f64,
    /// Kinds that came and went over the last epochs against those before and after; 0 for nothing new, 1 for nothing left.
    pub turnover: f64,
    /// Changes with effect against those without, over what copying alone would bring; none without a silent change.
    pub dn_ds: Option<f64>,
    /// Births since the world began that equal their parent.
    pub true_births: u64,
    /// Errors of organisms since the world began.
    pub errors: u64,
    /// DIVIDE calls since the world began that failed.
    pub divides_failed: u64,
    /// Mutations since the world began, in the order of `mutation_kinds`.
    pub mutations: Vec<u64>,
    /// Rewarded answers since the world began, in the order of `tasks`.
    pub tasks: Vec<u64>,
    /// Living bodies by length of their genome at birth, in classes of `length_step` bytes, the last one open.
    pub lengths: Vec<u64>,
    /// Resource units in the region of an island, along the ring of islands in order of number. Of more than 64 islands
    /// the means of neighbours.
    pub environment: Vec<u64>,
}

/// `GET /api/v1/series`.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SeriesView {
    /// How far apart the points are.
    pub grain: Grain,
    /// Points of that grain which one of these sums up, at most; more than 1 only where days are too many.
    pub joined: u32,
    /// Why the grain is not the one that was asked for, in a sentence; none if it is.
    pub note: Option<String>,
    /// Names of the mutations that are counted.
    pub mutation_kinds: Vec<String>,
    /// Names of the tasks.
    pub tasks: Vec<String>,
    /// Bytes of a class of genome length.
    pub length_step: u32,
    /// Oldest first.
    pub points: Vec<SeriesPoint>,
}
