//! Command line in, exit code out.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    // Fails only when there is one already, and then there is one.
    drop(rustls::crypto::ring::default_provider().install_default());
    match chamberlain::cli::Cli::parse().run() {
        Ok(code) => code,
        Err(cause) => {
            // The chain says more than its head; one sentence a line.
            for (number, cause) in cause.chain().enumerate() {
                let lead = if number == 0 { "" } else { "  because: " };
                if writeln!(std::io::stderr(), "{lead}{cause}").is_err() {
                    break;
                }
            }
            ExitCode::FAILURE
        }
    }
}
