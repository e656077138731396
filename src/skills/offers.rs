//! Refusals that one more word would put right: their answer gets a button for each line that says it.

use super::study::{Call, Study};
use crate::card::build::offer::{self, Offer};
use crate::change::{Content, Decision, Reply};
use crate::domain::Refusal;

/// The decision with buttons, where there is something to offer. A program reads no buttons, and who is not known may
/// press none.
pub(super) fn offering(study: &Study, call: &Call, decision: Decision) -> Decision {
    let Decision::Refused(mut refused) = decision else { return decision };
    let mut offers = offers(study, call, &refused.refusal);
    offers.retain(|offer| offer.line.chars().count() <= offer::LONGEST);
    let is_seen = call.actor.person().is_some() && !call.invocation.as_json;
    if is_seen && !offers.is_empty() {
        refused.reply = refused.reply.map(|reply| with_buttons(study, reply, &offers));
    }
    Decision::Refused(refused)
}

fn with_buttons(study: &Study, reply: Reply, offers: &[Offer]) -> Reply {
    match reply.content {
        Content::Text(words) => {
            let card = offer::card(&study.event, words, offers);
            Reply { content: Content::Card(Box::new(card)), ..reply }
        }
        Content::Card(_) | Content::Log(_) | Content::File(_) => reply,
    }
}

fn offers(study: &Study, call: &Call, refusal: &Refusal) -> Vec<Offer> {
    match refusal {
        Refusal::WhichIteration { known, .. } => known
            .iter()
            .filter_map(|(key, name)| {
                let line = study.skills.grammar.with_option(&call.said.line, "in", key)?;
                Some(Offer { label: name.clone(), line })
            })
            .collect(),
        Refusal::WhichRepository { known, .. } => {
            known.iter().map(|(name, line)| Offer { label: name.clone(), line: line.clone() }).collect()
        }
        Refusal::TooOld { line, .. } => vec![Offer { label: "Do it now".to_owned(), line: line.clone() }],
        _ => Vec::new(),
    }
}
