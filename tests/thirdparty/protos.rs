//! A copy of the protos that a test may break.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The protos and what buf is told about them, in a folder of their own.
pub(crate) struct Copy(TempDir);

impl Copy {
    pub(crate) fn make() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::copy(root().join("buf.yaml"), folder.path().join("buf.yaml")).expect("a copy");
        copy(Path::new("proto"), folder.path());
        Self(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Changes one file of the public API.
    pub(crate) fn change(&self, file: &str, change: impl Fn(&str) -> String) {
        let path = self.path().join("proto/skerry/v1").join(file);
        let text = fs::read_to_string(&path).expect("the proto is there");
        let changed = change(&text);
        assert_ne!(text, changed, "{file} has changed: change this test as well");
        fs::write(path, changed).expect("a writable copy");
    }
}

fn copy(folder: &Path, to: &Path) {
    fs::create_dir_all(to.join(folder)).expect("a writable copy");
    for entry in root().join(folder).read_dir().expect("the protos are there").flatten() {
        let path = folder.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&path, to);
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            fs::copy(entry.path(), to.join(&path)).expect("a copy");
        }
    }
}
