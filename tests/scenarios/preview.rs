//! The page that shows every sample card as Slack would.

use std::path::Path;

use axum::http::{StatusCode, header};
use chamberlain::card::samples;
use chamberlain::skills::{NATIVE, host};

use crate::support::browser::Browser;
use crate::support::house::House;

const PAGE: &str = "/preview/slack";

#[tokio::test]
async fn every_sample_is_shown_to_whoever_is_logged_in() {
    let house = House::open().await;
    let page = Browser::logged_in(&house).await.visit(&house, PAGE).await;
    assert_eq!(page.status, StatusCode::OK);
    let (skills, _) = host::load(Path::new("/nowhere"), NATIVE);
    for (name, _) in samples::all(&skills.templates).unwrap() {
        assert!(page.body.contains(&format!("<section class=\"sample\" id=\"{name}\">")), "{name}");
    }
    for name in ["form-deploy", "form-iteration-start", "form-loading", "home", "home-of-nobody"] {
        assert!(page.body.contains(&format!("<section class=\"sample\" id=\"{name}\">")), "{name}");
    }
    assert!(page.body.contains("What waits for you") && page.body.contains("feature/pay#1"), "{}", page.body);
    assert!(page.body.contains("❌ failed · Failed to deploy sprint-42, revision 3 (3m 12s)"), "the notification");
    assert!(page.body.contains("options of web (20)"), "what was left out");
    assert!(!page.body.contains("does not draw"), "every block that we send is drawn");
    assert!(!page.body.contains("<script") && !page.body.contains("style=\""), "nothing inline");
    let look = Browser::logged_in(&house).await.visit(&house, "/assets/preview.css").await;
    assert_eq!(look.header(header::CONTENT_TYPE), "text/css; charset=utf-8");
}

#[tokio::test]
async fn nobody_else_sees_it() {
    let house = House::open().await;
    let page = Browser::default().visit(&house, PAGE).await;
    assert!(page.body.contains("You are not logged in.") && !page.body.contains("sample"), "{}", page.body);
}

#[tokio::test]
async fn there_is_none_outside_the_dev_profile() {
    let house = House::in_earnest().await;
    let mut browser = Browser::logged_in(&house).await;
    assert_eq!(browser.visit(&house, "/").await.status, StatusCode::OK);
    assert_eq!(browser.visit(&house, PAGE).await.status, StatusCode::NOT_FOUND);
}
