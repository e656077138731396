//! Requests that never end hold nobody up, and what may take long is not cut off.

use std::time::Duration;

use chamberlain::web::Limits;
use tokio::net::TcpListener;

use super::caller::{Caller, host, message, request};
use crate::support::house::House;

/// As long as a request may take here.
const SHORT: Duration = Duration::from_millis(300);
/// Longer than any limit here: thousands of bytes that drip.
const LONG: usize = 4_000;

async fn house() -> House {
    House::served_within(Limits { head: SHORT, request: SHORT, ..Limits::default() }).await
}

#[tokio::test]
async fn a_head_that_drips_is_given_up_and_one_that_comes_at_once_is_not() {
    let house = house().await;
    let mut slow = Caller::to(house.address()).await;
    assert!(slow.send(format!("GET / HTTP/1.1\r\nHost: {}\r\nX-Slow: ", host(&house))).await);
    assert!(!slow.drip(&"x".repeat(LONG)).await, "it is heard to its end");
    assert!(slow.is_hung_up().await);
    let mut silent = Caller::to(house.address()).await;
    assert!(silent.is_hung_up().await, "nor may a connection stay that asks for nothing");
    let mut quick = Caller::to(house.address()).await;
    assert_eq!(quick.ask(request(&house, "GET /", "", "")).await.status, 200);
    assert!(quick.is_hung_up().await, "nor one that asks for nothing more");
}

#[tokio::test]
async fn a_body_that_drips_is_given_up_and_told_so() {
    let house = house().await;
    let wanted = [
        ("/api/v1/messages".to_owned(), "application/json", 408),
        ("/say".to_owned(), "application/x-www-form-urlencoded", 408),
        (house.push_path("web"), "text/plain", 408),
    ];
    for (path, kind, status) in wanted {
        let mut slow = Caller::to(house.address()).await;
        let head = format!("Content-Type: {kind}\r\nContent-Length: {LONG}\r\n");
        assert!(slow.send(request(&house, &format!("POST {path}"), &head, "")).await);
        assert!(!slow.drip(&"x".repeat(LONG)).await, "{path}: it is heard to its end");
        let answer = slow.answer().await.unwrap();
        assert_eq!(answer.status, status, "{path}: {answer:?}");
        assert!(answer.body.contains("took too long"), "{path}: {answer:?}");
        assert!(slow.is_hung_up().await, "{path}: the rest of the body would be taken for a request");
    }
}

#[tokio::test]
async fn a_body_for_a_component_may_take_its_time_but_not_stop() {
    let pause = SHORT * 5;
    let house = House::served_within(Limits { pause, ..Limits::default() }).await;
    let component = TcpListener::bind("127.0.0.1:0").await.unwrap();
    house.driver.leads_to(("sprint-42", "web"), component.local_addr().unwrap());
    let head = "POST / HTTP/1.1\r\nHost: web.sprint-42.localhost\r\nContent-Length: 40\r\n\r\n";
    let mut caller = Caller::to(house.address()).await;
    assert!(caller.send(head).await);
    // Twice as long as the pause in all, and never so long without a byte.
    let dripping = async {
        for _ in 0..10 {
            tokio::time::sleep(pause / 5).await;
            assert!(caller.send("slow").await);
        }
    };
    let serving = async {
        let (stream, _) = component.accept().await.unwrap();
        let mut stream = Caller::on(stream);
        while !stream.line().await.unwrap().is_empty() {}
        assert_eq!(stream.bytes(40).await.unwrap(), "slow".repeat(10));
        assert!(stream.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await);
    };
    tokio::join!(dripping, serving);
    assert_eq!(caller.answer().await.unwrap().body, "ok");
    assert!(caller.send(head).await && caller.send("then nothing").await);
    let (stream, _) = component.accept().await.unwrap();
    let mut stream = Caller::on(stream);
    while !stream.line().await.unwrap().is_empty() {}
    assert_eq!(stream.bytes(40).await, None, "the component is not left waiting");
    let answer = caller.answer().await.unwrap();
    assert_eq!(answer.status, 502, "{answer:?}");
}

#[tokio::test]
async fn a_page_that_is_looked_at_goes_on_for_longer_than_any_limit() {
    let house = house().await;
    let mut page = Caller::to(house.address()).await;
    assert!(page.send(request(&house, "GET /live?room=lobby&after=0", "", "")).await);
    assert_eq!(page.head().await.unwrap().status, 200);
    tokio::time::sleep(SHORT * 3).await;
    let mut caller = Caller::to(house.address()).await;
    assert_eq!(caller.ask(message(&house, "ping")).await.status, 202);
    while !page.line().await.expect("the page lost its connection").contains("pong") {}
}

#[tokio::test]
async fn who_asks_what_came_of_it_is_answered_in_time() {
    let house = house().await;
    let mut caller = Caller::to(house.address()).await;
    let taken = caller.ask(message(&house, "ping")).await;
    let event = taken.body.split('"').nth(3).unwrap().to_owned();
    let answer = caller.ask(request(&house, &format!("GET /api/v1/events/{event}?wait=20"), "", "")).await;
    assert!(answer.body.contains("pong"), "{answer:?}");
}

#[tokio::test]
async fn what_is_too_large_is_refused_before_it_is_kept() {
    let house = House::served().await;
    let mut caller = Caller::to(house.address()).await;
    let long = format!("X-Long: {}\r\n", "x".repeat(100_000));
    assert_eq!(caller.ask(request(&house, "GET /", &long, "")).await.status, 431);
    let mut caller = Caller::to(house.address()).await;
    let many = "X-Many: x\r\n".repeat(200);
    assert_eq!(caller.ask(request(&house, "GET /", &many, "")).await.status, 431);
    let mut caller = Caller::to(house.address()).await;
    let long = format!("GET /{}", "x".repeat(100_000));
    assert!([414, 431].contains(&caller.ask(request(&house, &long, "", "")).await.status));
    let mut caller = Caller::to(house.address()).await;
    let body = message(&house, &"x".repeat(300_000));
    assert_eq!(caller.ask(body).await.status, 413);
}
