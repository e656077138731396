//! The property is in `src/fuzzing/inbound.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| chamberlain::fuzzing::inbound(input));
