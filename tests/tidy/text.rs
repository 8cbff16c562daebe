//! What no file may hold: the paths of the machine it was written on.

use std::path::{Path, PathBuf};

use crate::source::{self, Finding, assert_none};

/// Files without text of ours.
const LEFT_OUT: &[&str] = &["Cargo.lock"];

/// This checkout's folder and the one above, and the user's cargo folder:
/// none has a business in a file. Short paths such as `/src` are words.
fn machine_paths() -> Vec<String> {
    let root = source::root();
    let mut paths: Vec<PathBuf> = vec![root.to_owned()];
    paths.extend(root.parent().map(Path::to_owned));
    paths.extend(std::env::var_os("CARGO_HOME").map(PathBuf::from));
    let long = |path: &PathBuf| path.components().count() > 2;
    paths.iter().filter(|path| long(path)).map(|path| format!("{}/", path.display())).collect()
}

fn check(path: &str, text: &str, banned: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if let Some(found) = banned.iter().find(|banned| line.contains(banned.as_str())) {
            let message = format!("a path of this machine: {found}");
            findings.push(Finding { path: path.to_owned(), line: number + 1, message });
        }
    }
    findings
}

#[test]
fn no_file_names_this_machine() {
    let banned = machine_paths();
    let mut files = Vec::new();
    source::walk(Path::new(""), &mut files);
    let mut findings = Vec::new();
    for file in files {
        let path = file.display().to_string();
        let text = std::fs::read_to_string(source::root().join(&file));
        if let (false, Ok(text)) = (LEFT_OUT.contains(&path.as_str()), text) {
            findings.extend(check(&path, &text, &banned));
        }
    }
    assert_none(findings);
}

#[test]
fn a_path_of_this_machine_is_found() {
    let banned = ["/home/ada/skerry/".to_owned()];
    assert_eq!(check("a.md", "see\n/home/ada/skerry/docs", &banned).len(), 1);
    assert_none(check("a.md", "see docs/skerry", &banned));
}
