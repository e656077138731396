//! The crash test: the real process is killed at the worst moments, started again, and what it promised holds.
//!
//! Half of the deaths come at random, half in a moment that the process is held in. `CHAMBERLAIN_TEST_LONG=1` goes on
//! until every moment was died in ten times, the short form until once; `CHAMBERLAIN_TEST_SEED` repeats a run's choices.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and tells what it did"
)]

mod bot;
mod chat;
mod faults;
mod ground;
mod oracle;
mod processes;
#[path = "../support/remote_chat.rs"]
#[expect(dead_code, reason = "the test is the chat; the bot is its adapter")]
mod remote_chat;
mod story;

use std::collections::BTreeMap;

use chamberlain::domain::moment::Moment;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use bot::Waited;
use ground::Ground;
use story::Story;

/// How often every moment must have been died in, and how many lives may be spent on it.
struct Form {
    times: usize,
    lives: usize,
}

/// What was tried so far.
#[derive(Default)]
struct Tally {
    held: BTreeMap<Moment, usize>,
    at_random: BTreeMap<Moment, usize>,
    lives: usize,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_moment_it_dies_in_the_next_start_keeps_every_promise() {
    let form = form();
    let seed = seed();
    println!("CHAMBERLAIN_TEST_SEED={seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    let mut ground = Ground::open(seed).await;
    let mut story = Story::of(ground.folder.path());
    ground.begin(&mut story).await;
    let mut tally = Tally::default();
    while !tally.is_enough(&form) {
        assert!(tally.lives < form.lives, "some moments are hardly ever reached: {}", tally.told());
        let is_held = tally.lives % 2 == 0;
        if is_held {
            die_held(&mut ground, &mut story, &mut rng, &mut tally).await;
        } else {
            die_at_random(&mut ground, &mut story, &mut rng, &mut tally).await;
        }
        oracle::check(&ground, &story).await;
        tally.lives += 1;
    }
    ground.close(&story.iterations).await;
    println!("{}; the chat lost {} answers", tally.told(), ground.chat.state().lost);
}

/// Kills it in the moment that was died in least.
async fn die_held(ground: &mut Ground, story: &mut Story, rng: &mut StdRng, tally: &mut Tally) {
    let moment = tally.rarest();
    ground.bot.hold(moment, rng.random_range(0..3)).await;
    story.go_on(&ground.chat, rng);
    let waited = ground.until(|line| (line == format!("held {}", moment.as_str())).then_some(())).await;
    ground.bot.kill().await;
    if matches!(waited, Waited::Found(())) {
        *tally.held.entry(moment).or_default() += 1;
    }
    ground.start_and_settle().await;
}

/// Kills it after so many moments, whichever they are, and often once more while it mends that.
async fn die_at_random(ground: &mut Ground, story: &mut Story, rng: &mut StdRng, tally: &mut Tally) {
    story.go_on(&ground.chat, rng);
    loop {
        let mut left = rng.random_range(1..60);
        let mut last = None;
        ground
            .until(|line| {
                last = Moment::parse(line.strip_prefix("moment ")?).or(last);
                left -= 1;
                (left == 0).then_some(())
            })
            .await;
        ground.bot.kill().await;
        if let Some(moment) = last {
            *tally.at_random.entry(moment).or_default() += 1;
        }
        if rng.random_bool(0.6) {
            break;
        }
        ground.start();
    }
    ground.start_and_settle().await;
}

impl Tally {
    fn is_enough(&self, form: &Form) -> bool {
        Moment::ALL.iter().all(|moment| self.times(*moment) >= form.times)
            && self.lives >= 2 * form.times * Moment::ALL.len()
    }

    fn times(&self, moment: Moment) -> usize {
        self.held.get(&moment).copied().unwrap_or_default()
    }

    fn rarest(&self) -> Moment {
        Moment::ALL.into_iter().min_by_key(|moment| self.times(*moment)).unwrap()
    }

    fn told(&self) -> String {
        let random = |moment: &Moment| self.at_random.get(moment).copied().unwrap_or_default();
        let each = |moment: &Moment| format!("{} {}+{}", moment.as_str(), self.times(*moment), random(moment));
        let by_moment: Vec<String> = Moment::ALL.iter().map(each).collect();
        let all: usize = self.held.values().chain(self.at_random.values()).sum();
        format!("faults tried: {all}, by class (held+at random): {}", by_moment.join(", "))
    }
}

#[expect(clippy::disallowed_methods, reason = "how long a test goes on is told by its environment")]
fn form() -> Form {
    let is_long = std::env::var("CHAMBERLAIN_TEST_LONG").is_ok_and(|value| value == "1");
    if is_long { Form { times: 10, lives: 400 } } else { Form { times: 1, lives: 60 } }
}

#[expect(clippy::disallowed_methods, reason = "so that a run that failed can be repeated")]
fn seed() -> u64 {
    std::env::var("CHAMBERLAIN_TEST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(rand::random)
}
