//! The chat is down: nobody listens there, or nobody answers, or every connection is reset; then it is back.

use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::ground::Ground;
use crate::trials::Run;
use crate::way::Mode;

/// Long enough for every wait between two tries to have grown.
const PATIENCE: Duration = Duration::from_mins(8);

pub(crate) async fn chat_down(run: Run) {
    let class = run.report.class("chat down");
    let mut rng = StdRng::seed_from_u64(run.seed);
    let mut ground = Ground::on_a_file(run.seed).await;
    let mut story = ground.begin().await;
    let short = Duration::from_secs(4);
    let long = if run.is_long { Duration::from_mins(10) } else { short };
    if run.is_long {
        ground.patience = PATIENCE;
    }
    for (mode, time) in [(Mode::Refused, long), (Mode::Silent, short), (Mode::Reset, short)] {
        story.go_on(&ground.chat, &mut rng);
        ground.until(|line| line.starts_with("moment calling").then_some(())).await;
        ground.way.set(mode);
        class.tried();
        story.talk(&ground.chat, &mut rng);
        tokio::time::sleep(time).await;
        ground.way.set(Mode::Open);
        ground.settle().await;
        ground.check(&story).await;
        class.survived();
    }
    class.note(format!("for {} s at the longest", long.as_secs()));
    ground.close(&story).await;
}
