//! Every sample card on every surface.

use std::path::Path;

use chamberlain::card::model::{Content, Door, Entry, Page};
use chamberlain::card::render::slack::{Rendered, Surroundings};
use chamberlain::card::{render, samples};
use chamberlain::domain::PersonId;
use chamberlain::domain::marked::Marked;
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

#[test]
fn the_page_of_a_person() {
    insta::assert_snapshot!("home.outline", outline(&samples::home(3)));
    insta::assert_snapshot!("home.slack", format!("{:#}", home_in_slack(&samples::home(3))));
    insta::assert_snapshot!("home-of-nobody.outline", outline(&samples::home(0)));
}

#[test]
fn the_page_of_somebody_with_many_iterations_fits() {
    let many = samples::home(30);
    let shown: Vec<(usize, String)> =
        many.sections.iter().map(|one| (one.entries.len(), one.more.iter().map(Marked::to_plain).collect())).collect();
    assert_eq!(shown[0].0, 3, "what waits is told of all of them: {many:#?}");
    assert_eq!(shown[1], (8, "And 22 more; `iteration list` lists all.".to_owned()));
    assert_eq!(shown[2], (8, "And 22 more; `status --all` lists all.".to_owned()));
    let blocks = home_in_slack(&many)["blocks"].as_array().unwrap().len();
    assert!(blocks < 60, "{blocks} blocks");
}

fn home_in_slack(page: &Page) -> serde_json::Value {
    let around = Surroundings { account: &|_| None, console: Some("http://chamberlain.localhost:7420") };
    render::slack::home(page, &around)
}

/// What is read on a page.
fn outline(page: &Page) -> String {
    let doors = |doors: &[Door]| doors.iter().map(|door| format!(" [{}]", door.label)).collect::<Vec<_>>().concat();
    let mut lines = vec![doors(&page.doors)];
    for section in &page.sections {
        lines.push(format!("# {}", section.title));
        for Entry { state, word, told, doors: own } in &section.entries {
            lines.push(format!("{} {word} · {}{}", state.sign(), told.to_plain(), doors(own)));
        }
        let is_empty = section.entries.is_empty();
        lines.extend(Some(&section.nothing).filter(|_| is_empty).map(Marked::to_plain));
        lines.extend(section.more.as_ref().map(Marked::to_plain));
    }
    lines.join("\n")
}

/// As Slack takes it, in a workspace where everybody but Bo has an account.
fn in_slack(content: &Content) -> String {
    let account =
        |person: &PersonId| (person.as_str() != "bo").then(|| format!("U0{}", person.as_str().to_uppercase()));
    let around = Surroundings { account: &account, console: Some("http://chamberlain.localhost:7420") };
    let Rendered { text, blocks, cut } = render::slack::content(content, &around);
    format!("{:#}", json!({ "text": text, "blocks": blocks, "cut": cut }))
}
