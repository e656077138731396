//! Cards: posted once, then edited to whatever their object is now.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::facts::{self, Shown};
use super::run::Stewards;
use super::{Next, StewardError};
use crate::card::model::Content;
use crate::domain::card::{CardId, CardRow, CardState, Subject};
use crate::domain::moment::{self, Moment};
use crate::domain::touch::TouchKey;
use crate::domain::{MessageId, RoomId};
use crate::ports::{ChatError, Post, RoomChange, Sought, within};
use crate::store::{cards, rooms, touches};

/// Posts the card, or puts what is true now into its message. A refusal has its room looked at: it may be gone.
pub(super) async fn reconcile(stewards: &Stewards, id: &CardId) -> Result<Next, StewardError> {
    let Some(row) = cards::find(&mut stewards.store.reader().await?, id).await? else { return Ok(Next::AtRest) };
    let shown = show(stewards, &row).await;
    if let Err(StewardError::Chat(ChatError::Rejected(_))) = &shown {
        let (room, now) = (TouchKey::Room(row.subject.iteration()), stewards.clock.now());
        let touched = stewards
            .store
            .observe(Vec::new(), move |tx| Box::pin(async move { touches::touch(tx, &[room], now).await }));
        touched.await?;
    }
    shown
}

async fn show(stewards: &Stewards, row: &CardRow) -> Result<Next, StewardError> {
    // No room yet: its steward touches us when it is open.
    let Some(Shown { room, card, again }) = facts::card(stewards, row).await? else { return Ok(Next::AtRest) };
    // Nobody hears us there; what is not posted yet comes when the room is back. What stayed in a former room is over.
    let is_in = match &row.state {
        CardState::Posted { room: posted_in, .. } => posted_in,
        CardState::Wanted | CardState::Intended { .. } => &room,
    };
    let mut reader = stewards.store.reader().await?;
    if !rooms::is_open(&mut reader, &room).await? || !rooms::is_open(&mut reader, is_in).await? {
        return Ok(Next::AtRest);
    }
    drop(reader);
    let content = Content::Card(Box::new(card));
    let shown = fingerprint(&content)?;
    match &row.state {
        CardState::Posted { room: posted_in, message } => {
            if row.shown.as_deref() != Some(&shown) {
                let chat = stewards.chat(&posted_in.chat())?.clone();
                match within(chat.update(posted_in, message, &content)).await {
                    // Somebody deleted it: what it told is still true.
                    Err(ChatError::Gone) => post_anew(stewards, row, room, (content, shown)).await?,
                    updated => {
                        updated?;
                        put(stewards, CardRow { shown: Some(shown), ..row.clone() }).await?;
                    }
                }
            }
        }
        CardState::Wanted => post_anew(stewards, row, room, (content, shown)).await?,
        CardState::Intended { nonce, at } => {
            let chat = stewards.chat(&room.chat())?.clone();
            let nonce = nonce.clone();
            let sought = Sought { room: &room, thread: None, nonce: &nonce, since: *at };
            match within(chat.find(sought)).await? {
                // What it shows is not known: the next look puts the truth into it.
                Some(message) => posted(stewards, row, (room, message), None).await?,
                None => post(stewards, row, (room, nonce), (content, shown)).await?,
            }
        }
    }
    Ok(again.map_or(Next::AtRest, |again| Next::At(stewards.clock.now().plus(again))))
}

/// Writes down that it is about to be posted, and posts it.
async fn post_anew(
    stewards: &Stewards,
    row: &CardRow,
    room: RoomId,
    told: (Content, String),
) -> Result<(), StewardError> {
    let nonce = stewards.ids.fresh();
    let state = CardState::Intended { nonce: nonce.clone(), at: stewards.clock.now() };
    put(stewards, CardRow { state, ..row.clone() }).await?;
    post(stewards, row, (room, nonce), told).await
}

async fn post(
    stewards: &Stewards,
    row: &CardRow,
    (room, nonce): (RoomId, String),
    (content, shown): (Content, String),
) -> Result<(), StewardError> {
    let chat = stewards.chat(&room.chat())?.clone();
    let post = Post { room: room.clone(), thread: None, only_for: None, back: None, content, nonce };
    let message = within(chat.post(&post)).await?;
    posted(stewards, row, (room, message), Some(shown)).await
}

/// Writes down which message the card is; pins the room's own.
async fn posted(
    stewards: &Stewards,
    row: &CardRow,
    (room, message): (RoomId, MessageId),
    shown: Option<String>,
) -> Result<(), StewardError> {
    match row.subject {
        Subject::Deploy(_) | Subject::Continued(_) | Subject::Run { .. } | Subject::Logs { .. } => {}
        Subject::Room(_) => {
            let chat = stewards.chat(&room.chat())?.clone();
            within(chat.change_room(&room, &RoomChange::Pin(message.clone()))).await?;
        }
    }
    let is_unknown = shown.is_none();
    let row = CardRow { state: CardState::Posted { room, message }, shown, ..row.clone() };
    let id = row.id.clone();
    tracing::trace!(target: moment::TARGET, moment = Moment::BeforeReceipt.as_str());
    if matches!(row.subject, Subject::Room(_)) {
        // The others of its room have waited for it.
        let now = stewards.clock.now();
        let first = row.clone();
        let written = stewards.store.observe(Vec::new(), move |tx| {
            Box::pin(async move {
                cards::put(tx, &first).await?;
                touches::touch_unposted(tx, now).await
            })
        });
        written.await?;
    } else {
        put(stewards, row).await?;
    }
    if is_unknown { Box::pin(reconcile(stewards, &id)).await.map(drop) } else { Ok(()) }
}

async fn put(stewards: &Stewards, row: CardRow) -> Result<(), StewardError> {
    stewards.store.write(move |tx| Box::pin(async move { cards::put(tx, &row).await })).await?;
    Ok(())
}

fn fingerprint(content: &Content) -> Result<String, StewardError> {
    let json = serde_json::to_string(content).map_err(|cause| StewardError::Broken(cause.to_string()))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(json)))
}
