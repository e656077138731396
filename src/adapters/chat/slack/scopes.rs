//! What the app must be allowed in a workspace: only what is used, each with what uses it. Source: Slack's method and
//! event pages.

/// What is used of Slack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// Rooms are made for iterations, and whether these are private.
    pub rooms: Option<Privacy>,
    /// People are found by their mail addresses.
    pub mail: bool,
    /// Groups of the workspace stand for groups of the config.
    pub groups: bool,
}

/// Who may find a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privacy {
    /// Everybody in the workspace.
    Public,
    /// Only who was invited.
    Private,
}

/// A right, and what for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scope {
    /// As Slack names it.
    pub name: &'static str,
    /// What uses it, in words for people.
    pub used_by: &'static str,
}

const ALWAYS: &[(&str, &str)] = &[
    ("app_mentions:read", "hearing mentions"),
    ("chat:write", "answering"),
    ("commands", "`/chamberlain`"),
    ("channels:history", "finding an answer whose receipt was lost"),
    ("groups:history", "finding an answer whose receipt was lost"),
    ("im:history", "hearing direct messages"),
    ("im:read", "hearing direct messages"),
    ("im:write", "answering in direct messages"),
    ("users:read", "knowing guests and closed accounts"),
];

const OF_ROOMS: &[(&str, &str)] = &[
    ("channels:read", "the skill `iteration`: seeing its rooms"),
    ("groups:read", "the skill `iteration`: seeing its rooms"),
    ("pins:read", "the skill `iteration`: the pinned card"),
    ("pins:write", "the skill `iteration`: the pinned card"),
    ("bookmarks:read", "the skill `iteration`: links on top of the room"),
    ("bookmarks:write", "the skill `iteration`: links on top of the room"),
    ("files:write", "the skill `deploy`: the whole log of what failed, as a file"),
];

/// The rights for what is used, by name.
pub fn scopes(needs: Needs) -> Vec<Scope> {
    let mut wanted = ALWAYS.to_vec();
    if let Some(privacy) = needs.rooms {
        wanted.extend(OF_ROOMS);
        if privacy == Privacy::Public {
            wanted.push(("channels:join", "the skill `iteration`: going back into its own rooms"));
        }
        wanted.push(match privacy {
            Privacy::Public => ("channels:manage", "the skill `iteration`: making rooms"),
            Privacy::Private => ("groups:write", "the skill `iteration`: making rooms"),
        });
    }
    if needs.mail {
        wanted.push(("users:read.email", "finding people by `email`"));
    }
    if needs.groups {
        wanted.push(("usergroups:read", "`[slack] user_groups`"));
    }
    let mut scopes: Vec<Scope> = wanted.into_iter().map(|(name, used_by)| Scope { name, used_by }).collect();
    scopes.sort_unstable();
    scopes
}

/// The events to be sent for what is used, by name.
pub(super) fn events(needs: Needs) -> Vec<&'static str> {
    let mut events = vec!["app_home_opened", "app_mention", "app_uninstalled", "message.im", "tokens_revoked"];
    if needs.rooms.is_some() {
        events.extend([
            "channel_archive",
            "channel_deleted",
            "channel_left",
            "channel_rename",
            "channel_unarchive",
            "group_archive",
            "group_deleted",
            "group_left",
            "group_rename",
            "group_unarchive",
            "member_joined_channel",
            "member_left_channel",
        ]);
    }
    if needs.groups {
        events.extend(["subteam_members_changed", "subteam_updated"]);
    }
    events.sort_unstable();
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_asked_for_that_is_not_used() {
        let names = |needs| scopes(needs).into_iter().map(|scope| scope.name).collect::<Vec<_>>();
        let least = Needs { rooms: None, mail: false, groups: false };
        assert!(!names(least).iter().any(|name| name.ends_with(":manage") || name.contains("email")));
        let public = names(Needs { rooms: Some(Privacy::Public), ..least });
        assert!(public.contains(&"channels:manage") && !public.contains(&"groups:write"));
        let private = names(Needs { rooms: Some(Privacy::Private), mail: true, groups: true });
        assert!(private.contains(&"groups:write") && !private.contains(&"channels:manage"));
        assert!(private.contains(&"users:read.email") && private.contains(&"usergroups:read"));
        assert!(!events(least).contains(&"channel_archive"));
    }
}
