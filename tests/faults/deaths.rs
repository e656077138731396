//! SIGKILL, half of the lives in a moment that the process is held in, half at random and often while it mends the last.

use std::collections::BTreeMap;

use chamberlain::domain::moment::Moment;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::bot::Waited;
use crate::ground::Ground;
use crate::report::Class;
use crate::story::Story;
use crate::trials::Run;

/// What must have been tried at the end.
struct Form {
    /// How often every moment must have been died in.
    times: usize,
    /// How many deaths there must be.
    deaths: usize,
    /// How likely a bot that has died at random is left to work till the end.
    peace: f64,
}

/// What was tried so far.
#[derive(Default)]
struct Tally {
    held: BTreeMap<Moment, usize>,
    at_random: BTreeMap<Moment, usize>,
    lives: usize,
}

pub(crate) async fn on_a_file(run: Run) {
    let ground = Ground::on_a_file(run.seed).await;
    die(ground, &run, "SIGKILL, one bot on a file").await;
}

pub(crate) async fn on_a_server(run: Run) {
    let Some(ground) = Ground::on_a_server(run.seed).await else { return };
    die(ground, &run, "SIGKILL, one bot on a server").await;
}

async fn die(mut ground: Ground, run: &Run, class: &str) {
    let class = run.report.class(class);
    let form = if run.is_long {
        Form { times: 10, deaths: 500, peace: 0.15 }
    } else {
        Form { times: 1, deaths: 20, peace: 0.4 }
    };
    let mut rng = StdRng::seed_from_u64(run.seed);
    let mut story = ground.begin().await;
    let mut tally = Tally::default();
    while !tally.is_enough(&form) {
        assert!(tally.lives < 2 * form.deaths, "some moments are hardly ever reached: {}", tally.told());
        let mut life = Life { ground: &mut ground, story: &mut story, rng: &mut rng, tally: &mut tally, class: &class };
        if life.tally.lives.is_multiple_of(2) {
            life.end_held().await;
        } else {
            life.end_at_random(form.peace).await;
        }
        ground.start_and_settle().await;
        ground.check(&story).await;
        class.survived();
        tally.lives += 1;
    }
    ground.close(&story).await;
    class.note(format!("{}; the chat lost {} answers", tally.told(), ground.chat.state().lost));
}

/// One life, and its end.
struct Life<'l> {
    ground: &'l mut Ground,
    story: &'l mut Story,
    rng: &'l mut StdRng,
    tally: &'l mut Tally,
    class: &'l Class,
}

impl Life<'_> {
    /// Kills it in the moment that was died in least.
    async fn end_held(&mut self) {
        let moment = self.tally.rarest();
        self.ground.bot.hold(moment, self.rng.random_range(0..3)).await;
        self.story.go_on(&self.ground.chat, self.rng);
        let waited = self.ground.until(|line| (line == format!("held {}", moment.as_str())).then_some(())).await;
        self.ground.bot.kill().await;
        self.class.tried();
        if matches!(waited, Waited::Found(())) {
            *self.tally.held.entry(moment).or_default() += 1;
        }
    }

    /// Kills it after so many moments, whichever they are, and often once more while it mends that.
    async fn end_at_random(&mut self, peace: f64) {
        self.story.go_on(&self.ground.chat, self.rng);
        loop {
            let mut left = self.rng.random_range(1..60);
            let mut last = None;
            self.ground
                .until(|line| {
                    last = Moment::parse(line.strip_prefix("moment ")?).or(last);
                    left -= 1;
                    (left == 0).then_some(())
                })
                .await;
            self.ground.bot.kill().await;
            self.class.tried();
            if let Some(moment) = last {
                *self.tally.at_random.entry(moment).or_default() += 1;
            }
            if self.rng.random_bool(peace) {
                break;
            }
            self.ground.start();
        }
    }
}

impl Tally {
    fn is_enough(&self, form: &Form) -> bool {
        Moment::ALL.iter().all(|moment| self.times(*moment) >= form.times) && self.deaths() >= form.deaths
    }

    fn deaths(&self) -> usize {
        self.held.values().chain(self.at_random.values()).sum()
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
        format!("held+at random: {}", by_moment.join(", "))
    }
}
