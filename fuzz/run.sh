#!/usr/bin/env bash
# Fuzzes each target for so many seconds (20 when nothing is said); with names behind the number, these targets alone.
# What is new to the code is kept in target/fuzz-corpus and goes on from there at the next run; what breaks a property is
# in target/fuzz-found, and belongs as a seed into fuzz/corpus once it is mended. fuzz/words has what is worth mixing in.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-20}
targets=("${@:2}")
[ ${#targets[@]} -gt 0 ] || targets=(cards grammar inbound manifests proxy)

# Only nightly instruments, or a stable toolchain that is told to act as one: for this build alone.
export RUSTC_BOOTSTRAP=1 CARGO_INCREMENTAL=0 RUST_BACKTRACE=0
tool=target/tools/bin/cargo-fuzz
[ -x "$tool" ] || cargo install cargo-fuzz --version 0.13.2 --locked --debug --quiet --root target/tools
# No sanitizer: no code of ours is unsafe, and what is looked for panics.
build=(--target-dir target/fuzz --sanitizer none --dev)
host=$(rustc -vV | sed -n 's/^host: //p')
cargo fetch --locked --quiet --target "$host" --manifest-path fuzz/Cargo.toml
"$tool" fuzz build "${build[@]}"

for target in "${targets[@]}"; do
    mkdir -p "target/fuzz-corpus/$target" "target/fuzz-found/$target"
    echo "fuzzing $target for $seconds s"
    # The scratch folder comes first: what is found goes there, and the committed seeds stay as they are.
    "$tool" fuzz run "${build[@]}" "$target" "target/fuzz-corpus/$target" "fuzz/corpus/$target" -- \
        -dict="fuzz/words/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=8192 -verbosity=0 -print_final_stats=1 \
        -artifact_prefix="target/fuzz-found/$target/"
done
