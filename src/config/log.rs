//! `[log]`: what is written to the log, and how.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;

use super::choice::one_of;
use super::problem::Fault;
use super::section::Section;

const DEFAULT_LEVEL: &str = "info";

/// What is written to the log, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// A filter as `tracing_subscriber::EnvFilter` reads it: `info,chamberlain=debug`.
    pub level: String,
    /// The form of a line.
    pub format: LogFormat,
}

/// The form of a line of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for machines.
    Json,
}

impl Log {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        let format = one_of([("text", LogFormat::Text), ("json", LogFormat::Json)]);
        Self {
            level: section.take("level", DEFAULT_LEVEL.to_owned(), level),
            format: section.take("format", LogFormat::Text, format),
        }
    }
}

fn level(text: String) -> Result<String, Fault> {
    let hint = "Write off, error, warn, info, debug or trace, or for example \"info,chamberlain=debug\".";
    // The filter takes a lone word that is no level, such as `inof`, for a module's name and says nothing.
    let is_slip = |part: &str| {
        !part.contains(['=', '[']) && (part.trim().is_empty() || part.trim().parse::<LevelFilter>().is_err())
    };
    if text.split(',').any(is_slip) || EnvFilter::builder().parse(&text).is_err() {
        return Err(Fault::new("no log filter", hint));
    }
    Ok(text)
}
