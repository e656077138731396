//! Our sockets to Slack in a process of their own, whose environment says by which way Slack is reached. It prints the
//! dedup key of what comes, until its standard input ends.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[expect(unreachable_pub, reason = "other tests use it too")]
#[path = "../support/desk.rs"]
mod desk;

use std::io::{Read, Write, stdin, stdout};
use std::sync::Arc;

use async_trait::async_trait;
use chamberlain::adapters::chat::slack::socket::{Dialler, Doorman, Hints, Keeper, Limits, Share, keep};
use chamberlain::domain::EventId;
use chamberlain::domain::touch::TouchKey;
use chamberlain::event::Arrival;
use chamberlain::event::chat::slack::Us;
use chamberlain::ports::{Arrived, Intake, IntakeError};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

/// Prints what arrives.
struct Printer;

#[async_trait]
impl Intake for Printer {
    async fn arrive(&self, arrival: Arrival) -> Result<Arrived, IntakeError> {
        writeln!(stdout(), "{}", arrival.dedup_key).map_err(|cause| IntakeError::Store(Box::new(cause)))?;
        Ok(Arrived::New(EventId::new(arrival.dedup_key)))
    }

    async fn touch(&self, _: TouchKey) -> Result<(), IntakeError> {
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    rustls::crypto::ring::default_provider().install_default().unwrap();
    let given: Vec<String> = std::env::args().skip(1).collect();
    let [api_url, token, user] = given.as_slice() else { panic!("give an address, a token and a user") };
    let doorman = Doorman {
        intake: Arc::new(Printer),
        us: Us { user: user.clone(), bot: None },
        http: reqwest::Client::builder().build().unwrap(),
        hints: Hints::default(),
        desk: Arc::new(desk::FakeDesk::default()),
        // Nothing is asked here.
        questions: mpsc::channel(1).0,
    };
    let dialler = Dialler::new(api_url, token).unwrap();
    let keeper = Keeper {
        dialler,
        listener: Arc::new(doorman),
        share: Share::whole(2),
        most: 2,
        limits: Limits::default(),
        open: watch::Sender::new(0),
    };
    let stop = CancellationToken::new();
    let (ended, ()) = tokio::join!(keep(keeper, stop.clone()), async {
        tokio::task::spawn_blocking(|| stdin().read_to_end(&mut Vec::new())).await.unwrap().unwrap();
        stop.cancel();
    });
    ended.unwrap();
}
