//! A file that is written.

use std::future::IntoFuture;

use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt};

use super::data::Data;
use crate::client::Client;
use crate::error::Error;
use crate::retry::retrying;
use crate::v1::{FileInfo, WriteFileOpen};

/// A file that is to be written; awaiting it does: all of it, at once, or
/// nothing.
///
/// The errors are `IS_A_DIRECTORY`, `FILE_EXISTS`, `FILE_NOT_FOUND` for a
/// directory that is not there, `NO_SPACE`, and `SOURCE_FAILED` where what is
/// sent can't be read.
#[derive(Debug)]
#[must_use = "it is written when it is awaited"]
pub struct Write {
    client: Client,
    open: WriteFileOpen,
    data: Data,
}

impl Write {
    pub(super) fn new(
        client: Client,
        sandbox: String,
        path: String,
        raw_path: Bytes,
        data: Data,
    ) -> Self {
        let open =
            WriteFileOpen { sandbox_id: sandbox, path, raw_path, ..WriteFileOpen::default() };
        Self { client, open, data }
    }

    /// Its permissions, as 0o644; else those of the file that is replaced, or
    /// 0o644.
    pub fn mode(mut self, mode: u32) -> Self {
        self.open.mode = Some(mode);
        self
    }

    /// Its owner, `user[:group]`; else that of the file that is replaced, or
    /// root.
    pub fn owner(mut self, owner: impl Into<String>) -> Self {
        self.open.owner = owner.into();
        self
    }

    /// Writes to the end of what is there.
    pub fn append(mut self) -> Self {
        self.open.append = true;
        self
    }

    /// Fails where there is something.
    pub fn create_new(mut self) -> Self {
        self.open.create_new = true;
        self
    }

    /// Makes the directories that lead to it.
    pub fn make_parents(mut self) -> Self {
        self.open.make_parents = true;
        self
    }

    async fn write(self) -> Result<FileInfo, Error> {
        let Self { client, open, data } = self;
        let again = !open.append && !open.create_new;
        match data.whole().filter(|_| again) {
            None => Ok(client.write_file(open, data.pieces()).await?),
            Some(whole) => {
                let call = || {
                    let (client, open, data) = (&client, open.clone(), Data::from(whole.clone()));
                    async move { Ok(client.write_file(open, data.pieces()).await?) }
                };
                retrying(call).await
            }
        }
    }
}

impl IntoFuture for Write {
    type Output = Result<FileInfo, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.write().boxed()
    }
}
