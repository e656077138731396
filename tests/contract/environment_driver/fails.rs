//! What fails leaves the old one as it was.

use std::sync::Arc;
use std::time::Duration;

use chamberlain::domain::spec::SeenState;
use chamberlain::ports::{DriverError, EnvironmentDriver};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::yard::{Held, LACKING, Quiet, Yard, environment, spec, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_ends_tells_its_code_and_its_log() {
    let yard = Yard::open().await;
    yard.bring(&spec("ok")).await.unwrap();
    let before = yard.processes();
    let Err(DriverError::Failed { stage, why, log }) = yard.bring(&spec("exit")).await else { panic!("it ends") };
    assert_eq!((stage, why.as_str()), ("start", "it ended with code 3"));
    assert_eq!(log, ["starting exit0000000000000000000 as exit"]);
    let whole = yard.driver().log_of_failure(&environment(), &spec("exit").component).await.unwrap();
    assert_eq!(whole, log, "of the last try alone");
    assert_eq!(yard.processes(), before);
    assert!(yard.is_up(&spec("ok")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_not_there_is_told() {
    let yard = Yard::open().await;
    let mut wish = spec("ok");
    wish.run = vec!["no-such-program".to_owned()];
    let Err(DriverError::Failed { stage, log, .. }) = yard.bring(&wish).await else { panic!("it cannot be started") };
    assert_eq!(stage, "start");
    assert!(log[0].starts_with("no-such-program cannot be started"), "{log:?}");
    assert_eq!(yard.state().await, SeenState::Missing);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_never_healthy_is_ended() {
    let yard = Yard::open().await;
    yard.bring(&spec("ok")).await.unwrap();
    let mut sick = spec("sick");
    sick.start_limit = Duration::from_secs(1);
    let Err(DriverError::Failed { stage, why, log }) = yard.bring(&sick).await else { panic!("it is sick") };
    assert_eq!((stage, why.as_str()), ("health", "it did not answer 200 at `/health` within 1 s"));
    assert_eq!(log.len(), 1);
    assert_eq!(yard.processes().len(), 2);
    assert!(yard.is_up(&spec("ok")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_called_off_is_taken_back() {
    let yard = Yard::open().await;
    yard.bring(&spec("ok")).await.unwrap();
    let stop = CancellationToken::new();
    let called_off = async {
        until(async || yard.processes().len() == 4).await;
        stop.cancel();
    };
    let sick = spec("sick");
    let (brought, ()) = tokio::join!(yard.driver().bring(&sick, &Quiet, &stop), called_off);
    assert!(matches!(brought, Err(DriverError::Stopped)), "{brought:?}");
    assert_eq!(yard.processes().len(), 2);
    assert!(yard.is_up(&spec("ok")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lack_of_room_is_no_failure_and_the_old_one_runs() {
    let yard = Yard::open().await;
    yard.bring(&spec("ok")).await.unwrap();
    let Err(DriverError::Busy { why, .. }) = yard.bring(&spec(LACKING)).await else { panic!("it is tried again") };
    assert_eq!(why, "there is no room");
    assert!(yard.is_up(&spec("ok")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_caller_leaves_nothing_behind() {
    let yard = Yard::open().await;
    yard.bring(&spec("stubborn")).await.unwrap();
    let (progress, mut held, goes_on) = Held::at("stop old");
    let driver = Arc::clone(yard.driver());
    let mut bringing = JoinSet::new();
    bringing.spawn(async move { driver.bring(&spec("two"), &progress, &CancellationToken::new()).await });
    held.recv().await.unwrap();
    assert_eq!(yard.state().await, SeenState::Starting, "two of it run");
    assert_eq!(yard.processes().len(), 4);
    bringing.abort_all();
    goes_on.send(()).unwrap();
    assert!(bringing.join_next().await.unwrap().unwrap_err().is_cancelled());
    until(async || yard.processes().len() == 2).await;
    until(async || yard.is_up(&spec("two")).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_caller_leaves_nothing_for_the_next() {
    let yard = Yard::open().await;
    let (sick, stop) = (spec("sick"), CancellationToken::new());
    let dropped = tokio::time::timeout(Duration::from_millis(500), yard.driver().bring(&sick, &Quiet, &stop)).await;
    assert!(dropped.is_err());
    // What it had begun may be on its way out still: the next one waits for that.
    yard.bring(&spec("ok")).await.unwrap();
    assert_eq!(yard.processes().len(), 2);
    assert!(yard.is_up(&spec("ok")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_life_is_refused() {
    let mut yard = Yard::open().await;
    let mut wish = spec("ok");
    wish.generation = 2;
    yard.bring(&wish).await.unwrap();
    assert!(matches!(yard.bring(&spec("two")).await, Err(DriverError::Outdated)));
    yard.reopen().await;
    let driver = Arc::clone(yard.driver());
    assert!(matches!(driver.end(&environment(), 1, &wish.component).await, Err(DriverError::Outdated)));
    assert!(matches!(driver.remove(&environment(), 1).await, Err(DriverError::Outdated)));
    assert!(yard.is_up(&wish).await);
}
