//! What is told of a deployment that failed, and where its log stands.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::Request;

use crate::runs::card_of;
use crate::support::chat::FakeChat;
use crate::support::house::House;

/// What stands in the thread of a card.
async fn thread_of(house: &House, revision: i64) -> Vec<String> {
    house.thread_of("sprint-42", &card_of(house, revision).await.message).await
}

#[tokio::test]
async fn the_log_of_what_failed_stands_in_its_cards_thread() {
    let house = House::with_revision_1().await;
    house.driver.state().sick = vec!["p1".into()];
    let lines = (1..=30).map(|number| format!("\u{1b}[32mline {number}\u{1b}[0m <@ana>"));
    house.driver.state().failures.insert("web".into(), lines.collect());
    house.says("bo", "#sprint-42", "deploy web@feature/pay").await;
    house.settled().await;
    let thread = thread_of(&house, 2).await;
    assert_eq!(thread.len(), 2, "{thread:?}");
    assert_eq!(
        thread[0],
        "The last lines of `web`, which failed at health:\n  | starting\n  | <b>cannot</b> reach the database"
    );
    assert!(
        thread[1].starts_with("The log of web in sprint-42, revision 2, as far as it is kept\n  | line 1 <@ana>\n")
    );
    assert!(thread[1].ends_with("\n  | line 30 <@ana>"), "{}", thread[1]);
    // The page of the thread has it folded, as words.
    let first = card_of(&house, 2).await.message;
    let request = Request::get(format!("/?room=sprint-42&thread={first}"));
    let page = house.request_as_ana(request.body(Body::empty()).unwrap()).await;
    let page = to_bytes(page.into_body(), usize::MAX).await.unwrap();
    let page = String::from_utf8_lossy(&page);
    assert!(page.contains("<details class=\"file\"><summary>The log of web in sprint-42"), "{page}");
    assert!(page.contains("line 30 &lt;@ana&gt;"), "{page}");
}

#[tokio::test]
async fn a_log_that_is_shown_whole_is_no_file_too() {
    let house = House::with_revision_1().await;
    house.driver.state().sick = vec!["p1".into()];
    let shown = ["starting", "<b>cannot</b> reach the database"];
    house.driver.state().failures.insert("web".into(), shown.map(Into::into).into());
    house.says("bo", "#sprint-42", "deploy web@feature/pay").await;
    house.settled().await;
    assert_eq!(thread_of(&house, 2).await.len(), 1);
    house.driver.state().failures.clear();
    house.presses("bo", &card_of(&house, 2).await, "finish").await;
    house.settled().await;
    assert_eq!(thread_of(&house, 2).await.len(), 1, "nor when it is no longer known");
}

#[tokio::test]
async fn the_log_of_a_failed_update_waits_for_the_card_of_its_own() {
    let house = House::with_revision_1().await;
    house.driver.state().sick = vec!["w2".into()];
    house.driver.state().failures.insert("web".into(), vec!["no database".into(); 40]);
    house.source.commit("web", "main", "w2");
    house.find_commits().await;
    let thread = thread_of(&house, 2).await;
    assert_eq!(thread.len(), 2, "{thread:?}");
    assert!(card_of(&house, 2).await.text.contains("Failed to deploy sprint-42, revision 2"));
}

#[tokio::test]
async fn where_there_are_no_files_the_last_lines_stand_in_their_place() {
    let chat = Arc::new(FakeChat::default());
    chat.state().takes_no_files = true;
    let house = House::with_chat(chat.clone(), "{key}").await;
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    house.settled().await;
    house.driver.state().sick = vec!["w1".into()];
    let lines = (1..=900).map(|number| format!("line {number} of a long log"));
    house.driver.state().failures.insert("web".into(), lines.collect());
    house.says("bo", "#lobby", "deploy api web --in sprint-42").await;
    house.settled().await;
    let told = chat.texts("sprint-42").into_iter().find(|text| text.contains("as far as it is kept")).unwrap();
    assert!(told.contains("lines are left out here\n") && told.ends_with("\n  | line 900 of a long log"), "{told}");
    assert!(told.len() < 12_000);
    let threads = chat.with_room_named("sprint-42", |room| room.threads.len());
    assert_eq!(threads, 2);
}

#[tokio::test]
async fn a_log_whose_answer_is_lost_is_found_again() {
    let chat = Arc::new(FakeChat::default());
    let house = House::with_chat(chat.clone(), "{key}").await;
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    house.settled().await;
    house.driver.state().sick = vec!["w1".into()];
    house.driver.state().failures.insert("web".into(), vec!["no database".into(); 40]);
    chat.state().faults.lose_answer_to = Some("as far as it is kept".into());
    house.says("bo", "#lobby", "deploy api web --in sprint-42").await;
    chat.until(|state| state.faults.lose_answer_to.is_none()).await;
    // The house dies before it looks whether it was posted.
    let house = house.reopen().await;
    house.settled().await;
    assert_eq!(chat.with_room_named("sprint-42", |room| room.threads.len()), 2, "each once");
}
