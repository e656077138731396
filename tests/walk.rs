//! The two-minute walk, with the program that people start: a room, a deployment, a page, a commit that changes it by
//! itself, a kill, the same page.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::time::{Duration, Instant};

use support::program::{Program, Sweep, commit, free_address};

/// A component's page, by its name.
fn load(program: &Program, host: &str) -> String {
    let client = reqwest::blocking::Client::builder().no_proxy().resolve(host, program.address).build().unwrap();
    client.get(format!("http://{host}:{}/", program.address.port())).send().unwrap().text().unwrap()
}

/// Loads a page until it has `wanted`.
fn page_until(program: &Program, host: &str, wanted: &str) -> String {
    let until = Instant::now() + Duration::from_mins(1);
    loop {
        let page = load(program, host);
        if page.contains(wanted) {
            return page;
        }
        assert!(Instant::now() < until, "{page}");
    }
}

/// Says that something was pushed to `repository`, as a git server would.
fn hint(program: &Program, repository: &str) {
    let client = reqwest::blocking::Client::builder().no_proxy().build().unwrap();
    assert_eq!(client.post(program.push_address(repository)).send().unwrap().status(), 202);
}

#[test]
fn the_walk_of_two_minutes_survives_a_kill() {
    drop(rustls::crypto::ring::default_provider().install_default());
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let sweep = Sweep(folder);
    let address = free_address();
    let program = Program::start(folder, address);
    assert!(program.say("lobby", "iteration start Sprint 1").contains("has started"));
    program.say_until(("lobby", "iteration show --in sprint-1"), "#sprint-1");
    assert!(program.say("sprint-1", "deploy --all-branches feature/pay").contains("on its way"));
    let up = program.say_until(("sprint-1", "status"), "web: `feature/pay");
    assert!(up.contains("revision 1"), "{up}");
    program.say_until(("sprint-1", "status --all"), "2 of 2 up");
    program.say_until(("sprint-1", "env history"), "1 (should run) succeeded");
    assert!(program.say("sprint-1", "logs web").contains("Log of `web` in sprint-1"));
    let page = load(&program, "web.sprint-1.localhost");
    assert!(page.contains("Takes Cards") && page.contains("api says: "), "{page}");
    commit(folder, "feature/pay", ("Takes Cards", "Takes Shells"));
    hint(&program, "web");
    let page = page_until(&program, "web.sprint-1.localhost", "Takes Shells");
    program.say_until(("sprint-1", "status"), "revision 2");
    program.kill();
    let program = Program::start(folder, address);
    assert_eq!(load(&program, "web.sprint-1.localhost"), page, "it went on without us, and is found again");
    assert!(program.say("sprint-1", "deploy web@feature/dark").contains("Revision 3"));
    program.say_until(("sprint-1", "status"), "web: `feature/dark");
    program.kill();
    drop(sweep);
}
