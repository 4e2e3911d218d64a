//! What the browser tests stand on: a real Chromium, a real server on a free port, and patience with a limit.
