//! A second process on the same file: it is told so and goes, and the first does not notice.

use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::bot::{Bot, Start};
use crate::ground::Ground;
use crate::trials::Run;

pub(crate) async fn two_on_one_file(run: Run) {
    let class = run.report.class("two processes on one file");
    let mut rng = StdRng::seed_from_u64(run.seed);
    let mut ground = Ground::on_a_file(run.seed).await;
    let mut story = ground.begin().await;
    let elsewhere = tempfile::tempdir().unwrap();
    // In a data folder of its own, and in the first one's.
    for folder in [elsewhere.path().to_owned(), ground.start.folder.clone()] {
        story.go_on(&ground.chat, &mut rng);
        class.tried();
        let mut second = Bot::start(&Start { folder: folder.clone(), ..ground.start.clone() });
        assert!(!second.ended().await.success());
        let told = std::fs::read_to_string(folder.join("bot.log")).unwrap();
        assert!(told.contains("another Chamberlain is using"), "{told}");
        ground.settle().await;
        ground.check(&story).await;
        class.survived();
    }
    ground.close(&story).await;
}
