//! The chart, as the real helm renders it, and the plain manifests made from it.

use serde_json::{Value, json};

use crate::{documents, objects, path, text, tool};

/// What makes the manifests, at the root of the repository.
const MADE_BY: &str = "helm template chamberlain docker/helm/chamberlain --namespace chamberlain --set secret=chamberlain > docker/kubernetes/chamberlain.yaml";
/// Two replicas with everything that the chart can have.
const ALL: &str = "replicas=2,secret=tokens,hookSecret=hooks,networkPolicy.enabled=true,storage.className=fast,\
                   imagePullSecrets[0].name=pull,nodeSelector.disk=ssd,tolerations[0].key=a,env.CHAMBERLAIN__LOG__LEVEL=debug";

/// What helm makes of the chart with `values`; nothing (said aloud) where there is no helm.
fn rendered(values: &str) -> Option<(bool, String)> {
    let mut helm = tool::tool("helm")?;
    let home = tempfile::tempdir().unwrap();
    for variable in ["HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME"] {
        helm.env(variable, home.path());
    }
    helm.args(["template", "chamberlain", "--namespace", "chamberlain", "--set", values]).arg(path("helm/chamberlain"));
    Some(tool::said(&mut helm))
}

fn of_kind<'o>(objects: &'o [Value], kind: &str) -> &'o Value {
    objects.iter().find(|object| object["kind"] == kind).unwrap()
}

#[test]
fn the_manifests_are_those_of_the_chart() {
    let Some((is_well, made)) = rendered("secret=chamberlain") else { return };
    assert!(is_well, "{made}");
    assert!(documents(&made) == documents(&text("kubernetes/chamberlain.yaml")), "the chart was changed: {MADE_BY}");
}

#[test]
fn the_chart_is_well() {
    let Some(mut helm) = tool::tool("helm") else { return };
    let (is_well, told) = tool::said(helm.args(["lint", "--strict"]).arg(path("helm/chamberlain")));
    assert!(is_well, "{told}");
    let Some((is_well, made)) = rendered(ALL) else { return };
    assert!(is_well, "{made}");
    let all = documents(&made);
    assert_eq!(all.len(), 6);
    for object in &all {
        assert_eq!(objects::wrong(object), [""; 0], "{}", object["kind"]);
    }
    let pod = &of_kind(&all, "StatefulSet")["spec"]["template"]["spec"];
    assert_eq!(pod["containers"][0]["envFrom"], json!([{ "secretRef": { "name": "tokens" } }]));
    assert_eq!(pod["containers"][0]["volumeMounts"][3]["mountPath"], "/data/hooks");
}

#[test]
fn values_that_will_not_do_are_refused() {
    for (values, told) in [
        ("replicas=2", "'/secret'"),
        ("replicas=2,secret=tokens", "'/hookSecret'"),
        ("replica=2", "'replica' not allowed"),
        ("networkPolicy.ingressPorts[0]=http", "'/networkPolicy/ingressPorts/0'"),
        ("image.tag=latest", "'/image/tag'"),
        ("env.LEVEL=3", "'/env/LEVEL'"),
    ] {
        let Some((is_well, said)) = rendered(values) else { return };
        assert!(!is_well && said.contains(told), "{values}: {said}");
    }
}

#[test]
fn every_field_of_the_manifests_exists() {
    let all = documents(&text("kubernetes/chamberlain.yaml"));
    assert_eq!(all.len(), 5);
    for object in &all {
        assert_eq!(objects::wrong(object), [""; 0], "{}", object["kind"]);
    }
}

#[test]
fn a_misspelled_field_is_found() {
    let written = text("kubernetes/chamberlain.yaml");
    for (right, misspelled) in [
        ("readOnlyRootFilesystem: true", "readOnlyRootFileSystem: true"),
        ("runAsUser: 10001", "runAsUser: chamberlain"),
        ("maxUnavailable", "maxUnavailabel"),
        ("httpGet: { path", "httpGet: { paht"),
        ("kind: Service\n", "kind: Servce\n"),
    ] {
        assert!(written.contains(right), "{right}");
        let all = documents(&written.replace(right, misspelled));
        assert!(all.iter().any(|object| !objects::wrong(object).is_empty()), "{misspelled}");
    }
}

/// Pod Security's profile `restricted`, and what we ask for beyond it.
#[test]
fn pods_may_do_as_little_as_they_can() {
    let all = documents(&text("kubernetes/chamberlain.yaml"));
    assert_eq!(of_kind(&all, "ServiceAccount")["automountServiceAccountToken"], false);
    let pod = &of_kind(&all, "StatefulSet")["spec"]["template"]["spec"];
    for (pointer, value) in [
        ("/automountServiceAccountToken", json!(false)),
        ("/hostNetwork", Value::Null),
        ("/hostPID", Value::Null),
        ("/securityContext/runAsNonRoot", json!(true)),
        ("/securityContext/runAsUser", json!(10001)),
        ("/securityContext/seccompProfile/type", json!("RuntimeDefault")),
        ("/containers/0/securityContext/allowPrivilegeEscalation", json!(false)),
        ("/containers/0/securityContext/readOnlyRootFilesystem", json!(true)),
        ("/containers/0/securityContext/capabilities/drop", json!(["ALL"])),
        ("/containers/0/livenessProbe/httpGet/path", json!("/healthz")),
        ("/containers/0/readinessProbe/httpGet/path", json!("/readyz")),
        ("/volumes/0/configMap/name", json!("chamberlain")),
    ] {
        assert_eq!(pod.pointer(pointer).unwrap_or(&Value::Null), &value, "{pointer}");
    }
    assert!(pod["containers"][0]["resources"]["limits"]["memory"].is_string());
    assert!(!text("kubernetes/chamberlain.yaml").contains("kind: Secret\n"), "secrets are named, not written");
}
