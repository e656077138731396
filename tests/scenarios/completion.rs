//! What is offered to somebody who types, and to whom.

use axum::http::StatusCode;
use serde_json::Value;

use crate::support::house::House;

/// What is offered to a person who has typed so far.
async fn offered(house: &House, person: &str, text: &str) -> Vec<String> {
    let answer = asked(house, person, text).await;
    answer["items"].as_array().unwrap().iter().map(|item| item["text"].as_str().unwrap().to_owned()).collect()
}

async fn asked(house: &House, person: &str, text: &str) -> Value {
    let asked = [("room", "lobby"), ("as", person), ("text", text)];
    let address = reqwest::Url::parse_with_params("http://house/api/v1/complete", asked).unwrap();
    let (status, answer) = house.get(&format!("{}?{}", address.path(), address.query().unwrap())).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer
}

#[tokio::test]
async fn only_what_a_person_may_run_is_offered() {
    let house = House::open().await;
    assert_eq!(offered(&house, "bo", "dep").await, ["deploy"]);
    assert_eq!(offered(&house, "cy", "dep").await, [""; 0]);
    assert_eq!(offered(&house, "cy", "deploy w").await, [""; 0]);
    assert_eq!(asked(&house, "cy", "deploy w").await["usage"], Value::Null);
    assert_eq!(offered(&house, "ana", "iteration s").await, ["start", "show", "list"]);
    assert_eq!(offered(&house, "bo", "iteration s").await, ["show", "list"]);
    assert_eq!(offered(&house, "dee", "").await, [""; 0]);
    assert_eq!(offered(&house, "ana", "").await.len(), 8);
}

#[tokio::test]
async fn names_of_the_house_are_offered_where_they_may_stand() {
    let house = House::open().await;
    house.says("ana", "lobby", "iteration start Sprint 42").await;
    house.settled().await;
    house.source.commit("web", "-x", "x1");
    for (text, items) in [
        ("deploy a", &["api"][..]),
        ("deploy w", &["web"]),
        ("deploy web ", &["api", "--all-branches", "--dry-run", "--in"]),
        ("deploy web@", &["web@main", "web@-x", "web@feature/pay"]),
        ("deploy api web@pay", &["web@feature/pay"]),
        ("deploy --all-branches ", &["main", "\"-x\"", "feature/pay"]),
        ("deploy nowhere@", &[]),
        ("branch web fea", &["feature/pay"]),
        ("branch api fea", &[]),
        ("branch api \"ma", &["main"]),
        ("branch w", &["web"]),
        ("status --in spr", &["sprint-42"]),
        ("status --in Sprint", &["sprint-42"]),
        ("iteration add @c", &["cy"]),
        ("iteration add B", &["bo"]),
        ("hello", &[]),
        ("> deploy ", &[]),
        ("@chamberlain deploy we", &["web"]),
    ] {
        assert_eq!(offered(&house, "ana", text).await, items, "{text}");
    }
}

#[tokio::test]
async fn the_command_is_explained_and_the_place_is_counted_as_browsers_count() {
    let house = House::open().await;
    let answer = asked(&house, "bo", "😀\n/deploy we").await;
    assert!(answer["usage"].as_str().unwrap().starts_with("deploy [COMPONENT…]"), "{answer}");
    assert!(answer["summary"].as_str().unwrap().starts_with("Show the deploy card"), "{answer}");
    assert_eq!(answer["from"], 11);
    assert_eq!(answer["items"], serde_json::json!([{ "text": "web", "hint": "component" }]));
}

#[tokio::test]
async fn a_source_that_cannot_be_read_has_no_branches_and_spoils_nothing() {
    let house = House::open().await;
    house.source.lose("web");
    assert_eq!(offered(&house, "bo", "deploy web@").await, [""; 0]);
    assert_eq!(offered(&house, "bo", "deploy --all-branches ").await, ["main"]);
}

#[tokio::test]
async fn the_palette_has_rooms_commands_and_environments_of_the_person() {
    let house = House::open().await;
    house.says("ana", "lobby", "iteration start Sprint 42").await;
    house.settled().await;
    house.says("ana", "sprint-42", "deploy web api").await;
    house.settled().await;
    let listed = async |person: &str, kind: &str| -> Vec<(String, String)> {
        let (_, list) = house.get(&format!("/api/v1/palette?as={person}")).await;
        let of_kind = list.as_array().unwrap().iter().filter(|entry| entry["kind"] == kind);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        of_kind.map(|entry| (text(&entry["text"]), text(&entry["address"]))).collect()
    };
    let rooms = listed("cy", "room").await;
    assert_eq!(rooms.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["lobby", "sprint-42"]);
    assert_eq!(rooms[0].1, "/?room=lobby");
    let environments = listed("cy", "environment").await;
    assert!(environments.contains(&("sprint-42 web".into(), "http://web.sprint-42.localhost:7420/".into())));
    assert_eq!(listed("dee", "environment").await, []);
    let runs =
        async |person: &str, command: &str| listed(person, "command").await.iter().any(|(name, _)| name == command);
    assert!(runs("bo", "deploy").await && runs("cy", "status").await);
    assert!(!runs("cy", "deploy").await && !runs("dee", "ping").await);
}
