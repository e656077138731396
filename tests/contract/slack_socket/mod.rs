//! Our sockets to Slack keep their promises: driven here against the fake of Slack, with an inbox that does as told.

mod dialling;
mod ends;
mod forms;
mod intake;
mod log;
mod network;
mod pace;
mod proxy;
mod replacing;
mod sharing;
mod storing;
mod turned_away;
mod unstored;

use std::sync::Arc;
use std::time::Duration;

use chamberlain::adapters::chat::slack::socket::{DialError, Dialler, Doorman, Hints, Keeper, Limits, Share, keep};
use chamberlain::event::chat::slack::Us;
use chamberlain::event::chat::slack::form::Question;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use self::intake::FakeIntake;
use crate::support::desk::FakeDesk;
use crate::support::slack::handle::FakeSlack;
use crate::support::slack::{APP_TOKEN, BOT, BOT_ID};

/// Whatever takes longer does not come.
const LIMIT: Duration = Duration::from_secs(20);

/// Waits that a test can wait for; the times after which a silent machine is given up stay as they are.
fn quick() -> Limits {
    Limits { first_wait: Duration::from_millis(5), longest_wait: Duration::from_millis(80), ..Limits::default() }
}

/// A Slack with a channel `ops` in which the bot and Alice are.
async fn slack() -> FakeSlack {
    drop(rustls::crypto::ring::default_provider().install_default());
    let slack = FakeSlack::start().await;
    slack.person("alice");
    slack.channel("ops", &["alice", BOT]);
    slack
}

/// Our two sockets, and where they store.
struct Ground {
    slack: FakeSlack,
    intake: Arc<FakeIntake>,
    desk: Arc<FakeDesk>,
    asked: mpsc::Receiver<Question>,
    stop: CancellationToken,
    hints: Hints,
    keeping: JoinSet<Result<(), DialError>>,
}

impl Ground {
    /// Both sockets are open.
    async fn open() -> Self {
        let ground = Self::at(slack().await, quick());
        ground.slack.wait_connected(2).await;
        ground
    }

    /// Whatever comes of it.
    fn at(slack: FakeSlack, limits: Limits) -> Self {
        Self::with(slack, (APP_TOKEN, limits))
    }

    fn with(slack: FakeSlack, (token, limits): (&str, Limits)) -> Self {
        Self::sharing(slack, (token, limits), Share::whole(2))
    }

    /// As one of several that share the app.
    fn sharing(slack: FakeSlack, (token, limits): (&str, Limits), share: watch::Receiver<Share>) -> Self {
        let (intake, stop, hints) = (Arc::<FakeIntake>::default(), CancellationToken::new(), Hints::default());
        let (desk, (questions, asked)) = (Arc::<FakeDesk>::default(), mpsc::channel(64));
        let doorman = Doorman {
            intake: intake.clone(),
            us: Us { user: BOT.into(), bot: Some(BOT_ID.into()) },
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            hints: hints.clone(),
            desk: desk.clone(),
            questions,
        };
        let dialler = Dialler::new(&slack.api_url(), token).unwrap();
        let keeper =
            Keeper { dialler, listener: Arc::new(doorman), share, most: 5, limits, open: watch::Sender::new(0) };
        let mut keeping = JoinSet::new();
        keeping.spawn(keep(keeper, stop.clone()));
        Self { slack, intake, desk, asked, stop, hints, keeping }
    }

    /// Somebody says something to us; it comes as a mention and as a message.
    fn says(&self, text: &str) -> String {
        self.slack.says("alice", "ops", &format!("@bot {text}"))
    }

    /// How it ended.
    async fn ended(&mut self) -> Result<(), DialError> {
        timeout(LIMIT, self.keeping.join_next()).await.unwrap().unwrap().unwrap()
    }

    /// How often we asked where to connect.
    fn dials(&self) -> usize {
        self.slack.calls("apps.connections.open").len()
    }
}

/// A button on a card of ours.
fn card() -> Value {
    let button = json!({
        "type": "button", "text": { "type": "plain_text", "text": "Deploy" }, "action_id": "press:0", "value": "deploy",
    });
    json!([{ "type": "actions", "block_id": "7|0|card-1", "elements": [button] }])
}
