//! The push hook: a hint, that the repository itself is then asked about.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};

use crate::support::house::House;

const OURS: &str = "chamberlain.localhost:7420";

/// A house in which `sprint-42` runs `main` of everything, and what came before has settled.
async fn house() -> House {
    let house = House::open().await;
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    house.settled().await;
    house.says("ana", "#sprint-42", "deploy api web").await;
    house.settled().await;
    house.clock.pass(Duration::from_secs(3));
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1");
    house
}

/// Calls as a program does: without a cookie, a token or an origin. Gives the answer's status and body.
async fn call(house: &House, (host, path): (&str, &str), body: impl Into<Body>) -> (StatusCode, String) {
    send(house, Request::post(path).header(header::HOST, host).body(body.into()).unwrap()).await
}

async fn send(house: &House, request: Request<Body>) -> (StatusCode, String) {
    let answer = house.request(request).await;
    let status = answer.status();
    let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn a_hint_is_an_update_once_it_has_settled_without_waiting_for_the_poll() {
    let house = house().await;
    house.source.commit("web", "main", "w2");
    let (status, body) = call(&house, (OURS, &house.push_path("web")), Body::empty()).await;
    assert_eq!((status, body.as_str()), (StatusCode::ACCEPTED, ""));
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1", "more may be pushed yet");
    house.clock.pass(Duration::from_secs(3));
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w2");
}

#[tokio::test]
async fn without_a_hint_the_same_commit_waits_for_the_poll() {
    let house = house().await;
    house.source.commit("web", "main", "w2");
    house.clock.pass(Duration::from_secs(3));
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1");
}

#[tokio::test]
async fn a_hint_about_one_repository_is_no_look_at_another_and_nothing_new_is_nothing_to_do() {
    let house = house().await;
    house.source.commit("web", "main", "w2");
    assert_eq!(call(&house, (OURS, &house.push_path("api")), Body::empty()).await.0, StatusCode::ACCEPTED);
    house.settled().await;
    house.clock.pass(Duration::from_secs(3));
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1");
    assert_eq!(house.driver.state().starts, ["api@a1", "web@w1"]);
}

#[tokio::test]
async fn any_body_will_do_and_none_of_it_is_believed() {
    let house = house().await;
    let long = "x".repeat(1024 * 1024);
    let bodies = ["", "{", "payload=%7B%7D", r#"{"ref": "refs/heads/main", "after": "p1"}"#, "\u{0}", &long];
    for body in bodies {
        let (status, _) = call(&house, (OURS, &house.push_path("web")), body.to_owned()).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{:?}", body.get(..20));
    }
    house.clock.pass(Duration::from_secs(3));
    house.settled().await;
    assert_eq!(house.driver.state().starts, ["api@a1", "web@w1"]);
}

#[tokio::test]
async fn a_body_that_breaks_off_has_hinted_all_the_same() {
    let house = house().await;
    house.source.commit("web", "main", "w2");
    let broken = futures::stream::iter([Ok("{\"ref\""), Err(std::io::Error::other("gone"))]);
    call(&house, (OURS, &house.push_path("web")), Body::from_stream(broken)).await;
    house.settled().await;
    house.clock.pass(Duration::from_secs(3));
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w2");
}

#[tokio::test]
async fn a_wrong_key_and_an_unknown_repository_are_answered_alike() {
    let house = house().await;
    house.source.commit("web", "main", "w2");
    let right = house.push_path("web");
    let mut last = right.clone();
    last.replace_range(
        right.len() - 5..right.len() - 4,
        if right[..right.len() - 4].ends_with('x') { "y" } else { "x" },
    );
    let half = format!("{}/web", &right[.."/hooks/push/".len() + 20]);
    let wrong = ["/hooks/push/guessed/web".to_owned(), last, half, house.push_path("shop"), house.push_path("Web")];
    let mut answers = Vec::new();
    for path in wrong {
        answers.push(call(&house, (OURS, &path), Body::empty()).await);
    }
    let told = (StatusCode::NOT_FOUND, r#"{"error":"There is no such hook."}"#.to_owned());
    assert_eq!(answers, vec![told; 5]);
    house.settled().await;
    house.clock.pass(Duration::from_secs(3));
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1");
}

#[tokio::test]
async fn a_hook_is_called_by_any_name_that_leads_here_and_nothing_else_is() {
    let house = House::open().await;
    let push = house.push_path("web");
    for host in [OURS, "127.0.0.1:7420", "localhost:7420", "[::1]:7420", "host.docker.internal:7420"] {
        assert_eq!(call(&house, (host, &push), Body::empty()).await.0, StatusCode::ACCEPTED, "{host}");
        let near =
            ["/say", "/press", "/api/v1/messages", "/hooks/push", "/hooks/push/x", "/hooks", "/hooks/push/a/b/c"];
        for path in near {
            let (status, _) = call(&house, (host, path), Body::empty()).await;
            let is_refused =
                if host == OURS { status.is_client_error() } else { status == StatusCode::MISDIRECTED_REQUEST };
            assert!(is_refused, "{host}{path}: {status}");
        }
    }
    // A component's name is the component's, whatever the path.
    let (status, _) = call(&house, ("web.sprint-42.localhost:7420", &push), Body::empty()).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_hook_needs_no_origin_and_only_a_post_is_a_hint() {
    let house = House::open().await;
    let push = house.push_path("web");
    let foreign = Request::post(&push).header(header::HOST, OURS).header(header::ORIGIN, "https://git.example.org");
    assert_eq!(send(&house, foreign.body(Body::empty()).unwrap()).await.0, StatusCode::ACCEPTED);
    for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE] {
        let request = Request::builder().method(method.clone()).uri(&push).header(header::HOST, OURS);
        let (status, _) = send(&house, request.body(Body::empty()).unwrap()).await;
        assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
    }
}
