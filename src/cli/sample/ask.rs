//! What the sample's page asks its `api`.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::Context;
use reqwest::Url;
use serde_json::Value;

/// A person waits for the page meanwhile.
const LIMIT: Duration = Duration::from_secs(2);

/// More than any answer of ours; the rest is not read.
const ANSWER_LIMIT: usize = 8 * 1024;

/// How many letters of the answer are shown.
const SHOWN: usize = 200;

/// Asks one address.
#[derive(Debug)]
pub(super) struct Ask {
    http: reqwest::Client,
    url: Url,
}

impl Ask {
    /// Will ask `url`. A name below `localhost` is this machine, though the system's resolver often does not know that.
    pub(super) fn new(url: &str) -> anyhow::Result<Self> {
        let url: Url = url.parse().with_context(|| format!("API_URL is `{url}`, which is no address"))?;
        let mut http = reqwest::Client::builder().no_proxy().timeout(LIMIT);
        if let Some(host) = url.host_str().filter(|host| host.ends_with(".localhost")) {
            let port = url.port_or_known_default().unwrap_or(80);
            http = http.resolve(host, SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
        }
        Ok(Self { http: http.build()?, url })
    }

    /// Its message, or the beginning of whatever it answers; nothing when it does not answer well.
    pub(super) async fn ask(&self) -> Option<String> {
        let mut response = self.http.get(self.url.clone()).send().await.ok()?.error_for_status().ok()?;
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.ok()? {
            body.extend_from_slice(&piece);
            if body.len() > ANSWER_LIMIT {
                break;
            }
        }
        let answer: Option<Value> = serde_json::from_slice(&body).ok();
        let message = answer.as_ref().and_then(|answer| answer["message"].as_str());
        let words = message.map_or_else(|| String::from_utf8_lossy(&body), Into::into);
        Some(words.chars().take(SHOWN).collect())
    }
}
