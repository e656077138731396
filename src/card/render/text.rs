//! Plain text: for `say`, the terminal and every chat without marks.

use crate::card::model::{Action, Card, Content, Log, Part};

/// The plain form of a message.
pub fn content(content: &Content) -> String {
    match content {
        Content::Text(text) => text.to_plain(),
        Content::Card(card) => self::card(card),
        Content::Log(log) => self::log(log),
        Content::File(file) => self::log(&file.as_log()),
    }
}

fn log(log: &Log) -> String {
    let lines = log.lines.iter().map(|line| format!("  | {line}"));
    [log.words.to_plain()].into_iter().chain(lines).collect::<Vec<_>>().join("\n")
}

/// A card as lines: the state and what it is about, the facts, what may be done.
fn card(card: &Card) -> String {
    let mut lines = vec![format!("{} {} ({})", card.state.sign(), card.title.to_plain(), card.state.word())];
    lines.extend(card.facts.iter().map(|fact| format!("  {}: {}", fact.label, fact.value.to_plain())));
    lines.extend(card.parts.iter().map(part));
    lines.extend(card.log.iter().map(|line| format!("  | {line}")));
    let labels: Vec<String> = card.actions.iter().filter_map(action).collect();
    if !labels.is_empty() {
        lines.push(format!("  {}", labels.join(" ")));
    }
    lines.join("\n")
}

fn part(part: &Part) -> String {
    format!("  {} {}: {} ({})", part.state.sign(), part.name, part.told.to_plain(), part.word())
}

fn action(action: &Action) -> Option<String> {
    match action {
        Action::Button { label, .. } => Some(format!("[{label}]")),
        Action::Select { label, chosen, .. } => Some(format!("[{label}: {} ▾]", chosen.as_deref().unwrap_or("choose"))),
        Action::Form { .. } => None,
    }
}
