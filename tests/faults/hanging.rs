//! A driver that never answers for one environment: all others, and all that people ask, go on.

use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::ground::Ground;
use crate::trials::Run;

/// How soon the others must be served.
const LIMIT: Duration = Duration::from_secs(20);

pub(crate) async fn driver_hangs(run: Run) {
    let class = run.report.class("driver hangs");
    let mut rng = StdRng::seed_from_u64(run.seed);
    let mut ground = Ground::on_a_file(run.seed).await;
    let mut story = ground.begin().await;
    for _ in 0..if run.is_long { 10 } else { 1 } {
        let hangs = ground.start.folder.join("hangs");
        std::fs::write(&hangs, "ground").unwrap();
        story.deploy(&ground.chat, &mut rng);
        class.tried();
        let other = story.put_up(&ground.chat);
        let served = async {
            while !has_succeeded(&ground, &other).await {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            story.echo((&ground.chat, None), &format!("after-{other}"));
            ground.chat.posted(&format!("after-{other}")).await;
        };
        tokio::time::timeout(LIMIT, served).await.expect("what hangs holds the others up");
        let hanging: Vec<(String,)> =
            ground.ledger().await.rows("SELECT environment FROM deployments WHERE state = 'applying'").await;
        assert_eq!(hanging, [("ground".to_owned(),)], "it never answers");
        std::fs::remove_file(hangs).unwrap();
        ground.bot.kill().await;
        ground.start_and_settle().await;
        ground.check(&story).await;
        class.survived();
    }
    ground.close(&story).await;
}

async fn has_succeeded(ground: &Ground, environment: &str) -> bool {
    let done: Vec<(String,)> =
        ground.ledger().await.rows("SELECT environment FROM deployments WHERE state = 'succeeded'").await;
    done.iter().any(|(done,)| done == environment)
}
