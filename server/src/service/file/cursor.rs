//! A place in a walk, which its runtime alone reads, as a page token.

use std::fmt::Write;

use bytes::Bytes;
use skerry_api::v1::ListFilesRequest;
use tonic::Status;

use crate::service::check::field;
use crate::service::page::ListKey;

/// The list that a token belongs to.
pub(super) fn key(request: &ListFilesRequest) -> ListKey {
    let raw = hex(&request.raw_path);
    let recursive = if request.recursive { "tree" } else { "directory" };
    ListKey::new("files", [&*request.sandbox_id, &*request.path, &*raw, recursive])
}

/// The token for a place.
pub(super) fn token(key: &ListKey, cursor: &[u8]) -> String {
    key.token(&hex(cursor))
}

/// The place in a token; `None` for the first page.
pub(super) fn parse(key: &ListKey, token: &str) -> Result<Option<Bytes>, Status> {
    let Some(text) = key.cursor(token)? else { return Ok(None) };
    match bytes(&text) {
        Some(cursor) => Ok(Some(cursor)),
        None => Err(field("page_token", "is not of this list with these filters")),
    }
}

fn bytes(digits: &str) -> Option<Bytes> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).map(|value| value as u8);
    let pairs = digits.as_bytes().chunks(2);
    pairs.map(|pair| Some(digit(&pair[0])? << 4 | digit(pair.get(1)?)?)).collect()
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        write!(text, "{byte:02x}").expect("a String grows");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_from_its_own_list_alone() {
        let request = ListFilesRequest { path: "/a".to_owned(), ..Default::default() };
        let token = token(&key(&request), b"a\n\xff\0");
        let back = parse(&key(&request), &token).expect("its own");
        assert_eq!(back.as_deref(), Some(&b"a\n\xff\0"[..]));
        let other = ListFilesRequest { path: "/b".to_owned(), ..Default::default() };
        assert!(parse(&key(&other), &token).is_err());
    }
}
