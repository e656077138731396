//! `chamberlain doctor`: looks at the installation, and says for each problem what to do. It changes nothing, so it can
//! be run beside a Chamberlain at work.

mod database;
mod folder;
mod git;
mod names;
mod report;
mod server;
mod slack;

use std::io::Write;

use self::report::{Finding, Report};
use crate::config::{Config, Problem, Sources, load};

/// Looks at everything and writes a line for each thing; gives the exit code: 0 when all is well, 1 otherwise.
///
/// # Errors
/// `out` cannot be written to.
pub async fn run(sources: Result<Sources, Vec<Problem>>, out: &mut dyn Write) -> std::io::Result<u8> {
    let mut report = Report::new(out);
    match sources.and_then(load) {
        Ok(config) => look(&config, &mut report).await?,
        Err(problems) => {
            for problem in problems {
                report.tell("config", &Finding::Problem(problem.to_string()))?;
            }
            report.tell("the rest", &Finding::Note("not looked at. Mend the config first.".to_owned()))?;
        }
    }
    report.finish()
}

async fn look(config: &Config, report: &mut Report<'_>) -> std::io::Result<()> {
    report.tell("config", &Finding::Fine(format!("can be read: profile {}, {}.", config.profile, config.store.url)))?;
    report.tell("data folder", &folder::writable(&config.data_dir))?;
    let (listener, peeked) = (server::listener(config).await, database::peek(config).await);
    report.tell("server", &server::finding(config, listener, &peeked))?;
    report.tell("database", &database::finding(config, &peeked, listener))?;
    report.tell("clock", &database::clock(&peeked))?;
    for (subject, finding) in git::look(config).await {
        report.tell(&subject, &finding)?;
    }
    for finding in names::look(config).await {
        report.tell("names", &finding)?;
    }
    for finding in slack::look(config).await {
        report.tell("slack", &finding)?;
    }
    Ok(())
}
