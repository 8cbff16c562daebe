//! Names and patterns that are looked for.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use globset::{GlobBuilder, GlobMatcher};
use grep_regex::{RegexMatcher, RegexMatcherBuilder};
use rustix::fs::FileType;
use skerry_api::init::FileSearch;
use skerry_api::init::file_failure::Reason;

use super::failure::{About, Outcome, failed};
use super::place::{hold, kind_of, open_directory, split};
use super::session::Session;
use super::walk::{Step, Walk};

/// Bytes of a compiled pattern, and of its automata at work.
pub(super) const MAX_PATTERN_BYTES: usize = 16 << 20;

/// Which names are wanted.
pub(super) struct Names {
    glob: Option<(GlobMatcher, bool)>,
    hidden: bool,
}

impl Names {
    pub(super) fn new(search: &FileSearch) -> Outcome<Self> {
        let glob = match &search.glob {
            None => None,
            Some(text) => {
                let glob = GlobBuilder::new(text)
                    .literal_separator(true)
                    .case_insensitive(search.case_insensitive)
                    .build()
                    .map_err(|error| failed(Reason::InvalidPattern, b"", error.to_string()))?;
                Some((glob.compile_matcher(), text.contains('/')))
            }
        };
        Ok(Self { glob, hidden: search.hidden })
    }

    fn wants(&self, below: &[u8], name: &[u8]) -> bool {
        self.glob.as_ref().is_none_or(|(glob, whole_path)| {
            let subject = if *whole_path { below } else { name };
            glob.is_match(Path::new(OsStr::from_bytes(subject)))
        })
    }
}

pub(super) fn matcher(search: &FileSearch, pattern: &str) -> Outcome<RegexMatcher> {
    RegexMatcherBuilder::new()
        .case_insensitive(search.case_insensitive)
        .line_terminator(Some(b'\n'))
        .size_limit(MAX_PATTERN_BYTES)
        .dfa_size_limit(MAX_PATTERN_BYTES)
        .build(pattern)
        .map_err(|error| failed(Reason::InvalidPattern, b"", error.to_string()))
}

/// Visits what a search is about: the path itself, or what is below it, links
/// not followed. `visit` says whether to go on.
pub(super) fn each(
    session: &mut Session,
    search: &FileSearch,
    mut visit: impl FnMut(&mut Session, &[u8], FileType) -> Outcome<bool>,
) -> Outcome<()> {
    let names = Names::new(search)?;
    let path = &search.path[..];
    let held = hold(path, true)?;
    let kind = kind_of(&rustix::fs::fstat(&held).about(path)?);
    drop(held);
    if kind != FileType::Directory {
        let name = split(path).map_or(path, |(_, name)| name);
        if names.wants(name, name) {
            visit(session, path, kind)?;
        }
        return Ok(());
    }
    let mut walk = Walk::new(open_directory(path)?, path);
    let above = walk.path_of(b"").len();
    while let Some(step) = walk.next()? {
        session.step()?;
        let Step::Entry(entry) = step else { continue };
        if !names.hidden && entry.name.starts_with(b".") {
            continue;
        }
        let entry_path = walk.path_of(&entry.name);
        let wanted = names.wants(&entry_path[above..], &entry.name);
        if wanted && !visit(session, &entry_path, entry.kind)? {
            return Ok(());
        }
        if entry.kind == FileType::Directory {
            walk.enter(&entry.name)?;
        }
    }
    Ok(())
}
