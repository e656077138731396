//! The audit of a database in hand: verified against its seals, told in short, and exported. It only reads, and sees one
//! state of the database, whoever writes meanwhile.

mod batch;
mod damage;
mod export;
mod kept;
mod verify;
mod walk;

pub use damage::{Damage, Kind, Ranges};
pub use export::{Only, export};
pub use kept::Kept;
pub use verify::{Removed, Sealed, Verified, Waiting, verify};

use super::error::KeepingError;
use super::look;
use crate::domain::Timestamp;
use crate::store::db::{Tx, Url, on};
use crate::store::error::StoreError;

/// The last seal of the audit in the database at `url`, to be kept elsewhere; none when nothing is sealed yet.
///
/// # Errors
/// It cannot be used, is none of Chamberlain's, or not of this release.
pub async fn last_seal(url: &Url) -> Result<Option<Kept>, KeepingError> {
    let mut looker = look::open(url).await?;
    let found = last(&mut looker.tx()).await;
    found.map_err(|cause| looker.failed(cause))
}

/// How far the audit is sealed, and what waits, without a look at the lines.
///
/// # Errors
/// It cannot be used, is none of Chamberlain's, or not of this release.
pub async fn state(url: &Url) -> Result<(Option<Kept>, Waiting), KeepingError> {
    let mut looker = look::open(url).await?;
    looker.hold_still().await?;
    let found = async {
        let seal = last(&mut looker.tx()).await?;
        Ok::<_, StoreError>((seal, waiting(&mut looker.tx()).await?))
    };
    let found = found.await;
    found.map_err(|cause| looker.failed(cause))
}

async fn last(tx: &mut Tx<'_>) -> Result<Option<Kept>, StoreError> {
    const SQL: &str = "SELECT number, hash, sealed_at FROM audit_seals ORDER BY number DESC LIMIT 1";
    let row: Option<(i64, String, i64)> = on!(tx, c => sqlx::query_as(SQL).fetch_optional(c).await)?;
    Ok(row.map(|(number, hash, at)| Kept { number: Some(number), hash, sealed_at: Some(Timestamp::from_millis(at)) }))
}

/// The lines that came after the last that is sealed.
async fn waiting(tx: &mut Tx<'_>) -> Result<Waiting, StoreError> {
    const SQL: &str = "SELECT count(*), min(at) FROM audit \
        WHERE seq > (SELECT coalesce(max(last), 0) FROM audit_seals)";
    let (lines, oldest_at): (i64, Option<i64>) = on!(tx, c => sqlx::query_as(SQL).fetch_one(c).await)?;
    Ok(Waiting { lines, oldest_at: oldest_at.map(Timestamp::from_millis) })
}
