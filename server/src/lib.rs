//! The server (map to come).
pub mod assignment_book;
pub mod store;
