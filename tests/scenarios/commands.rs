//! What people type, understood or told what would be right.

use crate::support::house::House;

#[tokio::test]
async fn help_lists_what_the_asker_may_run_and_nothing_else() {
    let house = House::open().await;
    let heard = house.says("cy", "#lobby", "help").await;
    insta::assert_snapshot!(heard.answers[0]);
    let heard = house.says("dee", "#lobby", "help").await;
    assert_eq!(heard.outcome, "refused", "dee has no role");
}

#[tokio::test]
async fn help_explains_and_searches() {
    let house = House::open().await;
    for line in ["help echo", "echo --help", "help pong", "help dance"] {
        let heard = house.says("ana", "#lobby", line).await;
        insta::assert_snapshot!(line.replace(' ', "_"), heard.answers.join("\n"));
    }
}

#[tokio::test]
async fn phone_quotes_and_dashes_are_understood() {
    let house = House::open().await;
    assert_eq!(house.says("ana", "#lobby", "echo “two words”").await.answers, ["two words"]);
    assert_eq!(house.says("ana", "#lobby", "ping —json").await.answers, [r#"{"command":"ping","text":"pong"}"#]);
}

#[tokio::test]
async fn what_is_said_back_cannot_be_marked_by_whoever_said_it() {
    let house = House::open().await;
    let heard = house.says("ana", "#lobby", "echo **loud** <@cy> [x](http://evil.example/)").await;
    assert_eq!(heard.answers, ["**loud** <@cy> [x](http://evil.example/)"]);
}

#[tokio::test]
async fn a_near_miss_is_told_the_name() {
    let house = House::open().await;
    let heard = house.says("ana", "#lobby", "hepl").await;
    assert_eq!(heard.outcome, "refused");
    assert_eq!(heard.answers, ["I know no command `hepl`. Did you mean `help`? `help` lists what you may run."]);
}

#[tokio::test]
async fn may_answers_without_doing() {
    let house = House::open().await;
    for (line, answer) in [
        ("may bo ping", "Yes: Bo may run `ping`."),
        ("may @Bo echo some words", "Yes: Bo may run `echo`."),
        (
            "may dee ping",
            "No: Dee may not run `ping`. Roles that allow it: `developer` (bo), `lead` (ana), `reader` (cy).",
        ),
        (
            "may boo ping",
            "I know no person `boo`. Did you mean `bo`? People are listed in the config under `[people]`.",
        ),
        ("may bo pnig", "I know no command `pnig`. Did you mean `ping`? `help` lists what you may run."),
    ] {
        assert_eq!(house.says("ana", "#lobby", line).await.answers, [answer], "{line}");
    }
}

#[tokio::test]
async fn quotations_and_code_are_no_commands() {
    let house = House::open().await;
    let heard = house.says("ana", "#lobby", "> ping\n```\nping\n```").await;
    assert_eq!((heard.outcome.as_str(), heard.answers.len()), ("nothing", 0));
}

#[tokio::test]
async fn an_argument_of_100_kb_is_told_the_limit() {
    let house = House::open().await;
    let body = serde_json::json!({ "room": "lobby", "text": format!("echo {}", "x".repeat(100_000)) });
    let (status, told) = house.post("/api/v1/messages", &body).await;
    assert_eq!(status, 400);
    assert_eq!(told["error"], "The message has 100005 bytes; I take 16384 at most.");
}
