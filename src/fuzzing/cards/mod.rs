//! Messages, cards, pages and forms on every surface. The input is a text of lines (`story`), so that any bytes are a card
//! and a seed can be read.

mod markup;
mod story;

use serde_json::Value;

use crate::card::model::{Card, Content};
use crate::card::render::slack::{self, Surroundings, validator};
use crate::card::render::{html, text};
use crate::domain::marked::{Marked, Span, escape};
use crate::domain::{ChatName, PersonId, RoomId};
use story::Story;

/// Any card.
///
/// # Panics
/// When something does not hold that must.
pub fn cards(input: &[u8]) {
    let story = Story::read(&String::from_utf8_lossy(input));
    for content in story.contents() {
        slack_takes(&content);
        markup::is_ours_alone(&content, &html::content(&content).into_string());
        let plain = text::content(&content);
        assert!(words(&content).iter().all(|words| plain.contains(words.as_str())), "{plain:?} leaves something out");
    }
    slack_takes_views(&story);
    for foreign in story.foreign() {
        means_nothing(foreign);
    }
}

/// Everybody but `kim` has an account.
fn account(person: &PersonId) -> Option<String> {
    (person.as_str() != "kim").then(|| format!("U0{}", person.as_str().len()))
}

fn slack_takes(content: &Content) {
    let around = Surroundings { account: &account, console: Some("http://chamberlain.localhost:7420") };
    let message = slack::content(content, &around);
    let problems = validator::problems(&message);
    assert!(problems.is_empty(), "{problems:?}: {message:?}");
}

fn slack_takes_views(story: &Story) {
    let around = Surroundings { account: &account, console: Some("http://chamberlain.localhost:7420") };
    let room = RoomId::new(&ChatName::new("slack"), "C01");
    let views = [
        slack::home(&story.page(), &around),
        slack::form(&story.form(), Some(&room)),
        slack::instead(&story.card().title),
    ];
    for view in views {
        let problems = validator::problems_of_view(&view);
        assert!(problems.is_empty(), "{problems:?}: {view}");
    }
    assert!(slack::wrong(&story.card().title).chars().count() <= 300, "what is wrong with a field fills a phone");
}

/// Foreign words read back as they are wherever they stand in marked text, and each surface shows them as words.
fn means_nothing(foreign: &str) {
    let plain = Marked::plain(foreign);
    let spans: Vec<Span> = (!foreign.is_empty()).then(|| Span::Text(foreign.to_owned())).into_iter().collect();
    assert_eq!(plain.spans(), spans, "{foreign:?} is not itself");
    assert_eq!(plain.to_plain(), foreign, "{foreign:?} is not itself");
    if foreign.is_empty() {
        return;
    }
    let safe = escape(foreign);
    let (own, address) = (foreign.to_owned(), "https://good.example/".to_owned());
    let within = [
        (format!("a `{safe}` z"), Span::Code(own.clone())),
        (format!("a **{safe}** z"), Span::Bold(own.clone())),
        (format!("a [{safe}]({address}) z"), Span::Link { words: own, address }),
    ];
    for (marked, expected) in within {
        let spans = Marked::new(&marked).spans();
        let [before, span, after] = spans.as_slice() else { panic!("{marked:?} is {spans:?}") };
        assert_eq!((before, after), (&Span::Text("a ".to_owned()), &Span::Text(" z".to_owned())), "{marked:?}");
        assert_eq!(span, &expected, "{marked:?}");
    }
    calls_nobody(&plain);
}

/// In Slack, foreign words are text, and nothing of another kind.
fn calls_nobody(words: &Marked) {
    let around = Surroundings { account: &account, console: None };
    let shown = slack::content(&Content::Text(words.clone()), &around);
    let elements = shown.blocks.iter().filter(|block| block["type"] == "rich_text").flat_map(|block| {
        let parts = block["elements"].as_array().into_iter().flatten();
        parts.flat_map(|part| part["elements"].as_array().into_iter().flatten())
    });
    let is_text = |element: &Value| element["type"] == "text" && element.get("style").is_none();
    assert!(elements.into_iter().all(is_text), "{shown:?}");
    assert!(!shown.text.contains(['<', '>']), "{:?} means something", shown.text);
}

/// The foreign words that a message shows, each as a reader must find it: plain fields whole, marked ones by their spans.
fn words(content: &Content) -> Vec<String> {
    match content {
        Content::Text(words) => of_marked(words),
        Content::Card(card) => of_card(card),
        Content::Log(log) => of_marked(&log.words).into_iter().chain(log.lines.iter().cloned()).collect(),
        // Its beginning may be left out.
        Content::File(file) => vec![file.title.clone()],
    }
}

fn of_card(card: &Card) -> Vec<String> {
    let facts = card.facts.iter().flat_map(|fact| of_marked(&fact.value).into_iter().chain([fact.label.clone()]));
    let parts = card.parts.iter().flat_map(|part| of_marked(&part.told).into_iter().chain([part.name.clone()]));
    let title = of_marked(&card.title).into_iter();
    title.chain(facts).chain(parts).chain(card.log.iter().cloned()).collect()
}

fn of_marked(marked: &Marked) -> Vec<String> {
    let words = |span| match span {
        Span::Text(words) | Span::Bold(words) | Span::Code(words) | Span::Link { words, .. } => words,
        Span::Mention(person) => format!("@{person}"),
        Span::Room(room) => format!("#{}", room.local()),
    };
    marked.spans().into_iter().map(words).collect()
}
