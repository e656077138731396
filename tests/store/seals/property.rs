//! Whatever single thing is done to whichever line of whichever batch, it is found, and told of that line alone.

use std::path::Path;
use std::sync::Arc;

use chamberlain::store::Url;
use chamberlain::store::keeping::backup::backup;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sqlx::{Connection, SqliteConnection};
use tokio::runtime::Runtime;

use super::{seal, told};
use crate::ledger;

/// How many lines each batch has; each third number is given.
const SIZES: [i64; 6] = [1, 7, 2, 30, 1, 9];

/// What a hand may do to one line.
#[derive(Clone, Debug)]
enum Hand {
    /// A field of it gets this text, or nothing; a number grows.
    Changes(&'static str, Option<String>),
    Removes,
    /// Puts one in behind it, where there is a gap.
    Adds,
}

fn hand() -> impl Strategy<Value = Hand> {
    let fields = ["at", "event", "actor", "command", "target", "outcome", "reason", "rules", "trace"];
    let field = proptest::sample::select(fields.to_vec());
    prop_oneof![
        4 => (field, proptest::option::of("\\PC{0,12}")).prop_map(|(field, text)| Hand::Changes(field, text)),
        1 => Just(Hand::Removes),
        1 => Just(Hand::Adds),
    ]
}

/// The batch of each line.
fn lines() -> Vec<usize> {
    SIZES.iter().enumerate().flat_map(|(batch, size)| (0..*size).map(move |_| batch + 1)).collect()
}

fn seq(line: usize) -> i64 {
    3 * (i64::try_from(line).unwrap() + 1)
}

/// A sealed audit in a file of its own.
async fn make(folder: &Path) {
    let ledger = ledger::open(Url::Sqlite(folder.join("made.db")), Arc::default()).await.unwrap();
    let all = lines();
    for batch in 1..=SIZES.len() {
        for line in (0..all.len()).filter(|line| all[*line] == batch) {
            let seq = seq(line);
            let maybe = |text: &str, by: i64| if seq % by == 0 { "NULL".to_owned() } else { format!("'{text}'") };
            ledger
                .run_sql(format!(
                    "INSERT INTO audit (seq, at, event, actor, command, target, outcome, reason, rules, trace) VALUES \
                     ({seq}, {seq}, 'e{seq}', 'ana', {}, {}, 'changed', {}, 'r', 't{seq}')",
                    maybe("deploy", 2),
                    maybe("", 5),
                    maybe("no", 7)
                ))
                .await;
        }
        assert_eq!(seal(&ledger).await, 1);
    }
    backup(&ledger.url, &folder.join("sealed.db")).await.unwrap();
}

/// Does it; gives what is to be told, or nothing when the line is as it was.
async fn does(file: &Path, line: usize, hand: &Hand) -> Option<String> {
    let mut conn = SqliteConnection::connect(&file.display().to_string()).await.unwrap();
    let (number, batch, all) = (seq(line), lines()[line], lines());
    let (sql, text) = match hand {
        Hand::Changes("at", _) => ("UPDATE audit SET at = at + 1 WHERE seq = $1 AND $2 IS NULL".to_owned(), None),
        Hand::Changes(field, text) => {
            let is_needed = !["command", "target", "reason"].contains(field);
            let text = if is_needed { Some(text.clone().unwrap_or_default()) } else { text.clone() };
            (format!("UPDATE audit SET {field} = $2 WHERE seq = $1 AND {field} IS NOT $2"), text)
        }
        Hand::Removes => ("DELETE FROM audit WHERE seq = $1 AND $2 IS NULL".to_owned(), None),
        Hand::Adds => {
            let columns = "at, event, actor, command, target, outcome, reason, rules, trace";
            let sql = format!(
                "INSERT INTO audit (seq, {columns}) SELECT seq + 1, {columns} FROM audit WHERE seq = $1 AND $2 IS NULL"
            );
            (sql, None)
        }
    };
    let done = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(number).bind(text).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    let told = match hand {
        _ if done.rows_affected() == 0 => return None,
        Hand::Changes(..) => format!("batch {batch}: line {number} was changed after the seal"),
        Hand::Removes => format!("batch {batch}: line {number} is missing, and no retention removed it"),
        // Behind the last line it would be one that waits.
        Hand::Adds if line + 1 == all.len() => return None,
        Hand::Adds => format!("batch {}: line {} was added after the seal", all[line + 1], number + 1),
    };
    Some(told)
}

#[test]
fn any_single_line_that_is_changed_removed_or_added_is_found_and_no_other_is_blamed() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = Runtime::new().unwrap();
    runtime.block_on(make(folder.path()));
    let mut runner = TestRunner::new(Config { cases: 200, failure_persistence: None, ..Config::default() });
    let ran = runner.run(&(0..lines().len(), hand()), |(line, hand)| {
        let file = folder.path().join("case.db");
        std::fs::copy(folder.path().join("sealed.db"), &file).unwrap();
        let found = runtime.block_on(async {
            let wanted = does(&file, line, &hand).await;
            (wanted, told(&Url::Sqlite(file)).await)
        });
        prop_assert_eq!(found.0.into_iter().collect::<Vec<_>>(), found.1);
        Ok(())
    });
    ran.unwrap();
}
