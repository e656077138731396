//! Who people are: by address, by account, by user group.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chamberlain::domain::PersonId;
use chamberlain::domain::person::Person;
use chamberlain::ports::{ChatAdapter, ChatError};
use serde_json::{Value, json};

use super::server::Ground;

fn person(name: &str, email: Option<&str>, account: Option<&str>) -> Person {
    let accounts = account.map(|account| (chamberlain::domain::ChatName::new("slack"), account.to_owned()));
    Person {
        id: PersonId::new(name),
        name: name.to_owned(),
        groups: Vec::new(),
        email: email.map(str::to_owned),
        accounts: accounts.into_iter().collect(),
    }
}

fn user(id: &str, extra: &Value) -> Value {
    let mut user = json!({ "id": id, "team_id": "T1", "deleted": false, "is_bot": false });
    user.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    json!({ "user": user })
}

#[tokio::test]
async fn only_people_of_the_workspace_are_found_by_their_address() {
    let cases = [
        (json!({}), true),
        (json!({ "deleted": true }), false),
        (json!({ "is_bot": true }), false),
        (json!({ "is_restricted": true }), false),
        (json!({ "is_ultra_restricted": true }), false),
        (json!({ "team_id": "T2" }), false),
    ];
    for (extra, is_found) in cases {
        let ground = Ground::open().await;
        ground.answers("users.lookupByEmail", [user("U5", &extra)]);
        let seen = ground.slack.people(&[person("ana", Some("ana@example.org"), None)]).await.unwrap();
        let account = is_found.then(|| "U5".to_owned());
        assert_eq!(seen.accounts.get(&PersonId::new("ana")), account.as_ref(), "{extra}");
        assert_eq!(ground.args("users.lookupByEmail"), json!({ "email": "ana@example.org" }));
    }
}

#[tokio::test]
async fn who_is_not_found_or_tells_nothing_is_not_there() {
    let ground = Ground::open().await;
    ground.refuses("users.lookupByEmail", "users_not_found");
    ground.answers("users.info", [user("U1", &json!({ "deleted": true }))]);
    let wanted =
        [person("ana", None, Some("U1")), person("bo", None, None), person("cy", Some("cy@example.org"), None)];
    let seen = ground.slack.people(&wanted).await.unwrap();
    assert_eq!(seen.accounts, BTreeMap::new());
    // Both at once: either may come first.
    let asked: BTreeSet<String> = ground.methods().into_iter().collect();
    assert_eq!(asked, ["users.info", "users.lookupByEmail"].map(str::to_owned).into());
    assert_eq!(ground.methods().len(), 2);
    assert_eq!(ground.args("users.info"), json!({ "user": "U1" }));
}

#[tokio::test]
async fn a_look_that_slack_breaks_off_goes_on_where_it_was() {
    let ground = Ground::open().await;
    let wanted = [person("ana", Some("a@example.org"), None), person("bo", Some("b@example.org"), None)];
    ground.answers("users.lookupByEmail", [user("U1", &json!({}))]);
    ground.fails("users.lookupByEmail", 429);
    let Err(ChatError::Busy { after }) = ground.slack.people(&wanted).await else { panic!("Slack has had enough") };
    assert_eq!(after, Some(Duration::from_secs(3)));
    assert!(
        matches!(ground.slack.people(&wanted).await, Err(ChatError::Busy { .. })),
        "it is not asked while it rests"
    );
    ground.clock.pass(Duration::from_secs(3));
    ground.answers("users.lookupByEmail", [user("U2", &json!({}))]);
    let seen = ground.slack.people(&wanted).await.unwrap();
    // Both were asked about at once, so that either may have been answered first.
    let accounts: BTreeSet<&str> = seen.accounts.values().map(String::as_str).collect();
    assert_eq!((accounts, ground.methods().len()), (["U1", "U2"].into(), 3));
    ground.slack.people(&wanted).await.unwrap_err();
    assert_eq!(ground.methods().len(), 5, "the next look asks anew");
}

#[tokio::test]
async fn groups_are_read_by_id_or_handle_and_one_that_is_not_there_is_not_empty() {
    let named = [("leads", "S0LEADS"), ("devs", "@developers"), ("gone", "nobody-knows"), ("lost", "S0LOST")];
    let ground = Ground::with_groups(named.map(|(group, id)| (group.to_owned(), id.to_owned())).into()).await;
    ground.answers("usergroups.list", [json!({ "usergroups": [{ "id": "S0DEVS", "handle": "developers" }] })]);
    // In the order of the groups' names: devs, leads, lost.
    ground.answers("usergroups.users.list", [json!({ "users": ["U1", "U2"] }), json!({ "users": [] })]);
    ground.refuses("usergroups.users.list", "no_such_subteam");
    let groups = ground.slack.people(&[]).await.unwrap().groups;
    let told: Vec<(&str, usize)> = groups.iter().map(|(name, accounts)| (name.as_str(), accounts.len())).collect();
    assert_eq!(told, [("devs", 2), ("leads", 0)]);
    let calls = ground.calls();
    let asked: Vec<&str> = calls[1..].iter().map(|call| call.args["usergroup"].as_str().unwrap()).collect();
    assert_eq!(asked, ["S0DEVS", "S0LEADS", "S0LOST"]);
}

#[tokio::test]
async fn a_workspace_without_user_groups_is_asked_once() {
    let ground = Ground::with_groups([("leads".to_owned(), "S0LEADS".to_owned())].into()).await;
    ground.refuses("usergroups.users.list", "plan_upgrade_required");
    for _ in 0..2 {
        assert!(ground.slack.people(&[]).await.unwrap().groups.is_empty());
    }
    assert_eq!(ground.methods(), ["usergroups.users.list"]);
}
