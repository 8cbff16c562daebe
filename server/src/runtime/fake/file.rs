//! Calls on the files of a machine in which nothing runs: real files below
//! its disk's directory, with the simple requests alone.

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use async_trait::async_trait;

use crate::model::{
    FileEvent, FileInfo, FileInput, FileKind, FilePath, FileReason, FileRequest, FileTime,
    MAX_FILE_CHUNK,
};
use crate::runtime::{FileCall, FileError, RuntimeError};

/// A call on a fake machine's files.
pub(super) struct FakeFileCall {
    events: VecDeque<FileEvent>,
    writing: Option<Writing>,
}

struct Writing {
    disk: PathBuf,
    path: FilePath,
    append: bool,
    bytes: Vec<u8>,
}

impl FakeFileCall {
    pub(super) fn begin(disk: &Path, request: FileRequest) -> Result<Self, FileError> {
        let mut call = Self { events: VecDeque::new(), writing: None };
        match request {
            FileRequest::Write { path, append, create_new, make_parents, .. } => {
                let host = host_path(disk, &path);
                if create_new && host.exists() {
                    return Err(FileError::of(FileReason::Exists, path.as_bytes(), "exists"));
                }
                if let (true, Some(above)) = (make_parents, host.parent()) {
                    fs::create_dir_all(above).map_err(|error| failed(&path, &error))?;
                }
                let disk = disk.to_owned();
                call.writing = Some(Writing { disk, path, append, bytes: Vec::new() });
            }
            other => call.events.extend(answer(disk, other)?),
        }
        Ok(call)
    }
}

#[async_trait]
impl FileCall for FakeFileCall {
    async fn send(&mut self, input: FileInput) -> Result<(), FileError> {
        let Some(writing) = &mut self.writing else { return Err(RuntimeError::Gone.into()) };
        match input {
            FileInput::Data(data) => writing.bytes.extend_from_slice(&data),
            FileInput::End => {
                let writing = self.writing.take().expect("it is there");
                self.events.push_back(FileEvent::Info(writing.finish()?));
            }
            _ => return Err(unsupported(&writing.path)),
        }
        Ok(())
    }

    async fn next(&mut self) -> Result<Option<FileEvent>, FileError> {
        if self.writing.is_some() {
            std::future::pending::<()>().await;
        }
        Ok(self.events.pop_front())
    }
}

impl Writing {
    fn finish(self) -> Result<FileInfo, FileError> {
        let host = host_path(&self.disk, &self.path);
        let mut bytes = match self.append {
            true => fs::read(&host).unwrap_or_default(),
            false => Vec::new(),
        };
        bytes.extend(self.bytes);
        fs::write(&host, bytes).map_err(|error| failed(&self.path, &error))?;
        info(&host, self.path.as_bytes()).map_err(|error| failed(&self.path, &error))
    }
}

fn answer(disk: &Path, request: FileRequest) -> Result<Vec<FileEvent>, FileError> {
    let about = |path: &FilePath| (host_path(disk, path), path.clone());
    let (path, answered) = match request {
        FileRequest::Stat { path, .. } => {
            let (host, path) = about(&path);
            let answered = info(&host, path.as_bytes()).map(|info| vec![FileEvent::Info(info)]);
            (path, answered)
        }
        FileRequest::Read { path, offset, length } => {
            let (host, path) = about(&path);
            let answered = read(&host, path.as_bytes(), offset, length);
            (path, answered)
        }
        FileRequest::List { path, .. } => {
            let (host, path) = about(&path);
            let answered = list(&host, path.as_bytes());
            (path, answered)
        }
        FileRequest::MakeDir { path, parents, .. } => {
            let (host, path) = about(&path);
            let made = if parents { fs::create_dir_all(&host) } else { fs::create_dir(&host) };
            let answered = made.and_then(|()| info(&host, path.as_bytes()));
            (path, answered.map(|info| vec![FileEvent::Info(info)]))
        }
        FileRequest::Remove { path, recursive } => {
            let (host, path) = about(&path);
            let removed = match (host.is_dir(), recursive) {
                (true, true) => fs::remove_dir_all(&host),
                (true, false) => fs::remove_dir(&host),
                (false, _) => fs::remove_file(&host),
            };
            (path, removed.map(|()| Vec::new()))
        }
        FileRequest::Move { from, to, .. } => {
            let (host, path) = about(&to);
            let moved = fs::rename(host_path(disk, &from), &host);
            let answered = moved.and_then(|()| info(&host, path.as_bytes()));
            (path, answered.map(|info| vec![FileEvent::Info(info)]))
        }
        _ => return Err(unsupported(&FilePath::default())),
    };
    answered.map_err(|error| failed(&path, &error))
}

fn read(host: &Path, path: &[u8], offset: u64, length: Option<u64>) -> io::Result<Vec<FileEvent>> {
    let mut events = vec![FileEvent::Info(info(host, path)?)];
    let bytes = fs::read(host)?;
    let place = |n: u64| usize::try_from(n).map_or(bytes.len(), |n| n.min(bytes.len()));
    let start = place(offset);
    let end = length.map_or(bytes.len(), |length| place(offset.saturating_add(length)));
    let chunks = bytes[start..end].chunks(MAX_FILE_CHUNK);
    events.extend(chunks.map(|chunk| FileEvent::Data(chunk.to_vec().into())));
    Ok(events)
}

fn list(host: &Path, path: &[u8]) -> io::Result<Vec<FileEvent>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(host)? {
        let entry = entry?;
        let name = [path, b"/", entry.file_name().as_bytes()].concat();
        entries.push(info(&entry.path(), &name)?);
    }
    Ok(vec![FileEvent::Entries { entries, next_cursor: None }])
}

fn host_path(disk: &Path, path: &FilePath) -> PathBuf {
    let inside = std::ffi::OsStr::from_bytes(path.as_bytes());
    disk.join(Path::new(inside).strip_prefix("/").expect("it is absolute"))
}

fn info(host: &Path, path: &[u8]) -> io::Result<FileInfo> {
    let found = fs::symlink_metadata(host)?;
    let time = |seconds, nanos: i64| FileTime { seconds, nanos: nanos as u32 };
    let kind = match (found.is_dir(), found.is_symlink()) {
        (true, _) => FileKind::Directory,
        (_, true) => FileKind::Symlink,
        _ => FileKind::Regular,
    };
    Ok(FileInfo {
        path: path.to_owned(),
        kind,
        size: found.len(),
        allocated: found.blocks() * 512,
        mode: found.permissions().mode() & 0o7777,
        uid: found.uid(),
        gid: found.gid(),
        user: None,
        group: None,
        modify_time: time(found.mtime(), found.mtime_nsec()),
        access_time: time(found.atime(), found.atime_nsec()),
        change_time: time(found.ctime(), found.ctime_nsec()),
        link_target: None,
        links: found.nlink(),
        inode: found.ino(),
    })
}

fn failed(path: &FilePath, error: &io::Error) -> FileError {
    let reason = match error.kind() {
        io::ErrorKind::NotFound => FileReason::NotFound,
        io::ErrorKind::AlreadyExists => FileReason::Exists,
        io::ErrorKind::IsADirectory => FileReason::IsADirectory,
        io::ErrorKind::NotADirectory => FileReason::NotADirectory,
        io::ErrorKind::DirectoryNotEmpty => FileReason::NotEmpty,
        _ => FileReason::Other,
    };
    FileError::of(reason, path.as_bytes(), error.to_string())
}

fn unsupported(path: &FilePath) -> FileError {
    FileError::of(FileReason::Unsupported, path.as_bytes(), "the fake runtime has no such call")
}
