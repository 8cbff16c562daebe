//! The sources, parsed, and what every rule needs to read them.

use std::fmt;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

/// Folders that hold Rust sources.
const RUST_ROOTS: &[&str] = &["server", "client", "proto", "tests", "bench"];

/// One Rust file.
pub(crate) struct Source {
    /// Below the repository's root, for example `server/src/model/id.rs`.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
    /// Its syntax.
    pub(crate) ast: syn::File,
}

/// One place where a rule is broken.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) message: String,
}

/// A path that the code names, for example `crate::engine::Engine`.
#[derive(Debug)]
pub(crate) struct Mention {
    /// Absolute inside its crate: `super` and `self` are resolved.
    pub(crate) segments: Vec<String>,
    pub(crate) line: usize,
}

impl Source {
    /// Parses one file; `path` is below the repository's root.
    pub(crate) fn parse(path: &str, text: &str) -> Source {
        let ast = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}"));
        Source { path: path.to_owned(), text: text.to_owned(), ast }
    }

    /// Every Rust file of the repository, by path.
    pub(crate) fn all() -> Vec<Source> {
        let mut files = vec![PathBuf::from("build.rs")];
        for root in RUST_ROOTS {
            walk(Path::new(root), &mut files);
        }
        let rust = |file: &PathBuf| file.extension().is_some_and(|extension| extension == "rs");
        let sources: Vec<Source> =
            files.iter().filter(|file| rust(file)).map(|file| read(file)).collect();
        assert!(sources.len() > 20, "the sources were not found");
        sources
    }

    pub(crate) fn finding(&self, line: usize, message: impl fmt::Display) -> Finding {
        Finding { path: self.path.clone(), line, message: message.to_string() }
    }

    /// The file's place in the daemon's module tree; `None` outside
    /// `server/src`. `server/src/engine/exec.rs` is `["engine", "exec"]`.
    pub(crate) fn server_module(&self) -> Option<Vec<String>> {
        let inside = self.path.strip_prefix("server/src/")?.strip_suffix(".rs")?;
        Some(inside.split('/').map(str::to_owned).collect())
    }

    /// Every path that the code outside its tests names.
    pub(crate) fn mentions(&self) -> Vec<Mention> {
        let module = match self.server_module() {
            Some(module) if module != ["lib"] => module,
            _ => Vec::new(),
        };
        let mut reader = MentionReader { module, found: Vec::new() };
        reader.visit_file(&self.ast);
        reader.found
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}", self.path, self.line, self.message)
    }
}

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Fails with every finding, one a line.
pub(crate) fn assert_none(mut findings: Vec<Finding>) {
    findings.sort();
    findings.dedup();
    let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
    assert!(lines.is_empty(), "{} findings:\n{}", lines.len(), lines.join("\n"));
}

/// True for an item that is compiled for tests alone.
pub(crate) fn is_test_only(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        syn::Meta::Path(path) => path.segments.last().is_some_and(|last| last.ident == "test"),
        syn::Meta::NameValue(_) => false,
    })
}

/// Files below a folder, hidden ones and build output left out.
pub(crate) fn walk(below: &Path, files: &mut Vec<PathBuf>) {
    let directory = root().join(below);
    let entries =
        directory.read_dir().unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("a readable folder").file_name()).collect();
    names.sort();
    for name in names {
        let hidden = name.to_string_lossy().starts_with('.');
        if hidden || name == "target" || name == "node_modules" {
            continue;
        }
        let path = below.join(&name);
        if root().join(&path).is_dir() {
            walk(&path, files);
        } else {
            files.push(path);
        }
    }
}

fn read(file: &Path) -> Source {
    let text = std::fs::read_to_string(root().join(file))
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    Source::parse(file.to_str().expect("file names are UTF-8"), &text)
}

struct MentionReader {
    /// Of the module that is being read.
    module: Vec<String>,
    found: Vec<Mention>,
}

impl MentionReader {
    fn record(&mut self, segments: &[String], line: usize) {
        let resolved = match segments.first().map(String::as_str) {
            Some("self") => [&["crate".to_owned()], &self.module[..], &segments[1..]].concat(),
            Some("super") => {
                let up = segments.iter().take_while(|segment| *segment == "super").count();
                let kept = &self.module[..self.module.len().saturating_sub(up)];
                [&["crate".to_owned()], kept, &segments[up..]].concat()
            }
            _ => segments.to_vec(),
        };
        self.found.push(Mention { segments: resolved, line });
    }

    fn record_use(&mut self, before: &mut Vec<String>, tree: &syn::UseTree) {
        match tree {
            syn::UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.record_use(before, &path.tree);
                before.pop();
            }
            syn::UseTree::Name(name) => self.record_last(before, &name.ident),
            syn::UseTree::Rename(rename) => self.record_last(before, &rename.ident),
            syn::UseTree::Glob(glob) => self.record(before, glob.star_token.spans[0].start().line),
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.record_use(before, tree);
                }
            }
        }
    }

    fn record_last(&mut self, before: &[String], last: &syn::Ident) {
        let segments = [before, &[last.to_string()]].concat();
        self.record(&segments, last.span().start().line);
    }

    /// Finds `a::b::c` among a macro's tokens, which have no syntax.
    fn record_tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let (mut line, mut colons) = (0, 0);
        for token in tokens {
            match &token {
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Ident(ident) if colons == 2 && !path.is_empty() => {
                    path.push(ident.to_string());
                    colons = 0;
                }
                _ => {
                    self.flush(&mut path, line);
                    colons = 0;
                    line = token.span().start().line;
                    if let TokenTree::Ident(ident) = &token {
                        path.push(ident.to_string());
                    }
                    if let TokenTree::Group(group) = &token {
                        self.record_tokens(group.stream());
                    }
                }
            }
        }
        self.flush(&mut path, line);
    }

    fn flush(&mut self, path: &mut Vec<String>, line: usize) {
        if path.len() > 1 {
            self.record(path, line);
        }
        path.clear();
    }
}

impl<'ast> Visit<'ast> for MentionReader {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let attributes = match item {
            syn::Item::Mod(item) => &item.attrs,
            syn::Item::Fn(item) => &item.attrs,
            syn::Item::Impl(item) => &item.attrs,
            syn::Item::Use(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        if !is_test_only(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        self.module.push(module.ident.to_string());
        visit::visit_item_mod(self, module);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.record_use(&mut Vec::new(), &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> =
            path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if segments.len() > 1 {
            let line = path.segments[0].ident.span().start().line;
            self.record(&segments, line);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.visit_path(&call.path);
        self.record_tokens(call.tokens.clone());
    }
}

#[test]
fn every_way_to_name_a_path_is_read() {
    let text = "
        use super::b::{C, self as d};
        fn f() { tonic::Status::ok(); format!(\"{}\", crate::engine::x()); }
        mod inner { use super::super::y::Z; }
        #[cfg(test)] mod tests { use sled::Db; }
    ";
    let source = Source::parse("server/src/runtime/a.rs", text);
    let found: Vec<String> =
        source.mentions().iter().map(|mention| mention.segments.join("::")).collect();
    for wanted in
        ["crate::runtime::b::C", "tonic::Status::ok", "crate::engine::x", "crate::runtime::y::Z"]
    {
        assert!(found.iter().any(|path| path == wanted), "{wanted} not in {found:?}");
    }
    assert!(!found.iter().any(|path| path.contains("sled")), "{found:?}");
}
