//! The renderer against what Slack takes: known cases, and whatever else may come.

mod cards;
mod views;
mod words;

use super::{Rendered, Surroundings, content, validator};
use crate::card::model::Content;
use crate::domain::PersonId;

/// Renders for a workspace in which everybody but `kim` has an account.
fn render(message: &Content) -> Rendered {
    let account = |person: &PersonId| (person.as_str() != "kim").then(|| format!("U0{}", person.as_str().len()));
    let around = Surroundings { account: &account, console: Some("http://chamberlain.localhost:7420") };
    content(message, &around)
}

/// What every message must be.
#[track_caller]
fn is_taken(message: &Rendered) {
    assert_eq!(validator::problems(message), Vec::<String>::new());
}
