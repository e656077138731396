//! Cards: posted once, then edited to whatever their object is now.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::facts;
use super::run::Stewards;
use super::{Next, StewardError};
use crate::card::model::Content;
use crate::domain::card::{CardId, CardRow, CardState, Subject};
use crate::domain::moment::{self, Moment};
use crate::domain::{MessageId, RoomId};
use crate::ports::{Post, RoomChange, within};
use crate::store::cards;

/// Posts the card, or puts what is true now into its message.
pub(super) async fn reconcile(stewards: &Stewards, id: &CardId) -> Result<Next, StewardError> {
    let Some(row) = cards::find(&mut stewards.store.reader().await?, id).await? else { return Ok(Next::AtRest) };
    // No room yet: its steward touches us when it is open.
    let Some((room, card)) = facts::card(stewards, &row).await? else { return Ok(Next::AtRest) };
    let content = Content::Card(Box::new(card));
    let shown = fingerprint(&content)?;
    match &row.state {
        CardState::Posted { room, message } => {
            if row.shown.as_deref() != Some(&shown) {
                let chat = stewards.chat(&room.chat())?.clone();
                within(chat.update(room, message, &content)).await?;
                put(stewards, CardRow { shown: Some(shown), ..row.clone() }).await?;
            }
        }
        CardState::Wanted => {
            let nonce = stewards.ids.fresh();
            let state = CardState::Intended { nonce: nonce.clone(), at: stewards.clock.now() };
            put(stewards, CardRow { state, ..row.clone() }).await?;
            post(stewards, &row, (room, nonce), (content, shown)).await?;
        }
        CardState::Intended { nonce, .. } => {
            let chat = stewards.chat(&room.chat())?.clone();
            let nonce = nonce.clone();
            match within(chat.find(&room, &nonce)).await? {
                // What it shows is not known: the next look puts the truth into it.
                Some(message) => posted(stewards, &row, (room, message), None).await?,
                None => post(stewards, &row, (room, nonce), (content, shown)).await?,
            }
        }
    }
    Ok(Next::AtRest)
}

async fn post(
    stewards: &Stewards,
    row: &CardRow,
    (room, nonce): (RoomId, String),
    (content, shown): (Content, String),
) -> Result<(), StewardError> {
    let chat = stewards.chat(&room.chat())?.clone();
    let post = Post { room: room.clone(), thread: None, only_for: None, content, nonce };
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
        Subject::Deploy(_) | Subject::Continued(_) | Subject::Run { .. } => {}
        Subject::Room(_) => {
            let chat = stewards.chat(&room.chat())?.clone();
            within(chat.change_room(&room, &RoomChange::Pin(message.clone()))).await?;
        }
    }
    let is_unknown = shown.is_none();
    let row = CardRow { state: CardState::Posted { room, message }, shown, ..row.clone() };
    let id = row.id.clone();
    tracing::trace!(target: moment::TARGET, moment = Moment::BeforeReceipt.as_str());
    put(stewards, row).await?;
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
