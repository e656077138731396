//! The property is in `src/fuzzing/manifests.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| chamberlain::fuzzing::manifests(input));
