//! What a disk's tree has in it: the overlay's writable side.
//!
//! ```text
//!  <tree>/upper   what was changed of the image; deletions as overlayfs has them
//!        /work    overlayfs's own; its presence says that the disk is whole
//! ```

use std::path::{Path, PathBuf};

use super::StorageError;
use super::dir::{make_directory, make_private};

/// Where what was changed is.
pub fn upper(tree: &Path) -> PathBuf {
    tree.join("upper")
}

/// Whether a tree has a disk in it.
pub fn is_made(tree: &Path) -> bool {
    work(tree).exists()
}

/// Makes an empty disk in a tree; what is there of it stays.
pub fn make(tree: &Path) -> Result<(), StorageError> {
    make_private(tree)?;
    make_directory(&upper(tree), 0o755)?;
    make_private(&work(tree))
}

fn work(tree: &Path) -> PathBuf {
    tree.join("work")
}
