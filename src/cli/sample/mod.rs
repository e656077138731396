//! `chamberlain sample`: the tiny server of the sample product, run in a folder with its files.

mod api;
mod ask;
mod colour;
mod surroundings;
mod web;

pub use api::Api;
pub use surroundings::Surroundings;
pub use web::Web;

use std::io::Write;
use std::net::Ipv4Addr;
use std::path::Path;

use anyhow::Context;
use axum::Router;
use axum::routing::get;
use serde::de::DeserializeOwned;
use tokio::net::TcpListener;

/// Serve a part of the sample product in this folder, at PORT.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Sample {
    /// Which part.
    #[arg(value_enum)]
    pub part: Part,
}

/// A part of the sample product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// The page that people see; reads page.toml.
    Web,
    /// What the page asks; reads answer.toml.
    Api,
}

/// Serves until the process is ended. Needs no config, so it is run before one is read.
pub async fn run(sample: Sample) -> anyhow::Result<()> {
    let surroundings = Surroundings::read()?;
    let port = surroundings.port;
    let folder = std::env::current_dir().context("the current folder is gone")?;
    let (name, routes) = match sample.part {
        Part::Web => ("web", Web::read(&folder, surroundings)?.into_router()),
        Part::Api => ("api", Api::read(&folder, surroundings)?.into_router()),
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .with_context(|| format!("cannot listen on 127.0.0.1:{port}: is it taken?"))?;
    writeln!(std::io::stdout(), "{name} listens on 127.0.0.1:{port}")?;
    axum::serve(listener, routes.merge(health())).await.context("the server ended")
}

fn health() -> Router {
    Router::new().route("/health", get(async || "ok"))
}

/// Reads a file that people edit, and says where it is wrong.
fn read_toml<T: DeserializeOwned>(folder: &Path, name: &str) -> anyhow::Result<T> {
    let text = std::fs::read_to_string(folder.join(name)).with_context(|| format!("{name} cannot be read"))?;
    toml::from_str(&text).with_context(|| format!("{name} cannot be understood; mend it and commit"))
}
