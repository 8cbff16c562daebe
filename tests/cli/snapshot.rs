//! Output that is kept in files beside the tests. Where a change is meant,
//! run them with `SKERRY_UPDATE_SNAPSHOTS=1` and read the difference.

use std::fs;
use std::path::Path;

use crate::program::Ended;

/// Set to write what is printed now.
const UPDATE: &str = "SKERRY_UPDATE_SNAPSHOTS";

/// Compares with the snapshot of this name.
pub(crate) fn assert_snapshot(name: &str, actual: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/snapshots");
    let path = folder.join(format!("{name}.txt"));
    if std::env::var_os(UPDATE).is_some() {
        fs::write(&path, actual).expect("the tests' folder is writable");
        return;
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == actual,
        "{} differs; it was:\n{kept}\nand is now:\n{actual}\n{UPDATE}=1 takes it over",
        path.display()
    );
}

/// A run with all that it printed, for a snapshot.
pub(crate) fn transcript(arguments: &[&str], ended: &Ended) -> String {
    let mut text = format!("$ skerry {}\n{}", arguments.join(" "), ended.stdout);
    if !ended.stderr.is_empty() {
        text.push_str(&format!("-- stderr\n{}", ended.stderr));
    }
    if ended.code != Some(0) {
        text.push_str(&format!("-- exit {:?}\n", ended.code));
    }
    text
}
