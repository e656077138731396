//! Whether Slack takes the tokens, allows what is used, and can be reached. No line ever holds a token.

use std::time::{Duration, UNIX_EPOCH};

use super::report::Finding;
use crate::adapters::chat::slack::socket::{DialError, Dialler};
use crate::adapters::chat::slack::{Auth, Bot, Needs, auth};
use crate::cli::serve::NOT_IN_DEV;
use crate::config::{Config, Profile, Secret, Slack};
use crate::domain::Timestamp;
use crate::ports::{Clock, SystemClock};
use crate::runtime::slack_needs;

/// How long Slack may take.
const LIMIT: Duration = Duration::from_secs(10);

/// How far the two clocks may be apart.
const APART: Duration = Duration::from_mins(1);

const BOT: (&str, &str) = ("bot", "CHAMBERLAIN__SLACK__BOT_TOKEN");
const APP: (&str, &str) = ("app", "CHAMBERLAIN__SLACK__APP_TOKEN");

/// Looks at the tokens that are given; that there are none is no fault.
pub(super) async fn look(config: &Config) -> Vec<Finding> {
    let mut findings = tokens(&config.slack, slack_needs(config)).await;
    if config.slack.bot_token.is_some() && config.slack.app_token.is_some() && config.profile == Profile::Dev {
        findings.push(Finding::Problem(NOT_IN_DEV.to_owned()));
    }
    findings
}

async fn tokens(slack: &Slack, needs: Needs) -> Vec<Finding> {
    let (bot, app) = match (&slack.bot_token, &slack.app_token) {
        (None, None) => return vec![Finding::Fine("no Slack token: the console alone is used.".to_owned())],
        (bot, app) => (bot.as_ref(), app.as_ref()),
    };
    let mut findings = of_bot(slack, bot, needs).await;
    findings.push(of_app(slack, app).await);
    findings
}

async fn of_bot(slack: &Slack, token: Option<&Secret>, needs: Needs) -> Vec<Finding> {
    let token = match given(token, BOT) {
        Ok(token) => token,
        Err(finding) => return vec![finding],
    };
    match auth(Auth { api_url: &slack.api_url, token: token.reveal(), needs: Some(needs), limit: LIMIT }).await {
        Ok(bot) => [of_answer(&bot)].into_iter().chain(clock(&bot)).collect(),
        Err(why) => vec![Finding::Problem(format!("bot token: {why}"))],
    }
}

fn of_answer(Bot { team, name, missing, .. }: &Bot) -> Finding {
    let whose = format!("the bot token is that of `{name}` in the workspace `{team}`");
    if missing.is_empty() {
        return Finding::Fine(format!("{whose}, and may all that is used."));
    }
    let lacks: Vec<String> = missing.iter().map(|scope| format!("`{}` ({})", scope.name, scope.used_by)).collect();
    Finding::Problem(format!(
        "{whose}, and lacks the scopes {}. Paste what `chamberlain slack manifest` prints at api.slack.com/apps, your app, App Manifest, and install the app again.",
        lacks.join(", ")
    ))
}

/// Whether this machine's clock is that of Slack: times in messages and in what is looked for depend on it.
fn clock(bot: &Bot) -> Option<Finding> {
    let (theirs, ours) = (bot.answered_at?, SystemClock.now());
    let theirs = theirs.duration_since(UNIX_EPOCH).ok()?;
    let theirs = Timestamp::from_millis(i64::try_from(theirs.as_millis()).ok()?);
    let apart = ours.since(theirs).max(theirs.since(ours));
    (apart > APART).then(|| {
        Finding::Problem(format!(
            "this machine's clock and that of Slack are {} s apart. Set the clock, best by NTP.",
            apart.as_secs()
        ))
    })
}

async fn of_app(slack: &Slack, token: Option<&Secret>) -> Finding {
    let token = match given(token, APP) {
        Ok(token) => token,
        Err(finding) => return finding,
    };
    let tried = match Dialler::new(&slack.api_url, token.reveal()) {
        Ok(dialler) => dialler.try_out().await,
        Err(why) => Err(why),
    };
    match tried {
        Ok(()) => Finding::Fine("Slack takes the app token, and sockets can be opened.".to_owned()),
        Err(why @ DialError::Refused(_)) => Finding::Problem(why.to_string()),
        Err(why) => Finding::Problem(format!("app token: {why}.")),
    }
}

/// The token, if there is one.
fn given<'t>(token: Option<&'t Secret>, (kind, variable): (&str, &str)) -> Result<&'t Secret, Finding> {
    token.ok_or_else(|| Finding::Note(format!("there is no {kind} token. To try it, give it as {variable}.")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::adapters::chat::slack::scopes;
    use crate::config::Visibility;
    use crate::event::chat::slack::Us;

    const NEEDS: Needs = Needs { rooms: None, mail: false, groups: false };

    fn slack(bot: Option<&str>, app: Option<&str>) -> Slack {
        let secret = |token: Option<&str>| token.map(Secret::new);
        Slack {
            api_url: "http://127.0.0.1:9/api".into(),
            bot_token: secret(bot),
            app_token: secret(app),
            connections: 2,
            rooms: Visibility::Public,
            user_groups: BTreeMap::new(),
        }
    }

    #[tokio::test]
    async fn no_token_is_no_problem() {
        drop(rustls::crypto::ring::default_provider().install_default());
        let found = tokens(&slack(None, None), NEEDS).await;
        assert_eq!(found, [Finding::Fine("no Slack token: the console alone is used.".into())]);
        let found = tokens(&slack(None, Some("xapp-1")), NEEDS).await;
        assert!(matches!(&found[..], [Finding::Note(_), Finding::Problem(_)]), "nobody listens there: {found:?}");
    }

    #[test]
    fn missing_scopes_are_a_problem() {
        let us = Us { user: "U1".into(), bot: None };
        let bot =
            |missing| Bot { team: "House".into(), name: "butler".into(), us: us.clone(), answered_at: None, missing };
        assert_eq!(
            of_answer(&bot(vec![])),
            Finding::Fine(
                "the bot token is that of `butler` in the workspace `House`, and may all that is used.".into()
            )
        );
        let lacking = scopes(NEEDS).into_iter().take(2).collect();
        let Finding::Problem(told) = of_answer(&bot(lacking)) else { panic!("it lacks two") };
        assert!(
            told.contains("lacks the scopes `app_mentions:read` (hearing mentions), `channels:history` ("),
            "{told}"
        );
    }

    #[test]
    fn clocks_that_are_apart_are_a_problem() {
        let bot = |answered_at| Bot {
            team: "House".into(),
            name: "butler".into(),
            us: Us { user: "U1".into(), bot: None },
            answered_at,
            missing: vec![],
        };
        let of = |millis: i64| UNIX_EPOCH + Duration::from_millis(u64::try_from(millis).unwrap());
        let now = SystemClock.now().as_millis();
        assert_eq!(clock(&bot(Some(of(now)))), None);
        assert_eq!(clock(&bot(None)), None);
        let Some(Finding::Problem(told)) = clock(&bot(Some(of(now - 300_000)))) else { panic!("they are apart") };
        assert!(told.starts_with("this machine's clock and that of Slack are 30"), "{told}");
    }
}
