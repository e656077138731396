//! What outsiders send, tried: a function for each fuzz target of `fuzz/`, which takes any bytes and panics when something
//! does not hold that must. It is built for tests, and with the feature `fuzzing` for the targets; never into a release.
//!
//! The targets' committed corpora are replayed by an ordinary test, so that they guard where nobody fuzzes.

mod cards;
mod grammar;
mod inbound;
mod manifests;
mod proxy;

pub use cards::cards;
pub use grammar::grammar;
pub use inbound::inbound;
pub use manifests::manifests;
pub use proxy::proxy;

#[cfg(test)]
mod tests {
    use std::path::Path;

    type Target = (&'static str, fn(&[u8]));

    const TARGETS: [Target; 5] = [
        ("cards", super::cards),
        ("grammar", super::grammar),
        ("inbound", super::inbound),
        ("manifests", super::manifests),
        ("proxy", super::proxy),
    ];

    #[test]
    fn every_target_holds_over_its_corpus() {
        let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
        for (name, target) in TARGETS {
            let mut seeds: Vec<_> =
                std::fs::read_dir(corpora.join(name)).unwrap().map(|seed| seed.unwrap().path()).collect();
            seeds.sort();
            assert!((10..=40).contains(&seeds.len()), "{name} has {} seeds", seeds.len());
            for seed in seeds {
                let input = std::fs::read(&seed).unwrap();
                let held = std::panic::catch_unwind(|| target(&input));
                assert!(held.is_ok(), "{} does not hold", seed.display());
            }
        }
    }
}
