//! Page tokens: where the next page begins, bound to the list that it is of.
//!
//! ```text
//! hex( version (1) | hash of list and filters (8) | hash of all before and the cursor (8) | cursor )
//! ```
//!
//! The second hash is no secret: it tells a damaged token, not a forger, who
//! could only reach what a list shows anyway.

use std::collections::BTreeMap;

use tonic::Status;

use super::check::{Checks, field};

/// Changes with what follows it.
const VERSION: u8 = 1;
const HASH_BYTES: usize = 8;
const HEAD_BYTES: usize = 1 + 2 * HASH_BYTES;
/// The longest cursor is a place in a tree of files.
const MAX_CURSOR_BYTES: usize = 16 << 10;
/// A page where none is asked for.
const DEFAULT_PAGE: usize = 100;
/// The largest page.
const MAX_PAGE: i32 = 1000;

/// A list and its filters: what a token must come back with.
pub(super) struct ListKey {
    hash: [u8; HASH_BYTES],
}

impl ListKey {
    /// `filters` in an order that does not change.
    pub(super) fn new<'a>(list: &'a str, filters: impl IntoIterator<Item = &'a str>) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in std::iter::once(list).chain(filters) {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        Self { hash: short(&hasher.finalize()) }
    }

    /// Of a list that is filtered by labels, and by more.
    pub(super) fn labelled<'a>(
        list: &'a str,
        labels: &'a BTreeMap<String, String>,
        more: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let labels = labels.iter().flat_map(|(key, value)| [key.as_str(), value.as_str()]);
        // The empty text is no label's key, so that it ends the labels.
        Self::new(list, labels.chain([""]).chain(more))
    }

    /// The token of the page after the one that ended with this cursor.
    pub(super) fn token(&self, cursor: &str) -> String {
        let mut bytes = self.head(cursor).to_vec();
        bytes.extend_from_slice(cursor.as_bytes());
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The cursor in a token of this list; `None` for the first page.
    pub(super) fn cursor(&self, token: &str) -> Result<Option<String>, Status> {
        if token.is_empty() {
            return Ok(None);
        }
        let cursor = decode(token).and_then(|bytes| {
            let (head, cursor) = bytes.split_at_checked(HEAD_BYTES)?;
            let cursor = std::str::from_utf8(cursor).ok()?;
            (head == self.head(cursor)).then(|| cursor.to_owned())
        });
        match cursor {
            Some(cursor) => Ok(Some(cursor)),
            None => Err(field("page_token", "is not of this list with these filters")),
        }
    }

    fn head(&self, cursor: &str) -> [u8; HEAD_BYTES] {
        let mut head = [VERSION; HEAD_BYTES];
        head[1..=HASH_BYTES].copy_from_slice(&self.hash);
        let mut hasher = blake3::Hasher::new();
        hasher.update(&head[..=HASH_BYTES]);
        hasher.update(cursor.as_bytes());
        head[1 + HASH_BYTES..].copy_from_slice(&short(&hasher.finalize()));
        head
    }
}

fn short(hash: &blake3::Hash) -> [u8; HASH_BYTES] {
    let mut bytes = [0; HASH_BYTES];
    bytes.copy_from_slice(&hash.as_bytes()[..HASH_BYTES]);
    bytes
}

fn decode(token: &str) -> Option<Vec<u8>> {
    let digits = token.as_bytes();
    if !digits.len().is_multiple_of(2) || digits.len() > 2 * (HEAD_BYTES + MAX_CURSOR_BYTES) {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|value| value as u8);
    digits.chunks_exact(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

/// Reads a `page_size`.
pub(super) fn page_size(checks: &mut Checks, size: i32) -> usize {
    if !(0..=MAX_PAGE).contains(&size) {
        checks.fail("page_size", format!("must be 0 to {MAX_PAGE}, is {size}"));
    }
    match usize::try_from(size) {
        Ok(0) | Err(_) => DEFAULT_PAGE,
        Ok(size) => size,
    }
}

/// Cuts a list of up to one more than `size` to a page: its items and the
/// token of the next page, empty on the last one.
pub(super) fn page<T>(
    key: &ListKey,
    mut items: Vec<T>,
    size: usize,
    cursor: impl Fn(&T) -> &str,
) -> (Vec<T>, String) {
    if items.len() <= size {
        return (items, String::new());
    }
    items.truncate(size);
    let token = items.last().map(|last| key.token(cursor(last))).unwrap_or_default();
    (items, token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_its_own_list_alone() {
        let key = ListKey::new("sandboxes", ["a", "b"]);
        let token = key.token("sbx_1");
        assert_eq!(key.cursor(&token).unwrap().as_deref(), Some("sbx_1"));
        assert_eq!(key.cursor("").unwrap(), None);
        for other in [
            ListKey::new("sandboxes", ["ab"]),
            ListKey::new("sandboxes", ["b", "a"]),
            ListKey::new("execs", ["a", "b"]),
        ] {
            assert!(other.cursor(&token).is_err());
        }
    }

    #[test]
    fn a_damaged_token_is_refused() {
        let key = ListKey::new("images", []);
        let token = key.token("name");
        for index in 0..token.len() {
            let mut damaged = token.clone().into_bytes();
            damaged[index] = if damaged[index] == b'0' { b'1' } else { b'0' };
            assert!(key.cursor(&String::from_utf8(damaged).unwrap()).is_err(), "{index}");
        }
        let long = "00".repeat(10_000);
        for bad in ["x", "zz", "00", &token[2..], &token[..token.len() - 2], "é", &long] {
            assert!(key.cursor(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_last_page_has_no_token() {
        let key = ListKey::new("images", []);
        let cut = |items: &[&'static str]| page(&key, items.to_vec(), 2, |item| item);
        assert_eq!(cut(&["a", "b"]), (vec!["a", "b"], String::new()));
        assert_eq!(cut(&["a", "b", "c"]), (vec!["a", "b"], key.token("b")));
    }
}
