//! Lengths of files and functions.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::source::{Finding, Source, assert_none};

/// Lines of a file above its tests.
const FILE_LINES: usize = 400;
/// Past this no reason helps.
const FILE_LINES_AT_MOST: usize = 600;
/// Lines of a function, signature included.
const FUNCTION_LINES: usize = 80;

/// Files that may be longer than [`FILE_LINES`], and why.
const LONG_FILES: &[(&str, &str)] = &[];

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
