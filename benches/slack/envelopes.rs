//! What the workspace sends over a socket, as Slack writes it.

/// Our bot's user and bot in the workspace, and the workspace itself.
pub(super) const BOT_USER: &str = "U0BOT0BOT";
pub(super) const BOT: &str = "B0BOT0BOT";
pub(super) const TEAM: &str = "T0TEAM0TM";

/// Where and when something was said, and by whom.
pub(super) struct Said<'s> {
    pub(super) user: &'s str,
    pub(super) channel: &'s str,
    pub(super) ts: &'s str,
}

/// A message of a person that mentions the bot.
pub(super) fn said(id: &str, said: &Said<'_>, text: &str, retry: usize) -> String {
    let Said { user, channel, ts } = said;
    let message = format!(
        r#"{{"type":"message","user":"{user}","ts":"{ts}","client_msg_id":"{id}","text":"<@{BOT_USER}> {text}","team":"{TEAM}","blocks":[{{"type":"rich_text","block_id":"b1","elements":[{{"type":"rich_text_section","elements":[{{"type":"user","user_id":"{BOT_USER}"}},{{"type":"text","text":" {text}"}}]}}]}}],"channel":"{channel}","event_ts":"{ts}","channel_type":"channel"}}"#
    );
    let reason = if retry == 0 { "" } else { "timeout" };
    envelope(id, &message, (ts, retry, reason))
}

/// The bot's own post, which it hears as everybody does.
pub(super) fn own(id: &str, (channel, ts): (&str, &str), text: &str) -> String {
    let text = text.replace('"', "'");
    let message = format!(
        r#"{{"type":"message","user":"{BOT_USER}","bot_id":"{BOT}","app_id":"A0APP0APP","ts":"{ts}","text":"{text}","team":"{TEAM}","bot_profile":{{"id":"{BOT}","name":"chamberlain","team_id":"{TEAM}"}},"channel":"{channel}","event_ts":"{ts}","channel_type":"channel"}}"#
    );
    envelope(id, &message, (ts, 0, ""))
}

fn envelope(id: &str, event: &str, (ts, retry, reason): (&str, usize, &str)) -> String {
    let seconds = ts.split_once('.').map_or(ts, |(seconds, _)| seconds);
    format!(
        r#"{{"envelope_id":"{id}","type":"events_api","accepts_response_payload":false,"retry_attempt":{retry},"retry_reason":"{reason}","payload":{{"token":"x","team_id":"{TEAM}","context_team_id":"{TEAM}","context_enterprise_id":null,"api_app_id":"A0APP0APP","event":{event},"type":"event_callback","event_id":"Ev{ts}","event_time":{seconds},"authorizations":[{{"enterprise_id":null,"team_id":"{TEAM}","user_id":"{BOT_USER}","is_bot":true,"is_enterprise_install":false}}],"is_ext_shared_channel":false,"event_context":"4-context"}}}}"#
    )
}

/// The greeting of a connection.
pub(super) fn hello(connections: usize) -> String {
    format!(
        r#"{{"type":"hello","num_connections":{connections},"debug_info":{{"host":"applink-1","build_number":1,"approximate_connection_time":18060}},"connection_info":{{"app_id":"A0APP0APP"}}}}"#
    )
}

/// The announcement of a connection's end.
pub(super) fn farewell(reason: &str) -> String {
    format!(r#"{{"type":"disconnect","reason":"{reason}","debug_info":{{"host":"applink-1"}}}}"#)
}
