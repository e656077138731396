//! The program that people start, against Slack in two worlds: a fake of ours, always, and a stand-in for Slack, if one
//! is there. A scenario is a function over a workspace and runs in both.
//!
//! `CHAMBERLAIN_TEST_SLACK_STANDIN` names the folder of the stand-in, `CHAMBERLAIN_TEST_SLACK_STANDIN_PYTHON` the
//! python that runs it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and tells what it did"
)]

/// Makes a test of each scenario for each world.
macro_rules! in_both_worlds {
    ($($scenario:ident),+ $(,)?) => {
        $(mod $scenario {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn in_the_fake() {
                super::$scenario(crate::fake::Fake::open().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn in_the_stand_in() {
                if let Some(world) = crate::standin::StandIn::open().await {
                    super::$scenario(world).await;
                }
            }
        })+
    };
}

mod deaths;
mod failed;
mod fake;
mod forms;
mod home;
mod limits;
mod message;
mod odd;
mod pages;
mod reopening;
mod rooms;
mod shop;
mod sockets;
mod standin;
#[path = "../support/mod.rs"]
mod support;
mod tokens;
mod unstored;
mod view;
mod walk;
mod workspace;
