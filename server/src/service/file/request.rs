//! What callers ask of files: checked, and as the engine knows it. Each gives
//! the sandbox too.

use bytes::Bytes;
use skerry_api::v1::{self, ArchiveFormat};
use tonic::Status;

use super::cursor;
use crate::model::{FilePath, FileRequest, FileSearch, MAX_FILE_ENTRIES, MAX_FILE_MATCHES};
use crate::service::check::Checks;
use crate::service::page::ListKey;

const WORKSPACE: &[u8] = b"/workspace";
const MAX_MODE: u32 = 0o7777;
const MAX_PATTERN_BYTES: usize = 4 << 10;
const MAX_REPLACEMENT_BYTES: usize = 64 << 10;
const DEFAULT_LIST_PAGE: u32 = 1000;
const DEFAULT_RESULTS: u32 = 1000;

type Checked = Result<(String, FileRequest), Status>;

/// Checks of one request, and its paths.
struct Asked {
    checks: Checks,
    sandbox: String,
}

impl Asked {
    fn of(sandbox: String) -> Self {
        let mut checks = Checks::default();
        checks.sandbox_ref(&sandbox);
        Self { checks, sandbox }
    }

    /// A path, of two fields of which one is set.
    fn path(&mut self, field: &str, text: String, raw: Bytes) -> Option<FilePath> {
        self.path_or(field, text, raw, b"")
    }

    /// The same, with what stands for none.
    fn path_or(
        &mut self,
        field: &str,
        text: String,
        raw: Bytes,
        none: &'static [u8],
    ) -> Option<FilePath> {
        let bytes = match (text.is_empty(), raw.is_empty()) {
            (false, false) => {
                self.checks.fail(format!("raw_{field}"), format!("must be empty beside `{field}`"));
                return None;
            }
            (false, true) => Bytes::from(text),
            (true, false) => raw,
            (true, true) => Bytes::from_static(none),
        };
        FilePath::new(&bytes).map_err(|why| self.checks.fail(field, why.to_string())).ok()
    }

    /// What a link says, as it is.
    fn target(&mut self, text: String, raw: Bytes) -> Option<Vec<u8>> {
        let target = if raw.is_empty() { text.clone().into_bytes() } else { raw.to_vec() };
        self.path("target", text, raw).map(|_| target)
    }

    fn mode(&mut self, mode: u32) -> u32 {
        if mode > MAX_MODE {
            self.checks.fail("mode", format!("must be 0 to {MAX_MODE}, is {mode}"));
        }
        mode
    }

    fn bounded(&mut self, field: &str, length: usize, bound: usize) {
        if length > bound {
            let message = format!("must have at most {bound} bytes, has {length}");
            self.checks.fail(field, message);
        }
    }

    fn count(&mut self, field: &str, count: i32, bound: u32, default: u32) -> u32 {
        if !(0..=bound.cast_signed()).contains(&count) {
            self.checks.fail(field, format!("must be 0 to {bound}, is {count}"));
        }
        if count <= 0 { default } else { count.unsigned_abs() }
    }

    /// An offset or a length.
    fn position(&mut self, field: &str, number: i64) -> u64 {
        u64::try_from(number).unwrap_or_else(|_| {
            self.checks.fail(field, "must not be negative");
            0
        })
    }

    /// Ends the checks: with a path missing there is a violation.
    fn finish(self, request: Option<FileRequest>) -> Checked {
        let request = self.checks.finish().map(|()| request)?;
        Ok((self.sandbox, request.expect("without a violation every part is there")))
    }
}

pub(super) fn read(request: v1::ReadFileRequest) -> Checked {
    let mut asked = Asked::of(request.sandbox_id);
    let path = asked.path("path", request.path, request.raw_path);
    let offset = asked.position("offset", request.offset);
    let length = request.length.map(|length| asked.position("length", length));
    asked.finish(path.map(|path| FileRequest::Read { path, offset, length }))
}

pub(super) fn write(open: v1::WriteFileOpen) -> Checked {
    let mut asked = Asked::of(open.sandbox_id);
    let path = asked.path("path", open.path, open.raw_path);
    let mode = open.mode.map(|mode| asked.mode(mode));
    asked.checks.user("owner", &open.owner);
    let (append, create_new, make_parents) = (open.append, open.create_new, open.make_parents);
    let owner = given(open.owner);
    asked.finish(path.map(|path| FileRequest::Write {
        path,
        mode,
        owner,
        append,
        create_new,
        make_parents,
    }))
}

/// What an empty text leaves to the daemon.
fn given(text: String) -> Option<String> {
    if text.is_empty() { None } else { Some(text) }
}

pub(super) fn stat(request: v1::StatFileRequest) -> Checked {
    let mut asked = Asked::of(request.sandbox_id);
    let path = asked.path("path", request.path, request.raw_path);
    let follow = !request.no_follow;
    asked.finish(path.map(|path| FileRequest::Stat { path, follow }))
}

pub(super) fn list(request: v1::ListFilesRequest, key: &ListKey) -> Checked {
    let mut asked = Asked::of(request.sandbox_id);
    let path = asked.path_or("path", request.path, request.raw_path, WORKSPACE);
    let limit = asked.count("page_size", request.page_size, MAX_FILE_ENTRIES, DEFAULT_LIST_PAGE);
    let recursive = request.recursive;
    let cursor = cursor::parse(key, &request.page_token)?;
    asked.finish(path.map(|path| FileRequest::List { path, recursive, cursor, limit }))
}

pub(super) fn make_directory(request: v1::MakeDirectoryRequest) -> Checked {
    let mut asked = Asked::of(request.sandbox_id);
    let path = asked.path("path", request.path, request.raw_path);
    let mode = request.mode.map(|mode| asked.mode(mode));
    let parents = request.parents;
    asked.finish(path.map(|path| FileRequest::MakeDir { path, mode, parents }))
}

pub(super) fn move_file(request: v1::MoveFileRequest) -> Checked {
    let mut asked = Asked::of(request.sandbox_id);
    let from = asked.path("path", request.path, request.raw_path);
    let to = asked.path("to_path", request.to_path, request.raw_to_path);
    let overwrite = request.overwrite;
    asked.finish(from.zip(to).map(|(from, to)| FileRequest::Move { from, to, overwrite }))
}

pub(super) fn copy_file(request: v1::CopyFileRequest) -> Checked {
    let mut asked = Asked::of(request.sandbox_id);
    let from = asked.path("path", request.path, request.raw_path);
    let to = asked.path("to_path", request.to_path, request.raw_to_path);
    let (recursive, overwrite) = (request.recursive, request.overwrite);
    asked.finish(from.zip(to).map(|(from, to)| FileRequest::Copy {
        from,
        to,
        recursive,
        overwrite,
    }))
}

pub(super) fn remove(request: v1::RemoveFileRequest) -> Checked {
    let mut asked = Asked::of(request.sandbox_id);
    let path = asked.path("path", request.path, request.raw_path);
    let recursive = request.recursive;
    asked.finish(path.map(|path| FileRequest::Remove { path, recursive }))
}

pub(super) fn change_mode(request: v1::ChangeModeRequest) -> Checked {
    let mut asked = Asked::of(request.sandbox_id);
    let path = asked.path("path", request.path, request.raw_path);
    let mode = asked.mode(request.mode);
    let recursive = request.recursive;
    asked.finish(path.map(|path| FileRequest::Chmod { path, mode, recursive }))
}

pub(super) fn change_owner(request: v1::ChangeOwnerRequest) -> Checked {
    let mut asked = Asked::of(request.sandbox_id);
    let path = asked.path("path", request.path, request.raw_path);
    if request.owner.is_empty() {
        asked.checks.fail("owner", "must not be empty");
    }
    asked.checks.user("owner", &request.owner);
    let (owner, recursive) = (request.owner, request.recursive);
    asked.finish(path.map(|path| FileRequest::Chown { path, owner, recursive }))
}

pub(super) fn create_symlink(request: v1::CreateSymlinkRequest) -> Checked {
    let mut asked = Asked::of(request.sandbox_id);
    let path = asked.path("path", request.path, request.raw_path);
    let target = asked.target(request.target, request.raw_target);
    asked.finish(path.zip(target).map(|(path, target)| FileRequest::Symlink { target, path }))
}

pub(super) fn read_symlink(request: v1::ReadSymlinkRequest) -> Checked {
    let mut asked = Asked::of(request.sandbox_id);
    let path = asked.path("path", request.path, request.raw_path);
    asked.finish(path.map(|path| FileRequest::ReadLink { path }))
}

pub(super) fn search(request: v1::SearchFilesRequest) -> Checked {
    let mut asked = Asked::of(request.sandbox_id);
    let path = asked.path_or("path", request.path, request.raw_path, WORKSPACE);
    asked.bounded("glob", request.glob.len(), MAX_PATTERN_BYTES);
    asked.bounded("pattern", request.pattern.len(), MAX_PATTERN_BYTES);
    let max_results =
        asked.count("max_results", request.max_results, MAX_FILE_MATCHES, DEFAULT_RESULTS);
    asked.finish(path.map(|path| {
        FileRequest::Search(FileSearch {
            path,
            glob: given(request.glob),
            pattern: given(request.pattern),
            case_insensitive: request.ignore_case,
            hidden: request.hidden,
            max_results,
        })
    }))
}

pub(super) fn replace(request: v1::ReplaceInFilesRequest) -> Checked {
    let mut asked = Asked::of(request.sandbox_id);
    let path = asked.path_or("path", request.path, request.raw_path, WORKSPACE);
    asked.bounded("glob", request.glob.len(), MAX_PATTERN_BYTES);
    asked.bounded("pattern", request.pattern.len(), MAX_PATTERN_BYTES);
    asked.bounded("replacement", request.replacement.len(), MAX_REPLACEMENT_BYTES);
    if request.pattern.is_empty() {
        asked.checks.fail("pattern", "must not be empty");
    }
    asked.finish(path.map(|path| {
        let search = FileSearch {
            path,
            glob: given(request.glob),
            pattern: given(request.pattern),
            case_insensitive: request.ignore_case,
            hidden: request.hidden,
            max_results: MAX_FILE_MATCHES,
        };
        FileRequest::Replace { search, replacement: request.replacement }
    }))
}

pub(super) fn watch(request: v1::WatchFilesRequest) -> Checked {
    let mut asked = Asked::of(request.sandbox_id);
    let path = asked.path("path", request.path, request.raw_path);
    let recursive = request.recursive;
    asked.finish(path.map(|path| FileRequest::Watch { path, recursive }))
}

pub(super) fn upload(
    open: v1::UploadArchiveOpen,
) -> Result<(String, ArchiveFormat, FileRequest), Status> {
    let format = open.format();
    let known = ArchiveFormat::try_from(open.format).is_ok() && format != ArchiveFormat::Zip;
    let mut asked = Asked::of(open.sandbox_id);
    let path = asked.path_or("path", open.path, open.raw_path, WORKSPACE);
    asked.checks.user("owner", &open.owner);
    if !known {
        asked.checks.fail("format", "must be TAR, TAR_GZ or TAR_ZST");
    }
    let owner = given(open.owner);
    let (sandbox, request) = asked.finish(path.map(|path| FileRequest::Unpack { path, owner }))?;
    Ok((sandbox, format, request))
}

pub(super) fn download(
    request: v1::DownloadArchiveRequest,
) -> Result<(String, ArchiveFormat, FileRequest), Status> {
    let format = request.format();
    let known = ArchiveFormat::try_from(request.format).is_ok();
    let mut asked = Asked::of(request.sandbox_id);
    let path = asked.path("path", request.path, request.raw_path);
    if !known {
        asked.checks.fail("format", "is no format");
    }
    let (sandbox, request) = asked.finish(path.map(|path| FileRequest::Pack { path }))?;
    Ok((sandbox, format, request))
}
