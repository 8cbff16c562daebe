//! Paths inside a sandbox.

use std::fmt;

/// The kernel's PATH_MAX without its NUL.
const MAX_LENGTH: usize = 4095;
/// Relative paths start here.
const WORKSPACE: &[u8] = b"/workspace";

/// An absolute path inside a sandbox: bytes, without a NUL, at most 4095.
/// The kernel resolves it, inside the sandbox's own root.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FilePath(Vec<u8>);

/// Why bytes are no path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FilePathError {
    /// Nothing was given.
    #[error("must not be empty")]
    Empty,
    /// A NUL byte.
    #[error("must not have a NUL")]
    Nul,
    /// Over the kernel's bound.
    #[error("must have at most {MAX_LENGTH} bytes")]
    TooLong,
}

impl FilePath {
    /// Takes an absolute path, or one relative to `/workspace`.
    ///
    /// # Errors
    /// What is empty, too long, or has a NUL.
    pub fn new(path: impl AsRef<[u8]>) -> Result<Self, FilePathError> {
        let path = path.as_ref();
        if path.is_empty() {
            return Err(FilePathError::Empty);
        }
        if path.contains(&0) {
            return Err(FilePathError::Nul);
        }
        let absolute = match path {
            [b'/', ..] => path.to_vec(),
            _ => [WORKSPACE, b"/", path].concat(),
        };
        if absolute.len() > MAX_LENGTH {
            return Err(FilePathError::TooLong);
        }
        Ok(Self(absolute))
    }

    /// Its bytes; the first is `/`.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The directory in which processes start.
impl Default for FilePath {
    fn default() -> Self {
        Self(WORKSPACE.to_vec())
    }
}

impl fmt::Display for FilePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0.escape_ascii())
    }
}

impl fmt::Debug for FilePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "\"{self}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_are_in_the_workspace() {
        let path = |bytes: &[u8]| FilePath::new(bytes).map(|path| path.to_string());
        assert_eq!(path(b"a/../b").as_deref(), Ok("/workspace/a/../b"));
        assert_eq!(path(b"/a\n\xff").as_deref(), Ok("/a\\n\\xff"));
        assert_eq!(path(b""), Err(FilePathError::Empty));
        assert_eq!(path(b"a\0b"), Err(FilePathError::Nul));
        assert_eq!(path(&[b'/'; 4096]), Err(FilePathError::TooLong));
        assert_eq!(path(&[b'a'; 4090]), Err(FilePathError::TooLong));
    }
}
