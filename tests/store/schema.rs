//! Both databases have the same tables and columns.

use std::collections::BTreeSet;

use crate::ledger;

#[tokio::test]
async fn both_databases_have_the_same_tables_columns_and_nullability() {
    let mut schemas = Vec::new();
    for ledger in ledger::each().await {
        schemas.push(ledger.columns().await);
    }
    let Some((first, others)) = schemas.split_first() else { return };
    assert!(first.len() > 20);
    for other in others {
        assert_eq!(first.symmetric_difference(other).collect::<BTreeSet<_>>(), BTreeSet::new());
    }
}
