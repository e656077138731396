//! The two servers of the sample product, talking to each other.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::net::SocketAddr;
use std::path::Path;

use axum::Router;
use chamberlain::cli::sample::{Api, Surroundings, Web};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

async fn serve(tasks: &mut JoinSet<()>, routes: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tasks.spawn(async move { axum::serve(listener, routes).await.unwrap() });
    address
}

async fn get(address: SocketAddr) -> String {
    reqwest::get(format!("http://{address}/")).await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn the_page_tells_what_the_api_says() {
    drop(rustls::crypto::ring::default_provider().install_default());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/adapters/artifact/sample");
    let place = tempfile::tempdir().unwrap();
    std::fs::copy(folder.join("web-pay.toml"), place.path().join("page.toml")).unwrap();
    std::fs::copy(folder.join("api-pay.toml"), place.path().join("answer.toml")).unwrap();
    let mut tasks = JoinSet::new();
    let surroundings = Surroundings { commit: Some("0123abc".into()), ..Surroundings::default() };

    let api = serve(&mut tasks, Api::read(place.path(), surroundings.clone()).unwrap().into_router()).await;
    let answer: serde_json::Value = serde_json::from_str(&get(api).await).unwrap();
    assert_eq!((answer["version"].as_str(), answer["commit"].as_str()), (Some("1.1"), Some("0123abc")));

    let api_url = Some(format!("http://api.sprint-42.localhost:{}/", api.port()));
    let web = Web::read(place.path(), Surroundings { api_url, ..surroundings.clone() }).unwrap();
    let page = get(serve(&mut tasks, web.into_router()).await).await;
    assert!(page.contains("api says: twelve oranges in stock, cards are welcome"), "{page}");
    assert!(page.contains("0123abc"), "{page}");

    let api_url = Some("http://127.0.0.1:9/".to_owned());
    let web = Web::read(place.path(), Surroundings { api_url, ..surroundings }).unwrap();
    let page = get(serve(&mut tasks, web.into_router()).await).await;
    assert!(page.contains("api does not answer"), "{page}");
}
