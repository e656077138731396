//! Every sample card on every surface.

use std::path::Path;

use chamberlain::card::model::Content;
use chamberlain::card::render::slack::{Rendered, Surroundings};
use chamberlain::card::{render, samples};
use chamberlain::domain::PersonId;
use chamberlain::skills::{NATIVE, host};
use serde_json::json;

#[test]
fn every_sample_card_on_every_surface() {
    let (skills, problems) = host::load(Path::new("/nowhere"), NATIVE);
    assert_eq!(problems, []);
    for (name, card) in samples::all(&skills.templates).unwrap() {
        let content = Content::Card(Box::new(card));
        insta::assert_snapshot!(format!("{name}.text"), render::text::content(&content));
        insta::assert_snapshot!(format!("{name}.html"), render::html::content(&content).into_string());
        insta::assert_snapshot!(format!("{name}.slack"), in_slack(&content));
    }
}

/// As Slack takes it, in a workspace where everybody but Bo has an account.
fn in_slack(content: &Content) -> String {
    let account =
        |person: &PersonId| (person.as_str() != "bo").then(|| format!("U0{}", person.as_str().to_uppercase()));
    let around = Surroundings { account: &account, console: Some("http://chamberlain.localhost:7420") };
    let Rendered { text, blocks, cut } = render::slack::content(content, &around);
    format!("{:#}", json!({ "text": text, "blocks": blocks, "cut": cut }))
}
