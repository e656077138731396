//! What comes of itself: sections F and H of what an iteration's life must be like.

use std::time::Duration;

use crate::support::house::House;

fn count(texts: &[String], told: &str) -> usize {
    texts.iter().filter(|text| text.contains(told)).count()
}

#[tokio::test]
async fn s74_s80_a_newer_version_is_taken_by_itself_as_an_edit_of_the_card_and_a_line_in_its_thread() {
    let house = House::with_revision_1().await;
    let before = house.cards_in("sprint-42").await;
    house.source.commit("web", "main", "w2");
    house.find_commits().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w2");
    let cards = house.cards_in("sprint-42").await;
    assert_eq!(cards.len(), before.len(), "no new card");
    insta::assert_snapshot!("updated", cards[1].text);
    assert_eq!(
        house.thread_of("sprint-42", &cards[1].message).await,
        ["Updated by itself to revision 2: `web` `main@w1` → `main@w2` (work of w2)"]
    );
}

#[tokio::test]
async fn s75_ten_pushes_in_a_row_are_one_update_to_the_newest() {
    let house = House::with_revision_1().await;
    for number in 1..=10 {
        house.source.commit("web", "main", &format!("n{number}"));
        house.look_at_repository("web").await;
        house.pass(Duration::from_secs(1)).await;
    }
    assert_eq!(house.driver.state().starts, ["api@a1", "web@w1"], "it has not settled");
    house.pass(Duration::from_secs(3)).await;
    assert_eq!(house.driver.state().starts, ["api@a1", "web@w1", "web@n10"]);
}

#[tokio::test]
async fn s75_pushes_without_end_do_not_put_an_update_off_for_ever() {
    let house = House::with_revision_1().await;
    for number in 1..=12 {
        house.source.commit("web", "main", &format!("n{number}"));
        house.look_at_repository("web").await;
        house.pass(Duration::from_secs(2)).await;
    }
    assert!(house.driver.state().starts.len() > 2, "six settle times are enough");
}

#[tokio::test]
async fn s76_only_what_follows_its_branch_is_updated() {
    let house = House::with_revision_1().await;
    let heard = house.says("bo", "#sprint-42", "pin web").await;
    assert_eq!(
        heard.answers,
        ["`web` of sprint-42 stays at `main@w1` from revision 2 on; `follow web` lets it go on."]
    );
    house.settled().await;
    house.source.commit("web", "main", "w2");
    house.source.commit("web", "feature/pay", "p2");
    house.source.commit("api", "main", "a2");
    house.find_commits().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a2 web@w1");
    let heard = house.says("bo", "#sprint-42", "follow web").await;
    assert!(heard.answers[0].starts_with("`web` of sprint-42 takes newer versions of `main` by itself"), "{heard:?}");
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a2 web@w2");
    assert_eq!(house.cards_in("sprint-42").await.len(), 2, "all of it on the same card");
}

#[tokio::test]
async fn s77_an_update_waits_for_what_runs_and_for_what_a_person_has_waiting() {
    let house = House::with_revision_1().await;
    house.driver.hold();
    house.says("bo", "#sprint-42", "deploy web@feature/pay").await;
    house.says("bo", "#sprint-42", "deploy web@w1:pin").await;
    house.source.commit("api", "main", "a2");
    house.hint_at("api").await;
    house.driver.go_on();
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1", "the person's goes first");
    house.pass(Duration::from_secs(3)).await;
    assert_eq!(house.driver.running("sprint-42"), "api@a2 web@w1", "and then it is looked again");
}

#[tokio::test]
async fn s78_an_update_that_failed_is_taken_back_and_not_tried_again() {
    let house = House::with_revision_1().await;
    house.driver.state().sick = vec!["w2".into()];
    house.source.commit("web", "main", "w2");
    house.source.commit("api", "main", "a2");
    house.find_commits().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1", "both are as they were");
    let cards = house.cards_in("sprint-42").await;
    assert_eq!(cards.len(), 3, "the failure has a card of its own");
    insta::assert_snapshot!("taken_back", cards[1].text);
    insta::assert_snapshot!("failed_update", cards[2].text);
    let told = house.texts_in("sprint-42").await;
    assert_eq!(count(&told, "@ana Revision 2 could not be brought up in sprint-42: `web` failed at health"), 1);
    let starts = house.driver.state().starts.len();
    house.find_commits().await;
    house.find_commits().await;
    assert_eq!(house.driver.state().starts.len(), starts, "neither is tried again by itself");
    house.source.commit("web", "main", "w3");
    house.find_commits().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w3", "a newer one is");
    house.driver.state().sick.clear();
    let heard = house.says("bo", "#sprint-42", "resume").await;
    assert_eq!(
        heard.answers,
        ["sprint-42 takes newer versions by itself. These come now:\n`api`: `main@a1` → `main@a2` · work of a2"]
    );
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a2 web@w3", "and whatever a person asks for");
}

#[tokio::test]
async fn s78_by_choice_a_failed_update_stays_for_a_person_to_look_at() {
    let house = House::leaving_failures().await.bring_up().await;
    house.driver.state().sick = vec!["w2".into()];
    house.source.commit("web", "main", "w2");
    house.find_commits().await;
    let cards = house.cards_in("sprint-42").await;
    assert!(cards[1].text.starts_with("● Deployed sprint-42, revision 1"), "{}", cards[1].text);
    assert!(cards[2].text.starts_with("✕ Failed to deploy sprint-42, revision 2"), "{}", cards[2].text);
    assert_eq!(cards[2].buttons, ["finish", "rollback", "details"]);
    let starts = house.driver.state().starts.len();
    house.find_commits().await;
    assert_eq!(house.driver.state().starts.len(), starts);
}

#[tokio::test]
async fn s79_a_hold_keeps_updates_back_until_its_end_and_tells_what_came_in_between() {
    let house = House::with_revision_1().await;
    let heard = house.says("bo", "#sprint-42", "hold --for 2h demo for the board").await;
    assert_eq!(
        heard.answers,
        [
            "sprint-42 takes nothing newer by itself until 2026-03-02T11:00:00Z (demo for the board). What comes in between \
          is listed and taken then; `deploy` works as ever."
        ]
    );
    house.source.commit("web", "main", "w2");
    house.find_commits().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1");
    house.pass(Duration::from_hours(2)).await;
    let told = house.texts_in("sprint-42").await;
    let over = "The hold of sprint-42 is over. These come now:\n`web`: `main@w1` → `main@w2` · work of w2";
    assert_eq!(count(&told, over), 1, "{told:?}");
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w2");
}

#[tokio::test]
async fn s79_a_hold_without_end_ends_by_resume() {
    let house = House::with_revision_1().await;
    house.says("bo", "#sprint-42", "hold").await;
    house.source.commit("web", "main", "w2");
    house.find_commits().await;
    house.says("bo", "#sprint-42", "resume").await;
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w2");
    let heard = house.says("bo", "#sprint-42", "resume").await;
    assert_eq!(heard.answers, ["sprint-42 takes newer versions by itself. Nothing newer is there."]);
}

#[tokio::test]
async fn s81_commits_that_came_while_nobody_was_there_are_found_at_the_start_once() {
    let house = House::with_revision_1().await;
    house.source.commit("web", "main", "w2");
    let house = house.reopen().await;
    house.settled().await;
    house.pass(Duration::from_secs(3)).await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w2");
    let house = house.reopen().await;
    house.settled().await;
    house.find_commits().await;
    assert_eq!(house.driver.state().starts, ["api@a1", "web@w1", "web@w2"], "no double update");
}

#[tokio::test]
async fn s54_a_branch_that_is_gone_gives_way_to_the_default_branch_and_the_room_is_told() {
    let house = House::with_revision_1().await;
    house.says("bo", "#sprint-42", "deploy web@feature/pay").await;
    house.settled().await;
    house.source.remove_branch("web", "feature/pay");
    house.source.commit("web", "main", "w2");
    house.find_commits().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w2");
    let told = house.texts_in("sprint-42").await;
    assert_eq!(count(&told, "`feature/pay` of `web` is gone; sprint-42 goes on with `main@w2`."), 1, "{told:?}");
}

#[tokio::test]
async fn a_branch_that_was_renamed_is_followed_under_its_new_name() {
    let house = House::with_revision_1().await;
    house.says("bo", "#sprint-42", "deploy web@feature/pay").await;
    house.settled().await;
    house.source.remove_branch("web", "feature/pay");
    house.source.commit("web", "feature/pay-2", "p1");
    house.find_commits().await;
    house.source.commit("web", "feature/pay-2", "p2");
    house.find_commits().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@p2");
}

#[tokio::test]
async fn s55_a_forced_push_is_taken_whatever_came_before_it() {
    let house = House::with_revision_1().await;
    house.source.commit("web", "main", "w2");
    house.find_commits().await;
    house.source.commit("web", "main", "w1");
    house.find_commits().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1", "the branch decides, not an order of ours");
}

#[tokio::test]
async fn s61_drift_is_put_back_with_one_line_in_the_room() {
    let house = House::with_revision_1().await;
    house.driver.change("sprint-42", "web");
    house.pass(Duration::from_mins(5)).await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1");
    let told = house.texts_in("sprint-42").await;
    let drift = "`web` of sprint-42 did not run as revision 1 says: something else changed it. I put it back.";
    assert_eq!(count(&told, drift), 1, "{told:?}");
    assert_eq!(house.cards_in("sprint-42").await.len(), 2, "no card of its own");
    house.pass(Duration::from_mins(5)).await;
    assert_eq!(count(&house.texts_in("sprint-42").await, drift), 1, "once");
}

#[tokio::test]
async fn s61_what_ended_by_itself_is_started_again_with_one_line() {
    let house = House::with_revision_1().await;
    house.driver.end_by_itself("sprint-42", "web");
    house.look_at("sprint-42").await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1");
    let told = house.texts_in("sprint-42").await;
    assert_eq!(count(&told, "`web` of sprint-42 had ended by itself; I started it again."), 1, "{told:?}");
}

#[tokio::test]
async fn what_does_not_stay_up_is_tried_after_longer_and_longer_waits_and_then_left_to_a_person() {
    let house = House::with_revision_1().await;
    house.driver.state().sick = vec!["w1".into()];
    house.driver.end_by_itself("sprint-42", "web");
    house.look_at("sprint-42").await;
    for seconds in [1, 2, 4, 8, 16, 32, 64] {
        let starts = house.driver.state().starts.len();
        house.pass(Duration::from_millis(seconds * 1000 - 1)).await;
        assert_eq!(house.driver.state().starts.len(), starts, "not before {seconds} s");
        house.pass(Duration::from_millis(1)).await;
        assert_eq!(house.driver.state().starts.len(), starts + 1, "after {seconds} s");
    }
    let starts = house.driver.state().starts.len();
    house.pass(Duration::from_hours(1)).await;
    assert_eq!(house.driver.state().starts.len(), starts, "it has given up");
    let told = house.texts_in("sprint-42").await;
    assert_eq!(count(&told, "`web` of sprint-42 ended by itself and does not come up again (health:"), 1, "{told:?}");
    assert_eq!(count(&told, "`web` of sprint-42 does not stay up, and I have stopped trying."), 1, "{told:?}");
}

#[tokio::test]
async fn what_a_failed_deployment_left_is_not_taken_for_drift() {
    let house = House::with_revision_1().await;
    house.driver.state().sick = vec!["p1".into()];
    house.says("bo", "#sprint-42", "deploy web@feature/pay").await;
    house.settled().await;
    let starts = house.driver.state().starts.len();
    house.pass(Duration::from_mins(5)).await;
    assert_eq!(house.driver.state().starts.len(), starts, "a person says what comes next");
    house.driver.end_by_itself("sprint-42", "web");
    house.pass(Duration::from_mins(5)).await;
    let told = house.texts_in("sprint-42").await;
    assert_eq!(count(&told, "`web` of sprint-42 ended by itself. Its last deployment did not come through"), 1);
}
