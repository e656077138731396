//! Kubernetes objects as the API's own types know them.

use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{ConfigMap, Service, ServiceAccount};
use k8s_openapi::api::networking::v1::NetworkPolicy;
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What is wrong with an object: it is of no kind that we use, a value is of another type, or a field does not exist.
pub(crate) fn wrong(object: &Value) -> Vec<String> {
    let name = |key: &str| object[key].as_str().unwrap_or_default();
    match (name("apiVersion"), name("kind")) {
        ("apps/v1", "StatefulSet") => lost::<StatefulSet>(object),
        ("v1", "ConfigMap") => lost::<ConfigMap>(object),
        ("v1", "Service") => lost::<Service>(object),
        ("v1", "ServiceAccount") => lost::<ServiceAccount>(object),
        ("networking.k8s.io/v1", "NetworkPolicy") => lost::<NetworkPolicy>(object),
        ("policy/v1", "PodDisruptionBudget") => lost::<PodDisruptionBudget>(object),
        (version, kind) => vec![format!("{version} {kind} is not known here")],
    }
}

/// What is gone after the object was read into its type and written again.
fn lost<T: DeserializeOwned + Serialize>(object: &Value) -> Vec<String> {
    match serde_json::from_value::<T>(object.clone()) {
        Ok(read) => differences("", object, &serde_json::to_value(read).unwrap()),
        Err(cause) => vec![cause.to_string()],
    }
}

fn differences(path: &str, ours: &Value, read: &Value) -> Vec<String> {
    match (ours, read) {
        (Value::Object(ours), Value::Object(_)) => {
            ours.iter().flat_map(|(key, value)| differences(&format!("{path}.{key}"), value, &read[key])).collect()
        }
        (Value::Array(ours), Value::Array(others)) if ours.len() == others.len() => ours
            .iter()
            .enumerate()
            .flat_map(|(at, value)| differences(&format!("{path}[{at}]"), value, &read[at]))
            .collect(),
        _ if ours == read => Vec::new(),
        _ => vec![format!("{path} is not known")],
    }
}
