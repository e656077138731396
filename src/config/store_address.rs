//! The address of a database as a person gives it on the command line, which everybody on the machine can read.

use std::path::Path;

use super::problem::Fault;
use super::store_url::StoreUrl;
use super::{Config, secret};

/// What may be written.
const FORMS: &str = "Write `config` for the database of the config, `sqlite:some/file.db`, \
    `postgres://user@host/database`, or `env:NAME` or `file:PATH` for a variable or a file that holds the address.";

impl Config {
    /// The database that `text` means: `config`, `env:NAME`, `file:PATH`, or an address as `[store] url` takes it.
    ///
    /// # Errors
    /// What is wrong and what would be right; never the address itself, which may hold a password.
    pub fn database(&self, text: &str) -> Result<StoreUrl, String> {
        self.find_database(text, |name| std::env::var_os(name).map(|held| held.to_string_lossy().into_owned()))
            .map_err(|fault| format!("{}. {}", fault.reason, fault.hint))
    }

    fn find_database(&self, text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<StoreUrl, Fault> {
        if text == "config" {
            return Ok(self.store.url.clone());
        }
        let parse = |address: &str, whose: &str| {
            StoreUrl::parse(address, &self.data_dir)
                .map_err(|fault| Fault::new(format!("{whose} is {}", fault.reason), FORMS))
        };
        if let Some(name) = text.strip_prefix("env:") {
            let held = variable(name).filter(|held| !held.trim().is_empty());
            let held = held.ok_or_else(|| Fault::new(format!("the variable {name} is not set"), FORMS))?;
            return parse(held.trim(), &format!("what the variable {name} holds"));
        }
        if let Some(file) = text.strip_prefix("file:") {
            let named = |fault: Fault| Fault::new(format!("{file}: {}", fault.reason), fault.hint);
            let held = secret::read(Path::new(file)).map_err(named)?;
            return parse(&held, &format!("what {file} holds"));
        }
        if !StoreUrl::is_harmless(text) {
            return Err(Fault::new(
                "that address holds a password, and a command line can be read by everybody on this machine",
                "Put the address into a file that only you can read and write `file:PATH`, or into a variable and \
                 write `env:NAME`; ~/.pgpass and PGPASSWORD work too. Change the password if others use this machine.",
            ));
        }
        // It may be a slip that holds a secret all the same: it is not repeated.
        parse(text, "what stands on the command line")
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Sources, load};
    use super::*;

    fn found(text: &str) -> Result<StoreUrl, Fault> {
        let config = load(Sources::default()).unwrap();
        config.find_database(text, |name| (name == "HOUSE").then(|| "postgres://me:word@db/house\n".to_owned()))
    }

    #[test]
    fn each_form_is_understood() {
        assert_eq!(found("config").unwrap(), StoreUrl::Sqlite("data/chamberlain.db".into()));
        assert_eq!(found("sqlite:a.db").unwrap(), StoreUrl::Sqlite("a.db".into()));
        assert!(matches!(found("postgres://me@db/house"), Ok(StoreUrl::Postgres(_))));
        let Ok(StoreUrl::Postgres(address)) = found("env:HOUSE") else { panic!("it is set") };
        assert_eq!(address.reveal(), "postgres://me:word@db/house");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("address");
        std::fs::write(&file, "sqlite:b.db\n").unwrap();
        assert_eq!(found(&format!("file:{}", file.display())).unwrap(), StoreUrl::Sqlite("b.db".into()));
    }

    #[test]
    fn what_will_not_do_is_told_without_the_address() {
        for text in ["postgres://me:word@db/house", "postgres://db/house?password=word", "mysql://me:word@db"] {
            let fault = found(text).unwrap_err();
            assert!(!fault.reason.contains("word@") && !fault.hint.contains("word@"), "{fault:?}");
        }
        assert_eq!(found("env:NOBODY").unwrap_err().reason, "the variable NOBODY is not set");
        assert!(found("file:/nowhere/x").unwrap_err().reason.starts_with("/nowhere/x: that file cannot be read"));
    }
}
