//! A person's own page: what is theirs, and what waits for them.

use super::study::{GatherError, Study};
use crate::card::model::Page;
use crate::domain::form::Account;

/// The page.
pub async fn page(_study: &Study, _by: &Account) -> Result<Page, GatherError> {
    Ok(Page::default())
}
