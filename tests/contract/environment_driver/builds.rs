//! Builds run once a version, and end with all that they started.

use std::fs;
use std::os::unix::fs::MetadataExt;

use chamberlain::ports::{DriverError, EnvironmentDriver};
use tokio_util::sync::CancellationToken;

use super::yard::{Quiet, Yard, spec, until};
use crate::support::required::leave_out;

fn built(script: &str) -> chamberlain::domain::spec::ComponentSpec {
    let mut wish = spec("ok");
    wish.build = Some(["sh", "-c", script].map(str::to_owned).to_vec());
    wish
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_built_once() {
    let yard = Yard::open().await;
    let wish = built("echo $GREETING$PORT >> ../times; echo built >> behaviour");
    assert_eq!(yard.stages(&wish).await, ["lay out", "build", "start", "health"]);
    assert!(yard.is_up(&wish).await, "what the build changes is no drift");
    let mut other = wish.clone();
    other.hash = chamberlain::domain::spec::SpecHash::new("other");
    assert_eq!(yard.stages(&other).await, ["lay out", "start", "health", "stop old"]);
    assert_eq!(fs::read_to_string(yard.home().join("times")).unwrap(), "hello\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_build_tells_its_log() {
    let yard = Yard::open().await;
    let Err(DriverError::Failed { stage, why, log }) = yard.bring(&built("echo no >&2; exit 5")).await else {
        panic!("it fails")
    };
    assert_eq!((stage, why.as_str()), ("build", "the build failed: exit status: 5"));
    assert_eq!(log, ["no"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_that_takes_too_long_or_is_called_off_leaves_nothing() {
    let yard = Yard::open().await;
    let endless = built("setsid sleep 100 & sleep 100");
    let Err(DriverError::Failed { why, .. }) = yard.bring(&endless).await else { panic!("it takes too long") };
    assert_eq!(why, "the build took longer than 2 s");
    assert!(yard.processes().is_empty());
    let stop = CancellationToken::new();
    let called_off = async {
        until(async || yard.processes().len() >= 2).await;
        stop.cancel();
    };
    let (brought, ()) = tokio::join!(yard.driver().bring(&endless, &Quiet, &stop), called_off);
    assert!(matches!(brought, Err(DriverError::Stopped)));
    assert!(yard.processes().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_runs_as_the_user_that_the_config_names() {
    if !rustix::process::geteuid().is_root() {
        return leave_out("running as another user", "only root may become somebody else");
    }
    let yard = Yard::open().await;
    let spec = chamberlain::domain::spec::ComponentSpec { user: Some("nobody".into()), ..spec("ok") };
    yard.bring(&spec).await.unwrap();
    let owners: Vec<u32> =
        yard.processes().iter().map(|pid| std::fs::metadata(format!("/proc/{pid}")).unwrap().uid()).collect();
    assert_eq!(owners.iter().filter(|owner| **owner != 0).count(), 1, "the component, not its wrapper: {owners:?}");
}
