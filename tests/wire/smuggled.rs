//! A request hidden in another's body is never heard, by us or by a component behind the proxy.

use tokio::net::TcpListener;

use super::caller::{Caller, host};
use crate::support::house::House;

/// What is hidden.
const HIDDEN: &str = "GET /hidden HTTP/1.1\r\nHost: web.sprint-42.localhost\r\n\r\n";

/// Headers that two servers may read as two lengths, with the body that one of them would leave over.
fn shapes() -> Vec<(&'static str, String)> {
    let chunked = format!("0\r\n\r\n{HIDDEN}");
    let long = HIDDEN.len() + 5;
    vec![
        ("both, the length first", format!("Content-Length: {long}\r\nTransfer-Encoding: chunked\r\n\r\n{chunked}")),
        ("both, the length last", format!("Transfer-Encoding: chunked\r\nContent-Length: {long}\r\n\r\n{chunked}")),
        ("two lengths", format!("Content-Length: 0\r\nContent-Length: {}\r\n\r\n{HIDDEN}", HIDDEN.len())),
        ("two lengths in one", format!("Content-Length: 0, {}\r\n\r\n{HIDDEN}", HIDDEN.len())),
        ("a length with a sign", format!("Content-Length: +{}\r\n\r\n{HIDDEN}", HIDDEN.len())),
        ("a negative length", format!("Content-Length: -1\r\n\r\n{HIDDEN}")),
        ("a length in hex", format!("Content-Length: 0x10\r\n\r\n{HIDDEN}")),
        ("not chunked at last", format!("Transfer-Encoding: chunked, identity\r\n\r\n{chunked}")),
        ("an unknown encoding", format!("Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n{HIDDEN}")),
        ("a space before the colon", format!("Transfer-Encoding : chunked\r\nContent-Length: 0\r\n\r\n{HIDDEN}")),
        ("a folded line", format!("X-A: b\r\n Transfer-Encoding: chunked\r\n\r\n{chunked}")),
        ("a bare return", format!("X-A: b\rTransfer-Encoding: chunked\r\n\r\n{chunked}")),
        ("a chunk of a wrong length", format!("Transfer-Encoding: chunked\r\n\r\n-1\r\n{HIDDEN}")),
        ("a chunk too long to count", format!("Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff1\r\n{HIDDEN}")),
    ]
}

#[tokio::test]
async fn we_hear_one_request_and_hang_up() {
    let house = House::served().await;
    for (shape, rest) in shapes() {
        let mut caller = Caller::to(house.address()).await;
        let rest = rest.replace("web.sprint-42.localhost", &host(&house));
        assert!(caller.send(format!("POST /read HTTP/1.1\r\nHost: {}\r\n{rest}", host(&house))).await);
        let answer = caller.answer().await.unwrap();
        assert!((400..500).contains(&answer.status), "{shape}: {answer:?}");
        let next = caller.answer().await;
        assert!(next.is_none() || is_unambiguous(shape), "{shape}: {next:?}");
    }
}

/// HTTP says what both together mean, and then what follows is a request of its own: nobody in between reads it otherwise
/// as long as it says the same.
fn is_unambiguous(shape: &str) -> bool {
    shape.starts_with("both")
}

#[tokio::test]
async fn a_component_gets_one_length_and_never_a_second_request() {
    let house = House::served().await;
    let component = TcpListener::bind("127.0.0.1:0").await.unwrap();
    house.driver.leads_to(("sprint-42", "web"), component.local_addr().unwrap());
    for (shape, rest) in shapes() {
        let mut caller = Caller::to(house.address()).await;
        assert!(caller.send(format!("POST /open HTTP/1.1\r\nHost: web.sprint-42.localhost\r\n{rest}")).await);
        let answered = caller.answer();
        tokio::pin!(answered);
        let came = tokio::select! {
            answer = &mut answered => {
                let answer = answer.unwrap();
                assert!([400, 502].contains(&answer.status), "{shape}: {answer:?}");
                continue;
            }
            accepted = component.accept() => accepted.unwrap().0,
        };
        let mut came = Caller::on(came);
        let mut head = Vec::new();
        while let Some(line) = came.line().await.filter(|line| !line.is_empty()) {
            head.push(line.to_ascii_lowercase());
        }
        let lengths =
            head.iter().filter(|line| line.starts_with("content-length") || line.starts_with("transfer-encoding"));
        assert!(lengths.count() <= 1, "{shape}: {head:?}");
        // A connection that was opened for a request which then broke off hears nothing.
        assert!(head.first().is_none_or(|line| line.starts_with("post /open")), "{shape}: {head:?}");
        came.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").await;
    }
}
