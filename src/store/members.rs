//! Who is wanted in which room, and what of it is our doing.

use super::db::{Reader, Tx, on};
use super::error::StoreError;
use crate::domain::iteration::IterationKey;
use crate::domain::member::{Because, Member};
use crate::domain::{PersonId, Timestamp};

/// Writes down how a member was seen: who is wanted is people's to say.
pub async fn saw(tx: &mut Tx<'_>, member: &Member) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE members SET seen_at = $3, declined_at = $4 WHERE iteration = $1 AND person = $2";
    on!(tx, c => sqlx::query(SQL)
        .bind(member.iteration.as_str())
        .bind(member.person.as_str())
        .bind(member.seen_at.map(Timestamp::as_millis))
        .bind(member.declined_at.map(Timestamp::as_millis))
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// Writes down that people are in a room by our doing, if they come to be in it.
pub async fn invited(
    tx: &mut Tx<'_>,
    iteration: &IterationKey,
    people: &[PersonId],
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE members SET invited_at = $3 WHERE iteration = $1 AND person = $2 AND invited_at IS NULL";
    for person in people {
        on!(tx, c => sqlx::query(SQL)
            .bind(iteration.as_str())
            .bind(person.as_str())
            .bind(now.as_millis())
            .execute(c)
            .await
            .map(drop))?;
    }
    Ok(())
}

/// Wants a person in a room. Who left and is asked for anew by name is invited anew.
pub(super) async fn want(
    tx: &mut Tx<'_>,
    iteration: &IterationKey,
    person: &PersonId,
    because: Because,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO members (iteration, person, wanted) VALUES ($1, $2, $3) \
        ON CONFLICT (iteration, person) DO UPDATE SET \
        seen_at = CASE WHEN members.declined_at IS NULL THEN members.seen_at END, declined_at = NULL, \
        wanted = CASE WHEN members.wanted = 'owner' THEN 'owner' ELSE excluded.wanted END";
    on!(tx, c => sqlx::query(SQL)
        .bind(iteration.as_str())
        .bind(person.as_str())
        .bind(because.as_str())
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// Wants a person in a room no more.
pub(super) async fn unwant(tx: &mut Tx<'_>, iteration: &IterationKey, person: &PersonId) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE members SET wanted = NULL WHERE iteration = $1 AND person = $2";
    on!(tx, c => sqlx::query(SQL).bind(iteration.as_str()).bind(person.as_str()).execute(c).await.map(drop))?;
    Ok(())
}

/// Forgets who was seen in a room: an archive empties rooms, and nobody has left by that.
pub async fn unsee(tx: &mut Tx<'_>, iteration: &IterationKey) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE members SET seen_at = NULL WHERE iteration = $1 AND declined_at IS NULL";
    on!(tx, c => sqlx::query(SQL).bind(iteration.as_str()).execute(c).await.map(drop))?;
    Ok(())
}

/// Forgets a person who is neither wanted nor our doing.
pub async fn forget(tx: &mut Tx<'_>, member: &Member) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM members WHERE iteration = $1 AND person = $2 AND wanted IS NULL";
    on!(tx, c => sqlx::query(SQL)
        .bind(member.iteration.as_str())
        .bind(member.person.as_str())
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// Everybody with a row for this iteration, by id.
pub async fn of_iteration(reader: &mut Reader, iteration: &IterationKey) -> Result<Vec<Member>, StoreError> {
    const SQL: &str = "SELECT person, wanted, invited_at, seen_at, declined_at FROM members WHERE iteration = $1 \
        ORDER BY person";
    let rows: Vec<Row> = on!(reader, c => sqlx::query_as(SQL).bind(iteration.as_str()).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|row| row.into_member(iteration)).collect())
}

/// The iterations whose room a person is in, as far as it is our doing.
pub async fn iterations_of(reader: &mut Reader, person: &PersonId) -> Result<Vec<IterationKey>, StoreError> {
    const SQL: &str = "SELECT iteration FROM members WHERE person = $1 AND wanted IS NOT NULL \
        AND declined_at IS NULL ORDER BY iteration";
    let rows: Vec<(String,)> = on!(reader, c => sqlx::query_as(SQL).bind(person.as_str()).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(key,)| IterationKey::new(key)).collect())
}

#[derive(sqlx::FromRow)]
struct Row {
    person: String,
    wanted: Option<String>,
    invited_at: Option<i64>,
    seen_at: Option<i64>,
    declined_at: Option<i64>,
}

impl Row {
    fn into_member(self, iteration: &IterationKey) -> Member {
        Member {
            iteration: iteration.clone(),
            person: PersonId::new(self.person),
            wanted: self.wanted.as_deref().and_then(Because::parse),
            invited_at: self.invited_at.map(Timestamp::from_millis),
            seen_at: self.seen_at.map(Timestamp::from_millis),
            declined_at: self.declined_at.map(Timestamp::from_millis),
        }
    }
}
