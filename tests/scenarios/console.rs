//! The console's door: who gets in, and what a foreign page cannot do.

use axum::http::{StatusCode, header};

use crate::support::browser::Browser;
use crate::support::house::House;

#[tokio::test]
async fn a_login_link_works_once_and_its_cookie_is_for_this_host_alone() {
    let house = House::open().await;
    let link = house.login_link().await;
    let mut browser = Browser::default();
    let answer = browser.visit(&house, &link).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let cookie = answer.header(header::SET_COOKIE);
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && !cookie.contains("Domain"),
        "{cookie}"
    );
    assert!(browser.visit(&house, "/").await.body.contains("#lobby"));
    let again = Browser::default().visit(&house, &link).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED);
    assert!(Browser::default().visit(&house, "/").await.body.contains("You are not logged in."));
}

#[tokio::test]
async fn a_form_of_our_own_page_is_taken_and_a_foreign_one_is_not() {
    let house = House::open().await;
    let mut browser = Browser::logged_in(&house).await;
    let page = browser.visit(&house, "/").await;
    assert_eq!(page.header(header::REFERRER_POLICY), "same-origin", "else browsers send `Origin: null` with our forms");
    let form = format!("room=lobby&text=ping&form_key={}", page.form_key());
    let own = "http://chamberlain.localhost:7420";
    for (origin, form, status) in [
        (own, form.as_str(), StatusCode::SEE_OTHER),
        ("http://evil.example", form.as_str(), StatusCode::FORBIDDEN),
        ("null", form.as_str(), StatusCode::FORBIDDEN),
        ("http://web.sprint-1.localhost:7420", form.as_str(), StatusCode::FORBIDDEN),
        (own, "room=lobby&text=ping&form_key=guessed", StatusCode::FORBIDDEN),
    ] {
        assert_eq!(browser.send_form(&house, ("/say", origin), form).await.status, status, "{origin}");
    }
    house.settled().await;
    assert_eq!(house.texts_in("lobby").await, ["ping", "pong"]);
}

#[tokio::test]
async fn plain_localhost_only_redirects_and_foreign_names_are_turned_away() {
    let house = House::open().await;
    for (host, status) in [
        ("localhost:7420", StatusCode::TEMPORARY_REDIRECT),
        ("127.0.0.1:7420", StatusCode::TEMPORARY_REDIRECT),
        ("evil.example", StatusCode::MISDIRECTED_REQUEST),
        ("chamberlain.localhost.evil.example:7420", StatusCode::MISDIRECTED_REQUEST),
    ] {
        let answer = Browser::default().at_host(host).visit(&house, "/").await;
        assert_eq!(answer.status, status, "{host}");
        assert_eq!(answer.header(header::SET_COOKIE), "");
    }
}

#[tokio::test]
async fn pages_bring_nothing_from_elsewhere() {
    let house = House::open().await;
    let mut browser = Browser::logged_in(&house).await;
    let page = browser.visit(&house, "/").await;
    let policy = page.header(header::CONTENT_SECURITY_POLICY);
    assert!(policy.starts_with("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
    assert!(!page.body.contains("<script>") && !page.body.contains("style=\""), "nothing inline");
}
