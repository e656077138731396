//! `chamberlain store`: a whole database copied, backed up or checked.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::config::Config;
use crate::ports::{Clock, SystemClock};
use crate::runtime::Settings;
use crate::store::Url;
use crate::store::keeping;
use crate::store::keeping::check::Checked;

/// A whole database copied, backed up or checked.
#[derive(Debug, Args)]
pub struct Store {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Copy all of FROM, which must not be in use, into TO, which must be empty or still to be made.
    ///
    /// An address is `config` (the database of the config), `sqlite:FILE`, `postgres://user@host/database`, or
    /// `env:NAME` or `file:PATH`: a variable or a file that holds the address, for one with a password.
    Copy {
        /// The address of the database to read.
        from: String,
        /// The address of the database to write.
        to: String,
    },
    /// Back the database of the config up into a new file, also while Chamberlain runs.
    Backup {
        /// The file to make.
        file: PathBuf,
    },
    /// Tell whether a database is whole; exit code 1 when it is not. It only reads.
    Check {
        /// The address of the database, as for `copy`.
        #[arg(default_value = "config")]
        address: String,
    },
}

/// Does what was asked for; gives the exit code.
pub async fn run(config: &Config, store: Store, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    match store.command {
        Command::Copy { from, to } => {
            let (from, to) = (url(config, ("FROM", &from))?, url(config, ("TO", &to))?);
            copy((&from, &to), out).await
        }
        Command::Backup { file } => {
            let from = Settings::url_of(config);
            let bytes = keeping::backup::backup(&from, &file).await?;
            let (name, file) = (keeping::name(&from), file.display());
            writeln!(out, "{name} is backed up in {file}: {bytes} bytes, looked through, and on disk.")?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Check { address } => check(&url(config, ("the address", &address))?, out).await,
    }
}

fn url(config: &Config, (which, text): (&str, &str)) -> anyhow::Result<Url> {
    let address = config.database(text).map_err(|told| anyhow::anyhow!("{which}: {told}"))?;
    Ok(Settings::url(&address))
}

async fn copy((from, to): (&Url, &Url), out: &mut impl Write) -> anyhow::Result<ExitCode> {
    writeln!(out, "From  {}\nTo    {}\n", keeping::name(from), keeping::name(to))?;
    let lines = keeping::copy::copy(from, to).await?;
    let widest = lines.iter().map(|line| line.table.len()).max().unwrap_or_default();
    writeln!(out, "{:widest$}  {:>9}  {:32}", "table", "rows", "checksum")?;
    for line in &lines {
        let came = if line.from == line.to {
            "copied".to_owned()
        } else {
            format!("differs: {} rows, {} in TO", line.to.rows(), line.to)
        };
        writeln!(out, "{:widest$}  {:>9}  {}  {came}", line.table, line.from.rows(), line.from)?;
    }
    let differing = lines.iter().filter(|line| line.from != line.to).count();
    if differing > 0 {
        writeln!(
            out,
            "\n{differing} of {} tables differ when they are read back, so nothing was written. Is there a trigger or a rule in TO, or a disk that fails? Give it an empty database without them.",
            lines.len()
        )?;
        return Ok(ExitCode::FAILURE);
    }
    let rows: u64 = lines.iter().map(|line| line.from.rows()).sum();
    writeln!(
        out,
        "\n{} tables, {rows} rows: all copied, and read back alike. Name TO as `[store] url` and start Chamberlain; keep FROM until you are content.",
        lines.len()
    )?;
    Ok(ExitCode::SUCCESS)
}

async fn check(url: &Url, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let name = keeping::name(url);
    let checked = keeping::check::check(url, SystemClock.now()).await?;
    for finding in &checked.findings {
        writeln!(out, "problem  {finding}")?;
    }
    let problems = match checked.findings.len() {
        0 => {
            whole(&name, &checked, out)?;
            writeln!(out, "{}", super::audit::state(url).await?)?;
            return Ok(ExitCode::SUCCESS);
        }
        1 => "1 problem".to_owned(),
        more => format!("{more} problems"),
    };
    writeln!(out, "\n{name}: {problems}. Stop Chamberlain before you change anything, and keep a copy.")?;
    Ok(ExitCode::FAILURE)
}

fn whole(name: &str, checked: &Checked, out: &mut impl Write) -> anyhow::Result<()> {
    writeln!(out, "{name} is whole: {} tables, {} rows.", checked.tables, checked.rows)?;
    Ok(())
}
