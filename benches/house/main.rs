//! How fast the parts inside one process are: `cargo bench --bench house`. `docs/benchmarks.md` tells what is measured.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on fails")]

mod cards;
mod grammar;
mod inbox;

use std::time::Duration;

use criterion::Criterion;

fn main() {
    // As the program does: fails only when there is one already, and then there is one.
    drop(rustls::crypto::ring::default_provider().install_default());
    let mut criterion = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    grammar::bench(&mut criterion);
    cards::bench(&mut criterion);
    inbox::bench(&mut criterion);
    criterion.final_summary();
}
