//! A page's live connection, read event by event.

use std::time::Duration;

use axum::body::BodyDataStream;
use axum::http::Request;
use futures::StreamExt;
use serde_json::Value;

use super::house::House;

/// A connection that tells changes.
pub struct Live {
    stream: BodyDataStream,
    buffer: String,
}

/// One event.
#[derive(Debug)]
pub struct LiveEvent {
    pub name: String,
    pub id: Option<String>,
    pub data: String,
}

impl Live {
    /// Opens the connection of a room's page; `from` is the last event that the page has seen.
    pub async fn open(house: &House, query: &str, from: Option<&str>) -> Self {
        let mut request = Request::get(format!("/live?{query}"));
        if let Some(from) = from {
            request = request.header("last-event-id", from);
        }
        let response = house.request_as_ana(request.body(axum::body::Body::empty()).unwrap()).await;
        assert_eq!(response.status(), 200);
        Self { stream: response.into_body().into_data_stream(), buffer: String::new() }
    }

    /// The next event of a name.
    pub async fn next(&mut self, name: &str) -> LiveEvent {
        loop {
            let event = tokio::time::timeout(Duration::from_secs(20), self.any()).await.unwrap();
            if event.name == name {
                return event;
            }
        }
    }

    /// The next message: its id, and what it looks like.
    pub async fn message(&mut self) -> (LiveEvent, Value) {
        let event = self.next("message").await;
        let data = serde_json::from_str(&event.data).unwrap();
        (event, data)
    }

    async fn any(&mut self) -> LiveEvent {
        loop {
            if let Some((block, rest)) = self.buffer.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.buffer = rest;
                let field = |name: &str| {
                    let lines: Vec<&str> = block.lines().filter_map(|line| line.strip_prefix(name)).collect();
                    (!lines.is_empty()).then(|| lines.join("\n"))
                };
                if let Some(name) = field("event: ") {
                    return LiveEvent { name, id: field("id: "), data: field("data: ").unwrap_or_default() };
                }
                continue;
            }
            let bytes = self.stream.next().await.unwrap().unwrap();
            self.buffer.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }
}
