//! What people want to see at once: forms, and their own pages. Answered beside the sockets, which wait for nobody.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::adapter::Slack;
use super::homes::Homes;
use super::views::NoView;
use crate::card::render::slack::{self, instead, loading};
use crate::domain::form::{Asked, Form};
use crate::domain::marked::Marked;
use crate::event::chat::slack::form::Question;
use crate::ports::Desk;

/// How many questions wait at most.
pub const WAITING: usize = 256;
/// How many are answered at once.
const AT_ONCE: usize = 16;
/// A form that is not ready by then is opened as an empty one first: Slack lets us open it for three seconds.
const SOON: Duration = Duration::from_millis(700);

/// Answers questions until `stop`, and keeps the pages true that people look at.
pub async fn answer(
    chat: Arc<Slack>,
    desk: Arc<dyn Desk>,
    questions: mpsc::Receiver<Question>,
    stop: CancellationToken,
) {
    let homes = Arc::new(Homes::of(chat.clone(), desk.clone()));
    let answering = answer_all((chat, desk, homes.clone()), questions, &stop);
    tokio::join!(answering, stop.run_until_cancelled(homes.keep_true()));
}

async fn answer_all(
    (chat, desk, homes): (Arc<Slack>, Arc<dyn Desk>, Arc<Homes>),
    mut questions: mpsc::Receiver<Question>,
    stop: &CancellationToken,
) {
    let mut answering = JoinSet::new();
    loop {
        let question = tokio::select! {
            () = stop.cancelled() => return,
            _ = answering.join_next(), if answering.len() >= AT_ONCE => continue,
            question = questions.recv(), if answering.len() < AT_ONCE => question,
        };
        let Some(question) = question else { return };
        while answering.try_join_next().is_some() {}
        match question {
            // In their order: what was typed before a form was sent must not come back after it.
            Question::Typed { by, filled, at } => desk.keep(&by, &filled, at).await,
            Question::Sent { by, command } => desk.forget(&by, &command).await,
            Question::Form { asked, trigger } => {
                let (chat, desk) = (chat.clone(), desk.clone());
                answering.spawn(async move { open(&chat, desk.as_ref(), (&asked, &trigger)).await });
            }
            Question::Home { by } => {
                let homes = homes.clone();
                answering.spawn(async move { homes.open(by).await });
            }
        }
    }
}

async fn open(chat: &Slack, desk: &dyn Desk, (asked, trigger): (&Asked, &str)) {
    let view = |form: Result<Form, Marked>| {
        form.map_or_else(|words| instead(&words), |ready| slack::form(&ready, asked.room.as_ref()))
    };
    let mut asking = std::pin::pin!(desk.form(asked));
    let opened = match timeout(SOON, &mut asking).await {
        Ok(form) => chat.open_view(trigger, &view(form)).await.map(drop),
        Err(_) => match chat.open_view(trigger, &loading()).await {
            Ok(id) => chat.change_view(&id, &view(asking.await)).await.map_err(NoView::Failed),
            Err(none) => Err(none),
        },
    };
    let Err(none) = opened else { return };
    tracing::warn!(command = %asked.command, why = %none, "a form is not shown");
    let why = match none {
        NoView::TooLate => "That took me too long, and Slack lets me open a form for three seconds only.",
        NoView::Failed(_) => "Slack did not let me open the form.",
    };
    let told = format!("{why} Press again, or type the command: `help {}` says how.", asked.command);
    if let Err(failed) = chat.tell(&asked.by.id, &told).await {
        tracing::warn!(error = %failed, "nor could that be told");
    }
}
