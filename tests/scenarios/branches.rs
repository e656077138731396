//! Choosing a branch: section E of what an iteration's life must be like.

use std::sync::Arc;
use std::time::Duration;

use crate::support::chat::FakeChat;
use crate::support::house::{Card, House};

/// A house with the iteration `sprint-42`, its room open.
async fn house() -> House {
    begun(House::open().await).await
}

async fn begun(house: House) -> House {
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    house.settled().await;
    house
}

/// A shop of two repositories: each gives two components, and one of these has its repository's name.
async fn shop() -> House {
    let house = House::with_product(&[
        ("store-front", &["shop"], &["web", "admin"]),
        ("store-back", &["backend"], &["api", "store-back"]),
    ]);
    let house = begun(house.await).await;
    house.source.commit("store-front", "feature/pay", "pay-1");
    house
}

async fn last_card(house: &House) -> Card {
    house.settled().await;
    house.cards_in("sprint-42").await.pop().unwrap()
}

async fn says(house: &House, line: &str) -> Vec<String> {
    let answers = house.says("bo", "#sprint-42", line).await.answers;
    house.settled().await;
    answers
}

#[tokio::test]
async fn s50_branch_sets_the_branch_and_shows_the_card_which_deploys_it() {
    let house = house().await;
    assert_eq!(says(&house, "branch web feature/pay").await, Vec::<String>::new(), "the card is the answer");
    let card = last_card(&house).await;
    insta::assert_snapshot!("offered", card.text);
    assert!(house.driver.state().starts.is_empty(), "nothing runs before the click");
    house.presses("bo", &card, "deploy").await;
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@p1");
    assert_eq!(
        says(&house, "branch web feature/pay").await,
        ["Nothing would change in `sprint-42`: that is what it should run already."]
    );
}

#[tokio::test]
async fn s50_a_second_choice_is_added_to_the_first_on_a_new_card() {
    let house = house().await;
    house.source.commit("api", "feature/pay", "p2");
    says(&house, "branch web feature/pay").await;
    let first = last_card(&house).await;
    says(&house, "branch api feature/pay").await;
    let card = last_card(&house).await;
    assert!(card.text.contains("feature/pay@p1") && card.text.contains("feature/pay@p2"), "{}", card.text);
    let cards = house.cards_in("sprint-42").await;
    assert!(cards[1].text.contains("continued below") && cards[1].buttons.is_empty(), "one card is open");
    assert_eq!(house.presses("bo", &first, "deploy").await.outcome, "refused");
    house.presses("bo", &card, "deploy").await;
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@p2 web@p1");
}

#[tokio::test]
async fn s50_said_elsewhere_the_card_goes_to_the_iterations_room() {
    let house = house().await;
    let heard = house.says("bo", "#lobby", "branch web feature/pay --in sprint-42").await;
    assert_eq!(heard.answers, ["The deploy card of sprint-42 is in #sprint-42."]);
    assert!(last_card(&house).await.text.contains("feature/pay@p1"));
}

#[tokio::test]
async fn s50_while_its_room_is_still_to_come_the_choice_waits_for_it() {
    let chat = Arc::new(FakeChat::default());
    chat.state().faults.refuse_rooms = 3;
    let house = begun(House::with_chat(chat.clone(), "{key}").await).await;
    let heard = house.says("bo", "#lobby", "branch web feature/pay --in sprint-42").await;
    assert_eq!(heard.answers, ["Chosen for sprint-42. Its room is still to come; `deploy` shows the choice there."]);
    for _ in 0..4 {
        house.clock.pass(Duration::from_mins(1));
        house.settled().await;
    }
    house.says("bo", "#lobby", "deploy --in sprint-42").await;
    house.settled().await;
    assert!(
        chat.texts("sprint-42").iter().any(|text| text.contains("feature/pay@p1")),
        "{:?}",
        chat.texts("sprint-42")
    );
}

#[tokio::test]
async fn s50_who_may_not_choose_is_told_who_may() {
    let house = house().await;
    let heard = house.says("cy", "#sprint-42", "branch web feature/pay").await;
    assert!(heard.answers[0].starts_with("You may not run `branch` on environments of class `test`"), "{heard:?}");
    house.settled().await;
    assert_eq!(house.cards_in("sprint-42").await.len(), 1);
}

#[tokio::test]
async fn s50_branch_alone_lists_them_with_a_line_to_copy_and_the_button_tells_only_its_presser() {
    let house = house().await;
    (0..12).for_each(|number| house.source.commit("web", &format!("fix/{number:02}"), "f"));
    house.source.lose("api");
    let listed = says(&house, "branch").await;
    insta::assert_snapshot!("listed", listed.join("\n"));
    let of_one = says(&house, "branch web").await;
    assert!(of_one[0].contains("fix/11") && !of_one[0].contains("api"), "{of_one:?}");
    let card = house.cards_in("sprint-42").await.remove(0);
    let before = house.texts_in("sprint-42").await.len();
    assert_eq!(house.presses("bo", &card, "branch").await.answers, listed);
    assert_eq!(house.texts_in("sprint-42").await.len(), before, "ana does not read bo's list");
    let example = listed[0].rsplit('`').nth(1).unwrap();
    assert_eq!(house.says("bo", "#sprint-42", example).await.outcome, "changed", "{example}");
}

#[tokio::test]
async fn s51_a_repository_is_named_by_alias_or_part_and_several_hits_are_a_choice() {
    let house = shop().await;
    for name in ["store-front", "SHOP", "front"] {
        says(&house, &format!("branch {name} feature/pay")).await;
        let card = last_card(&house).await;
        assert_eq!(card.text.matches("feature/pay@pay-1").count(), 2, "{name}: {}", card.text);
    }
    house.source.commit("store-back", "-x", "odd-1");
    assert_eq!(
        says(&house, "branch store \"-x\" --in sprint-42").await,
        ["▲ `store` could be several repositories. Say which one: `branch store-front \"-x\" --in sprint-42`, \
          `branch store-back \"-x\" --in sprint-42`. (attention)\n  [store-front] [store-back]"]
    );
    let choice = house.cards_for("bo", "sprint-42").await.pop().unwrap();
    let heard = house.presses("bo", &choice, &choice.buttons[1]).await;
    assert_eq!(heard.outcome, "changed", "{heard:?}");
    assert!(last_card(&house).await.text.contains("-x@odd-1"));
    assert_eq!(
        says(&house, "branch shpo main").await,
        ["I know no repository or component `shpo`. Did you mean `shop`? \
          The repositories are `store-front`, `store-back`."]
    );
}

#[tokio::test]
async fn s52_an_unknown_branch_is_told_with_the_nearest() {
    let house = shop().await;
    for (line, told) in [
        ("branch shop pay", "`store-front`: there is no branch 'pay'. Did you mean `feature/pay`?"),
        ("branch web pay", "`web`: there is no branch 'pay'. Did you mean `feature/pay`?"),
        ("branch shop zzz", "`store-front`: there is no branch 'zzz'."),
        ("branch --all pay", "No repository has a branch `pay`. Did you mean `feature/pay`?"),
        ("branch --all zzz", "No repository has a branch `zzz`."),
        ("branch shop x --all y", "`--all` takes a branch for all repositories, so none is named besides."),
    ] {
        let answers = says(&house, line).await;
        assert!(answers[0].starts_with(told), "{line}: {answers:?}");
    }
    assert_eq!(house.cards_in("sprint-42").await.len(), 1, "no card for what is not there");
}

#[tokio::test]
async fn s53_all_that_a_repository_gives_follows_unless_it_is_pinned() {
    let house = shop().await;
    says(&house, "deploy web admin api store-back").await;
    says(&house, "pin admin").await;
    assert_eq!(
        says(&house, "branch shop feature/pay").await,
        ["`admin` is pinned and stays at `main@store-front-1`; `follow admin` lets it go on."]
    );
    let card = last_card(&house).await;
    assert!(card.text.contains("web: `main@store-front-1` → `feature/pay@pay-1`"), "{}", card.text);
    assert!(card.text.contains("admin: `main@store-front-1` · work of store-front-1 (stays)"), "{}", card.text);
    assert_eq!(
        says(&house, "branch admin feature/pay").await,
        ["Nothing was chosen: `admin` stays at the version it is pinned to. To deploy the branch there all the same, \
          say `deploy admin@feature/pay`."]
    );
}

#[tokio::test]
async fn s53_a_components_name_is_that_component_alone_even_where_its_repository_is_called_so() {
    let house = shop().await;
    house.source.commit("store-back", "feature/pay", "pay-2");
    says(&house, "branch store-back feature/pay").await;
    let card = last_card(&house).await;
    assert!(card.text.contains("store-back: `feature/pay@pay-2`"), "{}", card.text);
    assert!(card.text.contains("api: `main@store-back-1`"), "{}", card.text);
    says(&house, "branch backend feature/pay").await;
    assert!(last_card(&house).await.text.contains("api: `feature/pay@pay-2`"));
}

#[tokio::test]
async fn s56_all_takes_the_branch_wherever_there_is_one_and_the_others_stay() {
    let house = shop().await;
    says(&house, "branch --all feature/pay").await;
    let card = last_card(&house).await;
    assert_eq!(card.text.matches("feature/pay@pay-1").count(), 2, "{}", card.text);
    assert_eq!(card.text.matches("main@store-back-1").count(), 2, "{}", card.text);
}

#[tokio::test]
async fn s57_odd_names_are_taken_as_they_are() {
    let house = house().await;
    let long = format!("feature/{}", "x".repeat(192));
    for (typed, name) in [
        ("Feature/Pay#7", "Feature/Pay#7"),
        ("功能/支付", "功能/支付"),
        (long.as_str(), long.as_str()),
        ("**bold**<@ana>", "**bold**<@ana>"),
        ("\"-x\"", "-x"),
        ("-- --in", "--in"),
    ] {
        house.source.commit("web", name, "odd");
        says(&house, &format!("branch web {typed}")).await;
        let card = last_card(&house).await;
        assert!(card.text.contains(&format!("web: `{name}@odd`")), "{typed}: {}", card.text);
    }
    let told = says(&house, "branch web -x").await;
    assert!(
        told[0].starts_with("`branch` has no option `-x`. A name that begins with `-` goes in quotes."),
        "{told:?}"
    );
}
