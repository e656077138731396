//! Files: an address is asked for, the text is sent there, and then it is shared in its thread.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::adapter::Slack;
use super::calls::{Done, Failed};
use crate::card::model::File;
use crate::domain::MessageId;
use crate::ports::{ChatError, Post};

/// Where the text goes, and what the file is called until it is shared.
#[derive(Deserialize)]
struct Place {
    upload_url: String,
    file_id: String,
}

impl Slack {
    /// Puts a file into a channel or a thread; without the right to it nothing is put there, as one line tells.
    pub(super) async fn send_file(&self, post: &Post, file: &File) -> Result<MessageId, ChatError> {
        self.share(post, file, None).await?;
        // Slack does not tell which message it became; the nonce is as good, since nobody changes it.
        Ok(MessageId::new(&post.nonce))
    }

    /// Shares a file where `post` goes, under a few words if any; tells whether we have the right to it. A file carries
    /// no metadata: its name carries what it is found by.
    pub(super) async fn share(&self, post: &Post, file: &File, words: Option<&str>) -> Result<bool, Failed> {
        // Slack takes no empty file.
        let text = if file.text.is_empty() { "\n".to_owned() } else { file.text.clone() };
        let (name, length) = (named(&file.name, &post.nonce), text.len().to_string());
        let query = [("filename", name.as_str()), ("length", length.as_str())];
        let place = self.calls.get_if_allowed::<Place>("files.getUploadURLExternal", &query).await?;
        let Some(place) = place else { return Ok(false) };
        self.calls.upload(&place.upload_url, text).await?;
        let mut shared = json!({
            "files": [{ "id": place.file_id, "title": file.title }],
            "channel_id": post.room.local(),
        });
        if let Some(thread) = &post.thread {
            shared["thread_ts"] = thread.as_str().into();
        }
        if let Some(words) = words {
            shared["initial_comment"] = words.into();
        }
        self.calls.post::<Done>("files.completeUploadExternal", &shared).await?;
        Ok(true)
    }
}

/// A file's name with the mark of its nonce before its ending.
fn named(name: &str, nonce: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    let name: String = name.chars().map(|letter| if is_plain(letter) { letter } else { '-' }).collect();
    let mark = mark(nonce);
    match name.rsplit_once('.') {
        Some((stem, end)) => format!("{stem}-{mark}.{end}"),
        None => format!("{name}-{mark}"),
    }
}

/// Whether a file of this name was sent with this nonce.
pub(super) fn is_of(name: &str, nonce: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.strip_suffix(&mark(nonce)).is_some_and(|before| before.ends_with('-'))
}

/// Twelve letters that no other nonce has.
fn mark(nonce: &str) -> String {
    let digest = Sha256::digest(nonce);
    BASE64_URL_SAFE_NO_PAD.encode(&digest[..9])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_name() {
        for name in ["web-sprint-42-3.log", "log", "冲刺 <3>.log", "a.b.c"] {
            let sent = named(name, "event.1");
            assert!(sent.is_ascii() && is_of(&sent, "event.1") && !is_of(&sent, "event.2"), "{sent}");
        }
        assert!(!is_of("web.log", "event.1"));
    }
}
