//! What components learn of a browser that is logged in here: nothing.

use std::net::SocketAddr;

use axum::Router;
use axum::http::{HeaderMap, header};
use axum::response::Html;
use axum::routing::get;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::chromium::Browser;
use crate::page::COMPOSER;
use crate::support::house::House;

/// A component that shows the cookies it is sent, and sets two: one for itself, one for all names here.
async fn component(tasks: &mut JoinSet<()>) -> SocketAddr {
    let show = async |headers: HeaderMap| {
        let sent = headers.get_all(header::COOKIE).iter().map(|cookies| cookies.to_str().unwrap());
        let page = format!("<p id=sent>{}</p>", sent.collect::<Vec<_>>().join("; "));
        let ours = [(header::SET_COOKIE, "own=1"), (header::SET_COOKIE, "wide=1; Domain=localhost")];
        (axum::response::AppendHeaders(ours), Html(page))
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tasks.spawn(async move { axum::serve(listener, Router::new().route("/", get(show))).await.unwrap() });
    address
}

async fn sent_to(browser: &Browser, address: &str) -> Value {
    browser.goes_to(address).await;
    browser.reads("#sent", "innerText").await
}

#[tokio::test]
async fn a_component_sees_its_own_cookies_and_none_of_ours() {
    let mut tasks = JoinSet::new();
    let own = component(&mut tasks).await;
    let house = House::served().await;
    house.driver.leads_to(("sprint-42", "web"), own);
    house.driver.leads_to(("sprint-42", "api"), own);
    let Some(browser) = Browser::at(&house).await else { return };
    browser.sees(COMPOSER).await;
    let kept = browser.client.get_all_cookies().await.unwrap();
    assert!(kept.len() == 1 && kept[0].name() == "chamberlain_session", "{kept:?}");

    let port = house.address().port();
    // Past the proxy, `localhost` is the component's name as a whole, and it may have a cookie for all of it.
    let hosts =
        [(format!("web.sprint-42.localhost:{port}"), "own=1"), (format!("localhost:{}", own.port()), "own=1; wide=1")];
    for (host, kept) in hosts {
        assert_eq!(sent_to(&browser, &format!("http://{host}/")).await, "", "{host}");
        assert_eq!(sent_to(&browser, &format!("http://{host}/")).await, kept, "{host} has its own again");
    }
    assert_eq!(sent_to(&browser, &format!("http://api.sprint-42.localhost:{port}/")).await, "", "nor its neighbour's");
    // Still logged in, and no component has left us anything.
    browser.goes_to(&house.origin()).await;
    browser.sees(COMPOSER).await;
    assert_eq!(browser.client.get_all_cookies().await.unwrap().len(), 1);
}
