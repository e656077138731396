//! The clock jumps, forwards and backwards, while the bot is at work.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::bot::Waited;
use crate::ground::Ground;
use crate::trials::Run;

/// By how many milliseconds the clock is wrong, one after the other.
const WRONG_BY: [i64; 4] = [3_600_000, 0, -600_000, 0];

pub(crate) async fn jumps(run: Run) {
    let class = run.report.class("clock jumps");
    let mut rng = StdRng::seed_from_u64(run.seed);
    let mut ground = Ground::on_a_file(run.seed).await;
    let mut story = ground.begin().await;
    for ahead in WRONG_BY.into_iter().cycle().take(if run.is_long { 40 } else { 4 }) {
        story.go_on(&ground.chat, &mut rng);
        let mut left = rng.random_range(1..60);
        let in_the_midst = |line: &str| {
            left -= i32::from(line.starts_with("moment "));
            (left == 0).then_some(())
        };
        ground.until(in_the_midst).await;
        ground.bot.order(&format!("clock {ahead}")).await;
        let is_set_back = ahead < ground.start.ahead;
        (ground.start.ahead, ground.is_one_time) = (ahead, false);
        class.tried();
        // Until the bot has noticed, what is due by the old time seems to be due in an hour.
        let noticed = |line: &str| (line == "set back").then_some(());
        while is_set_back && matches!(ground.until(noticed).await, Waited::Quiet) {}
        ground.settle().await;
        ground.check(&story).await;
        class.survived();
    }
    ground.close(&story).await;
}
