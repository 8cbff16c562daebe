//! An example of each call, in an order in which they can be made one after
//! the other: a test makes them.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value};

const EXAMPLES: &str = include_str!("examples.json");

/// What one call is asked.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Example {
    call: String,
    /// Of the path and the query.
    #[serde(default)]
    pub(super) parameters: Map<String, Value>,
    /// JSON.
    pub(super) body: Option<Value>,
    /// What is sent as it is.
    pub(super) content: Option<String>,
}

/// The examples by the name of their method.
pub(super) fn all() -> HashMap<String, Example> {
    let examples: Vec<Example> = serde_json::from_str(EXAMPLES).expect("a test reads it");
    examples.into_iter().map(|example| (example.call.clone(), example)).collect()
}
