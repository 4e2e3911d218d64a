//! Feeds bytes to every decoder of what comes from outside. What must hold is written in `server/tests/decoders`.
#![no_main]

#[path = "../../server/tests/decoders/decode.rs"]
mod decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| drop(decode::decoded(bytes)));
