//! The real server on port 0, with workers that speak the protocol over real sockets and compute for real.

mod api;
mod bad_input;
mod checkpoints;
mod client;
mod exports;
mod forgetting;
mod hostile;
mod life;
mod live;
mod metrics;
mod migration;
mod openapi;
mod outputs;
mod recording;
mod reseeding;
mod server;
mod trust;
mod tuning;
