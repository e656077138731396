//! The property is in `src/fuzzing/proxy.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| chamberlain::fuzzing::proxy(input));
