//! The plan of the house as tables: who may lean on whom, and where each licence is granted. Knows no file.

/// Each room and the rooms it may lean on.
pub const ARROWS: &[(&str, &[&str])] = &[
    ("core", &[]),
    ("protocol", &["core"]),
    ("worker", &["core", "protocol"]),
    ("worker-wasm", &["core", "protocol"]),
    ("lab-wasm", &["core", "protocol"]),
    ("web", &["core", "protocol"]),
    ("web-donate", &["web"]),
    ("web-first", &["web"]),
    ("web-lab", &["web"]),
    ("web-more", &["web"]),
    ("web-assets", &[]),
    ("server", &["core", "protocol", "web-assets"]),
    ("sim", &["core", "protocol", "server"]),
    ("cli", &["core", "protocol", "worker", "server"]),
    (
        "e2e",
        &["core", "protocol", "worker", "server", "web-assets"],
    ),
];

/// What the pure rooms may take from outside; everything here computes and does nothing else.
pub const PURE_ROOMS: &[(&str, &[&str])] = &[
    (
        "core",
        &[
            "blake3",
            "postcard",
            "rand_core",
            "rand_xoshiro",
            "serde",
            "serde_bytes",
            "thiserror",
        ],
    ),
    (
        "protocol",
        &[
            "blake3",
            "miniz_oxide",
            "postcard",
            "serde",
            "serde_bytes",
            "thiserror",
            // Derives alone, and only for the server.
            "utoipa",
        ],
    ),
];

/// Packages that are a licence in themselves, and the rooms that may hold it.
pub const LICENSED_PACKAGES: &[(&str, &[&str])] = &[
    ("sqlx", &["server"]),
    ("axum", &["server"]),
    ("tokio-tungstenite", &["worker"]),
    ("chromiumoxide", &["e2e"]),
    ("leptos", &["web"]),
    ("wasm-bindgen-cli-support", &["web-assets", "e2e"]),
];

/// Where SQL may stand.
pub const SQL: &[&str] = &["server/src/store.rs", "server/src/store/"];

/// Where a socket may be opened or held.
pub const SOCKETS: &[&str] = &[
    "server/src/",
    "worker/src/connection.rs",
    "worker-wasm/src/socket.rs",
    "web/src/live.rs",
];

/// The one file of each room that reads the time.
pub const CLOCKS: &[&str] = &[
    "server/src/clock.rs",
    "worker/src/clock.rs",
    "worker-wasm/src/clock.rs",
    "web/src/clock.rs",
    "lab-wasm/src/clock.rs",
    "cli/src/clock.rs",
];

/// Lines of the longest file, and of the longest function.
pub const MAX_FILE_LINES: usize = 400;
pub const MAX_FUNCTION_LINES: usize = 70;

/// Files that may be longer, with the reason.
pub const LONG_FILES: &[(&str, &str)] = &[(
    "core/src/interpreter.rs",
    "one match arm per opcode, in the order of the table",
)];

/// Functions that may be longer, with the reason.
pub const LONG_FUNCTIONS: &[(&str, &str, &str)] = &[
    (
        "core/src/interpreter.rs",
        "execute",
        "the hot match: one arm per opcode behind the usual order of copying; splitting it costs a third of the speed",
    ),
    (
        "core/tests/obvious/machine.rs",
        "execute",
        "one arm per opcode again, as plainly as possible",
    ),
];
