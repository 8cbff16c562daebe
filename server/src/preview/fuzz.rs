//! A Host header, held to what is true of all that is taken for a preview's:
//! for fuzzers, and for the tests that replay what these have found.

use super::host::{Domain, Named};

/// A DNS name's.
const MAX_NAME_BYTES: usize = 253;

/// A domain on the first line, a Host header on the second: whether it is
/// below the domain is seen, and what leads to a port is that port's name but
/// for case, a dot and a port at its end.
///
/// # Panics
/// Where that is broken.
pub fn host(text: &str) {
    let (name, host) = text.split_once('\n').unwrap_or(("example.com", text));
    let Ok(domain) = name.parse::<Domain>() else { return };
    let suffix = format!("preview.{}", name.to_ascii_lowercase());
    let plain = plain(host);
    let is_below = plain == suffix || plain.ends_with(&format!(".{suffix}"));
    match domain.read(host) {
        Named::Elsewhere => assert!(!is_below, "{host:?}"),
        Named::Nowhere => assert!(is_below, "{host:?}"),
        Named::Preview(place) => {
            let name = domain.name_of(&place);
            assert_eq!(plain, name, "{host:?}");
            assert!(is_below && name.len() <= MAX_NAME_BYTES && place.port > 0, "{host:?}");
            assert_eq!(domain.read(&name), Named::Preview(place));
        }
    }
}

fn plain(host: &str) -> String {
    let digits = host.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let name = digits.strip_suffix(':').unwrap_or(host);
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}
