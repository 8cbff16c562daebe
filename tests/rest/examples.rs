//! The document's examples, made one after the other in the order of their
//! file.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use skerry_test_support::{Daemon, Options, needs_root};

use crate::web::{Answer, anonymous, curl, run};

const EXAMPLES: &str = include_str!("../../server/src/rest/openapi/examples.json");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    call: String,
    #[serde(default)]
    parameters: Map<String, Value>,
    body: Option<Value>,
    content: Option<String>,
    /// It goes on until its caller leaves.
    #[serde(default)]
    endless: bool,
    /// It needs what a test does not have: a network, or a builder. Only what
    /// is asked is checked then.
    #[serde(default)]
    outside: bool,
}

/// What earlier answers gave.
#[derive(Default)]
struct Seen {
    /// Ids by their prefix.
    ids: HashMap<String, String>,
    /// Archives by the call that takes them.
    archives: HashMap<&'static str, Vec<u8>>,
}

impl Seen {
    fn learn(&mut self, call: &str, answer: &Answer) {
        match call {
            "ExportSnapshot" => {
                self.archives.insert("ImportSnapshot", answer.body.clone());
            }
            "DownloadArchive" => {
                for taker in ["UploadArchive", "ImportImage"] {
                    self.archives.insert(taker, answer.body.clone());
                }
            }
            _ if !call.starts_with("Create") && !call.starts_with("Start") => {}
            _ => {
                if let Ok(json) = serde_json::from_slice::<Value>(&answer.body) {
                    self.learn_ids(&json);
                }
            }
        }
    }

    fn learn_ids(&mut self, json: &Value) {
        match json {
            Value::Object(fields) => fields.values().for_each(|field| self.learn_ids(field)),
            Value::String(text) => {
                if let Some((prefix, _)) = text.split_once('_') {
                    self.ids.insert(prefix.to_owned(), text.clone());
                }
            }
            _ => {}
        }
    }

    /// A value of an example, an id as this daemon made it.
    fn value(&self, name: &str, value: &Value) -> String {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let prefix = text.split_once('_').map(|(prefix, _)| prefix);
        match prefix.and_then(|prefix| self.ids.get(prefix)) {
            Some(id) if name.ends_with("_id") => id.clone(),
            _ => text,
        }
    }
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The method and path of a call in the document.
fn operation<'a>(document: &'a Value, call: &str) -> (String, &'a str, &'a Value) {
    let paths = document["paths"].as_object().expect("paths");
    let all = paths.iter().flat_map(|(path, operations)| {
        let operations = operations.as_object().expect("operations");
        operations.iter().map(move |(method, operation)| (method, path, operation))
    });
    let found = all.into_iter().find(|(_, _, operation)| operation["operationId"] == call);
    let (method, path, operation) = found.unwrap_or_else(|| panic!("no call {call}"));
    (method.to_uppercase(), path, operation)
}

async fn make(daemon: &Daemon, document: &Value, example: &Example, seen: &Seen) -> Answer {
    let (method, template, operation) = operation(document, &example.call);
    let mut path = template.to_owned();
    let mut query = String::new();
    for (name, value) in &example.parameters {
        let listed = operation["parameters"].as_array().expect("a list");
        let listed = listed.iter().find(|parameter| parameter["name"] == name.as_str());
        assert_eq!(&listed.expect("it is one")["example"], value, "{}: {name}", example.call);
        let value = escaped(&seen.value(name, value));
        match path.contains(&format!("{{{name}}}")) {
            true => path = path.replace(&format!("{{{name}}}"), &value),
            false => query.push_str(&format!("&{name}={value}")),
        }
    }
    let url = format!("{path}?{}", query.trim_start_matches('&'));
    let (kind, body) = match (&example.body, &example.content) {
        (Some(body), _) => ("application/json", body.to_string().into_bytes()),
        (None, Some(content)) => {
            let archive = seen.archives.get(example.call.as_str()).cloned();
            ("application/octet-stream", archive.unwrap_or_else(|| content.clone().into_bytes()))
        }
        (None, None) => ("", Vec::new()),
    };
    let header = format!("content-type: {kind}");
    let mut arguments = vec!["--request", &method];
    if !kind.is_empty() {
        arguments.extend(["-H", &header, "--data-binary", "@-"]);
    }
    if example.endless {
        arguments.extend(["--max-time", "2"]);
    }
    if example.call == "InteractExec" {
        arguments.extend(["--http1.1", "-H", "connection: upgrade", "-H", "upgrade: websocket"]);
        arguments.extend(["-H", "sec-websocket-version: 13"]);
        arguments.extend(["-H", "sec-websocket-protocol: skerry.exec.v1"]);
        arguments.extend(["-H", "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=="]);
    }
    run(curl(daemon, &url, &arguments), &body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_of_the_document_can_be_called() {
    needs_root!();
    let arguments = ["--ssh-listen", "127.0.0.1:0"].map(str::to_owned).to_vec();
    let daemon = Daemon::start_with(Options { arguments, ..Options::default() }).await;
    let document = run(anonymous(&daemon, "/openapi.json", &[]), b"").await.success();
    let examples: Vec<Example> = serde_json::from_str(EXAMPLES).expect("a list");
    let mut seen = Seen::default();
    for example in &examples {
        let answer = make(&daemon, &document, example, &seen).await;
        let told = || format!("{}: {} {}", example.call, answer.status, answer.text());
        match (example.outside, example.call.as_str()) {
            (true, _) if answer.status == 400 => {
                assert_ne!(answer.reason(), "INVALID_FIELD", "{}", told());
            }
            (true, _) => {}
            (false, "InteractExec") => assert_eq!(answer.status, 101, "{}", told()),
            (false, _) => assert_eq!(answer.status, 200, "{}", told()),
        }
        seen.learn(&example.call, &answer);
    }
    let calls: Vec<_> = examples.iter().map(|example| example.call.as_str()).collect();
    for path in document["paths"].as_object().expect("paths").values() {
        for operation in path.as_object().expect("operations").values() {
            let call = operation["operationId"].as_str().expect("a name");
            assert!(calls.contains(&call), "{call} has no example");
        }
    }
}
