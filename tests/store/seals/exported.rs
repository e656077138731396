//! The audit as a file that a program of somebody else's can verify: this one is written after `docs/audit.md`, and uses
//! nothing of ours.

use chamberlain::domain::Timestamp;
use chamberlain::store::Url;
use chamberlain::store::keeping::audit::{Only, export};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{batches, decided, forget};
use crate::ledger;

async fn exported(url: &Url, only: Only) -> Vec<Value> {
    let mut out = Vec::new();
    let lines = export(url, &only, &mut out).await.unwrap();
    let values: Vec<Value> =
        String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(values.iter().filter(|value| value["kind"] == "line").count() as u64, lines);
    values
}

fn hash(fields: &[&Value]) -> Vec<u8> {
    let mut hash = Sha256::new();
    for field in fields {
        match field {
            Value::Null => hash.update(b"-"),
            Value::Number(number) => {
                hash.update(b"n");
                hash.update(number.as_i64().unwrap().to_be_bytes());
            }
            Value::String(text) => {
                hash.update(b"t");
                hash.update((text.len() as u64).to_be_bytes());
                hash.update(text);
            }
            other => panic!("{other}"),
        }
    }
    hash.finalize().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// What does not hold, by the words of `docs/audit.md` alone.
fn wrong(values: &[Value]) -> Vec<String> {
    let (mut wrong, mut batch, mut before) = (Vec::new(), Sha256::new(), Value::Null);
    let mut count = 0;
    let removed = values.iter().filter_map(|value| value["removed_through"].as_i64()).max().unwrap_or(0);
    for value in values {
        if value["kind"] == "line" {
            let names = ["seq", "at", "event", "actor", "command", "target", "outcome", "reason", "rules", "trace"];
            let tag = Value::from("chamberlain audit line 1");
            let fields: Vec<&Value> = std::iter::once(&tag).chain(names.iter().map(|name| &value[name])).collect();
            let digest = hash(&fields);
            if value["digest"] != hex(&digest) {
                wrong.push(format!("line {}", value["seq"]));
            }
            batch.update(&digest);
            count += 1;
            continue;
        }
        let names = ["number", "sealed_at", "first", "last", "lines", "newest_at", "removed_through", "kept", "body"];
        let tag = Value::from("chamberlain audit seal 1");
        let fields: Vec<&Value> = [&tag, &before].into_iter().chain(names.iter().map(|name| &value[name])).collect();
        if value["hash"] != hex(&hash(&fields)) {
            wrong.push(format!("seal {}", value["number"]));
        }
        let body = hex(&std::mem::take(&mut batch).finalize());
        let is_removed = value["number"].as_i64().unwrap() <= removed && value["last"].is_i64();
        if !is_removed && (value["body"] != body || value["lines"] != count) {
            wrong.push(format!("batch {}", value["number"]));
        }
        (before, count) = (value["hash"].clone(), 0);
    }
    wrong
}

#[tokio::test]
async fn an_export_is_verified_by_a_program_of_somebody_elses() {
    for ledger in ledger::each().await {
        batches(&ledger, &[3, 1]).await;
        ledger.clock.pass(std::time::Duration::from_hours(48));
        batches(&ledger, &[300, 2]).await;
        decided(&ledger, 2).await;
        forget(&ledger, std::time::Duration::from_hours(24)).await;
        let values = exported(&ledger.url, Only::default()).await;
        assert_eq!(values.len(), 302 + 5 + 2, "lines, seals, and what waits");
        assert_eq!(values.iter().filter(|value| value["seal"] == 3).count(), 300);
        assert_eq!(values.last().unwrap()["seal"], Value::Null);
        assert_eq!(wrong(&values), [""; 0]);
        let mut forged = values.clone();
        forged[10]["actor"] = "eve".into();
        assert_eq!(wrong(&forged), [format!("line {}", forged[10]["seq"]), "batch 3".into()]);
        forged.remove(10);
        assert_eq!(wrong(&forged), ["batch 3"]);
    }
}

#[tokio::test]
async fn only_what_is_wanted_is_exported_with_the_seals_that_cover_it() {
    for ledger in ledger::each().await {
        for (count, actor, command) in
            [(3, "ana as bo", "deploy"), (2, "bo", "iteration start"), (4, "anabel", "deploy")]
        {
            batches(&ledger, &[count]).await;
            let now = ledger.clock_now().as_millis();
            // As it was decided: before its seal would be the same, and longer.
            ledger.run_sql("DELETE FROM audit_seals".into()).await;
            ledger.run_sql(format!("UPDATE audit SET actor = '{actor}', command = '{command}' WHERE at = {now}")).await;
        }
        let mut sealer = chamberlain::store::seals::Sealer::over(ledger.store.clone());
        let seal = super::gathered(&mut sealer).await;
        assert!(sealer.put(seal).await.unwrap());
        batches(&ledger, &[1]).await;
        let now = ledger.clock_now();
        let counted = async |only: Only| {
            let values = exported(&ledger.url, only).await;
            let lines = values.iter().filter(|value| value["kind"] == "line").count();
            (lines, values.len() - lines)
        };
        let actor = |actor: &str| Only { actor: Some(actor.into()), ..Only::default() };
        let command = |command: &str| Only { command: Some(command.into()), ..Only::default() };
        assert_eq!(counted(Only::default()).await, (10, 2));
        assert_eq!(counted(actor("bo")).await, (2, 1));
        assert_eq!(counted(actor("eve")).await, (0, 0));
        assert_eq!(counted(command("iteration")).await, (2, 1));
        assert_eq!(counted(command("iter")).await, (0, 0));
        assert_eq!(counted(Only { since: Some(now), ..Only::default() }).await, (1, 1));
        assert_eq!(counted(Only { until: Some(now), ..Only::default() }).await, (9, 1));
        let none = Only { since: Some(Timestamp::from_millis(now.as_millis() + 1)), ..Only::default() };
        assert_eq!(counted(none).await, (0, 0));
        assert!(counted(actor("ana")).await.0 >= 3);
    }
}
