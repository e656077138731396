//! What the home page shows, looked up: the same for the whole page and for each live change of it.

use std::collections::HashMap;

use crate::domain::environment::Revision;
use crate::domain::iteration::IterationKey;
use crate::domain::phase::Phase;
use crate::domain::record::Record;
use crate::domain::spec::EnvironmentName;
use crate::domain::{ChatName, PersonId, RoomId};
use crate::store::console::{self, Posted, Room};
use crate::store::overview::{self, Overview};
use crate::store::{StoreError, record, revisions};
use crate::web::state::State;

/// How many messages a page shows; older ones are a link away.
pub(super) const SHOWN: i64 = 60;
/// How many revisions the environment's pane shows.
const REVISIONS: i64 = 5;

/// A room in the list.
pub(super) struct Entry {
    pub(super) room: Room,
    pub(super) unread: i64,
    /// The iteration that it is kept for.
    pub(super) of: Option<Overview>,
}

/// The environment of the open room.
pub(super) struct Pane {
    pub(super) of: Overview,
    pub(super) record: Record,
    /// What is wished.
    pub(super) wished: Option<Revision>,
    /// The newest revisions, newest first.
    pub(super) revisions: Vec<Revision>,
    pub(super) members: Vec<PersonId>,
}

/// What is said in the open room.
pub(super) struct Talk {
    pub(super) room: Room,
    /// Oldest first, without those that stand in threads.
    pub(super) messages: Vec<Posted>,
    /// How many replies each has.
    pub(super) replies: HashMap<String, i64>,
    /// Before which message there are older ones.
    pub(super) earlier: Option<i64>,
}

/// The rooms as `reads` sees them, by name.
pub(super) async fn rooms(state: &State, reads: &PersonId) -> Result<Vec<Entry>, StoreError> {
    let mut reader = state.store.reader().await?;
    let rooms = console::rooms(&mut reader).await?;
    let mut unread = console::unread(&mut reader, reads).await?;
    let overviews = overview::all(&mut reader).await?;
    let mut by_room: HashMap<RoomId, Overview> =
        overviews.into_iter().filter_map(|of| Some((of.room.clone()?, of))).collect();
    let entry = |room: Room| {
        let of = by_room.remove(&RoomId::new(&ChatName::console(), &room.id));
        Entry { unread: unread.remove(&room.id).unwrap_or_default(), of, room }
    };
    Ok(rooms.into_iter().map(entry).collect())
}

/// What `reads` sees of a room, up to before the message at `before`.
pub(super) async fn talk(
    state: &State,
    room: Room,
    (reads, before): (&PersonId, Option<i64>),
) -> Result<Talk, StoreError> {
    let mut reader = state.store.reader().await?;
    let place = (room.id.as_str(), reads);
    // One more than is shown tells whether there are older ones.
    let mut messages = console::before(&mut reader, place, before.unwrap_or(i64::MAX), SHOWN + 1).await?;
    let has_earlier = i64::try_from(messages.len()).is_ok_and(|found| found > SHOWN);
    if has_earlier {
        messages.remove(0);
    }
    let earlier = messages.first().map(|first| first.seq).filter(|_| has_earlier);
    messages.retain(|posted| posted.message.thread.is_none());
    let replies = console::replies(&mut reader, &room.id, reads).await?;
    Ok(Talk { room, messages, replies, earlier })
}

/// The environment of a room's iteration.
pub(super) async fn pane(state: &State, entry: &Entry) -> Result<Option<Pane>, StoreError> {
    let Some(of) = entry.of.clone() else { return Ok(None) };
    let mut reader = state.store.reader().await?;
    let record = record::read(&mut reader, &of.iteration.key).await?;
    let name = EnvironmentName::new(of.iteration.key.as_str());
    let wished = match record.environment.wish.last() {
        Some(number) => revisions::find(&mut reader, &name, number).await?,
        None => None,
    };
    let revisions = revisions::latest(&mut reader, &name, REVISIONS).await?;
    let members = console::members(&mut reader, &entry.room.id).await?;
    Ok(Some(Pane { of, record, wished, revisions, members }))
}

impl Pane {
    /// The iteration's key, which is its environment's name.
    pub(super) fn key(&self) -> &IterationKey {
        &self.of.iteration.key
    }

    /// How the environment is.
    pub(super) fn phase(&self) -> Phase {
        self.of.phase
    }
}
