//! The page that lives: what changes comes by itself, in order, once.

use crate::support::browser::Browser;
use crate::support::house::House;
use crate::support::live::Live;

#[tokio::test]
async fn what_is_said_and_every_change_of_a_card_comes_by_itself() {
    let house = House::open().await;
    let mut live = Live::open(&house, "room=lobby&after=0", None).await;
    house.says("ana", "#lobby", "ping").await;
    let (_, said) = live.message().await;
    assert!(said["html"].as_str().unwrap().contains("<p>ping</p>"), "{said}");
    let (_, answer) = live.message().await;
    assert!(answer["html"].as_str().unwrap().contains("<p>pong</p>"), "{answer}");
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    let nav = live.next("nav").await;
    assert!(nav.data.contains("sprint-42"), "a new room is in the list: {nav:?}");
    house.settled().await;
    let mut live = Live::open(&house, "room=sprint-42&after=0", None).await;
    let (_, card) = live.message().await;
    let id = card["id"].clone();
    house.says("ana", "#sprint-42", "iteration add bo").await;
    loop {
        let (_, changed) = live.message().await;
        if changed["id"] == id && changed["html"].as_str().unwrap().contains("@bo") {
            break;
        }
    }
}

#[tokio::test]
async fn a_connection_that_comes_back_goes_on_where_it_stopped() {
    let house = House::open().await;
    let mut live = Live::open(&house, "room=lobby&after=0", None).await;
    house.says("ana", "#lobby", "echo one").await;
    live.message().await;
    let (last, _) = live.message().await;
    drop(live);
    house.says("ana", "#lobby", "echo two").await;
    let mut live = Live::open(&house, "room=lobby&after=0", last.id.as_deref()).await;
    let (_, said) = live.message().await;
    assert!(said["html"].as_str().unwrap().contains("echo two"), "nothing comes twice: {said}");
    let (_, answer) = live.message().await;
    assert!(answer["html"].as_str().unwrap().contains("<p>two</p>"), "nothing is lost: {answer}");
}

#[tokio::test]
async fn what_is_for_one_person_comes_to_nobody_else() {
    let house = House::open().await;
    let mut bos = Live::open(&house, "room=lobby&after=0&as=bo", None).await;
    house.says("cy", "#lobby", "deploy").await;
    house.says("ana", "#lobby", "echo after").await;
    let (_, said) = bos.message().await;
    assert!(said["html"].as_str().unwrap().contains("<p>deploy</p>"));
    let (_, next) = bos.message().await;
    assert!(next["html"].as_str().unwrap().contains("echo after"), "cy's refusal is not bo's to read: {next}");
}

#[tokio::test]
async fn the_environment_beside_follows_the_deployment() {
    let house = House::open().await;
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    house.settled().await;
    let mut live = Live::open(&house, "room=sprint-42&after=0", None).await;
    house.driver.hold();
    house.says("bo", "#sprint-42", "deploy api web").await;
    let pane = live.next("pane").await;
    assert!(pane.data.contains("deploying"), "{pane:?}");
    house.driver.go_on();
    loop {
        let pane = live.next("pane").await;
        if pane.data.contains("data-state=\"ok\"> up") || pane.data.contains("main@w1") && pane.data.contains("Open") {
            break;
        }
    }
    house.settled().await;
    let shown = Browser::logged_in(&house).await.visit(&house, "/?room=sprint-42").await.body;
    assert!(shown.contains("http://web.sprint-42.localhost:7420/"), "{shown}");
}

#[tokio::test]
async fn a_reply_stands_in_its_thread_and_its_first_message_counts_it() {
    let house = House::open().await;
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    house.settled().await;
    house.says("bo", "#sprint-42", "deploy api web").await;
    house.settled().await;
    let card = house.cards_in("sprint-42").await.remove(1);
    house.source.commit("web", "main", "w2");
    house.find_commits().await;
    let mut browser = Browser::logged_in(&house).await;
    let page = browser.visit(&house, "/?room=sprint-42").await.body;
    assert!(page.contains("1 reply") && !page.contains("Updated by itself"), "{page}");
    let page = browser.visit(&house, &format!("/?room=sprint-42&thread={}", card.message)).await;
    assert!(page.body.contains("Updated by itself to revision 2"));
    let form = format!("room=sprint-42&thread={}&text=thanks&form_key={}", card.message, page.form_key());
    browser.send_form(&house, ("/say", "http://chamberlain.localhost:7420"), &form).await;
    house.settled().await;
    assert_eq!(house.thread_of("sprint-42", &card.message).await.last().unwrap(), "thanks");
}

#[tokio::test]
async fn rooms_count_what_was_not_read() {
    let house = House::open().await;
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    house.settled().await;
    let mut browser = Browser::logged_in(&house).await;
    let page = browser.visit(&house, "/").await;
    assert!(page.body.contains("1 unread"), "the room's card");
    let form = format!("room=sprint-42&seq=4&form_key={}", page.form_key());
    let own = "http://chamberlain.localhost:7420";
    browser.send_form(&house, ("/read", own), &form).await;
    assert!(!browser.visit(&house, "/").await.body.contains("unread"));
    house.says("bo", "#sprint-42", "echo news").await;
    assert!(browser.visit(&house, "/").await.body.contains("1 unread"), "the echo; what ana typed as bo is her own");
}

#[tokio::test]
async fn older_messages_are_a_link_away() {
    let house = House::open().await;
    for number in 0..40 {
        house.says("ana", "#lobby", &format!("echo number {number} is said")).await;
    }
    let mut browser = Browser::logged_in(&house).await;
    let page = browser.visit(&house, "/").await.body;
    assert!(page.contains("number 39 is said") && !page.contains("number 5 is said"));
    let (_, rest) = page.split_once("class=\"earlier\" href=\"").unwrap();
    let link = rest.split('"').next().unwrap().replace("&amp;", "&");
    let earlier = browser.visit(&house, &link).await.body;
    assert!(earlier.contains("number 5 is said") && !earlier.contains("number 39 is said"));
}
