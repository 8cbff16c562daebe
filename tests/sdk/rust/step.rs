//! Scenarios as sdk/contract has them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use skerry_client::{Command, FilePath};

/// Steps in one sandbox.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    pub(crate) name: String,
    pub(super) steps: Vec<Step>,
    pub(super) through: Option<String>,
    #[serde(default)]
    pub(super) options: Options,
}

/// What its sandbox is like.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Options {
    pub(super) wake: bool,
    pub(super) idle_timeout_ms: Option<u64>,
    pub(super) max_lifetime_ms: Option<u64>,
    pub(super) memory: Option<u64>,
    pub(super) cpus: Option<f64>,
    pub(super) ports: Vec<u16>,
}

/// One step; each `op` has some of the fields.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Step {
    pub(super) op: String,
    pub(super) command: Value,
    pub(super) env: BTreeMap<String, String>,
    pub(super) cwd: Option<String>,
    pub(super) user: Option<String>,
    pub(super) timeout_ms: Option<u64>,
    pub(super) period_ms: u64,
    pub(super) max_output: Option<usize>,
    pub(super) input: Option<String>,
    pub(super) stdin: bool,
    pub(super) text: String,
    pub(super) signal: String,
    pub(super) rows: u16,
    pub(super) columns: u16,
    pub(super) offset: u64,
    pub(super) bytes: usize,
    pub(super) path: String,
    pub(super) raw_path: Option<String>,
    pub(super) to: String,
    pub(super) then: String,
    pub(super) append: bool,
    pub(super) create_new: bool,
    pub(super) make_parents: bool,
    pub(super) recursive: bool,
    pub(super) name: String,
    pub(super) image: Option<String>,
    pub(super) count: u16,
    pub(super) port: u16,
    pub(super) token: String,
    pub(super) address: Option<String>,
    pub(super) runs: bool,
    pub(super) memory: i64,
    pub(super) want: Value,
    pub(super) error: Option<Value>,
    pub(super) steps: Vec<Step>,
}

impl Step {
    /// A line, or a list of words.
    pub(super) fn command(&self) -> Command {
        match &self.command {
            Value::Array(words) => Command::argv(words.iter().map(|word| text(word))),
            line => Command::shell(text(line)),
        }
    }

    /// As text, or as the bytes that its digits are.
    pub(super) fn path(&self) -> FilePath {
        let Some(raw) = &self.raw_path else { return self.path.as_str().into() };
        let byte = |at| u8::from_str_radix(&raw[at..at + 2], 16).expect("two digits");
        (0..raw.len()).step_by(2).map(byte).collect::<Vec<_>>().into()
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
