//! Nobody takes all the connections there are, and a house that closes does not wait for ever.

use std::num::NonZeroU32;
use std::time::Duration;

use chamberlain::web::Limits;
use tokio::net::TcpListener;

use super::caller::{Caller, PATIENCE, message, request};
use crate::support::house::House;

/// Connects until somebody is let in: who left is only gone when the house has noticed.
async fn let_in(house: &House) -> Caller {
    let entered = async {
        loop {
            let mut caller = Caller::to(house.address()).await;
            if caller.ask(request(house, "GET /assets/icon.svg", "", "")).await.status == 200 {
                return caller;
            }
        }
    };
    tokio::time::timeout(PATIENCE, entered).await.unwrap()
}

#[tokio::test]
async fn one_too_many_is_told_so_and_let_in_when_another_has_left() {
    let house = House::served_within(Limits { connections: 2, ..Limits::default() }).await;
    let first = let_in(&house).await;
    let mut second = let_in(&house).await;
    let mut third = Caller::to(house.address()).await;
    let answer = third.ask(request(&house, "GET /", "", "")).await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, "5"), "{answer:?}");
    assert!(answer.body.contains("More connections are open"), "{answer:?}");
    assert!(third.is_hung_up().await);
    assert_eq!(second.ask(request(&house, "GET /", "", "")).await.status, 200, "who is in is served");
    drop(first);
    let_in(&house).await;
}

#[tokio::test]
async fn one_address_does_not_take_the_place_of_others() {
    let limits = Limits { connections: 8, connections_each: 2, spares_own: false, ..Limits::default() };
    let house = House::served_within(limits).await;
    let ask = request(&house, "GET /", "", "");
    let mut callers = Vec::new();
    for (from, status) in [("127.0.0.1", 200), ("127.0.0.1", 200), ("127.0.0.1", 503), ("127.0.0.2", 200)] {
        let mut caller = Caller::from(from, house.address()).await;
        assert_eq!(caller.ask(&ask).await.status, status, "{from}");
        callers.push(caller);
    }
}

#[tokio::test]
async fn a_crowd_that_says_nothing_is_gone_in_a_moment_and_costs_no_one_who_is_in() {
    let head = Duration::from_millis(500);
    let house = House::served_within(Limits { connections: 4, head, ..Limits::default() }).await;
    let mut crowd = Vec::new();
    for _ in 0..200 {
        crowd.push(Caller::to(house.address()).await);
    }
    let_in(&house).await;
    for caller in &mut crowd {
        assert!(caller.is_hung_up().await);
    }
}

#[tokio::test]
async fn a_socket_to_a_component_keeps_its_place_until_it_ends() {
    let house = House::served_within(Limits { connections: 1, ..Limits::default() }).await;
    let component = TcpListener::bind("127.0.0.1:0").await.unwrap();
    house.driver.leads_to(("sprint-42", "web"), component.local_addr().unwrap());
    let mut browser = Caller::to(house.address()).await;
    let wish = "GET / HTTP/1.1\r\nHost: web.sprint-42.localhost\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n";
    assert!(browser.send(wish).await);
    let mut other = Caller::on(component.accept().await.unwrap().0);
    while !other.line().await.unwrap().is_empty() {}
    assert!(other.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n").await);
    assert_eq!(browser.head().await.unwrap().status, 101);
    for word in ["one\n", "two\n"] {
        assert!(browser.send(word).await);
        assert_eq!(other.line().await.unwrap(), word.trim_end(), "bytes flow");
        let mut next = Caller::to(house.address()).await;
        assert_eq!(next.ask(request(&house, "GET /", "", "")).await.status, 503, "the socket holds the only place");
    }
    drop((browser, other));
    let_in(&house).await;
}

#[tokio::test]
async fn a_flood_of_requests_in_one_breath_is_answered_in_order_and_others_are_too() {
    let messages = NonZeroU32::new(5).unwrap();
    let house = House::served_within(Limits { messages, ..Limits::default() }).await;
    let mut flood = Caller::to(house.address()).await;
    let many = 300;
    let all: String = (0..many).map(|number| message(&house, &format!("echo {number}"))).collect();
    assert!(flood.send(all).await);
    let mut other = Caller::to(house.address()).await;
    assert_eq!(other.ask(request(&house, "GET /", "", "")).await.status, 200);
    let mut counts = (0, 0);
    for _ in 0..many {
        match flood.answer().await.unwrap() {
            answer if answer.status == 202 => counts.0 += 1,
            answer => {
                assert_eq!(answer.status, 429, "{answer:?}");
                counts.1 += 1;
            }
        }
    }
    assert!((5..10).contains(&counts.0), "{counts:?}");
    house.settled().await;
    assert_eq!(house.texts_in("lobby").await.len(), counts.0 * 2, "what was refused was not stored");
}

#[tokio::test]
async fn a_house_that_closes_ends_open_pages_and_waits_for_nobody_who_drips() {
    let house = House::served_within(Limits { closing: Duration::from_secs(1), ..Limits::default() }).await;
    let mut page = Caller::to(house.address()).await;
    assert!(page.send(request(&house, "GET /live?room=lobby&after=0", "", "")).await);
    assert_eq!(page.head().await.unwrap().status, 200);
    let mut idle = let_in(&house).await;
    let mut dripping = Caller::to(house.address()).await;
    let head = "Content-Type: application/json\r\nContent-Length: 9\r\n";
    assert!(dripping.send(request(&house, "POST /api/v1/messages", head, "")).await);
    let closed = tokio::time::timeout(PATIENCE, house.switch_off()).await;
    assert!(closed.is_ok(), "it does not close");
    assert!(page.is_hung_up().await && idle.is_hung_up().await && dripping.is_hung_up().await);
}
