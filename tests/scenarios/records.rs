//! Reading an environment: what it is, what it was, what it writes.

use std::time::Duration;

use chamberlain::domain::spec::SpecHash;

use crate::support::house::House;

/// The only answer to a line said in the iteration's room.
async fn told(house: &House, person: &str, line: &str) -> String {
    let mut heard = house.says(person, "#sprint-42", line).await;
    assert_eq!(heard.answers.len(), 1, "{line}: {heard:?}");
    heard.answers.remove(0)
}

#[tokio::test]
async fn s46_status_tells_what_really_runs_against_what_is_wished() {
    let house = House::with_revision_1().await;
    house.driver.state().sick = vec!["p1".into()];
    house.says("bo", "#sprint-42", "deploy web@feature/pay").await;
    house.settled().await;
    insta::assert_snapshot!("status_not_as_wished", told(&house, "cy", "status").await);
    assert_eq!(told(&house, "cy", "status --all").await, "sprint-42: revision 2, 1 of 2 up");
}

#[tokio::test]
async fn s63_what_was_seen_long_ago_is_marked_and_looked_at_behind() {
    let house = House::with_revision_1().await;
    house.settled().await;
    assert!(!told(&house, "cy", "status").await.contains("ago)"));
    house.clock.pass(Duration::from_mins(3));
    house.driver.state().up.remove(&("sprint-42".into(), "api".into()));
    let old = told(&house, "cy", "status").await;
    assert!(old.contains("api: `main@a1`, up since") && old.ends_with("(seen 3m ago)"), "{old}");
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1", "the look behind mends what it finds");
    let new = told(&house, "cy", "status").await;
    assert!(!new.contains("ago)"), "{new}");
}

#[tokio::test]
async fn s63_all_is_marked_and_looked_at_too() {
    let house = House::with_revision_1().await;
    house.clock.pass(Duration::from_mins(3));
    let all = "sprint-42: revision 1, 2 of 2 up";
    assert_eq!(told(&house, "cy", "status --all").await, format!("{all}, seen 3m ago"));
    house.settled().await;
    assert_eq!(told(&house, "cy", "status --all").await, all);
}

#[tokio::test]
async fn s61_the_record_is_compared_with_what_runs_when_somebody_asks() {
    let house = House::with_revision_1().await;
    house.clock.pass(Duration::from_mins(3));
    let web = ("sprint-42".to_owned(), "web".to_owned());
    house.driver.state().up.get_mut(&web).unwrap().hash = SpecHash::new("changed by hand");
    told(&house, "cy", "status").await;
    house.settled().await;
    let drifted = "`web` of sprint-42 did not run as revision 1 says: something else changed it. I put it back.";
    let texts = house.texts_in("sprint-42").await;
    assert!(texts.iter().any(|text| text == drifted), "{texts:?}");
    assert_eq!(house.driver.state().starts, ["api@a1", "web@w1", "web@w1"]);
}

#[tokio::test]
async fn status_tells_a_hold_what_waits_and_a_removal() {
    let house = House::with_revision_1().await;
    house.says("bo", "#sprint-42", "hold --for 2h demo for the board").await;
    house.driver.hold();
    house.says("bo", "#sprint-42", "deploy web@feature/pay").await;
    house.says("bo", "#sprint-42", "pin api").await;
    let status = told(&house, "cy", "status").await;
    assert!(status.contains("; revision 2 is on its way; revision 3 waits\n"), "{status}");
    let held = "Held by ana as bo until 2026-03-02T11:00:00Z (demo for the board): nothing newer is taken by itself; \
                `resume` ends it";
    assert!(status.ends_with(held), "{status}");
    assert!(told(&house, "cy", "status --all").await.ends_with(", revision 2 is on its way, revision 3 waits, held"));
    house.says("bo", "#sprint-42", "cancel").await;
    house.driver.go_on();
    house.settled().await;
    house.says("ana", "#sprint-42", "env destroy sprint-42").await;
    house.settled().await;
    let status = told(&house, "cy", "status").await;
    assert!(status.starts_with("sprint-42 is removed; `deploy` brings it back from revision 2\n"), "{status}");
    assert_eq!(told(&house, "cy", "status --all").await, "sprint-42: removed, held");
    house.clock.pass(Duration::from_mins(5));
    let texts = house.texts_in("sprint-42").await.len();
    assert!(!told(&house, "cy", "status").await.contains("ago)"), "there is nothing to look at");
    house.settled().await;
    assert_eq!(house.texts_in("sprint-42").await.len(), texts + 2, "the question and its answer");
}

#[tokio::test]
async fn s59_s60_the_record_is_shown_with_who_why_and_from_where() {
    let house = House::with_revision_1().await;
    house.says("bo", "#sprint-42", "deploy").await;
    house.settled().await;
    let card = house.cards_in("sprint-42").await.pop().unwrap();
    house.chooses("bo", &card, ("choose:web", Some("feature/pay"))).await;
    house.says("bo", "#sprint-42", "pin api").await;
    house.settled().await;
    house.says("ana", "#sprint-42", "hold").await;
    insta::assert_snapshot!("show", told(&house, "cy", "env show").await);
    insta::assert_snapshot!("show_first", told(&house, "cy", "env show 1").await);
}

#[tokio::test]
async fn a_version_that_is_not_taken_by_itself_is_told() {
    let house = House::with_revision_1().await;
    house.driver.state().sick = vec!["w2".into()];
    house.source.commit("web", "main", "w2");
    house.clock.pass(Duration::from_mins(1));
    house.settled().await;
    house.clock.pass(Duration::from_secs(5));
    house.settled().await;
    let record = told(&house, "cy", "env show").await;
    assert!(
        record.contains("web: `main@w2` is not taken by itself, since it failed or somebody went back from it;"),
        "{record}"
    );
}

#[tokio::test]
async fn details_of_a_run_are_its_revision_for_whoever_pressed() {
    let house = House::with_revision_1().await;
    let run = house.cards_in("sprint-42").await.pop().unwrap();
    let heard = house.presses("cy", &run, "details").await;
    assert!(heard.answers[0].starts_with("Revision 1 of sprint-42, the one that should run: succeeded"), "{heard:?}");
    let heard = house.presses("dee", &run, "details").await;
    assert_eq!(heard.outcome, "refused");
}

#[tokio::test]
async fn s60_each_change_is_a_revision_with_who_why_from_where_and_what_came_of_it() {
    let house = House::with_revision_1().await;
    house.driver.state().sick = vec!["p1".into()];
    house.says("bo", "#lobby", "deploy web@feature/pay --in sprint-42").await;
    house.settled().await;
    let failed = house.cards_in("sprint-42").await.pop().unwrap();
    house.driver.state().sick.clear();
    house.presses("bo", &failed, "finish").await;
    house.settled().await;
    house.says("ana", "#sprint-42", "pin web").await;
    house.settled().await;
    insta::assert_snapshot!("history", told(&house, "cy", "env history").await);
    let last = told(&house, "cy", "env history --last 1").await;
    assert!(last.contains("\n· web, pinned now\n"), "compared with what is not listed: {last}");
    assert!(last.ends_with("There are older ones: `env history --last 50`"), "{last}");
    assert_eq!(told(&house, "cy", "env history --last 0").await, "`--last` takes 1 to 50.");
}

#[tokio::test]
async fn s60_two_revisions_are_compared_component_by_component() {
    let house = House::with_revision_1().await;
    house.says("bo", "#sprint-42", "deploy web@feature/pay").await;
    house.settled().await;
    house.says("bo", "#sprint-42", "pin api").await;
    house.settled().await;
    assert_eq!(
        told(&house, "cy", "env diff 1").await,
        "Revision 3 of sprint-42 against revision 1\napi: `main@a1`, pinned now\nweb: `main@w1` → `feature/pay@p1`"
    );
    assert_eq!(
        told(&house, "cy", "env diff 3 2").await,
        "Revision 2 of sprint-42 against revision 3\napi: `main@a1`, follows its branch now\n\
         web: `feature/pay@p1`, the same"
    );
    for line in ["env diff 9", "env diff 1 9", "env show 9", "env diff 9 1"] {
        let refused = "`sprint-42` has no revision 9; its newest is 3. `env history` lists them.";
        assert_eq!(told(&house, "cy", line).await, refused, "{line}");
    }
}

#[tokio::test]
async fn reading_is_an_act_and_needs_something_to_read() {
    let house = House::open().await;
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    house.settled().await;
    for line in ["env show", "env history", "env diff 1", "logs web", "status"] {
        let nothing = "Nothing was deployed to `sprint-42` yet. `deploy` shows what there is.";
        assert_eq!(told(&house, "bo", line).await, nothing, "{line}");
        let refused = told(&house, "dee", line).await;
        assert!(refused.contains("no role of yours allows it"), "{line}: {refused}");
        let other = format!("{line} --in sprint-42");
        assert_eq!(house.says("bo", "#lobby", &other).await.answers, [nothing], "{other}");
    }
    let refused = told(&house, "cy", "logs web").await;
    assert!(refused.starts_with("You may not run `logs` on environments of class `test`"), "{refused}");
}

#[tokio::test]
async fn logs_are_for_the_asker_alone_unless_shown_here() {
    let house = House::with_revision_1().await;
    house.driver.state().logs.insert("web".into(), (1..=30).map(|number| format!("line {number}")).collect());
    let texts = house.texts_in("sprint-42").await.len();
    let log = told(&house, "bo", "logs web").await;
    assert!(log.starts_with("○ Log of `web` in sprint-42 (idle)\n  Seen by: you alone\n  | line 11\n"), "{log}");
    assert!(log.ends_with("| line 30"), "{log}");
    assert_eq!(house.texts_in("sprint-42").await.len(), texts + 1, "ana reads the question, not the answer");
    let log = told(&house, "bo", "logs web --lines 2 --here").await;
    assert_eq!(log, "○ Log of `web` in sprint-42 (idle)\n  Seen by: everybody here\n  | line 29\n  | line 30");
    assert_eq!(house.texts_in("sprint-42").await.last(), Some(&log));
}

#[tokio::test]
async fn logs_are_harmless_and_short() {
    let house = House::with_revision_1().await;
    house.driver.state().logs.insert("web".into(), vec!["\u{1b}[31mred\u{1b}[0m\u{7} <b>`*".into(), "y".repeat(9999)]);
    let log = told(&house, "bo", "logs web").await;
    assert!(log.contains("\n  | red <b>`*\n") && log.len() < 600, "{log}");
    for (line, refused) in [
        ("logs wbe", "I know no component `wbe`. Did you mean `web`? The components are `api`, `web`."),
        ("logs web --lines 201", "`--lines` takes 1 to 200."),
        ("logs web --lines -1", "`--lines` takes 1 to 200."),
        ("logs web --follow 11m", "`--follow` takes 1s to 10m."),
        ("logs web --follow 0s", "`--follow` takes 1s to 10m."),
    ] {
        assert_eq!(told(&house, "bo", line).await, refused, "{line}");
    }
}

#[tokio::test]
async fn where_nothing_ran_there_is_no_log() {
    let house = House::with_revision_1().await;
    assert!(told(&house, "bo", "logs web").await.ends_with("Lines: it has written nothing"));
    house.says("ana", "#sprint-42", "env destroy sprint-42").await;
    house.settled().await;
    let nothing = "Nothing of `web` runs in `sprint-42`, and it left no log there. `status` shows what runs.";
    assert_eq!(told(&house, "bo", "logs web").await, nothing);
    assert_eq!(told(&house, "bo", "logs web --follow 1m").await, nothing);
}

#[tokio::test]
async fn a_log_that_does_not_come_is_not_waited_for() {
    let house = House::with_revision_1().await;
    house.driver.state().is_mute = true;
    let late = async {
        house.driver.log_asked.notified().await;
        house.clock.pass(Duration::from_secs(2));
    };
    let (log, ()) = tokio::join!(told(&house, "bo", "logs web"), late);
    assert_eq!(log, "The log of `web` cannot be read now: it takes long to answer. Ask again in a moment.");
}

#[tokio::test]
async fn a_followed_log_is_a_living_card_for_everybody_until_its_end() {
    let house = House::with_revision_1().await;
    let write = |lines: &[&str]| {
        house.driver.state().logs.insert("web".into(), lines.iter().map(ToString::to_string).collect());
    };
    write(&["one"]);
    let heard = house.says("bo", "#lobby", "logs web --follow 5s --lines 2 --in sprint-42").await;
    assert_eq!(
        heard.answers,
        ["#sprint-42 shows everybody what `web` of sprint-42 writes, until 2026-03-02T09:00:05Z."]
    );
    house.settled().await;
    let shown = async || house.cards_in("sprint-42").await.pop().unwrap().text;
    assert_eq!(
        shown().await,
        "◐ Following the log of `web` in sprint-42 (running)\n  Seen by: everybody here\n  \
         Until: 2026-03-02T09:00:05Z\n  | one"
    );
    let cards = house.cards_in("sprint-42").await.len();
    write(&["one", "two", "three"]);
    house.clock.pass(Duration::from_secs(2));
    house.settled().await;
    assert!(shown().await.ends_with("\n  | two\n  | three"), "{}", shown().await);
    write(&["four"]);
    house.clock.pass(Duration::from_secs(3));
    house.settled().await;
    let over = "○ Log of `web` in sprint-42, no longer followed (idle)\n  Seen by: everybody here\n  \
                Ended: 2026-03-02T09:00:05Z\n  | four";
    assert_eq!(shown().await, over);
    write(&["five"]);
    house.clock.pass(Duration::from_mins(1));
    let house = house.reopen().await;
    house.settled().await;
    let cards_now = house.cards_in("sprint-42").await;
    assert_eq!((cards_now.len(), cards_now.last().unwrap().text.as_str()), (cards, over));
}

#[tokio::test]
async fn a_log_that_is_followed_goes_on_after_a_restart() {
    let house = House::with_revision_1().await;
    house.driver.state().logs.insert("web".into(), vec!["one".into()]);
    assert_eq!(house.says("bo", "#sprint-42", "logs web --follow 1m").await.answers, Vec::<String>::new());
    house.settled().await;
    let house = house.reopen().await;
    house.driver.state().logs.insert("web".into(), vec!["two".into()]);
    house.clock.pass(Duration::from_secs(2));
    house.settled().await;
    assert!(house.cards_in("sprint-42").await.pop().unwrap().text.ends_with("| two"));
}
