//! A client of a running Chamberlain's HTTP API, with the token that it left under its data folder.

use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::{Method, Response};
use serde_json::Value;

use crate::config::Config;
use crate::runtime::dev_token_path;

/// Longer than the longest wait of the API.
const LIMIT: Duration = Duration::from_secs(40);

/// A client of a running Chamberlain.
pub(super) struct Client {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Client {
    /// Finds the server and the token by the config.
    pub(super) fn new(config: &Config) -> anyhow::Result<Self> {
        let path = dev_token_path(&config.data_dir);
        let token = std::fs::read_to_string(&path).with_context(|| {
            format!(
                "There is no token in {}. Start `chamberlain` with `profile = \"dev\"` in this folder first.",
                path.display()
            )
        })?;
        let (host, listen) = (&config.server.host, config.server.listen);
        // The system's resolver often knows no names below `localhost`; the browser does.
        // It is plain HTTP: reading the system's certificates would take longer than all the rest.
        let builder = reqwest::Client::builder().no_proxy().tls_certs_only([]);
        let http = builder.resolve(host, listen).timeout(LIMIT).build()?;
        Ok(Self { http, base: format!("http://{host}:{}/api/v1", listen.port()), token: token.trim().to_owned() })
    }

    /// Sends a request and gives the answer's JSON; an error in it becomes ours.
    pub(super) async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
        let mut request = self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request
            .send()
            .await
            .with_context(|| format!("Nobody answers at {}. Is `chamberlain` running with this config?", self.base))?;
        answer(response).await
    }
}

async fn answer(response: Response) -> anyhow::Result<Value> {
    let status = response.status();
    let body: Value = response.json().await.with_context(|| format!("The answer ({status}) is no JSON."))?;
    match body["error"].as_str() {
        Some(told) => bail!("{told}"),
        None if !status.is_success() => bail!("The server answered {status}."),
        None => Ok(body),
    }
}
