//! Which scope a call needs.

use super::args::Args;
use super::channels::Kind;
use super::world::World;

impl World {
    /// The scope that a call needs and the app does not have.
    pub(super) fn missing_scope(&self, method: &str, args: &Args) -> Option<&'static str> {
        let needed = self.needed_scope(method, args)?;
        (!self.scopes.contains(needed)).then_some(needed)
    }

    /// What the app has, as it is told.
    pub(super) fn provided_scopes(&self) -> String {
        self.scopes.iter().map(String::as_str).collect::<Vec<_>>().join(",")
    }

    fn needed_scope(&self, method: &str, args: &Args) -> Option<&'static str> {
        let kind =
            args.text("channel").and_then(|id| self.find_channel(id)).map_or(Kind::Public, |channel| channel.kind);
        let by_kind = |scopes: [&'static str; 3]| match kind {
            Kind::Public => scopes[0],
            Kind::Private => scopes[1],
            Kind::Direct => scopes[2],
        };
        Some(match method {
            "chat.postMessage" | "chat.postEphemeral" | "chat.update" | "chat.delete" => "chat:write",
            "files.getUploadURLExternal" | "files.completeUploadExternal" => "files:write",
            "users.info" | "users.list" => "users:read",
            "users.lookupByEmail" => "users:read.email",
            "usergroups.list" | "usergroups.users.list" => "usergroups:read",
            "pins.add" | "pins.remove" => "pins:write",
            "pins.list" => "pins:read",
            "bookmarks.add" | "bookmarks.edit" | "bookmarks.remove" => "bookmarks:write",
            "bookmarks.list" => "bookmarks:read",
            "conversations.create" if args.flag("is_private") => "groups:write",
            "conversations.create" => "channels:manage",
            "conversations.join" => "channels:join",
            "conversations.open" => "im:write",
            "conversations.history" | "conversations.replies" => {
                by_kind(["channels:history", "groups:history", "im:history"])
            }
            "conversations.info" | "conversations.members" => by_kind(["channels:read", "groups:read", "im:read"]),
            "conversations.list" | "users.conversations" => match args.text("types") {
                Some(types) if !types.contains("public_channel") => "groups:read",
                _ => "channels:read",
            },
            _ if method.starts_with("conversations.") => by_kind(["channels:manage", "groups:write", "im:write"]),
            _ => return None,
        })
    }
}
