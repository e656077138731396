//! What a browser fetches when it opens the console for the first time: little, and only from us.

use serde_json::Value;

use crate::chromium::Browser;
use crate::page::{COMPOSER, message};
use crate::support::house::House;

/// How many bytes of the network the first load may take.
const BUDGET: u64 = 80_000;

fn address(event: &Value) -> Option<&str> {
    (event["method"] == "Network.requestWillBeSent").then(|| event["params"]["request"]["url"].as_str().unwrap())
}

fn bytes(event: &Value) -> u64 {
    match event["method"].as_str().unwrap() {
        // A number that the browser writes as a fraction.
        "Network.loadingFinished" => event["params"]["encodedDataLength"].to_string().parse::<f64>().map_or(0, whole),
        _ => 0,
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sizes are small and positive")]
fn whole(number: f64) -> u64 {
    number.ceil() as u64
}

#[tokio::test]
async fn the_first_load_is_small_and_asks_no_other_host() {
    let house = House::served().await;
    house.says("ana", "#lobby", "help").await;
    for number in 0..20 {
        house.says("ana", "#lobby", &format!("echo What is said here fills a line, number {number}")).await;
    }
    house.settled().await;
    let Some(browser) = Browser::open().await else { return };
    // What the browser shows before anybody opens a page is no matter of ours.
    browser.goes_to("about:blank").await;
    browser.network().await;
    browser.goes_to(&house.login_link().await).await;
    browser.sees(COMPOSER).await;
    browser.sees(&message("number 19")).await;

    let network = browser.network().await;
    let asked: Vec<&str> = network.iter().filter_map(address).collect();
    let own = house.origin();
    assert!(asked.iter().any(|url| url.contains("/assets/")), "what a page brings is seen: {asked:?}");
    assert!(asked.iter().all(|url| url.starts_with(&own)), "{asked:?}");
    let bytes: u64 = network.iter().map(bytes).sum();
    assert!((1000..BUDGET).contains(&bytes), "{bytes} bytes: {asked:?}");
    // For the icon browsers ask by themselves, whether a page names one or not.
    let complaints: Vec<String> = browser.complaints().await;
    assert!(complaints.iter().all(|told| told.contains("/favicon.ico")), "{complaints:?}");
}
