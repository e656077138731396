//! Every sample card on every surface.

use std::path::Path;

use chamberlain::card::model::Content;
use chamberlain::card::{render, samples};
use chamberlain::skills::{NATIVE, host};

#[test]
fn every_sample_card_on_every_surface() {
    let (skills, problems) = host::load(Path::new("/nowhere"), NATIVE);
    assert_eq!(problems, []);
    for (name, card) in samples::all(&skills.templates).unwrap() {
        let content = Content::Card(Box::new(card));
        insta::assert_snapshot!(format!("{name}.text"), render::text::content(&content));
        insta::assert_snapshot!(format!("{name}.html"), render::html::content(&content).into_string());
    }
}
