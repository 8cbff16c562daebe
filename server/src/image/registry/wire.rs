//! How calls look on the wire.

use std::error::Error;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::redirect::Policy;

use crate::image::oci::shown;

/// Redirects of one call; registries send blobs from elsewhere by one.
const MAX_REDIRECTS: usize = 5;

/// Never from TLS to none: what was asked for there is not told here.
pub(super) fn redirects() -> Policy {
    Policy::custom(|attempt| {
        let was_tls = attempt.previous().iter().any(|url| url.scheme() == "https");
        if attempt.previous().len() > MAX_REDIRECTS {
            attempt.error("it redirects too often")
        } else if was_tls && attempt.url().scheme() != "https" {
            attempt.error("it redirects away from TLS")
        } else {
            attempt.follow()
        }
    })
}

/// As the header has it.
pub(super) fn basic(username: &str, password: &str) -> String {
    let pair = format!("{username}:{password}");
    format!("Basic {}", STANDARD.encode(pair))
}

/// `bytes 5-9/10`: 5.
pub(super) fn range_start(header: &str) -> Option<u64> {
    header.strip_prefix("bytes ")?.split('-').next()?.trim().parse().ok()
}

/// An error with its causes and without its address, which may hold what is
/// nobody's business.
pub(super) fn text(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    let last = cause.to_string();
    let what = if error.is_connect() { "it can't be reached: " } else { "" };
    match error.source() {
        Some(_) => shown(&format!("{what}{last}")),
        None => shown("the call failed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_written_and_read() {
        assert_eq!(basic("ada", "s3cret"), "Basic YWRhOnMzY3JldA==");
        assert_eq!(range_start("bytes 5-9/10"), Some(5));
        for bad in ["", "bytes", "bytes x-9/10", "5-9/10", "bytes -1-9/10"] {
            assert_eq!(range_start(bad), None, "{bad}");
        }
    }
}
