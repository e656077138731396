//! Tokens that are not taken, and starts that cannot be: the program ends, says why in a line, and tells no token.

use std::process::Output;

use crate::home::Home;
use crate::workspace::{Fault, How, Workspace};

in_both_worlds!(
    a_wrong_bot_token,
    a_wrong_app_token,
    swapped_tokens,
    a_revoked_token,
    one_token_alone,
    the_dev_profile_has_no_slack
);

const BOT: &str = "CHAMBERLAIN__SLACK__BOT_TOKEN";
const APP: &str = "CHAMBERLAIN__SLACK__APP_TOKEN";

async fn a_wrong_bot_token(world: impl Workspace) {
    let mut home = Home::of(&world);
    home.set(BOT, Some("xoxb-0-nobody"));
    let told = refused(&world, &home.run().await);
    assert!(told.contains("bot token: Slack does not know this token. Copy it anew"), "{told}");
    assert!(!told.contains("xoxb-0-nobody"), "{told}");
}

async fn a_wrong_app_token(world: impl Workspace) {
    let mut home = Home::of(&world);
    home.set(APP, Some("xapp-0-nobody"));
    let told = refused(&world, &home.run().await);
    assert!(told.contains("app token: Slack does not know this token. Copy it anew"), "{told}");
    assert!(!told.contains("xapp-0-nobody"), "{told}");
}

async fn swapped_tokens(world: impl Workspace) {
    let (bot, app) = world.tokens();
    let mut home = Home::of(&world);
    home.set(BOT, Some(&app));
    home.set(APP, Some(&bot));
    let told = refused(&world, &home.run().await);
    assert!(told.contains("The bot's begins with `xoxb-`, the app's with `xapp-`: are they swapped?"), "{told}");
}

async fn a_revoked_token(world: impl Workspace) {
    world.fault(Fault::on("auth.test", How::Error("token_revoked"))).await;
    let told = refused(&world, &Home::of(&world).run().await);
    assert!(told.contains("bot token: the token is no longer good"), "{told}");
}

async fn one_token_alone(world: impl Workspace) {
    for (left_out, wanted) in [(BOT, "the bot's token"), (APP, "the app's token")] {
        let mut home = Home::of(&world);
        home.set(left_out, None);
        let told = refused(&world, &home.run().await);
        assert!(told.contains(wanted) && told.contains(left_out), "{told}");
    }
}

async fn the_dev_profile_has_no_slack(world: impl Workspace) {
    let mut home = Home::of(&world);
    home.set("CHAMBERLAIN__PROFILE", Some("dev"));
    let told = refused(&world, &home.run().await);
    assert!(told.contains("dev profile") && told.contains("production"), "{told}");
}

/// What a run that did not get on told on standard error.
fn refused(world: &impl Workspace, output: &Output) -> String {
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let all = format!("{}{told}", String::from_utf8_lossy(&output.stdout));
    assert!(!output.status.success(), "{all}");
    let (bot, app) = world.tokens();
    assert!(!all.contains(&bot) && !all.contains(&app), "{all}");
    // What it says are its last words; no failure is logged beside them.
    assert_eq!(told.lines().filter(|line| line.contains(" ERROR ") || line.contains(" WARN ")).count(), 0, "{told}");
    told
}
