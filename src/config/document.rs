//! The config file's text, read as TOML as far as it can be.

use std::path::Path;

use toml::de::DeTable;

use super::problem::{Fault, Place, Problem};
use super::raw::{Table, table_of_toml};

/// Reads `text`; what is no TOML becomes problems, at most one a line, and the rest is still read.
pub(super) fn parse(path: &Path, text: &str) -> (Table, Vec<Problem>) {
    let (document, mut errors) = DeTable::parse_recoverable(text);
    let place_of = |offset| spot(path, text, offset);
    errors.sort_by_key(|error| error.span().map(|span| span.start));
    let mut problems: Vec<Problem> = errors.iter().map(|error| problem(error, place_of)).collect();
    // One slip often makes the parser stumble again before the line ends.
    problems.dedup_by_key(|problem| problem.place.line());
    (table_of_toml(document.get_ref(), &place_of), problems)
}

fn problem(error: &toml::de::Error, place_of: impl Fn(usize) -> Place) -> Problem {
    let hint = "A section is written [name], a setting key = value, a text \"in quotes\".";
    let place = place_of(error.span().map_or(0, |span| span.start));
    Fault::new(format!("not valid TOML: {}", error.message()), hint).all_over(place)
}

fn spot(path: &Path, text: &str, offset: usize) -> Place {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    Place::Spot { path: path.to_owned(), line: before.matches('\n').count() + 1, column }
}
