//! The Verifier in a town of its own: virtual time, a toy world whose truth is a hash, and people of every kind. One story
//! a file, and the laws that hold in all of them.

mod colluders;
mod dispute;
mod flood;
mod laws;
mod lazy_liar;
mod lone_volunteer;
mod outdated_engine;
mod papers;
mod people;
mod roll_back;
mod segments;
mod single_lie;
mod sleeper;
mod town;
