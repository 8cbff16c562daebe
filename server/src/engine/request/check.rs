//! The bounds that requests must hold to.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::engine::EngineError;
use crate::model::{LimitError, NameError, Port, Timeouts, check_name, check_ports};

/// Labels of one sandbox.
const MAX_LABELS: usize = 64;
/// Characters of a label's key.
const MAX_LABEL_KEY: usize = 63;
/// Bytes of a label's value.
const MAX_LABEL_VALUE: usize = 255;
/// Bytes of all keys and values of an environment.
const MAX_ENV_BYTES: usize = 1 << 20;
/// Characters of a `request_id`.
const MAX_REQUEST_ID: usize = 128;
pub(super) const MIN_TIMEOUT: Duration = Duration::from_secs(1);
pub(super) const MAX_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

pub(super) fn invalid(field: &'static str, message: impl Into<String>) -> EngineError {
    EngineError::Invalid { field, message: message.into() }
}

pub(super) fn invalid_name(field: &'static str, error: &NameError) -> EngineError {
    invalid(field, error.to_string())
}

/// A group's name, or none.
pub(super) fn check_group(field: &'static str, group: &str) -> Result<(), EngineError> {
    match group {
        "" => Ok(()),
        group => check_name(group).map_err(|error| invalid_name(field, &error)),
    }
}

/// A limit out of its bounds, as the field that the caller gave.
pub(in crate::engine) fn invalid_limit(error: &LimitError) -> EngineError {
    let field = match error.field {
        "memory_bytes" => "limits.memory_bytes",
        "cpu_millis" => "limits.cpu_millis",
        "disk_bytes" => "limits.disk_bytes",
        _ => "limits.pids",
    };
    invalid(field, error.to_string())
}

pub(super) fn check_port_list(field: &'static str, ports: &[Port]) -> Result<(), EngineError> {
    check_ports(ports).map_err(|error| invalid(field, error.to_string()))
}

pub(super) fn check_request_id(text: &str) -> Result<(), EngineError> {
    let valid = (1..=MAX_REQUEST_ID).contains(&text.len())
        && text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if valid {
        return Ok(());
    }
    Err(invalid("request_id", format!("must be 1 to {MAX_REQUEST_ID} printable ASCII characters")))
}

/// Holds a snapshot's name to what names are.
pub(in crate::engine) fn check_snapshot_name(name: &str) -> Result<(), EngineError> {
    check_name(name).map_err(|error| invalid_name("name", &error))
}

pub(in crate::engine) fn check_labels(
    field: &'static str,
    labels: &BTreeMap<String, String>,
) -> Result<(), EngineError> {
    if labels.len() > MAX_LABELS {
        let message = format!("must be at most {MAX_LABELS}, are {}", labels.len());
        return Err(invalid(field, message));
    }
    for (key, value) in labels {
        let characters =
            key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte));
        if key.is_empty() || key.len() > MAX_LABEL_KEY || !characters {
            let message =
                format!("key {key:?}: must be 1 to {MAX_LABEL_KEY} of A-Z, a-z, 0-9, -_./");
            return Err(invalid(field, message));
        }
        if value.len() > MAX_LABEL_VALUE {
            let message = format!("value of {key:?}: must have at most {MAX_LABEL_VALUE} bytes");
            return Err(invalid(field, message));
        }
    }
    Ok(())
}

pub(super) fn check_timeouts(timeouts: &Timeouts) -> Result<(), EngineError> {
    let all = [
        ("timeouts.idle_timeout", timeouts.idle),
        ("timeouts.max_lifetime", timeouts.max_lifetime),
        ("timeouts.auto_delete", timeouts.auto_delete),
    ];
    for (field, timeout) in all {
        if timeout.is_some_and(|timeout| !(MIN_TIMEOUT..=MAX_TIMEOUT).contains(&timeout)) {
            return Err(invalid(field, "must be 1 second to 365 days"));
        }
    }
    Ok(())
}

/// Holds an environment to what the kernel can take.
pub(in crate::engine) fn check_env(
    field: &'static str,
    env: &BTreeMap<String, String>,
) -> Result<(), EngineError> {
    let bytes: usize = env.iter().map(|(key, value)| key.len() + value.len()).sum();
    if bytes > MAX_ENV_BYTES {
        let message = format!("must have at most {MAX_ENV_BYTES} bytes, has {bytes}");
        return Err(invalid(field, message));
    }
    for (key, value) in env {
        if key.is_empty() || key.contains(['=', '\0']) {
            return Err(invalid(
                field,
                format!("key {key:?}: must not be empty nor have = or NUL"),
            ));
        }
        if value.contains('\0') {
            return Err(invalid(field, format!("value of {key:?}: must not have NUL")));
        }
    }
    Ok(())
}
