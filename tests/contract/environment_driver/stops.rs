//! Work that is stopped, and a life that ends while work of it is under way.

use std::fs;
use std::sync::atomic::Ordering;

use chamberlain::domain::spec::{ComponentSpec, SeenState};
use chamberlain::ports::{DriverError, EnvironmentDriver, Progress};
use tokio_util::sync::CancellationToken;

use super::yard::{Quiet, Yard, component, environment, kill, spec, until};

/// Calls the work off in the moment that a stage begins.
struct CallsOff<'t>(&'static str, &'t CancellationToken);

impl Progress for CallsOff<'_> {
    fn stage(&self, stage: &'static str) {
        if stage == self.0 {
            self.1.cancel();
        }
    }
}

/// A version that would be well, and has a build.
fn built(script: &str) -> ComponentSpec {
    ComponentSpec { build: Some(["sh", "-c", script].map(str::to_owned).to_vec()), ..spec("two") }
}

/// A version whose build waits until it is let go.
fn held() -> ComponentSpec {
    built("while [ ! -e ../go ]; do sleep 0.02; done")
}

fn of_life(generation: i64, spec: ComponentSpec) -> ComponentSpec {
    ComponentSpec { generation, ..spec }
}

/// What was written down of runs.
fn records(yard: &Yard) -> Vec<String> {
    let names = fs::read_dir(yard.home()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let is_record = |name: &String| {
        name.starts_with("run-") && std::path::Path::new(name).extension().is_some_and(|ending| ending == "json")
    };
    names.filter(is_record).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn called_off_in_any_stage_the_old_one_runs_and_nothing_else() {
    let yard = Yard::open().await;
    yard.bring(&spec("ok")).await.unwrap();
    let before = yard.processes();
    for stage in ["lay out", "build", "start", "health"] {
        let stop = CancellationToken::new();
        let brought = yard.driver().bring(&built("sleep 0.2"), &CallsOff(stage, &stop), &stop).await;
        assert!(matches!(brought, Err(DriverError::Stopped)), "{stage}: {brought:?}");
        assert_eq!(yard.processes(), before, "{stage}");
        assert!(yard.is_up(&spec("ok")).await, "{stage}");
        assert!(yard.answer("/").await.starts_with("ok"), "{stage}");
        assert_eq!(records(&yard), ["run-hash-ok.1.json"], "{stage}");
    }
    yard.bring(&built("sleep 0.2")).await.unwrap();
    assert!(yard.answer("/").await.starts_with("two"), "a later try finds nothing in its way");
    let folders = fs::read_dir(yard.home()).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_dir());
    assert_eq!(folders.count(), 2, "the files of this version and of the last, and nothing of the tries");
}

#[tokio::test(flavor = "multi_thread")]
async fn called_off_before_it_begins_or_without_an_old_one_nothing_runs() {
    let yard = Yard::open().await;
    let stop = CancellationToken::new();
    stop.cancel();
    assert!(matches!(yard.driver().bring(&spec("two"), &Quiet, &stop).await, Err(DriverError::Stopped)));
    assert!(yard.driver().observe(&environment()).await.unwrap().is_empty(), "it has not even a folder");
    for stage in ["lay out", "start", "health"] {
        let stop = CancellationToken::new();
        let brought = yard.driver().bring(&spec("two"), &CallsOff(stage, &stop), &stop).await;
        assert!(matches!(brought, Err(DriverError::Stopped)), "{stage}: {brought:?}");
        assert!(yard.processes().is_empty(), "{stage}");
    }
    assert_eq!(yard.state().await, SeenState::Missing);
}

#[tokio::test(flavor = "multi_thread")]
async fn once_people_are_led_to_the_new_one_it_is_not_called_off() {
    let yard = Yard::open().await;
    yard.bring(&spec("ok")).await.unwrap();
    let stop = CancellationToken::new();
    yard.driver().bring(&spec("two"), &CallsOff("stop old", &stop), &stop).await.unwrap();
    assert!(stop.is_cancelled());
    assert!(yard.is_up(&spec("two")).await);
    assert_eq!(yard.processes().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_while_something_is_brought_leaves_nothing_of_either() {
    let yard = Yard::open().await;
    yard.bring(&spec("ok")).await.unwrap();
    let lived = yard.home().parent().unwrap().join("generation.txt");
    let (held, stop) = (held(), CancellationToken::new());
    let removal = async {
        until(async || yard.processes().len() > 2).await;
        let let_go = async {
            until(async || fs::read_to_string(&lived).unwrap() == "2").await;
            fs::write(yard.home().join("go"), "").unwrap();
        };
        let environment = environment();
        tokio::join!(yard.driver().remove(&environment, 2), let_go).0
    };
    let (brought, removed) = tokio::join!(yard.driver().bring(&held, &Quiet, &stop), removal);
    assert!(matches!(brought, Err(DriverError::Outdated)), "{brought:?}");
    removed.unwrap();
    assert!(yard.processes().is_empty());
    assert!(yard.driver().observe(&environment()).await.unwrap().is_empty());
    assert_eq!(yard.touched.load(Ordering::SeqCst), 0, "an end that was wished is no news");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_need_not_wait_for_what_is_called_off() {
    let yard = Yard::open().await;
    yard.bring(&spec("ok")).await.unwrap();
    let (held, stop) = (held(), CancellationToken::new());
    let removal = async {
        until(async || yard.processes().len() > 2).await;
        stop.cancel();
        yard.driver().remove(&environment(), 2).await
    };
    let (brought, removed) = tokio::join!(yard.driver().bring(&held, &Quiet, &stop), removal);
    assert!(matches!(brought, Err(DriverError::Stopped)), "{brought:?}");
    removed.unwrap();
    assert!(yard.processes().is_empty());
    assert!(yard.driver().observe(&environment()).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_removal_only_a_newer_life_begins() {
    let mut yard = Yard::open().await;
    yard.bring(&spec("ok")).await.unwrap();
    yard.driver().remove(&environment(), 2).await.unwrap();
    yard.driver().remove(&environment(), 2).await.unwrap();
    assert!(matches!(yard.bring(&spec("ok")).await, Err(DriverError::Outdated)));
    yard.reopen().await;
    assert!(matches!(yard.bring(&spec("ok")).await, Err(DriverError::Outdated)), "it is known at the next start too");
    assert!(yard.driver().observe(&environment()).await.unwrap().is_empty());
    yard.bring(&of_life(3, spec("ok"))).await.unwrap();
    assert!(yard.is_up(&spec("ok")).await);
    assert!(matches!(yard.driver().remove(&environment(), 2).await, Err(DriverError::Outdated)));
    assert!(yard.is_up(&spec("ok")).await, "a late removal of an earlier life takes nothing of this one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_of_what_never_was_is_well() {
    let yard = Yard::open().await;
    yard.driver().remove(&environment(), 1).await.unwrap();
    yard.driver().remove(&environment(), 1).await.unwrap();
    yard.driver().end(&environment(), 1, &component()).await.unwrap();
    assert!(yard.driver().observe(&environment()).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_that_is_killed_without_its_supervisor_is_missing_and_comes_back() {
    let yard = Yard::open().await;
    yard.bring(&spec("ok")).await.unwrap();
    let [_, killed] = yard.processes()[..] else { panic!("the supervisor and the component") };
    kill(killed);
    until(async || yard.touched.load(Ordering::SeqCst) == 1).await;
    assert_eq!(yard.state().await, SeenState::Missing);
    assert!(yard.processes().is_empty());
    yard.bring(&spec("ok")).await.unwrap();
    assert!(yard.is_up(&spec("ok")).await);
    assert_eq!(yard.processes().len(), 2);
}
