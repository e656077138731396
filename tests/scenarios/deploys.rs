//! The deploy card and the record: sections D and F of what an iteration's life must be like.

use crate::support::house::House;

/// A house with the iteration `sprint-42`, its room open.
async fn house() -> House {
    let house = House::open().await;
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    house.settled().await;
    house
}

#[tokio::test]
async fn s34_s35_s37_deploy_shows_what_runs_what_is_offered_and_what_would_change() {
    let house = house().await;
    house.says("bo", "#sprint-42", "deploy").await;
    house.settled().await;
    let card = house.cards_in("sprint-42").await.remove(1);
    assert_eq!(card.buttons, ["deploy"]);
    insta::assert_snapshot!("first", card.text);
    house.chooses("bo", &card, ("choose:web", Some("feature/pay"))).await;
    house.settled().await;
    let card = house.cards_in("sprint-42").await.remove(1);
    insta::assert_snapshot!("chosen", card.text);
    assert!(house.driver.state().starts.is_empty(), "nothing runs before the click");
}

#[tokio::test]
async fn s35_an_older_version_is_chosen_on_the_card_and_stays() {
    let house = house().await;
    for commit in ["w2", "w3"] {
        house.source.commit("web", "main", commit);
    }
    house.says("bo", "#sprint-42", "deploy").await;
    house.settled().await;
    let card = house.cards_in("sprint-42").await.remove(1);
    assert!(card.text.contains("[web version: newest ▾]"), "{}", card.text);
    house.chooses("bo", &card, ("version:web", Some("w2 · work of w2"))).await;
    house.settled().await;
    let card = house.cards_in("sprint-42").await.remove(1);
    assert!(card.text.contains("[web version: w2 · work of w2 ▾]"), "{}", card.text);
    let heard = house.chooses("bo", &card, ("version:web", Some("nothing"))).await;
    assert_eq!(heard.answers, ["`web`: no version, or more than one, is named 'nothing'."]);
    house.settled().await;
    house.presses("bo", &house.cards_in("sprint-42").await.remove(1), "deploy").await;
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w2");
    house.source.commit("web", "main", "w4");
    house.find_commits().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w2", "a chosen version stays");
    house.says("bo", "#sprint-42", "deploy").await;
    house.settled().await;
    let card = house.cards_in("sprint-42").await.pop().unwrap();
    house.chooses("bo", &card, ("version:web", Some("newest"))).await;
    house.settled().await;
    house.presses("bo", &house.cards_in("sprint-42").await.pop().unwrap(), "deploy").await;
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w4", "the newest goes on with its branch");
}

#[tokio::test]
async fn s42_pressing_deploy_runs_it_and_the_card_is_its_story() {
    let house = house().await;
    house.says("bo", "#sprint-42", "deploy").await;
    house.settled().await;
    let card = house.cards_in("sprint-42").await.remove(1);
    assert_eq!(house.presses("bo", &card, "deploy").await.outcome, "changed");
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1");
    let cards = house.cards_in("sprint-42").await;
    assert_eq!(cards.len(), 2, "the same card, edited");
    insta::assert_snapshot!("deployed", cards[1].text);
    let status = house.says("cy", "#sprint-42", "status").await;
    assert!(status.answers[0].starts_with("sprint-42 should run revision 1, chosen by ana as bo"), "{status:?}");
}

#[tokio::test]
async fn s39_two_people_pressing_at_once_make_one_run() {
    let house = house().await;
    house.says("ana", "#sprint-42", "deploy").await;
    house.settled().await;
    let card = house.cards_in("sprint-42").await.remove(1);
    let (one, other) = tokio::join!(house.presses("ana", &card, "deploy"), house.presses("bo", &card, "deploy"));
    let heard: Vec<String> = [one, other].into_iter().flat_map(|heard| heard.answers).collect();
    assert_eq!(heard.len(), 1, "one is silently served, the other is told");
    assert!(heard[0].ends_with("pressed Deploy first; this card shows that run."), "{heard:?}");
    house.settled().await;
    assert_eq!(house.driver.state().starts, ["api@a1", "web@w1"]);
}

#[tokio::test]
async fn s40_a_card_older_than_the_choice_does_not_run_it_redraws_and_says_so() {
    let house = house().await;
    house.says("ana", "#sprint-42", "deploy").await;
    house.settled().await;
    let stale = house.cards_in("sprint-42").await.remove(1);
    house.chooses("bo", &stale, ("choose:web", Some("feature/pay"))).await;
    let heard = house.presses("ana", &stale, "deploy").await;
    assert_eq!(heard.outcome, "refused");
    assert_eq!(
        heard.answers,
        [
            "Nothing was deployed: the choice has changed since this card was drawn. I have redrawn it; look again and press."
        ]
    );
    house.settled().await;
    assert!(house.driver.state().starts.is_empty());
    let fresh = house.cards_in("sprint-42").await.remove(1);
    assert!(fresh.guard > stale.guard && fresh.text.contains("feature/pay@p1"));
}

#[tokio::test]
async fn a_newer_deploy_card_takes_over_from_the_open_one() {
    let house = house().await;
    for _ in 0..2 {
        house.says("ana", "#sprint-42", "deploy").await;
        house.settled().await;
    }
    let cards = house.cards_in("sprint-42").await;
    assert_eq!(cards[1].buttons, Vec::<String>::new());
    assert!(cards[1].text.contains("continued below"));
    assert_eq!(cards[2].buttons, ["deploy"]);
    let heard = house.presses("ana", &cards[1], "deploy").await;
    assert_eq!(heard.answers, ["This button no longer does anything; I have redrawn the card."]);
}

#[tokio::test]
async fn s47_who_may_not_deploy_may_not_press_either() {
    let house = house().await;
    house.says("ana", "#sprint-42", "deploy").await;
    house.settled().await;
    let card = house.cards_in("sprint-42").await.remove(1);
    let heard = house.presses("cy", &card, "deploy").await;
    assert_eq!(
        heard.answers,
        ["You may not run `deploy` on environments of class `test`: no role of yours allows it. \
          Roles that allow it: `developer` (bo), `lead` (ana)."]
    );
    house.settled().await;
    assert!(house.driver.state().starts.is_empty());
}

#[tokio::test]
async fn s49_a_dry_run_tells_the_difference_and_does_nothing() {
    let house = house().await;
    house.says("bo", "#sprint-42", "deploy api web").await;
    house.settled().await;
    let heard = house.says("bo", "#sprint-42", "deploy web@feature/pay --dry-run").await;
    assert_eq!(
        heard.answers,
        [
            "Nothing is deployed; this would change in sprint-42:\napi: `main@a1`, unchanged\nweb: `main@w1` → `feature/pay@p1`"
        ]
    );
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1");
}

#[tokio::test]
async fn with_components_it_is_deployed_at_once_and_the_open_draft_stays() {
    let house = house().await;
    house.says("bo", "#sprint-42", "deploy").await;
    house.settled().await;
    let card = house.cards_in("sprint-42").await.remove(1);
    house.chooses("bo", &card, ("choose:web", Some("feature/pay"))).await;
    let heard = house.says("bo", "#sprint-42", "deploy web@w1:pin").await;
    assert_eq!(heard.answers, ["Revision 1 of sprint-42 is on its way; its card shows how far it is."]);
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1");
    let card = house.cards_in("sprint-42").await.remove(1);
    assert!(card.text.contains("`main@w1` → `feature/pay@p1`"), "{}", card.text);
}

#[tokio::test]
async fn all_components_that_have_a_branch_take_it() {
    let house = house().await;
    house.says("bo", "#sprint-42", "deploy --all-branches feature/pay").await;
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@p1");
}

#[tokio::test]
async fn s42_s46_a_failure_is_told_with_its_log_and_what_ran_before_still_runs() {
    let house = house().await;
    house.says("bo", "#sprint-42", "deploy api web").await;
    house.settled().await;
    house.driver.state().sick = vec!["p1".into()];
    house.says("bo", "#sprint-42", "deploy web@feature/pay").await;
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1");
    let cards = house.cards_in("sprint-42").await;
    insta::assert_snapshot!("failed", cards[2].text);
    let told = house.texts_in("sprint-42").await;
    let failed = "@bo Revision 2 could not be brought up in sprint-42: `web` failed at health";
    assert_eq!(told.iter().filter(|text| text.starts_with(failed)).count(), 1, "{told:?}");
}

#[tokio::test]
async fn s77_a_running_deployment_is_waited_for_and_three_waiting_become_one() {
    let house = house().await;
    house.driver.hold();
    house.says("bo", "#sprint-42", "deploy web").await;
    let heard = house.says("bo", "#sprint-42", "deploy web@feature/pay").await;
    assert!(heard.answers[0].starts_with("Revision 2 of sprint-42 waits for the running deployment"), "{heard:?}");
    house.source.commit("web", "main", "w2");
    house.says("bo", "#sprint-42", "deploy web@main").await;
    house.driver.go_on();
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w2");
    assert_eq!(house.driver.state().starts, ["api@a1", "web@w1", "web@w2"], "the second never started");
    assert!(house.cards_in("sprint-42").await[2].text.contains("Superseded"));
}

#[tokio::test]
async fn s44_a_restart_in_the_middle_goes_on_and_starts_nothing_twice() {
    let house = house().await;
    house.driver.hold();
    house.says("bo", "#sprint-42", "deploy api web").await;
    let house = house.reopen().await;
    house.driver.go_on();
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1");
    assert_eq!(house.driver.state().starts, ["api@a1", "web@w1"]);
    assert!(house.cards_in("sprint-42").await[1].text.contains("Deployed sprint-42, revision 1"));
    let house = house.reopen().await;
    house.settled().await;
    assert_eq!(house.driver.state().starts.len(), 2, "what is up is left alone");
}

#[tokio::test]
async fn unknown_names_are_told_with_the_nearest() {
    let house = house().await;
    for (line, told) in [
        ("deploy wbe", "I know no component `wbe`. Did you mean `web`? The components are `api`, `web`."),
        ("deploy web@feature", "`web`: there is no branch 'feature'. Did you mean `feature/pay`?"),
        ("deploy web@zzz", "`web`: there is no branch 'zzz'."),
        ("status", "Nothing was deployed to `sprint-42` yet. `deploy` shows what there is."),
    ] {
        assert_eq!(house.says("bo", "#sprint-42", line).await.answers, [told], "{line}");
    }
    house.says("bo", "#sprint-42", "deploy api web").await;
    house.settled().await;
    let heard = house.says("bo", "#sprint-42", "deploy web").await;
    assert_eq!(heard.answers, ["Nothing would change in `sprint-42`: that is what it should run already."]);
}

#[tokio::test]
async fn a_repository_that_cannot_be_read_is_told_on_the_card() {
    let house = house().await;
    house.source.lose("web");
    house.says("bo", "#sprint-42", "deploy").await;
    house.settled().await;
    let card = house.cards_in("sprint-42").await.remove(1);
    assert_eq!(card.buttons, Vec::<String>::new(), "what has no version cannot be deployed");
    assert!(card.text.contains("Trouble: web: the repository `web` cannot be read: it is not there"), "{}", card.text);
}

#[tokio::test]
async fn s60_s63_status_answers_from_the_record_for_all_iterations() {
    let house = house().await;
    house.says("bo", "#sprint-42", "deploy api web").await;
    house.settled().await;
    house.says("ana", "#lobby", "iteration start Next").await;
    let heard = house.says("cy", "#lobby", "status --all").await;
    assert_eq!(heard.answers, ["next: nothing deployed yet\nsprint-42: revision 1, 2 of 2 up"]);
}
