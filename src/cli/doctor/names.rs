//! Whether the names below `localhost` lead to this machine: the console's, and those of components.

use std::net::IpAddr;
use std::time::Duration;

use futures::future::join_all;
use tokio::net::lookup_host;

use super::report::Finding;
use crate::config::Config;

/// How long one name may take.
const LIMIT: Duration = Duration::from_secs(5);

/// An environment that a component's name stands for all of.
const ENVIRONMENT: &str = "any";

/// Where one name leads.
enum Way {
    Here,
    Nowhere,
    Elsewhere(IpAddr),
}

/// Asks the machine's resolver for each name.
pub(super) async fn look(config: &Config) -> Vec<Finding> {
    let console = Some(config.server.host.clone()).filter(|host| host.ends_with(".localhost"));
    let components = config.components.iter().map(|component| format!("{}.{ENVIRONMENT}.localhost", component.name));
    let names: Vec<String> = console.into_iter().chain(components).collect();
    let ways = join_all(names.iter().map(|name| way(name))).await;
    findings(names.into_iter().zip(ways).collect())
}

async fn way(name: &str) -> Way {
    let Ok(Ok(addresses)) = tokio::time::timeout(LIMIT, lookup_host((name, 0))).await else { return Way::Nowhere };
    let addresses: Vec<IpAddr> = addresses.map(|address| address.ip()).collect();
    match addresses.iter().find(|address| !address.is_loopback()) {
        Some(elsewhere) => Way::Elsewhere(*elsewhere),
        None if addresses.is_empty() => Way::Nowhere,
        None => Way::Here,
    }
}

/// One line for all that is well, one for all that leads nowhere, one for each that leads elsewhere.
fn findings(ways: Vec<(String, Way)>) -> Vec<Finding> {
    let (mut here, mut nowhere, mut findings) = (Vec::new(), Vec::new(), Vec::new());
    for (name, way) in ways {
        match way {
            Way::Here => here.push(name),
            Way::Nowhere => nowhere.push(name),
            Way::Elsewhere(address) => findings.push(Finding::Problem(format!(
                "{name} leads to {address} and not to this machine. Take `localhost` out of what your name server or /etc/hosts answers for."
            ))),
        }
    }
    if !here.is_empty() {
        findings.insert(0, Finding::Fine(format!("{} lead to this machine.", here.join(", "))));
    }
    if !nowhere.is_empty() {
        findings.push(Finding::Note(format!(
            "{} are not known to this machine's resolver. Browsers and curl open them all the same; for other programs install nss-myhostname, or write them into /etc/hosts.",
            nowhere.join(", ")
        )));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_that_leads_away_is_a_problem() {
        let away = Way::Elsewhere([203, 0, 113, 7].into());
        let ways = [("a.any.localhost", away), ("b.any.localhost", Way::Nowhere), ("c.any.localhost", Way::Here)];
        let found = findings(ways.map(|(name, way)| (name.to_owned(), way)).into());
        let [Finding::Fine(here), Finding::Problem(away), Finding::Note(nowhere)] = &found[..] else {
            panic!("{found:?}")
        };
        assert_eq!(here, "c.any.localhost lead to this machine.");
        assert!(away.starts_with("a.any.localhost leads to 203.0.113.7 and not to this machine. Take"), "{away}");
        assert!(nowhere.starts_with("b.any.localhost are not known"), "{nowhere}");
    }
}
