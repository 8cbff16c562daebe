//! Lengths of files and functions.

use std::path::{Path, PathBuf};

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::source::{self, Finding, Source, assert_none};

/// Lines of a file above its tests.
const FILE_LINES: usize = 400;
/// Past this no reason helps.
const FILE_LINES_AT_MOST: usize = 600;
/// Lines of a function, signature included.
const FUNCTION_LINES: usize = 80;

/// Files that may be longer than [`FILE_LINES`], and why.
const LONG_FILES: &[(&str, &str)] = &[];

/// Folders of the SDKs that `sdk/generate` makes, or a build.
const GENERATED: &[&str] = &[
    "sdk/python/src/skerry/v1",
    "sdk/typescript/src/gen",
    "sdk/typescript/dist",
    "sdk/typescript/dist-tests",
    "sdk/go/v1",
    "sdk/java/src/generated",
];
/// Ends of names of an SDK's sources.
const SDK_SOURCES: &[&str] = &["py", "ts", "go", "java"];

fn is_written_sdk_source(file: &Path) -> bool {
    let generated = GENERATED.iter().any(|folder| file.starts_with(folder));
    let end = file.extension().and_then(|end| end.to_str());
    !generated && end.is_some_and(|end| SDK_SOURCES.contains(&end))
}

fn check_sdk_file(path: &Path, text: &str) -> Option<Finding> {
    let lines = text.lines().count();
    (lines > FILE_LINES).then(|| Finding {
        path: path.display().to_string(),
        line: lines,
        message: format!("{lines} lines, want {FILE_LINES} at most"),
    })
}

fn lines_above_tests(text: &str) -> usize {
    text.lines().take_while(|line| *line != "#[cfg(test)]").count()
}

fn check_file(source: &Source) -> Vec<Finding> {
    let lines = lines_above_tests(&source.text);
    let excused = LONG_FILES.iter().any(|(path, _)| *path == source.path);
    let bound = if excused { FILE_LINES_AT_MOST } else { FILE_LINES };
    if lines <= bound {
        return Vec::new();
    }
    vec![source.finding(lines, format!("{lines} lines above the tests, want {bound} at most"))]
}

fn check_functions(source: &Source) -> Vec<Finding> {
    let mut reader = FunctionReader { source, findings: Vec::new() };
    reader.visit_file(&source.ast);
    reader.findings
}

struct FunctionReader<'a> {
    source: &'a Source,
    findings: Vec<Finding>,
}

impl FunctionReader<'_> {
    fn measure(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let first = signature.fn_token.span().start().line;
        let lines = block.brace_token.span.close().end().line - first + 1;
        if lines > FUNCTION_LINES {
            let message =
                format!("{} has {lines} lines, want {FUNCTION_LINES} at most", signature.ident);
            self.findings.push(self.source.finding(first, message));
        }
    }
}

impl<'ast> Visit<'ast> for FunctionReader<'_> {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.measure(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.measure(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(block) = &function.default {
            self.measure(&function.sig, block);
        }
        visit::visit_trait_item_fn(self, function);
    }
}

#[test]
fn files_are_short() {
    assert_none(Source::all().iter().flat_map(check_file).collect());
}

#[test]
fn files_of_the_sdks_are_short() {
    let mut files: Vec<PathBuf> = Vec::new();
    source::walk(Path::new("sdk"), &mut files);
    files.retain(|file| is_written_sdk_source(file));
    assert!(files.len() > 50, "the SDKs' sources were not found");
    let check = |file: &PathBuf| {
        let text = std::fs::read_to_string(source::root().join(file)).expect("it is text");
        check_sdk_file(file, &text)
    };
    assert_none(files.iter().filter_map(check).collect());
}

#[test]
fn a_long_file_of_an_sdk_is_found_but_no_stub() {
    let long = "x\n".repeat(FILE_LINES + 1);
    assert!(check_sdk_file(Path::new("sdk/go/exec.go"), &long).is_some());
    assert!(check_sdk_file(Path::new("sdk/go/exec.go"), "x\n").is_none());
    assert!(is_written_sdk_source(Path::new("sdk/go/exec.go")));
    assert!(!is_written_sdk_source(Path::new("sdk/go/v1/exec_service.pb.go")));
    assert!(!is_written_sdk_source(Path::new("sdk/go/README.md")));
}

#[test]
fn functions_are_short() {
    assert_none(Source::all().iter().flat_map(check_functions).collect());
}

#[test]
fn excuses_are_of_files_that_need_them() {
    for (path, reason) in LONG_FILES {
        assert!(!reason.is_empty(), "{path}: no reason");
        let sources = Source::all();
        let file = sources.iter().find(|source| source.path == *path);
        let lines = file.map(|source| lines_above_tests(&source.text));
        assert!(lines.is_some_and(|lines| lines > FILE_LINES), "{path} needs no excuse");
    }
}

#[test]
fn a_long_file_is_found_but_not_its_tests() {
    let long = "fn f() {}\n".repeat(FILE_LINES + 1);
    assert_eq!(check_file(&Source::parse("client/src/a.rs", &long)).len(), 1);
    let tested = format!("fn f() {{}}\n#[cfg(test)]\nmod tests {{\n{long}}}\n");
    assert_none(check_file(&Source::parse("client/src/a.rs", &tested)));
}

#[test]
fn a_long_function_is_found() {
    let body = "f();\n".repeat(FUNCTION_LINES);
    for text in [
        format!("fn f() {{\n{body}}}"),
        format!("impl A {{ fn f() {{\n{body}}} }}"),
        format!("trait A {{ fn f() {{\n{body}}} }}"),
        format!("mod m {{ fn outer() {{ fn f() {{\n{body}}} }} }}"),
    ] {
        assert!(!check_functions(&Source::parse("client/src/a.rs", &text)).is_empty(), "{text}");
    }
    let body = "f();\n".repeat(FUNCTION_LINES - 2);
    assert_none(check_functions(&Source::parse("a.rs", &format!("fn f() {{\n{body}}}"))));
}
