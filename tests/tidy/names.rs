//! Names of files and of the things in them.

use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};

use crate::source::{self, Finding, Source, assert_none};

/// Files called so hold whatever fits nowhere.
const FILES: &[&str] = &["mod", "util", "utils", "common", "helper", "helpers", "misc", "types"];

/// Words that say nothing, or that another word stands for already.
const WORDS: &[&str] = &["instance", "job", "manager", "handler", "util", "utils", "helper"];

fn check_file_name(path: &Path) -> Option<Finding> {
    let stem = path.file_stem()?.to_str()?;
    FILES.contains(&stem).then(|| Finding {
        path: path.display().to_string(),
        line: 1,
        message: format!("no file is called {stem}"),
    })
}

fn check_items(source: &Source) -> Vec<Finding> {
    let mut reader = NameReader { source, findings: Vec::new() };
    reader.visit_file(&source.ast);
    reader.findings
}

/// Splits `RequestHandler` and `request_handler` alike.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in name.chars() {
        if letter == '_' || letter.is_uppercase() {
            words.push(String::new());
        }
        if letter != '_' {
            words.last_mut().expect("never empty").extend(letter.to_lowercase());
        }
    }
    words
}

struct NameReader<'a> {
    source: &'a Source,
    findings: Vec<Finding>,
}

impl NameReader<'_> {
    fn check(&mut self, name: &syn::Ident) {
        let text = name.to_string();
        if let Some(word) = words(&text).iter().find(|word| WORDS.contains(&word.as_str())) {
            let message = format!("{text}: the word {word} is not used here");
            self.findings.push(self.source.finding(name.span().start().line, message));
        }
    }
}

impl<'ast> Visit<'ast> for NameReader<'_> {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.check(&item.ident);
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.check(&item.ident);
        visit::visit_item_enum(self, item);
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.check(&item.ident);
        visit::visit_item_trait(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.check(&item.ident);
        visit::visit_item_mod(self, item);
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        self.check(&signature.ident);
        visit::visit_signature(self, signature);
    }
}

#[test]
fn no_file_has_a_name_that_says_nothing() {
    let mut files: Vec<PathBuf> = Vec::new();
    source::walk(Path::new(""), &mut files);
    assert_none(files.iter().filter_map(|file| check_file_name(file)).collect());
}

#[test]
fn no_item_has_a_name_that_says_nothing() {
    assert_none(Source::all().iter().flat_map(check_items).collect());
}

#[test]
fn a_banned_name_is_found() {
    for path in
        ["server/src/engine/mod.rs", "client/src/utils.rs", "tests/misc/main.rs/../types.rs"]
    {
        assert!(check_file_name(Path::new(path)).is_some(), "{path}");
    }
    for text in ["struct ExecManager;", "mod request_handler {}", "fn new_instance() {}"] {
        assert_eq!(check_items(&Source::parse("a.rs", text)).len(), 1, "{text}");
    }
    assert!(check_file_name(Path::new("server/src/model.rs")).is_none());
    assert_none(check_items(&Source::parse("a.rs", "struct Managed; fn handle() {}")));
}
