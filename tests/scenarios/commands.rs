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
    let heard = house.says("ana", "#lobby", "dance --json").await;
    assert_eq!(
        heard.answers,
        [r#"{"command":null,"refused":"I know no command `dance`. `help` lists what you may run."}"#],
        "a script reads what was not understood too"
    );
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

#[tokio::test]
async fn what_a_database_would_refuse_is_refused_before_it() {
    let house = House::open().await;
    let long = "k".repeat(257);
    for (field, value) in [("text", "ping \0"), ("key", "\0"), ("key", &long), ("thread", "1\0"), ("thread", &long)] {
        let mut body = serde_json::json!({ "room": "lobby", "text": "ping" });
        body[field] = value.into();
        let (status, told) = house.post("/api/v1/messages", &body).await;
        assert_eq!(status, 400, "{field}: {told}");
    }
    for (field, value) in [("key", "\0"), ("key", &long), ("message", "1\0")] {
        let mut body = serde_json::json!({ "message": "1", "action": "deploy" });
        body[field] = value.into();
        let (status, told) = house.post("/api/v1/presses", &body).await;
        assert_eq!(status, 400, "{field}: {told}");
    }
}

#[tokio::test]
async fn where_a_command_needs_an_iteration_each_open_one_is_a_button_that_runs_it_as_whoever_presses() {
    let house = House::open().await;
    for number in 1..=7 {
        house.says("ana", "#lobby", &format!("iteration start Sprint {number}")).await;
        house.clock.pass(std::time::Duration::from_mins(1));
    }
    house.settled().await;
    house.says("ana", "#lobby", "iteration add bo --in sprint-2").await;
    house.settled().await;
    let heard = house.says("bo", "#lobby", "hold the demo").await;
    assert_eq!(
        heard.answers,
        ["▲ This room belongs to no iteration. Say which one: `--in sprint-2`, `--in sprint-7`, `--in sprint-6`, \
          `--in sprint-5`, `--in sprint-4`, or `--in` with one of 2 more that `iteration list` shows. (attention)\n  \
          [Sprint 2] [Sprint 7] [Sprint 6] [Sprint 5] [Sprint 4]"]
    );
    assert_eq!(house.cards_in("lobby").await.len(), 0, "only bo sees it");
    let card = house.cards_for("bo", "lobby").await.pop().unwrap();
    assert_eq!(card.buttons[0], "say:hold --in sprint-2 the demo", "the option is no part of the text");
    let long = house.says("bo", "#lobby", &format!("hold {}", "x".repeat(400))).await;
    assert!(long.answers[0].starts_with("This room belongs to no iteration"), "no button for so long a line");
    house.says("bo", "#lobby", "deploy web@feature/pay").await;
    let card = house.cards_for("bo", "lobby").await.pop().unwrap();
    assert_eq!(card.buttons[1], "say:deploy --in sprint-7 web@feature/pay");
    let before = house.texts_in("lobby").await.len();
    let heard = house.presses("bo", &card, &card.buttons[1]).await;
    assert_eq!(heard.answers, ["Revision 1 of sprint-7 is on its way; #sprint-7 shows how far it is."]);
    assert_eq!(house.texts_in("lobby").await.len(), before, "what only answers is for whoever pressed");
    house.settled().await;
    assert_eq!(house.driver.running("sprint-7"), "api@a1 web@p1");
    let told = house.says("bo", "#sprint-7", "status").await.answers;
    assert!(told[0].contains("chosen by ana as bo"), "{told:?}");
}

#[tokio::test]
async fn a_button_that_says_a_line_gives_no_right_and_says_only_what_we_wrote_on_it() {
    let house = House::open().await;
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    house.settled().await;
    house.says("ana", "#lobby", "deploy web").await;
    let card = house.cards_in("lobby").await.remove(0);
    let press = |action: &str, by: &str| serde_json::json!({ "message": card.message, "action": action, "as": by });
    for (action, by) in [("say:deploy --in sprint-42 web", "cy"), ("say:env destroy sprint-42", "ana")] {
        let (status, told) = house.post("/api/v1/presses", &press(action, by)).await;
        assert_eq!(status, 404, "{action} by {by}: {told}");
    }
    let heard = house.presses("ana", &card, "explode").await;
    assert_eq!(heard.answers, ["This button no longer does anything; I have redrawn the card."]);
    let heard = house.says("ana", "#lobby", "deploy web --json").await;
    assert!(heard.answers[0].starts_with(r#"{"command":"deploy","refused":"This room belongs to no iteration"#));
    assert!(house.driver.state().starts.is_empty());
    // A late command is offered to whoever said it, and judged when the button is pressed.
    let event = house.says_while_closed("cy", "lobby", "iteration start Mine").await;
    let house = house.reopen_after(std::time::Duration::from_mins(5)).await;
    assert!(house.answers_to(&event).await.answers[0].ends_with("[Do it now]"));
    let card = house.cards_for("cy", "lobby").await.pop().unwrap();
    let heard = house.presses("cy", &card, "say:iteration start Mine").await;
    assert!(heard.answers[0].starts_with("You may not run `iteration start`"), "{heard:?}");
}

#[tokio::test]
async fn presses_in_many_rooms_at_once_do_not_wait_for_each_other() {
    let house = House::open().await;
    let mut cards = Vec::new();
    for number in 1..=12 {
        house.says("ana", "#lobby", &format!("iteration start Sprint {number}")).await;
        house.settled().await;
        cards.push(house.cards_in(&format!("sprint-{number}")).await.remove(0));
    }
    let heard = futures::future::join_all(cards.iter().map(|card| house.presses("ana", card, "help"))).await;
    assert!(heard.iter().all(|heard| heard.outcome == "changed"), "{heard:?}");
}
