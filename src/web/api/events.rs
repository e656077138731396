//! What came of an event.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State as Shared};
use serde::{Deserialize, Serialize};

use crate::card::render;
use crate::change::EffectBody;
use crate::domain::EventId;
use crate::store::inbox::{self, Outcome};
use crate::store::outbox;
use crate::web::auth::Visitor;
use crate::web::error::WebError;
use crate::web::state::State;

/// The longest that one request waits; a client asks again.
const LONGEST_WAIT: Duration = Duration::from_secs(25);

#[derive(Deserialize)]
pub(super) struct Wait {
    /// Seconds to wait for the end.
    #[serde(default)]
    wait: u64,
}

/// What came of an event.
#[derive(Serialize)]
pub(super) struct Answers {
    /// `waiting`, `changed`, `refused`, `nothing`, `parked`: the worst of the commands in the message.
    outcome: &'static str,
    /// The answers, as plain text.
    answers: Vec<String>,
}

pub(super) async fn answers(
    visitor: Visitor,
    Shared(state): Shared<State>,
    Path(event): Path<EventId>,
    Query(Wait { wait }): Query<Wait>,
) -> Result<Json<Answers>, WebError> {
    let ended = async {
        loop {
            // Asked for before the look, so that a commit between the two is not missed.
            let changed = state.store.changed();
            let answers = look(&state, &visitor, &event).await?;
            if answers.outcome != WAITING {
                return Ok::<_, WebError>(answers);
            }
            changed.await;
        }
    };
    match tokio::time::timeout(Duration::from_secs(wait).min(LONGEST_WAIT), ended).await {
        Ok(answers) => Ok(Json(answers?)),
        Err(_) => Ok(Json(look(&state, &visitor, &event).await?)),
    }
}

const WAITING: &str = "waiting";

async fn look(state: &State, visitor: &Visitor, event: &EventId) -> Result<Answers, WebError> {
    let mut reader = state.store.reader().await?;
    let outcomes = inbox::outcomes(&mut reader, event).await?;
    if outcomes.is_empty() {
        return Err(WebError::Missing("event"));
    }
    let mut answers = Vec::new();
    let mut is_over = true;
    for (event, outcome) in &outcomes {
        is_over &= outcome.is_some();
        for (body, stands) in outbox::of_event(&mut reader, event).await? {
            is_over &= stands.is_final();
            // Notes stand in threads; they answer nobody.
            let EffectBody::Reply(reply) = body else { continue };
            // Whoever may act as others may read as them.
            let is_theirs = reply.only_for.as_ref().is_none_or(|reader| reader.is(&visitor.person));
            if !is_theirs && !state.settings.may_act_as_others {
                continue;
            }
            answers.push(render::text::content(&reply.content));
        }
    }
    let worst = outcomes.iter().filter_map(|(_, outcome)| *outcome).max_by_key(|outcome| weight(*outcome));
    let outcome = if is_over { worst.map_or(WAITING, Outcome::as_str) } else { WAITING };
    Ok(Answers { outcome, answers })
}

fn weight(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Split | Outcome::Nothing => 0,
        Outcome::Changed => 1,
        Outcome::Refused => 2,
        Outcome::Parked => 3,
    }
}
