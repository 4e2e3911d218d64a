//! The pages by their address. Knows no content.

pub mod donate;
pub mod donate_controls;
pub mod home;
pub mod island;
pub mod lab;
pub mod world;
