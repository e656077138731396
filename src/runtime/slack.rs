//! Slack as a part of the house: who we are there, who its people are, and the sockets by which it speaks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use arc_swap::ArcSwap;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::house::House;
use super::people::{InForce, People};
use super::shares::share_out;
use crate::adapters::chat::slack::socket::{DialError, Dialler, Doorman, Hints, Keeper, Limits, Share, keep};
use crate::adapters::chat::slack::{self, Auth, AuthError, Bot, BotToken, Needs, auth, dialogs};
use crate::config::Secret;
use crate::domain::ChatName;
use crate::policy::Rules;
use crate::ports::{ChatAdapter, ChatError, Clock, Desk};
use crate::store::{Store, rooms};

/// How long Slack may take to say who we are.
const LIMIT: Duration = Duration::from_secs(10);
/// How far back is read what was said while nobody listened. Slack sends events again for longer than that.
const MISSED: Duration = Duration::from_mins(10);
/// How long connections of a process that is gone may count: one that is frozen has them until Slack gives them up.
const GONE: Duration = Duration::from_mins(1);
/// The wait before it is asked again.
const AGAIN: Duration = Duration::from_secs(5);

/// The way to Slack.
#[derive(Clone, Debug)]
pub struct Slack {
    /// Where its methods are.
    pub api_url: String,
    /// The bot's token.
    pub bot_token: Secret,
    /// The app's token.
    pub app_token: Secret,
    /// How many sockets are kept open at once.
    pub connections: u32,
    /// Whether rooms are made that only who was invited finds.
    pub is_private: bool,
    /// Groups of the config that are user groups there.
    pub user_groups: BTreeMap<String, String>,
    /// What of Slack is used.
    pub needs: Needs,
}

/// Slack, ready to be listened to.
pub(super) struct Opened {
    slack: Slack,
    chat: Arc<slack::Slack>,
    people: People,
    http: reqwest::Client,
    hints: Hints,
    known: watch::Receiver<bool>,
    /// Told how many sockets are open.
    open: watch::Sender<usize>,
}

impl Slack {
    /// Joins its parts; nothing is asked of Slack yet.
    pub(super) fn open(
        self,
        rules: &Arc<ArcSwap<Rules>>,
        clock: &Arc<dyn Clock>,
        console: Option<String>,
    ) -> anyhow::Result<Opened> {
        let hints = Hints::default();
        let (knowing, known) = watch::channel(false);
        let accounts = InForce { rules: rules.clone(), chat: slack::Slack::name(), known: known.clone() };
        let chat = slack::Slack::new(slack::Settings {
            api_url: self.api_url.clone(),
            token: BotToken::new(self.bot_token.reveal()),
            is_private: self.is_private,
            user_groups: self.user_groups.clone(),
            accounts: Arc::new(accounts),
            console,
            clock: clock.clone(),
        })?;
        let chat = Arc::new(chat);
        let people = People {
            written: rules.load_full(),
            rules: rules.clone(),
            chat: chat.clone(),
            hint: hints.people.clone(),
            known: knowing,
            clock: clock.clone(),
        };
        let http = slack::http(&self.api_url).map_err(|cause| anyhow!("{cause}"))?;
        Ok(Opened { slack: self, chat, people, http, hints, known, open: watch::Sender::new(0) })
    }
}

impl Opened {
    /// What the house asks of it.
    pub(super) fn chat(&self) -> Arc<dyn ChatAdapter> {
        self.chat.clone()
    }

    /// Whether its people were looked up.
    pub(super) fn known(&self) -> (ChatName, watch::Receiver<bool>) {
        (slack::Slack::name(), self.known.clone())
    }

    /// How many sockets are open.
    pub(super) fn connections(&self) -> watch::Receiver<usize> {
        self.open.subscribe()
    }

    /// Listens until `stop`.
    ///
    /// # Errors
    /// At the start: Slack does not take a token. Once it did, that is logged, and the rest of the house goes on.
    pub(super) async fn run(self, house: House, stop: CancellationToken) -> anyhow::Result<()> {
        let store = house.store.clone();
        let crew = store.crew();
        let Self { slack, chat, people, http, hints, open, .. } = self;
        let Some(bot) = stop.run_until_cancelled(who_we_are(&slack)).await else { return Ok(()) };
        let us = bot.map_err(|cause| anyhow!("bot token: {cause}"))?.us;
        let dialler = Dialler::new(&slack.api_url, slack.app_token.reveal())?;
        let intake = Arc::new(store.clone());
        let desk: Arc<dyn Desk> = Arc::new(house);
        let (questions, asked) = mpsc::channel(dialogs::WAITING);
        let answering = dialogs::answer(chat.clone(), desk.clone(), asked, stop.clone());
        let listener = Arc::new(Doorman { intake, us, http, hints: hints.clone(), desk, questions });
        let missed = take_missed(store, chat, listener.clone());
        let stop = stop.child_token();
        let keeping = async {
            let (most, limits) = (slack.connections, Limits::default());
            let (shares, share) = watch::channel(Share::of(*crew.borrow(), most));
            let sharing = share_out(crew.clone(), &shares, most, GONE);
            let keeping = keep(Keeper { dialler, listener, share, most, limits, open }, stop.clone());
            tokio::pin!(keeping);
            let kept = tokio::select! {
                kept = &mut keeping => kept,
                () = sharing => keeping.await,
            };
            if let Err(DialError::TakenAway(why)) = &kept {
                tracing::error!(why, "nothing is heard from Slack until the next start");
                stop.cancelled().await;
                return Ok(());
            }
            stop.cancel();
            kept
        };
        let revoked = async {
            if stop.run_until_cancelled(hints.revoked.cancelled()).await.is_some() {
                tracing::error!("Slack has taken our tokens away: the app was removed, or its tokens were revoked");
            }
        };
        let missed = stop.run_until_cancelled(missed);
        let answering = stop.run_until_cancelled(answering);
        let (kept, (), (), _, _) = tokio::join!(keeping, people.run(stop.clone()), revoked, missed, answering);
        Ok(kept?)
    }
}

/// Takes in what was said to us in our rooms while nobody listened. What cannot be read is left to whoever said it.
async fn take_missed(store: Store, chat: Arc<slack::Slack>, listener: Arc<Doorman>) {
    let since = store.clock().now().minus(MISSED);
    let rooms = async { rooms::open_in(&mut store.reader().await?, &slack::Slack::name()).await }.await;
    for room in rooms.unwrap_or_default() {
        match chat.missed(&room, since).await {
            Ok(frames) => {
                for frame in frames {
                    listener.take(frame).await;
                }
            }
            Err(ChatError::Busy { .. }) => return,
            Err(cause) => tracing::warn!(%room, error = %cause, "what was said meanwhile cannot be read"),
        }
    }
}

/// Asks until Slack answers.
async fn who_we_are(slack: &Slack) -> Result<Bot, AuthError> {
    loop {
        let (api_url, token) = (slack.api_url.as_str(), slack.bot_token.reveal());
        match auth(Auth { api_url, token, needs: Some(slack.needs), limit: LIMIT }).await {
            Ok(bot) => {
                for scope in &bot.missing {
                    tracing::error!(
                        scope = scope.name,
                        used_by = scope.used_by,
                        "the bot lacks a right; paste what `chamberlain slack manifest` prints into the app's manifest, and install it again"
                    );
                }
                tracing::info!(bot = bot.name, workspace = bot.team, "Slack knows us");
                return Ok(bot);
            }
            Err(refused @ AuthError::Refused(_)) => return Err(refused),
            Err(other) => {
                tracing::warn!(why = %other, "Slack does not say who we are; asking again");
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}
