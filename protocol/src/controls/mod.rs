//! What a volunteer may choose of how his machine computes, the same in a browser and natively: a share of the time, hours of the
//! week, and what is said of a rest. Knows no machine.

mod duty;
mod hours;
mod rest;

pub use duty::Duty;
pub use hours::{Hours, HoursError};
pub use rest::Rest;
