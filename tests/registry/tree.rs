//! A directory tree as text: everything that an image keeps of a file.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use sha2::{Digest, Sha256};

/// Kind, mode, owner, size, content or target, links and attributes of each
/// path.
pub(crate) fn listed(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut first_names = BTreeMap::new();
    let mut waiting = vec![root.to_owned()];
    while let Some(path) = waiting.pop() {
        let meta = fs::symlink_metadata(&path).expect("it is there");
        let name = path.strip_prefix(root).expect("it is below").as_os_str().as_bytes();
        let name = String::from_utf8_lossy(name).into_owned();
        let kind = meta.file_type();
        let content = if kind.is_dir() {
            let entries = fs::read_dir(&path).expect("a directory");
            waiting.extend(entries.map(|entry| entry.expect("an entry").path()));
            String::new()
        } else if kind.is_symlink() {
            fs::read_link(&path).expect("a link").display().to_string()
        } else if kind.is_file() {
            let digest = Sha256::digest(fs::read(&path).expect("readable"));
            digest.iter().map(|byte| format!("{byte:02x}")).collect()
        } else {
            assert!(kind.is_fifo(), "{}: {kind:?}", path.display());
            "fifo".to_owned()
        };
        let size = if kind.is_dir() { 0 } else { meta.len() };
        let line = format!(
            "{:o} {}:{} {size} {content} {:?}",
            meta.mode(),
            meta.uid(),
            meta.gid(),
            attributes(&path)
        );
        if kind.is_file() && meta.nlink() > 1 {
            first_names.entry(meta.ino()).or_insert_with(Vec::new).push(name.clone());
        }
        found.insert(name, line);
    }
    for mut names in first_names.into_values() {
        names.sort();
        for name in &names {
            found.entry(name.clone()).and_modify(|line| line.push_str(&format!(" {names:?}")));
        }
    }
    found
}

fn attributes(path: &Path) -> Vec<(String, Vec<u8>)> {
    let mut names = vec![0; 4096];
    let length = rustix::fs::llistxattr(path, names.as_mut_slice()).expect("it can be asked");
    names.truncate(length);
    let mut found = Vec::new();
    for name in names.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        let text = String::from_utf8_lossy(name).into_owned();
        if !text.starts_with("user.") && text != "security.capability" {
            continue;
        }
        let mut value = vec![0; 4096];
        let length = rustix::fs::lgetxattr(path, text.as_str(), value.as_mut_slice());
        value.truncate(length.expect("it is there"));
        found.push((text, value));
    }
    found.sort();
    found
}

/// Compares two trees and names the first paths that differ.
#[track_caller]
pub(crate) fn assert_same(ours: &Path, theirs: &Path) {
    let (ours, theirs) = (listed(ours), listed(theirs));
    let mut differing: Vec<(String, Option<String>, Option<String>)> = Vec::new();
    for name in ours.keys().chain(theirs.keys()) {
        let (one, other) = (ours.get(name), theirs.get(name));
        // The root itself: an image need not say anything of it.
        if one != other && !name.is_empty() && !differing.iter().any(|(known, ..)| known == name) {
            differing.push((name.clone(), one.cloned(), other.cloned()));
        }
    }
    differing.truncate(10);
    assert!(differing.is_empty(), "{differing:#?}");
    assert!(ours.len() > 1, "something was compared");
}
