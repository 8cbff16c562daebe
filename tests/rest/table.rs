//! Every method of the API, from its descriptor.

use prost_reflect::{DescriptorPool, MethodDescriptor, Value};
use skerry_test_support::{Daemon, needs_root};

use crate::web::{anonymous, curl, run};

/// A method and one of its paths.
pub(crate) struct Mapped {
    pub(crate) method: MethodDescriptor,
    pub(crate) http: String,
    pub(crate) path: String,
    body: String,
}

pub(crate) fn mapped() -> Vec<Mapped> {
    let pool = DescriptorPool::decode(skerry_api::DESCRIPTOR_SET).expect("a descriptor set");
    let http = pool.get_extension_by_name("google.api.http").expect("google.api is imported");
    let methods = pool.services().flat_map(|service| service.methods().collect::<Vec<_>>());
    let mut all = Vec::new();
    for method in methods {
        let options = method.options();
        let rule = options.get_extension(&http);
        let rule = rule.as_message().expect("a rule");
        let text = |name: &str| match rule.get_field_by_name(name).as_deref() {
            Some(Value::String(text)) => text.clone(),
            _ => String::new(),
        };
        let verbs = ["get", "post", "put", "patch", "delete"];
        let verb = verbs.into_iter().find(|verb| !text(verb).is_empty()).expect("a verb");
        let path = filled(&text(verb));
        all.push(Mapped { path, http: verb.to_uppercase(), body: text("body"), method });
    }
    assert!(all.len() > 50, "{}", all.len());
    all
}

/// Calls that ask for no token: by them one is had.
pub(crate) const OPEN: [&str; 1] = ["ConfirmPairing"];

/// The template with every variable as one name of nothing, or as a port.
fn filled(template: &str) -> String {
    let mut path = String::new();
    let mut rest = template;
    while let Some((before, variable)) = rest.split_once('{') {
        path.push_str(before);
        let (name, after) = variable.split_once('}').expect("a brace is closed");
        path.push_str(if name == "port" { "1" } else { "none" });
        rest = after;
    }
    path + rest
}

impl Mapped {
    pub(crate) fn is_socket(&self) -> bool {
        self.method.is_client_streaming() && self.http == "GET"
    }

    pub(crate) fn is_upload(&self) -> bool {
        self.method.is_client_streaming() && !self.is_socket()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_method_is_reached_by_its_path_and_no_other_method() {
    needs_root!();
    let daemon = Daemon::start().await;
    for mapped in mapped() {
        let Mapped { method, http, path, .. } = &mapped;
        let name = method.full_name();
        // A watch of all does not end: its headers are enough.
        let endless = method.is_server_streaming() && http == "GET" && !path.contains("none");
        let how: &[&str] = if endless { &["--head"] } else { &["--request", http] };
        let answer = run(curl(&daemon, path, how), b"").await;
        match answer.status {
            200 => {}
            // Without its body an error tells no reason.
            400 if endless => {}
            426 => assert!(mapped.is_socket(), "{name}: {}", answer.text()),
            _ => {
                let reason = answer.reason();
                let elsewhere =
                    ["UNKNOWN_PATH", "METHOD_NOT_ALLOWED", "UNKNOWN_METHOD", "INTERNAL"];
                assert!(!elsewhere.contains(&reason.as_str()), "{name}: {}", answer.text());
            }
        }
        let wrong = run(curl(&daemon, path, &["--request", "LINK"]), b"").await;
        wrong.refused(405, "UNIMPLEMENTED", "METHOD_NOT_ALLOWED");
        let allowed = wrong.header("allow").unwrap_or_default().to_owned();
        assert!(allowed.split(", ").any(|allowed| allowed == http), "{name}: {allowed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_method_asks_for_a_token() {
    needs_root!();
    let daemon = Daemon::start().await;
    for Mapped { method, http, path, .. } in mapped() {
        let answer = run(anonymous(&daemon, &path, &["--request", &http]), b"").await;
        if OPEN.contains(&method.name()) {
            assert_eq!(answer.reason(), "INVALID_FIELD");
            continue;
        }
        assert_eq!(answer.status, 401, "{}: {}", method.full_name(), answer.text());
        answer.refused(401, "UNAUTHENTICATED", "TOKEN_MISSING");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_method_names_a_field_or_a_parameter_that_is_not_there() {
    needs_root!();
    let daemon = Daemon::start().await;
    for mapped in mapped() {
        let Mapped { method, http, path, body } = &mapped;
        println!("{}", method.full_name());
        let unknown = format!("{path}?no_such=1");
        let answer = run(curl(&daemon, &unknown, &["--request", http]), b"").await;
        answer.invalid("no_such");
        if body.is_empty() || mapped.is_upload() {
            continue;
        }
        let json = "content-type: application/json";
        let arguments = ["--request", http, "-H", json, "--data-binary", r#"{"noSuch": {"a": 1}}"#];
        run(curl(&daemon, path, &arguments), b"").await.invalid("noSuch");
    }
}
