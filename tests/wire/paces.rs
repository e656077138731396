//! Who sends too much, or guesses, is told to wait, and nobody else is.

use std::num::NonZeroU32;

use chamberlain::web::Limits;

use super::caller::{Answer, Caller, PATIENCE, host, message, request};
use crate::support::house::House;

fn a_minute(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

#[tokio::test]
async fn who_sends_too_much_is_told_for_how_long_and_then_taken_again() {
    let house = House::served_within(Limits { messages: a_minute(60), ..Limits::default() }).await;
    let mut caller = Caller::to(house.address()).await;
    let taken_until_refused = async |caller: &mut Caller| {
        let mut count = 0;
        loop {
            let answer = caller.ask(message(&house, "ping")).await;
            if answer.status != 202 {
                return (count, answer);
            }
            count += 1;
        }
    };
    let (taken, refused) = taken_until_refused(&mut caller).await;
    assert!(taken >= 60, "{taken}");
    assert_eq!((refused.status, refused.header("retry-after")), (429, "1"), "{refused:?}");
    assert!(refused.body.contains("send it again in a second"), "{refused:?}");
    let press = request(
        &house,
        "POST /api/v1/presses",
        "Content-Type: application/json\r\n",
        r#"{"message": "x", "action": "y"}"#,
    );
    assert_eq!(caller.ask(press).await.status, 429, "a press is one more");
    let link = request(&house, "POST /api/v1/login-links", "", "");
    assert_eq!(caller.ask(link).await.status, 429, "and so is a link");
    assert_eq!(caller.ask(request(&house, "GET /", "", "")).await.status, 200, "looking is free");
    let taken_again = async { while caller.ask(message(&house, "ping")).await.status != 202 {} };
    tokio::time::timeout(PATIENCE, taken_again).await.expect("it never ends");
}

#[tokio::test]
async fn who_guesses_is_told_to_wait_and_whoever_knows_is_let_in() {
    let house = House::served_within(Limits { misses: a_minute(3), ..Limits::default() }).await;
    let link = house.login_link().await;
    let mut caller = Caller::to(house.address()).await;
    let host = host(&house);
    let get = |path: &str, more: &str| format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n");
    let wrong_hook = "POST /hooks/push/wrong/web HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".to_owned();
    let guesses = [
        (get("/login?key=wrong", ""), 401),
        (get("/api/v1/rooms", "Authorization: Bearer wrong\r\n"), 401),
        (wrong_hook.clone(), 404),
        (get("/login?key=wrong", ""), 429),
        (get("/api/v1/rooms", "Cookie: chamberlain_session=wrong\r\n"), 429),
        (wrong_hook, 429),
        (get("/", "Cookie: chamberlain_session=wrong\r\n"), 429),
        (get("/api/v1/rooms", ""), 401),
    ];
    for (guess, status) in guesses {
        let answer = caller.ask(&guess).await;
        assert_eq!(answer.status, status, "{guess}{answer:?}");
        assert_eq!(answer.status == 429, is_told_to_wait(&answer), "{answer:?}");
    }
    let hook = format!("POST {} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", house.push_path("web"));
    assert_eq!(caller.ask(hook).await.status, 202);
    assert_eq!(caller.ask(request(&house, "GET /api/v1/rooms", "", "")).await.status, 200);
    let path = link.strip_prefix(&house.origin()).unwrap();
    assert_eq!(caller.ask(get(path, "")).await.status, 303);
}

fn is_told_to_wait(answer: &Answer) -> bool {
    let wait: u64 = answer.header("retry-after").parse().unwrap_or_default();
    (1..=20).contains(&wait) && answer.body.contains("wait") && answer.body.contains("chamberlain login")
}
