//! The property is in `src/fuzzing/cards.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| chamberlain::fuzzing::cards(input));
