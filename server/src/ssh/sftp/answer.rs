//! Which request is whose.

use russh_sftp::protocol::{Attrs, FileAttributes, Name, Packet, StatusCode, Version};

use super::path::{absolute, clean};
use super::{Answer, Listing, MAX_OPEN, Open, PAGE, Refusal, Sftp, done, show};
use crate::model::{FileEvent, FileInfo, FileKind, FilePath, FileRequest};
use crate::runtime::{FileCall, FileError};

/// What the version's answer names besides version 3.
const EXTENSIONS: [(&str, &str); 3] =
    [("posix-rename@openssh.com", "1"), ("fsync@openssh.com", "1"), ("limits@openssh.com", "1")];

impl Sftp {
    pub(super) async fn answer(&mut self, request: Packet) -> Answer {
        match request {
            Packet::Init(_) => Ok(version()),
            Packet::Open(open) => {
                let path = absolute(&open.filename)?;
                self.open_file(open.id, path, open.pflags, &open.attrs).await
            }
            Packet::Close(close) => self.close(close.id, &close.handle).await,
            Packet::Read(read) => self.read(read.id, &read.handle, read.offset, read.len).await,
            Packet::Write(write) => {
                self.write(write.id, &write.handle, write.offset, write.data).await
            }
            Packet::Stat(stat) => self.stat(stat.id, &stat.path, true).await,
            Packet::Lstat(stat) => self.stat(stat.id, &stat.path, false).await,
            Packet::Fstat(stat) => self.stat_open(stat.id, &stat.handle).await,
            Packet::SetStat(set) => self.set_stat(set.id, &set.path, &set.attrs).await,
            Packet::FSetStat(set) => self.set_stat_open(set.id, &set.handle, &set.attrs).await,
            Packet::OpenDir(open) => self.open_directory(open.id, &open.path).await,
            Packet::ReadDir(read) => self.read_directory(read.id, &read.handle).await,
            Packet::MkDir(make) => {
                let (path, mode) = (absolute(&make.path)?, permissions(&make.attrs));
                self.make(make.id, FileRequest::MakeDir { path, mode, parents: false }).await
            }
            Packet::Remove(remove) => self.remove(remove.id, &remove.filename, false).await,
            Packet::RmDir(remove) => self.remove(remove.id, &remove.path, true).await,
            Packet::Rename(rename) => {
                self.rename(rename.id, &rename.oldpath, &rename.newpath, false).await
            }
            Packet::RealPath(real) => {
                let name = clean(&real.path)?;
                Ok(one_name(real.id, name))
            }
            Packet::ReadLink(read) => self.read_link(read.id, &read.path).await,
            // OpenSSH sends the two the other way round than the draft says.
            Packet::Symlink(link) => self.link(link.id, &link.targetpath, &link.linkpath).await,
            Packet::Extended(extended) => self.extended(extended).await,
            _ => Err(Refusal(StatusCode::OpUnsupported, "is no request".to_owned())),
        }
    }

    async fn stat(&mut self, id: u32, path: &str, follow: bool) -> Answer {
        let info = self.info(absolute(path)?, follow).await?;
        Ok(Packet::Attrs(Attrs { id, attrs: show::attributes(&info) }))
    }

    pub(super) async fn info(&mut self, path: FilePath, follow: bool) -> Result<FileInfo, Refusal> {
        let mut call = self.call(FileRequest::Stat { path, follow }).await?;
        next_info(&mut *call).await
    }

    async fn open_directory(&mut self, id: u32, path: &str) -> Answer {
        self.check_room()?;
        let mut listing =
            Listing { path: absolute(path)?, names: Default::default(), cursor: None };
        self.fetch(&mut listing).await?;
        Ok(self.opened(id, Open::Directory(listing)))
    }

    async fn read_directory(&mut self, id: u32, handle: &str) -> Answer {
        let number = self.number(handle)?;
        let Some(Open::Directory(mut listing)) = self.open.remove(&number) else {
            return Err(Refusal(StatusCode::Failure, "is no open directory".to_owned()));
        };
        let fetched = match listing.names.is_empty() && listing.cursor.is_some() {
            true => self.fetch(&mut listing).await,
            false => Ok(()),
        };
        let files: Vec<_> = listing.names.drain(..).map(|info| show::entry(&info)).collect();
        self.open.insert(number, Open::Directory(listing));
        fetched?;
        if files.is_empty() {
            return Err(Refusal(StatusCode::Eof, "no more names".to_owned()));
        }
        Ok(Packet::Name(Name { id, files }))
    }

    /// Reads the next names of a directory.
    async fn fetch(&mut self, listing: &mut Listing) -> Result<(), Refusal> {
        let (path, cursor) = (listing.path.clone(), listing.cursor.take());
        let request = FileRequest::List { path, recursive: false, cursor, limit: PAGE };
        let mut call = self.call(request).await?;
        match call.next().await? {
            Some(FileEvent::Entries { entries, next_cursor }) => {
                listing.names.extend(entries);
                listing.cursor = next_cursor;
                Ok(())
            }
            _ => Err(unexpected()),
        }
    }

    async fn remove(&mut self, id: u32, path: &str, directory: bool) -> Answer {
        let path = absolute(path)?;
        let is_directory = self.info(path.clone(), false).await?.kind == FileKind::Directory;
        match (directory, is_directory) {
            (true, false) => Err(Refusal(StatusCode::Failure, format!("{path}: no directory"))),
            (false, true) => Err(Refusal(StatusCode::Failure, format!("{path}: a directory"))),
            _ => self.make(id, FileRequest::Remove { path, recursive: false }).await,
        }
    }

    pub(super) async fn rename(
        &mut self,
        id: u32,
        from: &str,
        to: &str,
        overwrite: bool,
    ) -> Answer {
        let (from, to) = (absolute(from)?, absolute(to)?);
        self.make(id, FileRequest::Move { from, to, overwrite }).await
    }

    async fn link(&mut self, id: u32, path: &str, target: &str) -> Answer {
        super::path::check(target)?;
        let (path, target) = (absolute(path)?, target.as_bytes().to_vec());
        self.make(id, FileRequest::Symlink { target, path }).await
    }

    async fn read_link(&mut self, id: u32, path: &str) -> Answer {
        let mut call = self.call(FileRequest::ReadLink { path: absolute(path)? }).await?;
        match call.next().await? {
            Some(FileEvent::Link(target)) => Ok(one_name(id, show::text(&target))),
            _ => Err(unexpected()),
        }
    }

    /// A call of which only the end matters.
    pub(super) async fn make(&mut self, id: u32, request: FileRequest) -> Answer {
        let mut call = self.call(request).await?;
        while call.next().await?.is_some() {}
        Ok(done(id))
    }

    pub(super) async fn call(
        &mut self,
        request: FileRequest,
    ) -> Result<Box<dyn FileCall>, Refusal> {
        Ok(self.engine.file(self.sandbox.as_str(), request).await?)
    }

    pub(super) fn check_room(&self) -> Result<(), Refusal> {
        if self.open.len() < MAX_OPEN {
            return Ok(());
        }
        let why = format!("at most {MAX_OPEN} files and directories at once");
        Err(Refusal(StatusCode::Failure, why))
    }
}

pub(super) async fn next_info(call: &mut dyn FileCall) -> Result<FileInfo, Refusal> {
    match call.next().await? {
        Some(FileEvent::Info(info)) => Ok(info),
        _ => Err(unexpected()),
    }
}

pub(super) fn unexpected() -> Refusal {
    Refusal(StatusCode::Failure, "the sandbox did not answer as it must".to_owned())
}

/// Permission bits that a request names.
pub(super) fn permissions(attributes: &FileAttributes) -> Option<u32> {
    attributes.permissions.map(|mode| mode & 0o7777)
}

fn version() -> Packet {
    let mut version = Version::new();
    for (name, value) in EXTENSIONS {
        version.extensions.insert(name.to_owned(), value.to_owned());
    }
    Packet::Version(version)
}

fn one_name(id: u32, name: String) -> Packet {
    Packet::Name(Name { id, files: vec![show::bare(name)] })
}

impl From<FileError> for Refusal {
    fn from(error: FileError) -> Self {
        Self(show::code(error.reason()), error.to_string())
    }
}
