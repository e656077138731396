//! How many cases a model is tried with.

use proptest::test_runner::Config;

/// So many in an ordinary run, and many more with `CHAMBERLAIN_TEST_LONG=1`.
#[expect(clippy::disallowed_methods, reason = "a test is told by its environment how long it may take")]
pub fn cases(ordinary: u32) -> Config {
    let is_long = std::env::var("CHAMBERLAIN_TEST_LONG").is_ok_and(|value| value == "1");
    let cases = if is_long { ordinary * 40 } else { ordinary };
    // Workers run at once, so that a case does not fail each time: it is not made smaller for ever.
    Config { cases, failure_persistence: None, max_shrink_time: 60_000, ..Config::default() }
}
