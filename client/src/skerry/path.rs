//! Paths in a sandbox.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use bytes::Bytes;

/// A path in a sandbox: absolute, or below /workspace. One that is not UTF-8 is
/// bytes.
///
/// ```
/// use skerry_client::FilePath;
///
/// let text = FilePath::from("notes/today");
/// let bytes = FilePath::from(&b"/workspace/\xff"[..]);
/// # let _ = (text, bytes);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePath(Vec<u8>);

impl FilePath {
    /// The fields that it goes into: as text, or as bytes where it is none.
    pub(super) fn fields(&self) -> (String, Bytes) {
        match std::str::from_utf8(&self.0) {
            Ok(text) => (text.to_owned(), Bytes::new()),
            Err(_) => (String::new(), Bytes::copy_from_slice(&self.0)),
        }
    }
}

impl From<&str> for FilePath {
    fn from(path: &str) -> Self {
        Self(path.into())
    }
}

impl From<String> for FilePath {
    fn from(path: String) -> Self {
        Self(path.into())
    }
}

impl From<&[u8]> for FilePath {
    fn from(path: &[u8]) -> Self {
        Self(path.into())
    }
}

impl From<Vec<u8>> for FilePath {
    fn from(path: Vec<u8>) -> Self {
        Self(path)
    }
}

impl From<&Path> for FilePath {
    fn from(path: &Path) -> Self {
        Self(path.as_os_str().as_bytes().into())
    }
}
