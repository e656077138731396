//! People's own pages: what waits for whom, what is whose, and which doors stand there.

use std::time::Duration;

use chamberlain::card::model::{Door, Page, To};
use chamberlain::domain::ChatName;
use chamberlain::domain::form::Account;

use crate::support::house::House;

async fn page(house: &House, person: &str) -> Page {
    house.desk.page(&Account { chat: ChatName::console(), id: person.to_owned() }).await
}

/// What stands in a section: each entry's word and what it tells.
fn told(page: &Page, section: &str) -> Vec<String> {
    let section = page.sections.iter().find(|one| one.title == section).unwrap();
    section.entries.iter().map(|entry| format!("{}: {}", entry.word, entry.told.to_plain())).collect()
}

fn waits(page: &Page) -> Vec<String> {
    told(page, "What waits for you")
}

fn labels(doors: &[Door]) -> Vec<&str> {
    doors.iter().map(|door| door.label.as_str()).collect()
}

#[tokio::test]
async fn what_is_theirs_stands_on_the_page_of_whoever_is_in_the_room() {
    let house = House::with_revision_1().await;
    let ana = page(&house, "ana").await;
    assert_eq!(waits(&ana), Vec::<String>::new());
    assert_eq!(told(&ana, "Your iterations"), ["active: Sprint 42 in #sprint-42"]);
    assert_eq!(told(&ana, "Your environments"), ["up: sprint-42, revision 1\napi: `main@a1`\nweb: `main@w1`"]);
    let environment = &ana.sections[2].entries[0];
    let To::Address(address) = &environment.doors[1].to else { panic!("{environment:?}") };
    assert!(address.starts_with("http://web.sprint-42.localhost:"), "{address}");

    let bo = page(&house, "bo").await;
    assert!(told(&bo, "Your iterations").is_empty() && told(&bo, "Your environments").is_empty(), "{bo:?}");
    house.says("ana", "#sprint-42", "iteration add bo").await;
    house.settled().await;
    let bo = page(&house, "bo").await;
    assert_eq!(told(&bo, "Your iterations").len(), 1);
}

#[tokio::test]
async fn doors_stand_there_for_whoever_may_go_through_them() {
    let house = House::open().await.with_sprint_42().await;
    house.says("ana", "#sprint-42", "iteration add bo").await;
    house.says("ana", "#sprint-42", "iteration add cy").await;
    house.settled().await;
    for (person, doors, of_iteration) in [
        ("ana", &["Deploy…", "Start an iteration…"][..], &["Deploy…"][..]),
        ("bo", &["Deploy…"], &["Deploy…"]),
        ("cy", &[], &[]),
    ] {
        let page = page(&house, person).await;
        assert_eq!(labels(&page.doors), doors, "{person}");
        let iteration = &page.sections[1].entries[0];
        assert_eq!(labels(&iteration.doors), of_iteration, "{person}");
        for door in &iteration.doors {
            let To::Form { command, room: Some(room) } = &door.to else { panic!("{door:?}") };
            assert_eq!((command.as_str(), room.as_str()), ("deploy", "console:sprint-42"));
        }
    }
    let stranger = page(&house, "eve").await;
    assert_eq!((stranger.doors.len(), stranger.sections.len()), (0, 1));
    let words = stranger.sections[0].nothing.to_plain();
    assert!(words.contains("I don't know you yet (eve). Ask whoever runs me"), "{words}");
}

#[tokio::test]
async fn what_failed_waits_for_whoever_asked_and_for_whoever_owns_it_until_something_newer_comes() {
    let house = House::with_revision_1().await;
    house.driver.state().sick = vec!["p1".into()];
    house.says("bo", "#sprint-42", "deploy web@feature/pay").await;
    house.settled().await;
    for person in ["ana", "bo"] {
        let page = page(&house, person).await;
        let waits = waits(&page);
        assert_eq!(waits.len(), 1, "{person}: {waits:?}");
        let begin = "failed: Sprint 42 in #sprint-42: revision 2 could not be brought up: `web` failed at ";
        assert!(waits[0].starts_with(begin), "{person}: {waits:?}");
        assert_eq!(labels(&page.sections[0].entries[0].doors), ["Deploy…"], "{person}");
    }
    let bo = page(&house, "bo").await;
    assert!(told(&bo, "Your iterations").is_empty(), "he asked, and is in no room");
    assert!(waits(&page(&house, "cy").await).is_empty(), "nobody else");
    assert!(told(&page(&house, "ana").await, "Your environments")[0].starts_with("unfinished: "));

    house.says("bo", "#sprint-42", "deploy web@main").await;
    house.settled().await;
    for person in ["ana", "bo"] {
        assert_eq!(waits(&page(&house, person).await), Vec::<String>::new(), "{person}");
    }
}

#[tokio::test]
async fn what_is_on_hold_or_given_up_on_waits_for_whoever_is_in_the_room() {
    let house = House::with_revision_1().await;
    house.says("bo", "#sprint-42", "hold --for 2h demo for the board").await;
    house.settled().await;
    let held = "on hold: Sprint 42 in #sprint-42: takes nothing newer by itself until 2026-03-02T11:00:00Z, says ana as bo (demo \
                for the board).";
    assert_eq!(waits(&page(&house, "ana").await), [held]);
    assert!(waits(&page(&house, "bo").await).is_empty(), "he is in no room");

    house.driver.state().sick = vec!["w1".into()];
    house.driver.end_by_itself("sprint-42", "web");
    house.look_at("sprint-42").await;
    assert_eq!(waits(&page(&house, "ana").await), [held], "it is tried again");
    for seconds in [1, 2, 4, 8, 16, 32, 64] {
        house.pass(Duration::from_secs(seconds)).await;
    }
    house.pass(Duration::from_hours(2)).await;
    let down = "down: Sprint 42 in #sprint-42: `web` does not stay up, and I have stopped trying. `logs` shows why; deploy \
                another version.";
    assert_eq!(waits(&page(&house, "ana").await), [down], "and the hold is over");
}
