//! The fake of Slack keeps what Slack keeps: driven here over HTTP and a WebSocket, as the adapter drives it.

mod calls;
mod interactions;
mod people;
mod shapes;
mod socket;

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::support::slack::handle::FakeSlack;
use crate::support::slack::{APP, APP_TOKEN, BOT, BOT_TOKEN};

/// A client that knows nothing of the fake but its address.
struct Client {
    http: reqwest::Client,
    api: String,
}

impl Client {
    fn of(slack: &FakeSlack) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
        Self { http, api: slack.api_url() }
    }

    async fn answer(&self, method: &str, token: &str, args: Value) -> reqwest::Response {
        let call = self.http.post(format!("{}/{method}", self.api)).bearer_auth(token).json(&args);
        call.send().await.unwrap()
    }

    /// A call with a JSON body.
    async fn call(&self, method: &str, args: Value) -> Value {
        self.answer(method, BOT_TOKEN, args).await.json().await.unwrap()
    }

    /// A call with a query, for the methods that read.
    async fn read(&self, method: &str, args: &[(&str, &str)]) -> Value {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(args).finish();
        let call = self.http.get(format!("{}/{method}?{query}", self.api)).bearer_auth(BOT_TOKEN);
        call.send().await.unwrap().json().await.unwrap()
    }

    async fn connect(&self) -> Socket {
        let opened: Value = self.answer("apps.connections.open", APP_TOKEN, json!({})).await.json().await.unwrap();
        Socket(connect_async(opened["url"].as_str().unwrap()).await.unwrap().0)
    }
}

/// A connection to Socket Mode.
struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// How the connection ends: in order, or not.
    async fn end(&mut self) -> Result<(), ()> {
        loop {
            match tokio::time::timeout(Duration::from_secs(20), self.0.next()).await.unwrap() {
                Some(Ok(Message::Close(_))) => return Ok(()),
                Some(Err(_)) | None => return Err(()),
                Some(Ok(_)) => {}
            }
        }
    }

    /// The next frame.
    async fn frame(&mut self) -> Value {
        loop {
            let next = tokio::time::timeout(Duration::from_secs(20), self.0.next()).await.unwrap();
            if let Message::Text(text) = next.unwrap().unwrap() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    async fn ack(&mut self, frame: &Value, payload: Value) {
        let mut ack = json!({ "envelope_id": frame["envelope_id"] });
        if !payload.is_null() {
            ack["payload"] = payload;
        }
        self.0.send(Message::text(ack.to_string())).await.unwrap();
    }
}

/// A Slack with a channel `ops` in which the bot and Alice are, and a greeted connection.
async fn ground() -> (FakeSlack, Client, Socket) {
    let slack = FakeSlack::start().await;
    // A slow machine is no reason to give up.
    slack.set(|settings| settings.ack_timeout = Duration::from_mins(1));
    slack.person("alice");
    slack.channel("ops", &["alice", BOT]);
    let client = Client::of(&slack);
    let mut socket = client.connect().await;
    let hello = socket.frame().await;
    assert_eq!((&hello["type"], &hello["num_connections"]), (&json!("hello"), &json!(1)));
    assert_eq!(hello["connection_info"]["app_id"], APP);
    (slack, client, socket)
}

fn button() -> Value {
    let button = json!({
        "type": "button", "text": { "type": "plain_text", "text": "Deploy" }, "action_id": "go", "value": "v1",
    });
    let select = json!({
        "type": "static_select", "action_id": "where",
        "options": [{ "text": { "type": "plain_text", "text": "Blue" }, "value": "blue" }],
    });
    json!([{ "type": "actions", "block_id": "b", "elements": [button, select] }])
}
