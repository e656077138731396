//! The sample's `web`: one page, drawn as page.toml says.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde::Deserialize;

use super::Surroundings;
use super::ask::Ask;
use super::colour::Colour;

const STYLE: &str = include_str!("web.css");

/// The page and what it needs to know, read once.
#[derive(Debug)]
pub struct Web {
    page: Page,
    surroundings: Surroundings,
    ask: Option<Ask>,
}

/// As people write it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    title: String,
    greeting: String,
    colour: Colour,
    #[serde(default)]
    accent: String,
}

impl Web {
    /// Reads page.toml in `folder`.
    pub fn read(folder: &Path, surroundings: Surroundings) -> anyhow::Result<Self> {
        let page = super::read_toml(folder, "page.toml")?;
        let ask = surroundings.api_url.as_deref().map(Ask::new).transpose()?;
        Ok(Self { page, surroundings, ask })
    }

    /// Its routes.
    pub fn into_router(self) -> Router {
        Router::new().route("/", get(show)).with_state(Arc::new(self))
    }
}

async fn show(State(web): State<Arc<Web>>) -> Markup {
    let says = match &web.ask {
        Some(ask) => Some(ask.ask().await),
        None => None,
    };
    draw(&web, says.map(|says| says.map_or("api does not answer".to_owned(), |says| format!("api says: {says}"))))
}

fn draw(web: &Web, says: Option<String>) -> Markup {
    let Page { title, greeting, colour, accent } = &web.page;
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body style={ "background:" (colour) ";color:" (colour.ink()) } {
                main {
                    div.accent aria-hidden="true" { (accent) }
                    h1 { (title) }
                    p.greeting { (greeting) }
                    @if let Some(says) = says { p.api { (says) } }
                }
                footer { (facts(&web.surroundings)) }
            }
        }
    }
}

fn facts(surroundings: &Surroundings) -> Markup {
    let facts = [
        ("environment", &surroundings.environment),
        ("component", &surroundings.component),
        ("commit", &surroundings.commit),
    ];
    html! {
        @for (name, value) in facts {
            @if let Some(value) = value { span { (name) " " code { (value) } } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "title = \"<b>Shop</b>\"\ngreeting = \"Hello\"\ncolour = \"#16213e\"\naccent = \"🍊\"\n";

    fn read(text: &str) -> anyhow::Result<Web> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("page.toml"), text).unwrap();
        Web::read(folder.path(), Surroundings { environment: Some("sprint-42".into()), ..Surroundings::default() })
    }

    #[test]
    fn the_page_shows_what_is_written_and_nothing_it_could_mean() {
        let page = draw(&read(PAGE).unwrap(), Some("api says: <i>".into())).into_string();
        for part in ["&lt;b&gt;Shop&lt;/b&gt;", "Hello", "background:#16213e", "🍊", "sprint-42", "api says: &lt;i&gt;"]
        {
            assert!(page.contains(part), "{part} in {page}");
        }
        assert!(!page.contains("<i>"));
    }

    #[test]
    fn a_broken_page_is_refused_by_name() {
        for text in ["title = ", "title = \"x\"", &PAGE.replace("#16213e", "red"), &format!("{PAGE}colr = 1")] {
            let told = format!("{:#}", read(text).unwrap_err());
            assert!(told.starts_with("page.toml cannot be understood; mend it and commit: "), "{told}");
        }
    }
}
