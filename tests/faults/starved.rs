//! A bot that has no room on its disk, no descriptors, no memory or no processor left, for a while.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rustix::process::{Resource, Rlimit, Signal, getrlimit, prlimit};

use crate::bot::Bot;
use crate::ground::Ground;
use crate::trials::Run;

/// How long it lasts.
const WHILE: Duration = Duration::from_secs(3);

/// What it has no more of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lack {
    Room,
    Descriptors,
    Memory,
    Processor,
}

pub(crate) async fn disk_full(run: Run) {
    starve(run, "disk full, then room again", Lack::Room).await;
}

pub(crate) async fn out_of_descriptors(run: Run) {
    starve(run, "out of file descriptors", Lack::Descriptors).await;
}

pub(crate) async fn out_of_memory(run: Run) {
    starve(run, "out of memory", Lack::Memory).await;
}

pub(crate) async fn stopped(run: Run) {
    starve(run, "SIGSTOP, one bot on a file", Lack::Processor).await;
}

async fn starve(run: Run, class: &str, lack: Lack) {
    let class = run.report.class(class);
    let mut rng = StdRng::seed_from_u64(run.seed);
    let mut ground = Ground::on_a_file(run.seed).await;
    let mut story = ground.begin().await;
    let mut deaths = 0;
    for _ in 0..if run.is_long { 20 } else { 2 } {
        story.go_on(&ground.chat, &mut rng);
        // Somewhere in the midst of it.
        let mut left = rng.random_range(1..60);
        let in_the_midst = |line: &str| {
            left -= i32::from(line.starts_with("moment "));
            (left == 0).then_some(())
        };
        ground.until(in_the_midst).await;
        lack.begin(&ground.bot);
        class.tried();
        story.talk(&ground.chat, &mut rng);
        if lack == Lack::Memory {
            // More than it has in store.
            story.echo((&ground.chat, None), &"much ".repeat(200_000));
        }
        tokio::time::sleep(WHILE).await;
        if ground.bot.has_ended() {
            assert!(lack == Lack::Memory, "it ended");
            deaths += 1;
            ground.start();
        } else {
            lack.end(&ground.bot);
        }
        ground.settle().await;
        ground.check(&story).await;
        class.survived();
    }
    if lack == Lack::Memory {
        class.note(format!("died of it {deaths} times"));
    }
    ground.close(&story).await;
}

impl Lack {
    fn begin(self, bot: &Bot) {
        match self {
            Self::Processor => bot.signal(Signal::STOP),
            lack => {
                // Nothing more of it: not a byte, not a page, no descriptor besides those that are open.
                let left = if lack == Self::Descriptors { bot.descriptors() } else { 0 };
                lack.limit(bot, |limit| Rlimit { current: Some(left), ..limit });
            }
        }
    }

    fn end(self, bot: &Bot) {
        match self {
            Self::Processor => bot.signal(Signal::CONT),
            lack => lack.limit(bot, |limit| limit),
        }
    }

    /// Changes the soft limit of a running process; it began with ours.
    fn limit(self, bot: &Bot, change: impl FnOnce(Rlimit) -> Rlimit) {
        let resource = match self {
            Self::Room => Resource::Fsize,
            Self::Descriptors => Resource::Nofile,
            Self::Memory | Self::Processor => Resource::As,
        };
        prlimit(Some(bot.pid()), resource, change(getrlimit(resource))).unwrap();
    }
}
