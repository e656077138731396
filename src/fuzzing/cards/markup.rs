//! The console's HTML, read strictly: every tag and attribute is one that the renderer writes, and all foreign words are
//! among the words between the tags. What opened a tag would be missing there.

use super::words;
use crate::card::model::Content;

/// The tags that the renderer writes.
const TAGS: [&str; 23] = [
    "a", "article", "b", "br", "button", "code", "dd", "details", "div", "dl", "dt", "h3", "input", "label", "li",
    "option", "p", "pre", "select", "span", "strong", "summary", "ul",
];
/// The attributes that it writes.
const ATTRIBUTES: [&str; 10] =
    ["class", "data-asks", "data-card", "data-state", "href", "name", "rel", "selected", "type", "value"];

pub(super) fn is_ours_alone(content: &Content, html: &str) {
    let mut shown = String::new();
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        shown.push_str(&unescaped(text));
        let Some((tag, behind)) = after.split_once('>') else { panic!("{html:?} has a tag without an end") };
        is_our_tag(tag, html);
        // A line break is one to whoever reads.
        shown.push_str(if tag == "br" { "\n" } else { "" });
        rest = behind;
    }
    shown.push_str(&unescaped(rest));
    for words in words(content) {
        assert!(shown.contains(&words), "{words:?} is not shown by {html:?}");
    }
}

fn is_our_tag(tag: &str, html: &str) {
    let tag = tag.strip_prefix('/').unwrap_or(tag);
    let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
    assert!(TAGS.contains(&name), "<{tag}> in {html:?}");
    while !attributes.is_empty() {
        let end = attributes.find(['=', ' ']).unwrap_or(attributes.len());
        let (name, rest) = attributes.split_at(end);
        assert!(ATTRIBUTES.contains(&name), "the attribute {name:?} in {html:?}");
        let quoted = rest.strip_prefix("=\"").and_then(|rest| rest.split_once('"'));
        let (value, rest) = quoted.unwrap_or(("", rest));
        assert!(name != "href" || leads_where_it_may(&unescaped(value)), "a link to {value:?} in {html:?}");
        attributes = rest.trim_start_matches(' ');
    }
}

/// To another site by HTTP, or within the console.
fn leads_where_it_may(address: &str) -> bool {
    let is_inside = address.starts_with('/') && !address.starts_with("//");
    is_inside || address.starts_with("http://") || address.starts_with("https://")
}

/// What a browser shows. An `&` that is none of our four would be read for another letter.
fn unescaped(html: &str) -> String {
    let known = ["&amp;", "&lt;", "&gt;", "&quot;"];
    let is_known = |at: usize| known.iter().any(|known| html[at..].starts_with(known));
    assert!(html.match_indices('&').all(|(at, _)| is_known(at)), "{html:?} is not escaped");
    html.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}
