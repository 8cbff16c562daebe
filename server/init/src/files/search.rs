//! Search and replace.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsFd;

use grep_matcher::Matcher;
use grep_regex::RegexMatcher;
use grep_searcher::{BinaryDetection, MmapChoice, Searcher, SearcherBuilder, Sink, SinkMatch};
use rustix::fs::{FileType, Mode, OFlags};
use skerry_api::init::file_failure::Reason;
use skerry_api::init::file_news::News;
use skerry_api::init::{FileEnd, FileMatch, FileReplace, FileReplaced, FileSearch};

use super::failure::{About, Outcome, Stop, failed};
use super::find::{MAX_PATTERN_BYTES, each, matcher};
use super::place::{Place, hold, open_regular};
use super::session::Session;
use super::temporary::Temporary;
use super::write::{set_owner, write_all};

/// Matches that are told.
const MAX_RESULTS: u32 = 100_000;
/// Bytes of a line that are told.
const MAX_LINE: usize = 4096;
/// The longest line that is looked at: a file with a longer one is passed
/// over, as a binary file is.
const MAX_HEAP: usize = 4 << 20;
/// The largest file in which something is replaced: it is held in memory.
const MAX_REPLACED: u64 = 64 << 20;
/// Bytes at a file's start that say whether it is text.
const BINARY_LOOK: usize = 8 << 10;
const PERMISSIONS: u32 = 0o7777;

pub(super) fn search(session: &mut Session, search: &FileSearch) -> Outcome<()> {
    let mut left = search.max_results.clamp(1, MAX_RESULTS);
    let pattern = search.pattern.as_deref().map(|text| matcher(search, text)).transpose()?;
    let mut searcher = SearcherBuilder::new()
        .binary_detection(BinaryDetection::quit(0))
        .memory_map(MmapChoice::never())
        .heap_limit(Some(MAX_HEAP))
        .line_number(true)
        .build();
    each(session, search, |session, path, kind| {
        match &pattern {
            None => {
                session.tell(News::Match(FileMatch {
                    path: path.to_vec().into(),
                    ..FileMatch::default()
                }))?;
                left -= 1;
            }
            Some(pattern) if kind == FileType::RegularFile => {
                lines(session, &mut searcher, pattern, path, &mut left)?;
            }
            Some(_) => {}
        }
        if left == 0 {
            session.tell(News::Truncated(FileEnd {}))?;
        }
        Ok(left > 0)
    })
}

/// Opens a file that a walk has found; `None` where it is no regular file any
/// more, or can't be read.
fn open_found(path: &[u8]) -> Option<File> {
    let held = hold(path, false).ok()?;
    open_regular(held.as_fd(), OFlags::RDONLY, path).ok().map(File::from)
}

fn lines(
    session: &mut Session,
    searcher: &mut Searcher,
    pattern: &RegexMatcher,
    path: &[u8],
    left: &mut u32,
) -> Outcome<()> {
    let Some(file) = open_found(path) else { return Ok(()) };
    let mut lines = Lines { session, pattern, path, left, stop: None };
    // What can't be read to its end has told what it could.
    let _ = searcher.search_file(pattern, &file, &mut lines);
    match lines.stop {
        Some(stop) => Err(stop),
        None => session.look(),
    }
}

struct Lines<'a> {
    session: &'a mut Session,
    pattern: &'a RegexMatcher,
    path: &'a [u8],
    left: &'a mut u32,
    stop: Option<Stop>,
}

impl Sink for Lines<'_> {
    type Error = io::Error;

    fn matched(&mut self, _: &Searcher, found: &SinkMatch<'_>) -> io::Result<bool> {
        let line = found.bytes().strip_suffix(b"\n").unwrap_or(found.bytes());
        let place = self.pattern.find(line).ok().flatten();
        let shown = &line[..line.len().min(MAX_LINE)];
        let end = |place: usize| place.min(shown.len()) as u32;
        let (start, end) = place.map_or((0, 0), |place| (end(place.start()), end(place.end())));
        let told = self.session.tell(News::Match(FileMatch {
            path: self.path.to_vec().into(),
            line_number: found.line_number().unwrap_or_default(),
            line: shown.to_vec().into(),
            start,
            end,
        }));
        *self.left -= 1;
        match told {
            Ok(()) => Ok(*self.left > 0),
            Err(stop) => {
                self.stop = Some(stop);
                Ok(false)
            }
        }
    }
}

pub(super) fn replace(session: &mut Session, request: &FileReplace) -> Outcome<()> {
    let search = request.search.clone().unwrap_or_default();
    let Some(text) = &search.pattern else {
        return Err(failed(Reason::InvalidPattern, b"", "there is no pattern"));
    };
    let pattern = regex::bytes::RegexBuilder::new(text)
        .case_insensitive(search.case_insensitive)
        .multi_line(true)
        .size_limit(MAX_PATTERN_BYTES)
        .dfa_size_limit(MAX_PATTERN_BYTES)
        .build()
        .map_err(|error| failed(Reason::InvalidPattern, b"", error.to_string()))?;
    let mut left = search.max_results.clamp(1, MAX_RESULTS);
    each(session, &search, |session, path, kind| {
        if kind != FileType::RegularFile {
            return Ok(true);
        }
        let count = replace_in(session, &pattern, &request.replacement, path)?;
        if count > 0 {
            session.tell(News::Replaced(FileReplaced { path: path.to_vec().into(), count }))?;
            left -= 1;
        }
        if left == 0 {
            session.tell(News::Truncated(FileEnd {}))?;
        }
        Ok(left > 0)
    })
}

/// Replaces in one file, at once; says how often. A file that changes
/// meanwhile is left as it is then.
fn replace_in(
    session: &mut Session,
    pattern: &regex::bytes::Regex,
    replacement: &[u8],
    path: &[u8],
) -> Outcome<u64> {
    let Some(file) = open_found(path) else { return Ok(0) };
    let before = rustix::fs::fstat(&file).about(path)?;
    if before.st_size as u64 > MAX_REPLACED {
        return Err(failed(Reason::TooLarge, path, "is too large to replace in"));
    }
    let mut bytes = Vec::new();
    (&file).take(MAX_REPLACED).read_to_end(&mut bytes).about(path)?;
    if bytes[..bytes.len().min(BINARY_LOOK)].contains(&0) {
        return Ok(0);
    }
    let mut changed = Vec::with_capacity(bytes.len());
    let (mut count, mut end) = (0, 0);
    for found in pattern.captures_iter(&bytes) {
        session.step()?;
        let whole = found.get(0).expect("a match is its first group");
        changed.extend_from_slice(&bytes[end..whole.start()]);
        found.expand(replacement, &mut changed);
        (count, end) = (count + 1, whole.end());
        if changed.len() as u64 > MAX_REPLACED {
            return Err(failed(Reason::TooLarge, path, "would be too large"));
        }
    }
    if count == 0 {
        return Ok(0);
    }
    changed.extend_from_slice(&bytes[end..]);
    let place = Place::of(path)?;
    let (temporary, new) = Temporary::file(place.directory.as_fd()).about(path)?;
    write_all(new.as_fd(), &changed).about(path)?;
    set_owner(new.as_fd(), Some(before.st_uid), Some(before.st_gid)).about(path)?;
    rustix::fs::fchmod(&new, Mode::from_raw_mode(before.st_mode & PERMISSIONS)).about(path)?;
    match place.look().about(path)? {
        Some(now) if now.st_ino == before.st_ino && now.st_mtime == before.st_mtime => {}
        _ => return Err(failed(Reason::Changed, path, "it changed meanwhile")),
    }
    temporary.put(&place.name, true).about(path)?;
    Ok(count)
}
