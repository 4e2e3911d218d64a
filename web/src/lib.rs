//! The public pages and the volunteer's page. Knows view shapes and addresses; executes nothing of the world.
//!
//! In reading order: `history` (what a page has heard), `scale`, `number`, `pigment`, `soup_window`, `soup_paint`, `dish`, `listing`, `lab_link`,
//! `landscape`, `last_visit`, `reel`, `muller`, `wishes`, `cost`
//! `archipelago_map`, `query`, `time_range`, `plot`, `heat_map`, `chart_keys` (pure), then for the browser alone `giving`, `first`, `laboratory` and `more` (which page, one for each module), `live` (the stream),
//! `chart` with `chart_frame`, `line_chart` and `heat_chart`, `picture`, `soup_canvas`, `soup_hand`, `sight` (what can be seen), `donor`, `lab_hand`, `pages`. Outside a browser only the pure parts exist, so that they are tested at home.

pub mod archipelago_map;
pub mod chart_keys;
pub mod cost;
pub mod dish;
pub mod family_colour;
pub mod heat_map;
pub mod history;
pub mod icon;
pub mod lab_link;
pub mod landscape;
pub mod last_visit;
pub mod listing;
pub mod muller;
pub mod number;
pub mod pigment;
pub mod plot;
pub mod query;
pub mod ranks;
pub mod reel;
pub mod scale;
pub mod soup_paint;
pub mod soup_window;
pub mod time_range;
pub mod tree_axis;
pub mod tree_layout;
pub mod wishes;

#[cfg(target_arch = "wasm32")]
mod address;
#[cfg(target_arch = "wasm32")]
mod archipelago;
#[cfg(target_arch = "wasm32")]
mod ask;
#[cfg(target_arch = "wasm32")]
mod battery;
#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
mod chart;
#[cfg(target_arch = "wasm32")]
mod chart_frame;
#[cfg(target_arch = "wasm32")]
mod clock;
#[cfg(target_arch = "wasm32")]
mod donor;
#[cfg(target_arch = "wasm32")]
mod first;
#[cfg(target_arch = "wasm32")]
mod giving;
#[cfg(target_arch = "wasm32")]
mod growing;
#[cfg(target_arch = "wasm32")]
mod hand;
#[cfg(target_arch = "wasm32")]
mod heat_chart;
#[cfg(target_arch = "wasm32")]
mod island_feed;
#[cfg(target_arch = "wasm32")]
mod lab_hand;
#[cfg(target_arch = "wasm32")]
mod laboratory;
#[cfg(target_arch = "wasm32")]
mod line_chart;
#[cfg(target_arch = "wasm32")]
mod live;
#[cfg(target_arch = "wasm32")]
mod more;
#[cfg(target_arch = "wasm32")]
mod muller_chart;
#[cfg(target_arch = "wasm32")]
mod navigation;
#[cfg(target_arch = "wasm32")]
mod numbers;
#[cfg(target_arch = "wasm32")]
mod pages;
#[cfg(target_arch = "wasm32")]
mod picture;
#[cfg(target_arch = "wasm32")]
mod screen;
#[cfg(target_arch = "wasm32")]
mod sight;
#[cfg(target_arch = "wasm32")]
mod soup_canvas;
#[cfg(target_arch = "wasm32")]
mod soup_hand;
#[cfg(target_arch = "wasm32")]
mod status_line;
#[cfg(target_arch = "wasm32")]
mod tree_chart;
#[cfg(target_arch = "wasm32")]
mod tree_drawing;
#[cfg(target_arch = "wasm32")]
mod world_feed;

#[cfg(target_arch = "wasm32")]
pub use first::mount as mount_first;
#[cfg(target_arch = "wasm32")]
pub use giving::mount as mount_donate;
#[cfg(target_arch = "wasm32")]
pub use laboratory::mount as mount_lab;
#[cfg(target_arch = "wasm32")]
pub use more::mount as mount_more;
