//! Files that are open, and what is set of files.

use bytes::Bytes;
use russh_sftp::protocol::{Attrs, Data, FileAttributes, Handle, OpenFlags, Packet, StatusCode};

use super::answer::{next_info, permissions, unexpected};
use super::path::absolute;
use super::{Answer, MAX_DATA, Open, Refusal, Sftp, done, show};
use crate::model::{FileEvent, FileInput, FilePath, FileRequest, FileTime, OpenOptions, SetStat};
use crate::runtime::FileCall;

impl Sftp {
    pub(super) async fn open_file(
        &mut self,
        id: u32,
        path: FilePath,
        flags: OpenFlags,
        attributes: &FileAttributes,
    ) -> Answer {
        self.check_room()?;
        let create = flags.contains(OpenFlags::CREATE);
        let exclusive = flags.contains(OpenFlags::EXCLUDE);
        let options = OpenOptions {
            read: flags.contains(OpenFlags::READ),
            write: flags.contains(OpenFlags::WRITE),
            append: flags.contains(OpenFlags::APPEND),
            create: create && !exclusive,
            create_new: create && exclusive,
            truncate: flags.contains(OpenFlags::TRUNCATE),
            mode: permissions(attributes),
        };
        if !options.read && !options.write && !options.append {
            let why = "open it for reading or writing".to_owned();
            return Err(Refusal(StatusCode::BadMessage, why));
        }
        let mut call = self.call(FileRequest::Open { path, options }).await?;
        next_info(&mut *call).await?;
        Ok(self.opened(id, Open::File(call)))
    }

    pub(super) fn opened(&mut self, id: u32, open: Open) -> Packet {
        self.last += 1;
        self.open.insert(self.last, open);
        Packet::Handle(Handle { id, handle: self.last.to_string() })
    }

    pub(super) fn number(&self, handle: &str) -> Result<u64, Refusal> {
        let number = handle.parse().ok().filter(|number| self.open.contains_key(number));
        number.ok_or_else(|| Refusal(StatusCode::Failure, "is no open handle".to_owned()))
    }

    pub(super) async fn close(&mut self, id: u32, handle: &str) -> Answer {
        let number = self.number(handle)?;
        if let Some(Open::File(mut call)) = self.open.remove(&number) {
            // Each command was answered before: the end can't fail.
            let _ = call.send(FileInput::End).await;
            while let Ok(Some(_)) = call.next().await {}
        }
        Ok(done(id))
    }

    /// One command to an open file. What fails ends the call, and so all else
    /// with this handle.
    async fn command(&mut self, handle: &str, input: FileInput) -> Result<FileEvent, Refusal> {
        let number = self.number(handle)?;
        let open = self.open.get_mut(&number).ok_or_else(unexpected)?;
        let result = match open {
            Open::File(call) => exchange(&mut **call, input).await,
            Open::Broken => {
                let why = "an earlier request on this handle failed".to_owned();
                return Err(Refusal(StatusCode::Failure, why));
            }
            Open::Directory(_) => {
                return Err(Refusal(StatusCode::Failure, "is a directory".to_owned()));
            }
        };
        if result.is_err() {
            *open = Open::Broken;
        }
        result
    }

    pub(super) async fn read(&mut self, id: u32, handle: &str, offset: u64, len: u32) -> Answer {
        let length = len.min(MAX_DATA);
        match self.command(handle, FileInput::ReadAt { offset, length }).await? {
            FileEvent::Data(data) if data.is_empty() && length > 0 => {
                Err(Refusal(StatusCode::Eof, "the end of the file".to_owned()))
            }
            FileEvent::Data(data) => Ok(Packet::Data(Data { id, data: data.into() })),
            _ => Err(unexpected()),
        }
    }

    pub(super) async fn write(
        &mut self,
        id: u32,
        handle: &str,
        offset: u64,
        data: Vec<u8>,
    ) -> Answer {
        let data = Bytes::from(data);
        self.command(handle, FileInput::WriteAt { offset, data }).await?;
        Ok(done(id))
    }

    pub(super) async fn sync(&mut self, id: u32, handle: &str) -> Answer {
        self.command(handle, FileInput::Sync).await?;
        Ok(done(id))
    }

    pub(super) async fn stat_open(&mut self, id: u32, handle: &str) -> Answer {
        let number = self.number(handle)?;
        let directory = match self.open.get(&number) {
            Some(Open::Directory(listing)) => Some(listing.path.clone()),
            _ => None,
        };
        let info = match directory {
            Some(path) => self.info(path, true).await?,
            None => match self.command(handle, FileInput::Stat).await? {
                FileEvent::Info(info) => info,
                _ => return Err(unexpected()),
            },
        };
        Ok(Packet::Attrs(Attrs { id, attrs: show::attributes(&info) }))
    }

    pub(super) async fn set_stat_open(
        &mut self,
        id: u32,
        handle: &str,
        attributes: &FileAttributes,
    ) -> Answer {
        self.command(handle, FileInput::SetStat(wanted(attributes))).await?;
        Ok(done(id))
    }

    /// Without a size or times, also of what is never opened, such as a FIFO.
    pub(super) async fn set_stat(
        &mut self,
        id: u32,
        path: &str,
        attributes: &FileAttributes,
    ) -> Answer {
        let (path, wanted) = (absolute(path)?, wanted(attributes));
        let opens = wanted.size.is_some() || wanted.modify_time.is_some();
        if opens {
            let options = OpenOptions { write: wanted.size.is_some(), ..OpenOptions::default() };
            let mut call = self.call(FileRequest::Open { path, options }).await?;
            next_info(&mut *call).await?;
            exchange(&mut *call, FileInput::SetStat(wanted)).await?;
            return Ok(done(id));
        }
        if let (Some(uid), Some(gid)) = (wanted.uid, wanted.gid) {
            let (path, owner) = (path.clone(), format!("{uid}:{gid}"));
            self.make(id, FileRequest::Chown { path, owner, recursive: false }).await?;
        }
        if let Some(mode) = wanted.mode {
            self.make(id, FileRequest::Chmod { path, mode, recursive: false }).await?;
        }
        Ok(done(id))
    }
}

async fn exchange(call: &mut dyn FileCall, input: FileInput) -> Result<FileEvent, Refusal> {
    let sent = call.send(input).await;
    // Where the sending failed, the answer says why.
    match (call.next().await?, sent) {
        (Some(event), Ok(())) => Ok(event),
        (_, Err(error)) => Err(error.into()),
        (None, Ok(())) => Err(unexpected()),
    }
}

fn wanted(attributes: &FileAttributes) -> SetStat {
    let time = |seconds: Option<u32>| {
        seconds.map(|seconds| FileTime { seconds: seconds.into(), nanos: 0 })
    };
    SetStat {
        size: attributes.size,
        mode: permissions(attributes),
        uid: attributes.uid,
        gid: attributes.gid,
        access_time: time(attributes.atime),
        modify_time: time(attributes.mtime),
    }
}
