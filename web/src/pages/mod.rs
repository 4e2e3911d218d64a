//! The pages by their address. Knows no content.

pub mod analytics;
mod analytics_island;
mod analytics_world;
pub mod donate;
pub mod donate_controls;
pub mod donate_hours;
pub mod donate_run;
pub mod gallery;
pub mod home;
mod home_film;
pub mod island;
pub mod island_look;
pub mod lab;
pub mod operations;
pub mod people;
pub mod phylogeny;
pub mod seed_bank;
pub mod taxonomy;
pub mod verify;
pub mod world;
