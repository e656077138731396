//! What a scenario asks of a workspace: people who act, faults to order, and everything that was said to read back.
//!
//! In both worlds Alice, Bob and Carol are there. Alice and Bob are in `ops` and in `random`; the bot is in `ops` alone.
//! The config of the tests knows Alice and Bob, by their mail addresses; Carol is a stranger.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::message::Message;
use crate::view::{Button, View};

/// Whatever takes longer does not come.
pub(crate) const LIMIT: Duration = Duration::from_secs(40);

/// A conversation as it stands.
#[derive(Clone, Debug)]
pub(crate) struct Channel {
    /// By id.
    pub(crate) members: Vec<String>,
    pub(crate) topic: String,
    /// The stamps of pinned messages.
    pub(crate) pins: Vec<String>,
    pub(crate) messages: Vec<Message>,
}

/// What Slack shows under the fields of a modal.
pub(crate) fn errors(told: &Value) -> Vec<(String, String)> {
    let fields = told.as_object().into_iter().flatten();
    fields.map(|(field, words)| (field.clone(), words.as_str().unwrap().to_owned())).collect()
}

/// How calls of a method go wrong.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) method: &'static str,
    pub(crate) how: How,
    /// Whether the call is carried out nevertheless.
    pub(crate) is_after_effect: bool,
    /// So many calls; without it, all.
    pub(crate) times: Option<u32>,
}

/// What comes instead of an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum How {
    Error(&'static str),
    Status(u16),
    /// The connection is cut.
    Cut,
}

impl Fault {
    pub(crate) fn on(method: &'static str, how: How) -> Self {
        Self { method, how, is_after_effect: false, times: None }
    }

    pub(crate) fn times(self, times: u32) -> Self {
        Self { times: Some(times), ..self }
    }

    pub(crate) fn after_effect(self) -> Self {
        Self { is_after_effect: true, ..self }
    }
}

/// A workspace. People are named by name, channels by name or id.
pub(crate) trait Workspace: Sized {
    /// A moment before which everything was seen.
    type Mark;

    fn api_url(&self) -> String;
    /// The bot's token and the app's.
    fn tokens(&self) -> (String, String);
    fn email(&self, who: &str) -> String;
    fn id(&self, who: &str) -> String;
    fn bot(&self) -> String;

    /// Somebody writes in a channel; `@bot` is the bot's mention. Gives the stamp.
    async fn says(&self, who: &str, channel: &str, text: &str) -> String;
    /// The same in a thread.
    async fn replies(&self, who: &str, thread: (&str, &str), text: &str);
    /// Somebody writes to the bot alone. Gives the conversation.
    async fn dm(&self, who: &str, text: &str) -> String;
    /// Somebody types `/chamberlain` and these words; nobody waits for the acknowledgement.
    async fn slash(&self, who: &str, channel: &str, words: &str);
    /// Somebody presses a button, by the word on it; nobody waits for the acknowledgement.
    async fn presses(&self, who: &str, message: (&str, &str), label: &str);
    /// Somebody chooses an option of a select.
    async fn chooses(&self, who: &str, message: (&str, &str), choice: (&str, &str));
    /// Somebody writes several messages at once, which come out of order.
    async fn says_out_of_order(&self, who: &str, channel: &str, texts: &[String]);
    async fn archives(&self, channel: &str);
    /// People open an archived channel again.
    async fn unarchives(&self, channel: &str);
    /// A channel that the bot made gets another name.
    async fn renames(&self, channel: &str, name: &str);
    async fn kicks_bot(&self, channel: &str);

    async fn channel(&self, channel: &str) -> Option<Channel>;
    /// How often a method was called.
    async fn calls(&self, method: &str) -> usize;
    /// Waits until so many sockets are open.
    async fn connected(&self, count: usize);

    /// What was not acknowledged comes again after a second, not after a minute.
    async fn send_again_soon(&self);
    async fn drop_sockets(&self);
    /// The sockets of now are recycled after a grace.
    async fn refresh_sockets(&self, grace: Duration);
    /// From now on everything is delivered twice.
    async fn deliver_twice(&self);
    async fn fault(&self, fault: Fault);
    async fn end_faults(&self);
    /// A channel takes so many messages a second from now on.
    async fn channel_rate(&self, per_second: f64);
    /// In channels the app hears mentions alone, as with our manifest; else each mention comes as a message as well.
    async fn hear_mentions_alone(&self);
    /// The app loses a right.
    async fn revoke_scope(&self, scope: &str);

    /// Somebody uses a shortcut of the app; at a message, if one is named.
    async fn shortcut(&self, who: &str, name: &str, at: Option<(&str, &str)>);
    /// The modal that somebody has before them.
    async fn modal(&self, who: &str) -> Option<View>;
    /// Somebody fills in one field of a modal, and does not send it off.
    async fn fills(&self, who: &str, modal: &str, field: (&str, &str));
    /// What is offered as somebody types into a field of a modal.
    async fn offered(&self, who: &str, modal: &str, field: (&str, &str)) -> Vec<String>;
    /// Somebody fills in fields of a modal and sends it off; gives what is wrong, each with its field.
    async fn submits(&self, who: &str, modal: &str, fields: &[(&str, &str)]) -> Vec<(String, String)>;
    /// Somebody closes a modal.
    async fn closes(&self, who: &str, modal: &str);

    async fn mark(&self) -> Self::Mark;
    /// Comes after the next change since the mark, or after a little while.
    async fn change_since(&self, mark: Self::Mark);

    /// Looks again after every change until there is something to see.
    async fn until<T>(&self, what: &str, look: impl AsyncFn(&Self) -> Option<T>) -> T {
        let limit = Instant::now() + LIMIT;
        loop {
            let mark = self.mark().await;
            if let Some(seen) = look(self).await {
                return seen;
            }
            if Instant::now() > limit {
                eprintln!("waiting for: {what}");
                for name in ["ops", "random", "sprint-42"] {
                    eprintln!("#{name}: {:#?}", self.channel(name).await);
                }
                panic!("it did not come: {what}");
            }
            self.change_since(mark).await;
        }
    }

    /// The first message of ours in a channel that is as wanted.
    async fn until_ours(&self, channel: &str, what: &str, is_wanted: impl Fn(&Message) -> bool) -> Message {
        let look = async |world: &Self| {
            let channel = world.channel(channel).await?;
            channel.messages.into_iter().find(|message| message.is_ours && is_wanted(message))
        };
        self.until(what, look).await
    }

    /// Waits until each of these was said by us in a channel, which is how `echo` answers.
    async fn until_echoed(&self, channel: &str, texts: &[String]) {
        let look = async |world: &Self| {
            let said = ours(world.channel(channel).await?.messages);
            texts.iter().all(|text| said.contains(text)).then_some(())
        };
        self.until("every echo", look).await;
    }

    /// Fails when any of these was not said exactly once.
    async fn each_once(&self, channel: &str, texts: &[String]) {
        let said = ours(self.channel(channel).await.unwrap().messages);
        for text in texts {
            assert_eq!(said.iter().filter(|one| *one == text).count(), 1, "{text}: {said:?}");
        }
    }

    // Pages: the home tab, and what is pressed there.

    /// Somebody opens the bot's home tab.
    async fn opens_home(&self, who: &str);
    /// Somebody's home tab, once it was shown.
    async fn home_of(&self, who: &str) -> Option<View>;
    /// Somebody presses a button in a view; nobody waits for the acknowledgement.
    async fn presses_in(&self, who: &str, view: &View, button: &Button);

    /// Somebody's home tab, once it is as wanted.
    async fn until_home(&self, who: &str, what: &str, is_wanted: impl Fn(&View) -> bool) -> View {
        self.until(what, async |world: &Self| world.home_of(who).await.filter(|view| is_wanted(view))).await
    }
}

fn ours(messages: Vec<Message>) -> Vec<String> {
    messages.into_iter().filter(|message| message.is_ours).map(|message| message.text).collect()
}

/// Lines that can be told apart, and the answer to each.
pub(crate) fn words(kind: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{kind}-{number}")).collect()
}

/// The command that has this said.
pub(crate) fn echo(word: &str) -> String {
    format!("@bot echo {word}")
}
