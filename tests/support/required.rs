//! What a test needs and a bare machine may lack: it is left out aloud, or, where all is required, missed.

/// Says that `part` is left out and why; fails when `CHAMBERLAIN_TEST_REQUIRE=all`.
#[expect(clippy::disallowed_methods, reason = "tests read the environment of their own run")]
#[expect(clippy::print_stderr, reason = "it is meant to be seen")]
pub fn leave_out(part: &str, why: &str) {
    assert!(std::env::var("CHAMBERLAIN_TEST_REQUIRE").as_deref() != Ok("all"), "{part} is required, but {why}");
    eprintln!("LEFT OUT: {part}: {why}");
}
