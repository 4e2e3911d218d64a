//! The server of ByteBiota: keeps one world, leases its islands, takes reports and shows what is confirmed.
//!
//! In reading order: `config`, `distributed_server` (open, serve, drain), `door` (takes connections), `assignment_book` (who computes what; pure),
//! `worker_socket` (frames), `coordinator` (the shell around the plain values), `verification` (what is sound,
//! and whom to believe), `migration` (who goes where; pure), `seed_bank` (who is kept and sown; pure), `checkpoint_service` (the whole world of a moment), `tuning` (which knobs change, and why; pure), `auditor` (the thread that computes again), `store` (the only SQL), `state_aggregator` (the global view), `analytics` (indices and ratios; pure), `census` (who has the living counted), `dashboard` with `live_socket` and
//! `api` and `history_api` (what is shown), `export` (what is taken away), `turns`, `events` and `feed` (what was worth telling; pure), `pictures` (for previews; pure), `recording` (a young soup for the start page; pure), `metrics` and `readiness` (what the operator sees), `operator` (who may change something), `people_api` (what a volunteer asks for himself), `pages`, `fresh` (what need not be told twice), `refusals` (what is refused, in one form), `openapi` (what the API says of itself), `routes`, `idle_work`, `clock` (the only reader of the time).

mod addresses;
pub mod analytics;
mod api;
pub mod assignment_book;
mod auditor;
mod budget;
mod census;
pub mod checkpoint_service;
pub mod clock;
pub mod config;
pub mod coordinator;
mod dashboard;
mod data_dir;
mod distributed_server;
mod door;
pub mod error;
mod events;
pub mod export;
mod feed;
mod fresh;
mod history_api;
mod idle_work;
mod live_socket;
mod memory_map;
pub mod metrics;
pub mod migration;
mod openapi;
pub mod operator;
mod origin;
mod pages;
mod people_api;
mod pictures;
pub mod proxies;
mod readiness;
mod recording;
mod refusals;
mod routes;
mod run_logger;
pub mod seed_bank;
pub mod state_aggregator;
pub mod store;
pub mod token_list;
pub mod tuning;
mod turns;
pub mod verification;
pub mod worker_manager;
mod worker_socket;

pub use config::{Budgets, ServerConfig};
pub use distributed_server::DistributedServer;
pub use error::ServerError;
pub use run_logger::EVENTS;
