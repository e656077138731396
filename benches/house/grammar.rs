//! Reading a line, and offering what may come next, by the number of commands there are.

use std::fmt::Write;
use std::hint::black_box;

use chamberlain::command::{Grammar, Manifest, complete};
use criterion::{BenchmarkId, Criterion};

/// A line with arguments, options and a quote.
const LINE: &str = "deploy web@feature/pay api --in sprint-42 --dry-run";

const DEPLOY: &str = r#"
summary = "s"
group = "g"
[[command]]
name = "deploy"
summary = "Show the deploy card; with components, deploy them at once"
argument = [{ name = "component", type = "component", help = "h", many = true }]
option = [
    { name = "all-branches", type = "branch", help = "h" },
    { name = "dry-run", type = "flag", help = "h" },
    { name = "in", type = "iteration", help = "h" },
]
"#;

/// A grammar of `commands`, `deploy` among them; families of ten share their first word.
fn grammar(commands: usize) -> Grammar {
    let mut text = DEPLOY.to_owned();
    for number in 1..commands {
        let (family, member) = (number / 10, number % 10);
        write!(text, "[[command]]\nname = \"family-{family} act-{member}\"\naliases = [\"f{family}a{member}\"]\n")
            .unwrap();
        text.push_str("summary = \"Act\"\noption = [{ name = \"in\", type = \"iteration\", help = \"h\" }]\n");
    }
    let mut grammar = Grammar::default();
    grammar.add("bench", &Manifest::read(&text).unwrap()).unwrap();
    grammar
}

pub(super) fn bench(criterion: &mut Criterion) {
    for commands in [10, 1_000, 10_000] {
        let grammar = grammar(commands);
        let mut group = criterion.benchmark_group("grammar");
        group.bench_function(BenchmarkId::new("find", commands), |bencher| {
            bencher.iter(|| black_box(grammar.command_of(black_box(LINE))).is_some());
        });
        group.bench_function(BenchmarkId::new("parse", commands), |bencher| {
            bencher.iter(|| black_box(grammar.parse(black_box(LINE))).unwrap());
        });
        group.bench_function(BenchmarkId::new("mistyped", commands), |bencher| {
            bencher.iter(|| black_box(grammar.parse(black_box("deplyo web"))).unwrap_err());
        });
        group.bench_function(BenchmarkId::new("complete", commands), |bencher| {
            bencher.iter(|| black_box(complete::next(&grammar, black_box("family-0 act"), |_| true)));
        });
    }
}
