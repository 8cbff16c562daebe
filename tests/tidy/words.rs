//! Code that must not be written: unsafe outside its crate, or without its
//! reason; marks of unfinished work.

use proc_macro2::{TokenStream, TokenTree};

use crate::source::{Finding, Source, assert_none};

/// The one crate with unsafe code.
const UNSAFE_CRATE: &str = "server/linux/";
/// Macros that mark unfinished work.
const UNFINISHED: &[&str] = &["todo", "unimplemented", "dbg"];

/// Every identifier of the file, in macros too, with whether `!` follows it.
fn identifiers(tokens: TokenStream, found: &mut Vec<(String, usize, bool)>) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => identifiers(group.stream(), found),
            TokenTree::Ident(ident) => {
                let next = tokens.peek();
                let bang = matches!(next, Some(TokenTree::Punct(punct)) if punct.as_char() == '!');
                found.push((ident.to_string(), ident.span().start().line, bang));
            }
            _ => {}
        }
    }
}

/// True where the comment directly above, or on the line, says SAFETY.
fn has_reason(source: &Source, line: usize) -> bool {
    let lines: Vec<&str> = source.text.lines().collect();
    let above = lines[..line - 1].iter().rev();
    let comment = above.skip_while(|text| !is_boundary(text)).take_while(|text| is_comment(text));
    lines[line - 1].contains("SAFETY:") || comment.into_iter().any(|text| text.contains("SAFETY:"))
}

fn is_comment(text: &str) -> bool {
    text.trim_start().starts_with("//") || text.trim_start().starts_with("#[")
}

/// A comment, or the end of the statement above.
fn is_boundary(text: &str) -> bool {
    let end = text.trim_end();
    is_comment(text) || end.is_empty() || end.ends_with([';', '{', '}'])
}

fn check(source: &Source) -> Vec<Finding> {
    let mut found = Vec::new();
    let tokens = source.text.parse().expect("it was parsed before");
    identifiers(tokens, &mut found);
    let mut findings = Vec::new();
    for (word, line, bang) in found {
        if bang && UNFINISHED.contains(&word.as_str()) {
            findings.push(source.finding(line, format!("{word}! marks unfinished work")));
        }
        if word != "unsafe" {
            continue;
        }
        if !source.path.starts_with(UNSAFE_CRATE) {
            findings.push(source.finding(line, "unsafe code lives in server/linux alone"));
        } else if !has_reason(source, line) {
            findings.push(source.finding(line, "unsafe without a SAFETY comment above"));
        }
    }
    findings
}

#[test]
fn nothing_unsafe_or_unfinished() {
    assert_none(Source::all().iter().flat_map(check).collect());
}

#[test]
fn what_must_not_be_written_is_found() {
    for (path, text) in [
        ("server/src/engine.rs", "fn f() { unsafe { g() } }"),
        ("client/src/lib.rs", "fn f() { todo!() }"),
        ("tests/api/main.rs", "fn f() { log!(dbg!(1)) }"),
        ("server/init/src/main.rs", "macro_rules! m { () => { unimplemented!() } }"),
        ("server/linux/src/a.rs", "fn f() {\n    unsafe { g() }\n}"),
        ("server/linux/src/a.rs", "// SAFETY: of another\nfn f() {}\nfn g() {\n unsafe { g() }\n}"),
    ] {
        assert_eq!(check(&Source::parse(path, text)).len(), 1, "{path} {text}");
    }
}

#[test]
fn unsafe_with_its_reason_is_none() {
    for text in [
        "fn f() {\n    // SAFETY: g has no conditions.\n    unsafe { g() }\n}",
        "fn f() {\n    // SAFETY: g has\n    // no conditions.\n    let a =\n        unsafe { g() };\n}",
        "fn f() { unsafe { g() } } // SAFETY: none needed",
    ] {
        assert_none(check(&Source::parse("server/linux/src/a.rs", text)));
    }
}
