//! The caller's own labels.

use std::collections::BTreeMap;

/// Whether all that is wanted is there, with these values.
pub fn has_labels(labels: &BTreeMap<String, String>, wanted: &BTreeMap<String, String>) -> bool {
    wanted.iter().all(|(key, value)| labels.get(key) == Some(value))
}
