//! From a raw arrival to events.

use super::{Event, Raw, Source, chat, outcome, timer};

/// Why an arrival could not be read. It is parked with this reason, never dropped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot read the arrival: {0}")]
pub struct Unreadable(pub String);

/// The events in a raw arrival: mostly one; none for what means nothing to us. A row that stands for one part of an
/// arrival gives that part alone.
pub fn read(raw: &Raw) -> Result<Vec<Event>, Unreadable> {
    let events = whole(raw)?;
    let Some(part) = raw.id.part() else { return Ok(events) };
    // An earlier release took more lines of one message than this one does.
    let found = events.into_iter().nth(part).ok_or_else(|| Unreadable(format!("it has no part {part}")))?;
    Ok(vec![found])
}

fn whole(raw: &Raw) -> Result<Vec<Event>, Unreadable> {
    match &raw.source {
        Source::Chat(name) => {
            let events = match name.as_str() {
                chat::slack::NAME => chat::slack::read(&raw.body)?,
                _ => chat::neutral::read(name, &raw.body)?,
            };
            Ok(events.into_iter().map(Event::Chat).collect())
        }
        Source::House => Ok(vec![Event::Outcome(outcome::read(&raw.body)?)]),
        Source::Timer => Ok(vec![Event::Timer(timer::read(&raw.body)?)]),
    }
}
