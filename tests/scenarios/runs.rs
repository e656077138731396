//! What a run comes to: cancelled, lost, finished, taken back, removed.

use std::time::Duration;

use crate::support::house::{House, SECRET};

/// The card that tells of a revision's run, drawn to the end.
pub(crate) async fn card_of(house: &House, revision: i64) -> crate::support::house::Card {
    let told = format!("sprint-42, revision {revision} ");
    let told_while_running = format!("sprint-42, revision {revision}\n");
    let is_it = |text: &str| text.contains(&told) || text.contains(&told_while_running);
    house.cards_in("sprint-42").await.into_iter().rfind(|card| is_it(&card.text)).unwrap()
}

#[tokio::test]
async fn s43_a_running_deployment_is_cancelled_by_its_button_and_leaves_a_known_state() {
    let house = House::with_revision_1().await;
    house.driver.hold();
    house.says("bo", "#sprint-42", "deploy web@feature/pay").await;
    house.until(|text| text.contains("web: feature/pay@p1, start (running)"), "sprint-42").await;
    let card = card_of(&house, 2).await;
    assert_eq!(card.buttons, ["cancel"]);
    let heard = house.presses("ana", &card, "cancel").await;
    assert_eq!((heard.outcome.as_str(), heard.answers.len()), ("changed", 0), "the card tells it");
    house.settled().await;
    insta::assert_snapshot!("cancelled", card_of(&house, 2).await.text);
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1", "the step under way was taken back");
    house.driver.go_on();
    house.look_at("sprint-42").await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1", "nobody goes on with it");
    let house = house.reopen().await;
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1", "nor does the next start");
    house.presses("bo", &card_of(&house, 2).await, "finish").await;
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@p1");
}

#[tokio::test]
async fn s41_a_press_is_taken_at_once_however_slow_what_runs_it_is() {
    let house = House::with_revision_1().await;
    house.driver.hold();
    house.says("bo", "#sprint-42", "branch web feature/pay").await;
    house.until(|text| text.contains("▾] [Deploy]"), "sprint-42").await;
    let card = house.cards_in("sprint-42").await.pop().unwrap();
    assert_eq!(house.presses("bo", &card, "deploy").await.outcome, "changed", "while nothing is up yet");
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1");
    house.driver.go_on();
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@p1");
}

#[tokio::test]
async fn s69_what_a_component_is_given_stands_in_nothing_that_is_kept_or_shown() {
    let house = House::open().await;
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    house.settled().await;
    house.driver.state().sick = vec!["p1".into()];
    for line in ["deploy api web", "deploy web@feature/pay", "env show", "env history", "status", "env diff 1 2"] {
        house.says("bo", "#sprint-42", line).await;
        house.settled().await;
    }
    let given = house.driver.state().up.values().flat_map(|spec| spec.variables.clone()).collect::<Vec<_>>();
    assert!(given.iter().any(|(name, value)| name == "PASSWORD" && value == SECRET), "{given:?}");
    let kept = house.all_that_is_kept();
    assert!(kept.contains("sprint-42") && !kept.contains(SECRET));
}

#[tokio::test]
async fn s43_what_waits_is_cancelled_before_it_begins() {
    let house = House::with_revision_1().await;
    house.driver.hold();
    house.says("bo", "#sprint-42", "deploy web@feature/pay").await;
    house.source.commit("web", "main", "w2");
    house.says("bo", "#sprint-42", "deploy web@main").await;
    house.until(|text| text.contains("Queued sprint-42, revision 3"), "sprint-42").await;
    house.presses("bo", &card_of(&house, 3).await, "cancel").await;
    house.driver.go_on();
    house.settled().await;
    assert!(card_of(&house, 3).await.text.contains("Cancelled sprint-42"));
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@p1", "the running one went on");
}

#[tokio::test]
async fn s43_the_command_cancels_what_runs_and_what_waits() {
    let house = House::with_revision_1().await;
    assert_eq!(
        house.says("bo", "#sprint-42", "cancel").await.answers,
        ["Nothing runs or waits in `sprint-42`, so there is nothing to cancel."]
    );
    house.driver.hold();
    house.says("bo", "#sprint-42", "deploy web@feature/pay").await;
    house.says("bo", "#sprint-42", "deploy api web@w1:pin").await;
    let heard = house.says("cy", "#sprint-42", "cancel").await;
    assert!(heard.answers[0].starts_with("You may not run `cancel`"), "{heard:?}");
    let heard = house.says("bo", "#sprint-42", "cancel").await;
    assert!(heard.answers[0].starts_with("Cancelling what runs in sprint-42"), "{heard:?}");
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1");
    for revision in [2, 3] {
        assert!(card_of(&house, revision).await.text.contains("Cancelled sprint-42"), "{revision}");
    }
}

#[tokio::test]
async fn s43_what_was_called_off_ends_when_it_is_known_what_came_through() {
    let house = House::with_revision_1().await;
    house.driver.hold();
    house.says("bo", "#sprint-42", "deploy web@feature/pay").await;
    house.driver.state().coming.push("web".into());
    house.says("bo", "#sprint-42", "cancel").await;
    house.settled().await;
    assert!(card_of(&house, 2).await.text.contains("Cancelling sprint-42"), "{}", card_of(&house, 2).await.text);
    house.driver.state().coming.clear();
    house.pass(Duration::from_secs(2)).await;
    assert!(card_of(&house, 2).await.text.contains("Cancelled sprint-42"));
}

#[tokio::test]
async fn s43_a_cancel_survives_a_restart_in_the_middle() {
    let house = House::with_revision_1().await;
    house.driver.hold();
    house.says("bo", "#sprint-42", "deploy web@feature/pay").await;
    house.says_while_closed("bo", "sprint-42", "cancel").await;
    let house = house.reopen().await;
    house.settled().await;
    assert!(card_of(&house, 2).await.text.contains("Cancelled sprint-42"));
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1");
}

#[tokio::test]
async fn s45_a_platform_that_does_not_answer_makes_the_run_unknown_not_failed() {
    let house = House::with_revision_1().await;
    house.driver.state().is_lost = true;
    house.says("bo", "#sprint-42", "deploy web@feature/pay").await;
    house.settled().await;
    insta::assert_snapshot!("unknown", card_of(&house, 2).await.text);
    house.pass(Duration::from_secs(2)).await;
    assert!(card_of(&house, 2).await.text.contains("Not known how it stands"));
    house.driver.state().is_lost = false;
    house.pass(Duration::from_secs(2)).await;
    assert!(card_of(&house, 2).await.text.contains("Deployed sprint-42, revision 2"));
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@p1");
}

#[tokio::test]
async fn a_run_and_its_wish_that_are_read_apart_are_read_again() {
    let house = House::with_revision_1().await;
    house.driver.state().is_lost = true;
    house.says("bo", "#sprint-42", "deploy web@feature/pay").await;
    house.settled().await;
    house.driver.state().is_lost = false;
    // As a look sees it that reads the wish, and the run after that has started.
    house.past_the_store("UPDATE environments SET wished = 1 WHERE name = 'sprint-42'").await;
    house.pass(Duration::from_secs(2)).await;
    assert!(card_of(&house, 2).await.text.contains("Not known how it stands"), "it has not ended");
    house.past_the_store("UPDATE environments SET wished = 2 WHERE name = 'sprint-42'").await;
    house.pass(Duration::from_secs(2)).await;
    assert!(card_of(&house, 2).await.text.contains("Deployed sprint-42, revision 2"));
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@p1");
}

#[tokio::test]
async fn s46_what_came_up_in_part_is_finished_or_taken_back_from_its_card() {
    let house = House::with_revision_1().await;
    house.driver.state().sick = vec!["p1".into()];
    house.source.commit("api", "main", "a2");
    house.says("bo", "#sprint-42", "deploy api web@feature/pay").await;
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a2 web@w1", "in part");
    let card = card_of(&house, 2).await;
    assert_eq!(card.buttons, ["finish", "rollback", "details"]);
    house.presses("bo", &card, "finish").await;
    house.settled().await;
    assert_eq!(house.driver.state().starts.last().unwrap(), "web@p1", "tried once more");
    let heard = house.presses("bo", &card, "rollback").await;
    assert_eq!(heard.answers, ["This button no longer does anything; I have redrawn the card."]);
    house.presses("bo", &card_of(&house, 2).await, "rollback").await;
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1");
    assert!(card_of(&house, 3).await.text.contains("Deployed sprint-42, revision 3"));
}

#[tokio::test]
async fn s46_what_failed_is_tried_again_by_the_same_command_or_card() {
    let house = House::with_revision_1().await;
    house.driver.state().sick = vec!["p1".into()];
    house.says("bo", "#sprint-42", "deploy web@feature/pay").await;
    house.settled().await;
    house.says("bo", "#sprint-42", "deploy").await;
    house.settled().await;
    let card = house.cards_in("sprint-42").await.pop().unwrap();
    assert_eq!(card.buttons, ["deploy"], "the click is good for something");
    house.driver.state().sick.clear();
    let heard = house.says("bo", "#sprint-42", "deploy web@feature/pay").await;
    assert_eq!(heard.answers, ["Revision 2 of sprint-42 is on its way; its card shows how far it is."]);
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@p1");
}

#[tokio::test]
async fn a_rollback_is_a_new_revision_and_does_not_wait_for_what_runs() {
    let house = House::with_revision_1().await;
    let heard = house.says("bo", "#sprint-42", "rollback").await;
    assert!(heard.answers[0].starts_with("There is nothing to go back to in `sprint-42`"), "{heard:?}");
    house.driver.hold();
    house.says("bo", "#sprint-42", "deploy web@feature/pay").await;
    let heard = house.says("bo", "#sprint-42", "rollback").await;
    assert_eq!(
        heard.answers,
        [
            "sprint-42 goes back to what revision 1 had, as revision 3; what runs is called off first. Its card shows how \
          far it is."
        ]
    );
    house.driver.go_on();
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1");
    assert!(card_of(&house, 2).await.text.contains("Cancelled sprint-42"));
    house.says("bo", "#sprint-42", "rollback 2").await;
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@p1");
    let heard = house.says("bo", "#sprint-42", "rollback 9").await;
    assert_eq!(heard.answers, ["`sprint-42` has no revision 9; its newest is 4. `env history` lists them."]);
}

#[tokio::test]
async fn what_somebody_went_back_from_is_not_taken_again_by_itself() {
    let house = House::with_revision_1().await;
    house.source.commit("web", "main", "w2");
    house.find_commits().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w2");
    house.says("bo", "#sprint-42", "rollback").await;
    house.settled().await;
    house.find_commits().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1", "until something newer is there");
    house.source.commit("web", "main", "w3");
    house.find_commits().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w3");
}

#[tokio::test]
async fn a_button_of_a_run_that_the_card_no_longer_tells_of_does_nothing() {
    let house = House::with_revision_1().await;
    house.source.commit("web", "main", "w2");
    house.find_commits().await;
    let seen = card_of(&house, 2).await;
    assert_eq!(seen.buttons, ["rollback", "details"]);
    house.source.commit("web", "main", "w3");
    house.find_commits().await;
    assert_eq!(card_of(&house, 3).await.message, seen.message, "the same card tells of the next update");
    let heard = house.presses("bo", &seen, "rollback").await;
    assert_eq!(heard.answers, ["This button no longer does anything; I have redrawn the card."]);
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w3", "nobody goes back from what they have not seen");
}

#[tokio::test]
async fn env_destroy_wants_the_name_and_ends_all() {
    let house = House::with_revision_1().await;
    let heard = house.says("ana", "#sprint-42", "env destroy").await;
    assert_eq!(
        heard.answers,
        [
            "This ends `api`, `web` of `sprint-42` and removes their files; the record stays. To do it, say `env destroy \
          sprint-42`."
        ]
    );
    let heard = house.says("bo", "#sprint-42", "env destroy sprint-42").await;
    assert!(heard.answers[0].starts_with("You may not run `env destroy`"), "{heard:?}");
    house.says("ana", "#sprint-42", "env destroy sprint-42").await;
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "");
    let told = house.texts_in("sprint-42").await;
    assert!(told.iter().any(|text| text.starts_with("sprint-42 is removed: nothing of it runs any more.")), "{told:?}");
    assert_eq!(card_of(&house, 1).await.buttons, ["details"], "there is nothing to go back from");
    house.source.commit("web", "main", "w2");
    house.find_commits().await;
    assert_eq!(house.driver.running("sprint-42"), "", "what is removed takes no updates");
    let heard = house.says("ana", "#sprint-42", "env destroy sprint-42").await;
    assert_eq!(heard.answers, ["`sprint-42` is removed already. `deploy` brings it back from its record."]);
    assert_eq!(house.driver.state().generations["sprint-42"], 2, "what is on its way for the old life comes too late");
    house.says("bo", "#sprint-42", "deploy api").await;
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1", "it comes back from its record");
    assert_eq!(house.driver.state().generations["sprint-42"], 3, "and so does a late step of the removal");
}

#[tokio::test]
async fn s92_a_deployment_that_began_before_the_removal_does_not_bring_it_back() {
    let house = House::with_revision_1().await;
    house.driver.hold();
    house.says("bo", "#sprint-42", "deploy web@feature/pay").await;
    house.says("ana", "#sprint-42", "env destroy sprint-42").await;
    house.driver.go_on();
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "");
    assert!(card_of(&house, 2).await.text.contains("Cancelled sprint-42"));
    let house = house.reopen().await;
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "");
}

#[tokio::test]
async fn s88_a_removal_that_is_stuck_is_told_once_and_goes_on() {
    let house = House::with_revision_1().await;
    house.driver.state().stuck = Some("a process does not end".into());
    house.says("ana", "#sprint-42", "env destroy sprint-42").await;
    house.settled().await;
    house.pass(Duration::from_secs(30)).await;
    let told = house.texts_in("sprint-42").await;
    let stuck = "sprint-42 cannot be removed yet: a process does not end.";
    assert_eq!(told.iter().filter(|text| text.starts_with(stuck)).count(), 1, "{told:?}");
    house.driver.state().stuck = None;
    house.pass(Duration::from_secs(30)).await;
    assert_eq!(house.driver.running("sprint-42"), "");
    assert!(house.texts_in("sprint-42").await.iter().any(|text| text.starts_with("sprint-42 is removed")));
}

#[tokio::test]
async fn roll_back_asks_first_and_cancel_and_finish_do_not() {
    let house = House::with_revision_1().await;
    house.driver.hold();
    house.says("bo", "#sprint-42", "deploy web@feature/pay").await;
    house.until(|text| text.contains("web: feature/pay@p1, start (running)"), "sprint-42").await;
    assert_eq!(card_of(&house, 2).await.asks, []);
    house.driver.go_on();
    house.settled().await;
    let asked = "Roll back sprint-42 to revision 1? sprint-42 goes to what revision 1 had, and does not take the \
        versions that it leaves again by itself. Then it runs: web main@w1, api main@a1.";
    let card = card_of(&house, 2).await;
    assert_eq!(card.asks, [("rollback".to_owned(), asked.to_owned())]);
    house.presses("bo", &card, "rollback").await;
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1", "who was asked is not asked again");
}

#[tokio::test]
async fn deploy_asks_first_where_the_class_is_production() {
    for (class, asked) in [("test", None), ("production", Some("production"))] {
        let house = House::of_class(class).await.bring_up().await;
        house.says("bo", "#sprint-42", "branch web feature/pay").await;
        house.until(|text| text.contains("▾] [Deploy]"), "sprint-42").await;
        let card = house.cards_in("sprint-42").await.pop().unwrap();
        let asked = asked.map(|class| {
            let told =
                format!("sprint-42 is of the class {class}. Then it runs: web main@w1 → feature/pay@p1, api main@a1.");
            ("deploy".to_owned(), format!("Deploy to sprint-42? {told}"))
        });
        assert_eq!(card.asks, Vec::from_iter(asked));
        house.presses("bo", &card, "deploy").await;
        house.settled().await;
        assert_eq!(house.driver.running("sprint-42"), "api@a1 web@p1");
    }
}
