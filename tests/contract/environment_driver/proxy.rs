//! The proxy in front of real components.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse;
use chamberlain::domain::component::ComponentName;
use chamberlain::domain::spec::EnvironmentName;
use chamberlain::ports::{Route, Routes};
use chamberlain::web::proxy::proxy;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::yard::{Yard, spec};

const HOST: &str = "web.sprint-42.localhost";

/// Serves the yard's components, and gives the address.
async fn serve(yard: &Yard, tasks: &mut JoinSet<()>) -> SocketAddr {
    serve_routes(Arc::clone(yard.driver()) as _, tasks).await
}

async fn serve_routes(routes: Arc<dyn Routes>, tasks: &mut JoinSet<()>) -> SocketAddr {
    let proxy = Arc::new(proxy(routes, (CancellationToken::new(), Duration::from_mins(1))));
    let answer = move |request: Request| {
        let proxy = Arc::clone(&proxy);
        async move { proxy.answer(request).await.unwrap_or_else(|_| "the console".into_response()) }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = Router::new().fallback(answer).into_make_service_with_connect_info::<SocketAddr>();
    tasks.spawn(async move { axum::serve(listener, service).await.unwrap() });
    address
}

fn ask(client: &reqwest::Client, address: SocketAddr, host: &str, path: &str) -> reqwest::RequestBuilder {
    client.get(format!("http://{address}{path}")).header("host", host)
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_notices_a_swap() {
    let yard = Yard::open().await;
    yard.bring(&spec("one")).await.unwrap();
    let (mut server, mut callers) = (JoinSet::new(), JoinSet::new());
    let address = serve(&yard, &mut server).await;
    let (is_over, answers) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    for number in 0..4 {
        let (is_over, answers) = (Arc::clone(&is_over), Arc::clone(&answers));
        // One of them asks for what takes long: it must be let finish on the old one.
        let path = if number == 0 { "/slow" } else { "/" };
        callers.spawn(async move {
            let client = client();
            while !is_over.load(Ordering::SeqCst) {
                let answer = ask(&client, address, HOST, path).send().await.unwrap();
                assert_eq!(answer.status(), 200);
                assert!(answer.text().await.unwrap().ends_with("0000"));
                answers.fetch_add(1, Ordering::SeqCst);
            }
        });
    }
    for version in ["two", "three", "four"] {
        tokio::time::sleep(Duration::from_millis(200)).await;
        yard.bring(&spec(version)).await.unwrap();
    }
    is_over.store(true, Ordering::SeqCst);
    while let Some(caller) = callers.join_next().await {
        caller.unwrap();
    }
    assert!(answers.load(Ordering::SeqCst) > 100);
    assert_eq!(
        ask(&client(), address, HOST, "/").send().await.unwrap().text().await.unwrap(),
        "four0000000000000000000"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn our_cookie_and_foreign_claims_stay_outside() {
    let yard = Yard::open().await;
    yard.bring(&spec("ok")).await.unwrap();
    let mut server = JoinSet::new();
    let address = serve(&yard, &mut server).await;
    let host = format!("Web.Sprint-42.localhost:{}", address.port());
    let request = ask(&client(), address, &host, "/head")
        .header("cookie", "a=1; chamberlain_session=secret; b=2")
        .header("x-chamberlain-person", "ana")
        .header("x-forwarded-for", "9.9.9.9");
    let answer = request.send().await.unwrap();
    let cookies: Vec<_> = answer.headers().get_all("set-cookie").iter().cloned().collect();
    assert_eq!(cookies, ["a=1"]);
    let head = answer.text().await.unwrap().to_lowercase();
    assert!(head.contains("cookie: a=1; b=2\r\n"), "{head}");
    assert!(head.contains(&format!("\r\nhost: {}\r\n", host.to_lowercase())), "{head}");
    assert!(head.contains("x-forwarded-for: 127.0.0.1\r\n"), "{head}");
    assert!(!head.contains("secret") && !head.contains("ana") && !head.contains("9.9.9.9"), "{head}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_goes_through_both_ways() {
    let yard = Yard::open().await;
    yard.bring(&spec("ok")).await.unwrap();
    let mut server = JoinSet::new();
    let address = serve(&yard, &mut server).await;
    let mut socket = TcpStream::connect(address).await.unwrap();
    let wish = format!("GET /socket HTTP/1.1\r\nHost: {HOST}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    socket.write_all(wish.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    assert!(head.starts_with("http/1.1 101") && head.contains("upgrade: websocket"), "{head}");
    let route = yard.driver().find(&super::yard::environment(), &super::yard::component()).unwrap();
    for frame in [&b"\x81\x05hello"[..], b"\x82\x02\x00\xff"] {
        socket.write_all(frame).await.unwrap();
        let mut back = vec![0; frame.len()];
        socket.read_exact(&mut back).await.unwrap();
        assert_eq!(back, frame);
    }
    assert_eq!(route.count_open(), 0, "an open socket holds up no swap");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_tells_what_is_not_there() {
    let yard = Yard::open().await;
    yard.bring(&spec("ok")).await.unwrap();
    let mut server = JoinSet::new();
    let address = serve(&yard, &mut server).await;
    for (host, status) in [("api.sprint-42.localhost:8080", 503), ("web.nowhere.localhost:8080", 404)] {
        let answer = ask(&client(), address, host, "/").send().await.unwrap();
        assert_eq!(answer.status(), status);
        let page = answer.text().await.unwrap();
        assert!(page.contains("http://web.sprint-42.localhost:8080/"), "{page}");
    }
    let answer = ask(&client(), address, "console.localhost", "/").send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "the console");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_that_does_not_answer_is_starting_for_all_we_say() {
    let mut server = JoinSet::new();
    let address = serve_routes(Arc::new(Silent), &mut server).await;
    let answer = ask(&client(), address, HOST, "/").send().await.unwrap();
    assert_eq!(answer.status(), 502);
    let page = answer.text().await.unwrap();
    assert!(page.contains("web of sprint-42 does not answer. It may be starting."), "{page}");
    assert!(!page.contains("refused") && !page.contains("127.0.0.1"), "{page}");
}

/// Leads to a port that nobody listens on.
struct Silent;

impl Routes for Silent {
    fn find(&self, _: &EnvironmentName, _: &ComponentName) -> Option<Route> {
        static OPEN: LazyLock<Arc<AtomicUsize>> = LazyLock::new(Arc::default);
        Some(Route { address: SocketAddr::from(([127, 0, 0, 1], 1)), open: Arc::clone(&OPEN) })
    }

    fn known(&self) -> Vec<(EnvironmentName, ComponentName)> {
        Vec::new()
    }
}
