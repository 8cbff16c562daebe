//! Two settings of the kernel that a bridge to the world needs.

use std::io;

use super::NetworkError;

const FORWARD: &str = "/proc/sys/net/ipv4/ip_forward";

/// Lets the host forward packets; says whether it did not before.
pub(super) fn forward() -> Result<bool, NetworkError> {
    let before = std::fs::read_to_string(FORWARD).map_err(|error| failed(FORWARD, &error))?;
    if before.trim() != "0" {
        return Ok(false);
    }
    write(FORWARD, "1")?;
    Ok(true)
}

/// Undoes it.
pub(super) fn forward_no_more() -> Result<(), NetworkError> {
    write(FORWARD, "0")
}

/// Keeps IPv6 off an interface of this network namespace.
pub(super) fn no_ipv6(interface: &str) -> Result<(), NetworkError> {
    let path = format!("/proc/sys/net/ipv6/conf/{interface}/disable_ipv6");
    match write(&path, "1") {
        // A kernel without it.
        Err(_) if !std::path::Path::new("/proc/sys/net/ipv6").exists() => Ok(()),
        written => written,
    }
}

fn write(path: &str, value: &str) -> Result<(), NetworkError> {
    std::fs::write(path, value).map_err(|error| failed(path, &error))
}

fn failed(path: &str, error: &io::Error) -> NetworkError {
    NetworkError::Failed { step: format!("write {path}"), cause: error.to_string() }
}
