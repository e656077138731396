//! The property is in `src/fuzzing/grammar.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| chamberlain::fuzzing::grammar(input));
