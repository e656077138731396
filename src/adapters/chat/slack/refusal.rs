//! What Slack answers instead of doing it: its code, and what that means in plain words, each with what to do.

use serde::Deserialize;
use slack_morphism::errors::SlackClientApiError;

/// Codes that end everything: the token is no good, whatever is asked.
const OF_THE_TOKEN: [&str; 6] =
    ["invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type"];

/// How codes begin that tell of the workspace's settings.
const RESTRICTED: &str = "restricted_action";

/// A refusal, as far as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// Slack's code.
    pub(super) code: String,
    /// The right that is missing.
    needed: Option<String>,
    /// What became of each account, where several were named.
    pub(super) each: Vec<Refused>,
}

/// An account that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Refused {
    /// The account.
    pub(super) user: String,
    /// Slack's code.
    pub(super) error: String,
}

/// What of an answer's body is read.
#[derive(Default, Deserialize)]
struct Body {
    #[serde(default)]
    needed: Option<String>,
}

/// What of the body of a refused invitation is read; other methods put other things under the name.
#[derive(Default, Deserialize)]
struct Each {
    #[serde(default)]
    errors: Vec<Refused>,
}

impl Refusal {
    /// Nothing of the answer is kept but codes, accounts and the name of a right.
    pub(super) fn of(told: &SlackClientApiError) -> Self {
        let is_code = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
        let code = if told.code.chars().all(is_code) { told.code.clone() } else { String::new() };
        let text = told.http_response_body.as_deref().unwrap_or_default();
        let body: Body = serde_json::from_str(text).unwrap_or_default();
        let each: Each = serde_json::from_str(text).unwrap_or_default();
        let is_scope = |letter: char| letter.is_ascii_alphanumeric() || ":._,- ".contains(letter);
        let needed = body.needed.filter(|scopes| !scopes.is_empty() && scopes.chars().all(is_scope));
        Self { code, needed, each: each.errors }
    }

    /// Whether it is one of these.
    pub(super) fn is(&self, codes: &[&str]) -> bool {
        codes.contains(&self.code.as_str())
    }

    /// Whether the workspace's settings forbid it. There are many such codes, and new ones come.
    pub(super) fn is_restricted(&self) -> bool {
        self.code.starts_with(RESTRICTED)
    }

    /// Whether nothing else will be done with this token either.
    pub(super) fn is_of_the_token(&self) -> bool {
        self.is(&OF_THE_TOKEN)
    }

    /// Whether trying again with the same token is of no use.
    pub(super) fn is_final(&self) -> bool {
        self.is_of_the_token() || self.is(&["missing_scope", "no_permission", "access_denied", "forbidden_team"])
    }

    /// What it means when only the token was tried, as a sentence.
    pub(super) fn of_a_token(&self) -> String {
        let words = self.token_words().unwrap_or_else(|| {
            "Slack refuses the token. Its code says why; look it up at docs.slack.dev, method auth.test".to_owned()
        });
        format!("{}.", self.with_code(words))
    }

    /// What it means when `method` was called, without a full stop.
    pub(super) fn of_a_call(&self, method: &str) -> String {
        let words = self.token_words().or_else(|| room_words(&self.code).map(str::to_owned));
        self.with_code(words.unwrap_or_else(|| {
            format!("Slack does not do `{method}`. Its code says why; look it up at docs.slack.dev")
        }))
    }

    fn with_code(&self, words: String) -> String {
        if self.code.is_empty() { words } else { format!("{words} (`{}`)", self.code) }
    }

    /// What concerns the token, the app or Slack as a whole, whatever is called.
    fn token_words(&self) -> Option<String> {
        let words = match self.code.as_str() {
            "invalid_auth" | "not_authed" => {
                "Slack does not know this token. Copy it anew at api.slack.com/apps, your app: the bot's stands at OAuth & Permissions, the app's at Basic Information, App-Level Tokens"
            }
            "account_inactive" | "token_revoked" => {
                "the token is no longer good: the app was removed from the workspace, or the token was revoked. Install the app again and take its new token"
            }
            "token_expired" => {
                "the token has expired, since token rotation is on for the app. Make an app without rotation, it cannot be switched off"
            }
            "not_allowed_token_type" => {
                "Slack wants another kind of token here. The bot's begins with `xoxb-`, the app's with `xapp-`"
            }
            "missing_scope" if self.needed.as_deref() == Some("connections:write") => {
                "the app token lacks the scope `connections:write`. Make one that has it at api.slack.com/apps, your app, Basic Information, App-Level Tokens"
            }
            "missing_scope" => {
                let which = self
                    .needed
                    .as_ref()
                    .map_or("a right (scope)".into(), |scopes| format!("the right (scope) `{scopes}`"));
                return Some(format!(
                    "the token lacks {which}. Add it at api.slack.com/apps, your app, OAuth & Permissions, and install the app again"
                ));
            }
            "ip_not_allowed" | "access_denied" | "no_permission" => {
                "Slack turns this machine or this app away. Ask an admin of the workspace to let it in"
            }
            "org_login_required"
            | "ekm_access_denied"
            | "team_access_not_granted"
            | "enterprise_is_restricted"
            | "team_added_to_org"
            | "accesslimited" => "the workspace does not let this app in just now. Ask an admin of the workspace",
            "ratelimited" => "Slack has had too many calls from this app. Wait a minute and try again",
            "internal_error" | "fatal_error" | "service_unavailable" | "request_timeout" => {
                "Slack itself has trouble. Try again in a few minutes"
            }
            _ => return None,
        };
        Some(words.to_owned())
    }
}

/// What concerns a channel, a message or people.
fn room_words(code: &str) -> Option<&'static str> {
    Some(match code {
        "not_in_channel" | "channel_not_found" => {
            "the app is not in that channel, or it is gone. Whoever is in it can bring the app in with `/invite`"
        }
        "is_archived" | "is_inactive" => "the channel is archived. Unarchive it in Slack if it is still needed",
        "restricted_action_read_only_channel" => {
            "only some may post in that channel. Its settings must let the app post"
        }
        "restricted_action_thread_only_channel" => "in that channel one may only answer in threads",
        "restricted_action_non_threadable_channel"
        | "restricted_action_thread_locked"
        | "thread_locked"
        | "cannot_reply_to_message"
        | "thread_not_found" => {
            "nothing can be said in that thread: it is locked, gone, or the channel has no threads. Say it in the channel"
        }
        "message_limit_exceeded" => "the workspace is at its limit of messages. Ask an admin of the workspace",
        "invalid_name"
        | "invalid_name_maxlength"
        | "invalid_name_punctuation"
        | "invalid_name_required"
        | "invalid_name_specials" => "Slack takes no such name for a channel. Choose another as `[rooms] name`",
        "cannot_create_channel"
        | "cant_archive_general"
        | "cant_archive_required"
        | "not_authorized"
        | "permission_denied"
        | "user_is_restricted"
        | "method_not_supported_for_channel_type" => {
            "the app may not do that with this channel. A person who may can do it in Slack"
        }
        "file_uploads_disabled" | "file_uploads_except_images_disabled" | "storage_limit_reached" => {
            "the workspace takes no files from apps, or has no room for them. Ask an admin of the workspace"
        }
        "too_many_pins" | "too_many_bookmarks" => {
            "the channel holds no more pins or bookmarks. Take some away in Slack"
        }
        "expired_url" | "used_url" => "the answer came too late: Slack lets a command be answered for 30 minutes",
        "plan_upgrade_required" => "the workspace's plan has no user groups. Name people in the config instead",
        "no_such_subteam" => "there is no such user group. Mend its name in the config",
        code if code.starts_with(RESTRICTED) => {
            "the workspace's settings forbid that to apps. An admin of the workspace can allow it"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(code: &str, body: &str) -> Refusal {
        Refusal::of(&SlackClientApiError::new(code.to_owned()).with_http_response_body(body.to_owned()))
    }

    #[test]
    fn each_code_is_told_in_plain_words_with_what_to_do() {
        let begins = [
            ("invalid_auth", "Slack does not know this token. Copy it anew"),
            ("account_inactive", "the token is no longer good: the app was removed"),
            ("token_revoked", "the token is no longer good: the app was removed"),
            ("token_expired", "the token has expired"),
            ("not_allowed_token_type", "Slack wants another kind of token here. The bot's begins"),
            ("ip_not_allowed", "Slack turns this machine or this app away. Ask an admin"),
            ("team_access_not_granted", "the workspace does not let this app in just now. Ask an admin"),
            ("ratelimited", "Slack has had too many calls from this app. Wait a minute"),
            ("fatal_error", "Slack itself has trouble. Try again"),
            ("never_heard_of", "Slack refuses the token. Its code says why"),
        ];
        for (code, begin) in begins {
            let told = refusal(code, "{}").of_a_token();
            assert!(told.starts_with(begin) && told.ends_with(&format!(" (`{code}`).")), "{told}");
        }
    }

    #[test]
    fn what_a_call_was_refused_for_is_told_in_the_same_words() {
        let begins = [
            ("token_revoked", "the token is no longer good"),
            ("not_in_channel", "the app is not in that channel"),
            ("is_archived", "the channel is archived"),
            ("restricted_action", "the workspace's settings forbid that to apps"),
            ("restricted_action_of_a_new_kind", "the workspace's settings forbid that to apps"),
            ("restricted_action_thread_locked", "nothing can be said in that thread"),
            ("never_heard_of", "Slack does not do `chat.postMessage`. Its code says why"),
        ];
        for (code, begin) in begins {
            let told = refusal(code, "{}").of_a_call("chat.postMessage");
            assert!(told.starts_with(begin) && told.ends_with(&format!(" (`{code}`)")), "{told}");
        }
    }

    #[test]
    fn a_missing_scope_is_named() {
        let told = r#"{"ok":false,"error":"missing_scope","needed":"chat:write","provided":"commands"}"#;
        let named = refusal("missing_scope", told).of_a_token();
        assert!(named.starts_with("the token lacks the right (scope) `chat:write`. Add it at"), "{named}");
        assert!(named.ends_with("install the app again (`missing_scope`)."), "{named}");
        let unnamed = refusal("missing_scope", "<html>").of_a_token();
        assert!(unnamed.starts_with("the token lacks a right (scope). Add it at"));
    }

    #[test]
    fn nothing_of_an_answer_comes_through_but_codes_and_scopes() {
        assert!(!refusal("\u{1b}[31mred", "{}").of_a_token().contains("red"));
        assert!(!refusal("missing_scope", "{\"needed\":\"`hush`\"}").of_a_token().contains("hush"));
    }

    #[test]
    fn who_could_not_be_invited_is_read_and_other_errors_are_passed_over() {
        let told = r#"{"errors":[{"user":"U1","ok":false,"error":"cant_invite"}]}"#;
        let each = refusal("cant_invite", told).each;
        assert_eq!(each, [Refused { user: "U1".into(), error: "cant_invite".into() }]);
        assert_eq!(refusal("invalid_blocks", r#"{"errors":["bad"],"needed":"a:b"}"#).needed.as_deref(), Some("a:b"));
    }
}
