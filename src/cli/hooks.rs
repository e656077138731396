//! `chamberlain hooks`: the addresses by which git servers hint that a repository has changed.

use std::io::Write;
use std::net::SocketAddr;

use crate::config::Config;
use crate::runtime;

/// Longer than a hint ever takes; a push does not wait longer for a Chamberlain that hangs.
const PATIENCE: &str = "--max-time 5";

/// Prints the address of each repository, and a line that calls it. No server needs to run.
pub fn run(config: &Config, out: &mut dyn Write) -> anyhow::Result<()> {
    if config.repositories.is_empty() {
        writeln!(out, "The config has no repositories. Write one under [repositories]; then this tells its hook.")?;
        return Ok(());
    }
    let key = runtime::hook_key(&config.data_dir)?;
    let base = base(config.server.listen, &config.server.host);
    writeln!(out, "Whoever calls one of these has me look at that repository now; docs/push-hook.md says more.")?;
    for repository in &config.repositories {
        let (name, path) = (&repository.name, key.push_path(&repository.name));
        writeln!(out, "\n{name}")?;
        writeln!(out, "  Address       {base}{path}")?;
        writeln!(out, "  post-receive  curl -fsS {PATIENCE} -X POST {base}{path}")?;
    }
    Ok(())
}

/// By address, since many resolvers know no names below `localhost`; by name when we listen on all addresses.
fn base(listen: SocketAddr, host: &str) -> String {
    if listen.ip().is_unspecified() { format!("http://{host}:{}", listen.port()) } else { format!("http://{listen}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_listens_on_all_addresses_is_called_by_name() {
        let at = |listen: &str| base(listen.parse().unwrap(), "ops.example.org");
        assert_eq!(at("127.0.0.1:7420"), "http://127.0.0.1:7420");
        assert_eq!(at("[::1]:7420"), "http://[::1]:7420");
        assert_eq!(at("0.0.0.0:80"), "http://ops.example.org:80");
        assert_eq!(at("[::]:80"), "http://ops.example.org:80");
    }
}
