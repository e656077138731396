//! Building cards from facts, and rendering them.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;

use chamberlain::card::build::deploy;
use chamberlain::card::model::Content;
use chamberlain::card::{render, samples};
use chamberlain::domain::Timestamp;
use chamberlain::domain::artifact::{Artifact, BranchName, Digest};
use chamberlain::domain::card::CardId;
use chamberlain::domain::component::ComponentName;
use chamberlain::domain::environment::{Environment, Follows, Selection, Selections};
use chamberlain::domain::iteration::IterationKey;
use chamberlain::domain::spec::Addresses;
use chamberlain::skills::{NATIVE, host};
use criterion::{BenchmarkId, Criterion};

/// The components of the card that is built.
const COMPONENTS: [&str; 8] = ["admin", "api", "billing", "mail", "search", "stock", "web", "worker"];
/// The branches offered for each.
const BRANCHES: usize = 50;

pub(super) fn bench(criterion: &mut Criterion) {
    let (skills, _) = host::load(Path::new("/nowhere"), NATIVE);
    let mut group = criterion.benchmark_group("card");
    for (name, card) in samples::all(&skills.templates).unwrap() {
        if !["room", "deploy", "run-failed"].contains(&name) {
            continue;
        }
        let content = Content::Card(Box::new(card));
        group.bench_function(BenchmarkId::new("html", name), |bencher| {
            bencher.iter(|| black_box(render::html::content(black_box(&content))).into_string());
        });
        group.bench_function(BenchmarkId::new("text", name), |bencher| {
            bencher.iter(|| black_box(render::text::content(black_box(&content))));
        });
    }
    let components = COMPONENTS.map(ComponentName::new);
    let offered: Selections = components.iter().map(|component| (component.clone(), selection(component))).collect();
    let listed: Vec<BranchName> = (0..BRANCHES).map(|number| BranchName::new(format!("feature/{number}"))).collect();
    let branches: BTreeMap<_, _> = components.iter().map(|component| (component.clone(), listed.clone())).collect();
    let facts = deploy::Facts {
        id: &CardId::new("card-1"),
        environment: &Environment::of_iteration(&IterationKey::new("sprint-42")),
        base: None,
        offered: &offered,
        branches: &branches,
        versions: &std::collections::BTreeMap::new(),
        components: &components,
        addresses: &Addresses { port: 7420 },
        is_wanting: false,
        asks_for: None,
        troubles: &[],
    };
    group.bench_function("build/deploy of 8", |bencher| {
        bencher.iter(|| black_box(deploy::card(black_box(&facts), &skills.templates)).unwrap());
    });
}

fn selection(component: &ComponentName) -> Selection {
    let artifact = Artifact {
        component: component.clone(),
        branch: BranchName::new("main"),
        digest: Digest::new("1f3a2b4000000000000000000000000000000000"),
        label: "1f3a2b4".into(),
        subject: "Pay with one click".into(),
        made_at: Timestamp::from_millis(1_772_442_000_000),
    };
    Selection { artifact, follows: Follows::Branch }
}
