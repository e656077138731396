//! What a start needs before the first person comes: the lobby, the token that `say` finds, a login link.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::wiring::Opened;
use crate::domain::PersonId;
use crate::store::console::{Room, ensure_room};

/// Where the dev profile leaves the token of this start.
pub fn dev_token_path(data_dir: &Path) -> PathBuf {
    data_dir.join("token")
}

/// Makes the console's first room, if it is not there yet.
pub async fn make_lobby(opened: &Opened) -> anyhow::Result<()> {
    let house = opened.house();
    let now = house.clock.now();
    let lobby = Room { id: "lobby".to_owned(), name: "lobby".to_owned(), topic: "Start here: type help.".to_owned() };
    house.store.write(move |tx| Box::pin(async move { ensure_room(tx, &lobby, now).await })).await?;
    Ok(())
}

/// Makes the token of this start, writes it where only its owner can read it, and gives a login link.
pub async fn let_in(opened: &Opened, person: &PersonId, data_dir: &Path) -> anyhow::Result<String> {
    let path = dev_token_path(data_dir);
    // The last start's; others that share the database keep theirs.
    let before = std::fs::read_to_string(&path).ok();
    let token = opened.web().token(person, before.as_deref().map(str::trim_end)).await?;
    write_private(&path, &token).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(opened.web().login_link(person).await?)
}

/// The file is made anew, so that an older one's wider rights are gone with it.
fn write_private(path: &Path, token: &str) -> std::io::Result<()> {
    if path.exists() {
        std::fs::remove_file(path)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{token}")
}
