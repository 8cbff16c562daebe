//! The book as mdBook builds it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use percent_encoding::percent_decode_str;
use skerry_test_support::{skip, tools};

/// A page of mdBook's own, with every chapter in it once more.
const PRINT: &str = "print.html";

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// Files below a folder that end so, by their paths in it.
fn files(folder: &Path, end: &str) -> BTreeSet<PathBuf> {
    fn walk(folder: &Path, below: &Path, found: &mut BTreeSet<PathBuf>) {
        for entry in folder.join(below).read_dir().expect("a readable folder").flatten() {
            let path = below.join(entry.file_name());
            match entry.path().is_dir() {
                true => walk(folder, &path, found),
                false => drop(found.insert(path)),
            }
        }
    }
    let mut found = BTreeSet::new();
    walk(folder, Path::new(""), &mut found);
    found.retain(|path| path.extension().is_some_and(|extension| extension == end));
    found
}

/// The values of an attribute.
fn attributes<'a>(html: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let start = format!(" {name}=\"");
    let values: Vec<&str> = html.split(start.as_str()).skip(1).collect();
    values.into_iter().filter_map(|rest| rest.split('"').next())
}

/// Where a link of a page leads: a page, and a place on it.
fn target(page: &Path, link: &str) -> Option<(PathBuf, String)> {
    let leads_out = ["http:", "https:", "mailto:", "data:", "//"];
    if leads_out.iter().any(|start| link.starts_with(start)) {
        return None;
    }
    let (path, place) = link.split_once('#').unwrap_or((link, ""));
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let mut whole = match path {
        "" => page.to_owned(),
        path => page.parent().unwrap_or(Path::new("")).join(decoded(path)),
    };
    if path.ends_with('/') {
        whole.push("index.html");
    }
    let mut plain = PathBuf::new();
    for part in whole.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::Normal(name) => plain.push(name),
            // What begins at the root begins at the book's.
            _ => {}
        }
    }
    Some((plain, decoded(place)))
}

/// The links of a built book that lead nowhere.
fn dead_links(book: &Path) -> Vec<String> {
    let pages: BTreeMap<PathBuf, String> = files(book, "html")
        .into_iter()
        .filter(|path| !path.ends_with(PRINT))
        .map(|path| {
            let text = fs::read_to_string(book.join(&path)).expect("a page is text");
            (path, text)
        })
        .collect();
    let mut dead = Vec::new();
    for (path, html) in &pages {
        for link in attributes(html, "href").chain(attributes(html, "src")) {
            let Some((page, place)) = target(path, link) else { continue };
            let there = match pages.get(&page) {
                None => place.is_empty() && book.join(&page).is_file(),
                Some(html) => place.is_empty() || attributes(html, "id").any(|id| id == place),
            };
            if !there && !page.ends_with(PRINT) {
                dead.push(format!("{}: {link}", path.display()));
            }
        }
    }
    dead
}

#[test]
fn the_book_builds_without_a_warning_and_its_links_lead_somewhere() {
    let mdbook = match tools::find("bin/mdbook") {
        Ok(mdbook) => mdbook,
        Err(reason) => skip!("{reason}"),
    };
    let book = tempfile::tempdir().expect("a temporary folder");
    let built = Command::new(mdbook)
        .args(["build", "--dest-dir"])
        .args([book.path(), docs().as_path()])
        .env_remove("RUST_LOG")
        .output()
        .expect("mdbook can be run");
    let said = String::from_utf8_lossy(&built.stderr) + String::from_utf8_lossy(&built.stdout);
    assert!(built.status.success(), "{said}");
    assert!(!said.contains("WARN") && !said.contains("ERROR"), "{said}");

    let dead = dead_links(book.path());
    assert!(dead.is_empty(), "links that lead nowhere: {dead:#?}");

    let mut chapters = files(&docs(), "md");
    assert!(chapters.remove(Path::new("SUMMARY.md")) && chapters.len() > 30, "{chapters:?}");
    for chapter in chapters {
        let name = chapter.with_extension("html");
        let index = chapter.with_file_name("index.html");
        let page = if chapter.ends_with("README.md") { index } else { name };
        assert!(book.path().join(page).is_file(), "SUMMARY.md has no {}", chapter.display());
    }
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    let book = tempfile::tempdir().expect("a temporary folder");
    let below = book.path().join("api");
    fs::create_dir(&below).expect("a writable folder");
    let links = |links: &[&str]| {
        let link = |link: &&str| format!("<a href=\"{link}\">x</a> <p id=\"here\">");
        links.iter().map(link).collect::<String>()
    };
    let write = |path: &Path, text: String| fs::write(path, text).expect("a writable folder");
    write(
        &book.path().join("one.html"),
        links(&["#here", "api/two.html#here", "https://a.test/b"]),
    );
    write(&below.join("two.html"), links(&["../one.html", "two.html#nowhere", "../three.html"]));
    assert_eq!(
        dead_links(book.path()),
        ["api/two.html: two.html#nowhere", "api/two.html: ../three.html"]
    );
}
