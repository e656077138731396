//! The two-minute walk as the README tells it: with the program that people start, in the browser they would use.

use crate::chromium::Browser;
use crate::page::{button, card, message};
use crate::support::program::{Program, Sweep, commit, free_address};

#[tokio::test]
async fn the_walk_of_two_minutes() {
    let Some(browser) = Browser::open().await else { return };
    drop(rustls::crypto::ring::default_provider().install_default());
    let place = tempfile::tempdir().unwrap();
    let sweep = Sweep(place.path());
    let program = Program::start(place.path(), free_address());

    browser.goes_to(program.login_link()).await;
    browser.says("help").await;
    browser.sees(&message("iteration start")).await;
    browser.is_pictured("home").await;
    browser.says("iteration start Sprint 1").await;
    browser.sees(&message("The room of Sprint 1 is open")).await;
    browser.clicks("//ol//a[contains(., '#sprint-1')]").await;

    browser.sees(&card("ok", "Sprint 1")).await;
    browser.is_pictured("room").await;
    browser.clicks(&button("deploy")).await;
    browser.sees("select[name='value.choose:web']").await;
    browser.chooses("web", "feature/pay").await;
    browser.sees("//article//li[b = 'web'][contains(., 'feature/pay@')]").await;
    browser.is_pictured("deploy-card").await;
    browser.clicks(&button("deploy")).await;
    browser.sees(&card("ok", "Deployed sprint-1, revision 1")).await;
    browser.is_pictured("run-card").await;

    let address = format!("http://web.sprint-1.localhost:{}/", program.address.port());
    browser.sees(&format!("//article//a[@href='{address}']")).await;
    browser.goes_to(&address).await;
    browser.sees("//h1[. = 'The Corner Shop Takes Cards']").await;
    browser.sees("//p[contains(., 'api says: ')]").await;
    browser.is_pictured("component").await;
    browser.client.back().await.unwrap();
    commit(place.path(), "feature/pay", ("Takes Cards", "Takes Shells"));
    let told = reqwest::Client::builder().no_proxy().build().unwrap().post(program.push_address("web")).send();
    assert_eq!(told.await.unwrap().status(), 202);
    // The room tells of the update that came by itself.
    browser.sees(&card("ok", "Deployed sprint-1, revision 2")).await;
    browser.goes_to(&address).await;
    browser.sees("//h1[. = 'The Corner Shop Takes Shells']").await;

    program.kill();
    drop(sweep);
}
