//! Out of a sandbox. What comes is hostile: nothing is written but below the
//! place that was named.

use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use bytes::{Buf, Bytes};
use skerry_client::v1::{DownloadArchiveRequest, FileKind, ReadFileRequest, StatFileRequest};
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc;

use super::place::or_workspace;
use crate::command::Context;
use crate::failure::Failure;
use crate::output::{RawOutput, Target, TransferProgress};

/// Pieces that wait for the disk.
const QUEUE: usize = 8;

pub(super) async fn to_stdout(
    context: &Context,
    what: &str,
    sandbox: &str,
    path: &str,
) -> Result<(), Failure> {
    let mut output =
        RawOutput::start().map_err(|error| crate::command::out_of_resources("start", &error))?;
    let call = context.client.download_archive(request(sandbox, path));
    let mut pieces = context.call(what, call).await?;
    while let Some(piece) = pieces.next().await.map_err(|error| context.failure(what, &error))? {
        let written = output.write(Target::Stdout, piece.data).await;
        written.map_err(|error| Failure::output(&error))?;
    }
    output.finish().await.map_err(|error| Failure::output(&error))
}

pub(super) async fn to_disk(
    context: &Context,
    what: &str,
    sandbox: &str,
    path: &str,
    to: &Path,
) -> Result<(), Failure> {
    let path = &or_workspace(path);
    let stat = StatFileRequest {
        sandbox_id: sandbox.to_owned(),
        path: path.clone(),
        ..StatFileRequest::default()
    };
    let info = context.call(what, context.client.stat_file(stat)).await?;
    let name = Path::new(path).file_name().unwrap_or("root".as_ref());
    let place = if to.is_dir() { to.join(name) } else { to.to_owned() };
    let parent = match place.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let here = |error: io::Error| {
        Failure::new(what, &format!("{}: {error}", place.display()), "name another place")
    };
    if info.kind() != FileKind::Directory {
        return file(context, what, sandbox, path, &place, parent).await;
    }
    if place.symlink_metadata().is_ok() {
        return Err(here(io::ErrorKind::AlreadyExists.into()));
    }
    let staging = tempfile::Builder::new().prefix(".skerry-").tempdir_in(parent).map_err(here)?;
    tree(context, what, sandbox, path, staging.path()).await?;
    let top = only_entry(staging.path()).map_err(here)?;
    fs::rename(top, &place).map_err(here)
}

/// Written beside its place, then put there.
async fn file(
    context: &Context,
    what: &str,
    sandbox: &str,
    path: &str,
    place: &Path,
    parent: &Path,
) -> Result<(), Failure> {
    let here = |error: io::Error| {
        Failure::new(what, &format!("{}: {error}", place.display()), "name another place")
    };
    let request = ReadFileRequest {
        sandbox_id: sandbox.to_owned(),
        path: path.to_owned(),
        ..ReadFileRequest::default()
    };
    let mut reader = context.call(what, context.client.read_file(request)).await?;
    let staging = tempfile::Builder::new().prefix(".skerry-").tempfile_in(parent).map_err(here)?;
    let mode = std::os::unix::fs::PermissionsExt::from_mode(reader.info.mode & 0o777);
    staging.as_file().set_permissions(mode).map_err(here)?;
    let mut out = tokio::fs::File::from_std(staging.as_file().try_clone().map_err(here)?);
    let progress = TransferProgress::new(what, u64::try_from(reader.info.size_bytes).ok());
    let copying = async {
        while let Some(data) = reader.next().await.map_err(|error| context.failure(what, &error))? {
            progress.advance(data.len());
            out.write_all(&data).await.map_err(here)?;
        }
        out.flush().await.map_err(here)
    };
    progress.waiting(copying).await?;
    staging.persist(place).map(drop).map_err(|error| here(error.error))
}

async fn tree(
    context: &Context,
    what: &str,
    sandbox: &str,
    path: &str,
    into: &Path,
) -> Result<(), Failure> {
    let call = context.client.download_archive(request(sandbox, path));
    let mut pieces = context.call(what, call).await?;
    let (sender, receiver) = mpsc::channel(QUEUE);
    let into = into.to_owned();
    let unpacking =
        tokio::task::spawn_blocking(move || unpack(Pieces { receiver, left: Bytes::new() }, &into));
    let progress = TransferProgress::new(what, None);
    let copying = async {
        while let Some(piece) =
            pieces.next().await.map_err(|error| context.failure(what, &error))?
        {
            progress.advance(piece.data.len());
            if sender.send(piece.data).await.is_err() {
                // It has failed and says why.
                break;
            }
        }
        drop(sender);
        let unpacked = unpacking.await.unwrap_or_else(|error| Err(io::Error::other(error)));
        unpacked.map_err(|error| {
            Failure::new(what, &error.to_string(), "look at what the sandbox has there")
        })
    };
    progress.waiting(copying).await
}

fn request(sandbox: &str, path: &str) -> DownloadArchiveRequest {
    DownloadArchiveRequest {
        sandbox_id: sandbox.to_owned(),
        path: or_workspace(path),
        ..DownloadArchiveRequest::default()
    }
}

struct Pieces {
    receiver: mpsc::Receiver<Bytes>,
    left: Bytes,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.left.is_empty() {
            match self.receiver.blocking_recv() {
                Some(piece) => self.left = piece,
                None => return Ok(0),
            }
        }
        let taken = buffer.len().min(self.left.len());
        self.left.copy_to_slice(&mut buffer[..taken]);
        Ok(taken)
    }
}

/// Unpacks below a directory. The library refuses to write through links;
/// names that lead out are refused here, and so is what is neither file,
/// directory nor link.
fn unpack(archive: impl Read, into: &Path) -> io::Result<()> {
    let mut archive = tar::Archive::new(archive);
    archive.set_preserve_ownerships(false);
    let mut directories = Vec::new();
    for member in archive.entries()? {
        let mut member = member?;
        let name = member.path()?.into_owned();
        let shown = name.display().to_string();
        let leads_out = |part| !matches!(part, Component::Normal(_) | Component::CurDir);
        if name.components().any(leads_out) {
            return Err(io::Error::other(format!("{shown}: a name that leads out")));
        }
        let kind = member.header().entry_type();
        let is_file = kind.is_file() || kind.is_gnu_sparse();
        if !(is_file || kind.is_dir() || kind.is_symlink() || kind.is_hard_link()) {
            return Err(io::Error::other(format!("{shown}: no file, directory or link")));
        }
        if kind.is_dir() {
            // Its mode may forbid to write into it: that comes last.
            directories.push((make_directory(into, &name)?, member.header().mode()?));
            continue;
        }
        if !member.unpack_in(into)? {
            return Err(io::Error::other(format!("{shown}: a name that leads out")));
        }
    }
    for (directory, mode) in directories.into_iter().rev() {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(mode & 0o777);
        fs::set_permissions(directory, mode)?;
    }
    Ok(())
}

fn only_entry(directory: &Path) -> io::Result<PathBuf> {
    let first = fs::read_dir(directory)?.next();
    first.ok_or_else(|| io::Error::other("nothing came"))?.map(|entry| entry.path())
}

/// Makes a directory below another, with those above it, through no link.
fn make_directory(into: &Path, name: &Path) -> io::Result<PathBuf> {
    let mut path = into.to_owned();
    for part in name.components() {
        path.push(part);
        match fs::symlink_metadata(&path) {
            Ok(there) if there.is_dir() => {}
            Ok(_) => {
                let why = format!("{}: a name that leads through a link", name.display());
                return Err(io::Error::other(why));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => fs::create_dir(&path)?,
            Err(error) => return Err(error),
        }
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(members: &[(&str, tar::EntryType, &str)]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, kind, link) in members {
            let mut header = tar::Header::new_gnu();
            header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
            header.as_old_mut().linkname[..link.len()].copy_from_slice(link.as_bytes());
            header.set_entry_type(*kind);
            header.set_mode(0o644);
            header.set_size(0);
            header.set_cksum();
            builder.append(&header, io::empty()).expect("a Vec grows");
        }
        builder.into_inner().expect("a Vec grows")
    }

    #[test]
    fn what_leads_out_is_refused_and_writes_nothing_outside() {
        use tar::EntryType::{Char, Directory, Fifo, Link, Regular, Symlink};
        let outside = tempfile::tempdir().expect("a directory");
        let outside_path = outside.path().to_str().expect("text");
        let through = format!("{outside_path}/x");
        let evil: [&[(&str, tar::EntryType, &str)]; 8] = [
            &[("../x", Regular, "")],
            &[(&through, Regular, "")],
            &[("l", Symlink, outside_path), ("l/x", Regular, "")],
            &[("l", Symlink, outside_path), ("l/d", Directory, "")],
            &[("l", Symlink, outside_path), ("l", Directory, "")],
            &[("h", Link, "/etc/passwd")],
            &[("dev", Char, "")],
            &[("fifo", Fifo, "")],
        ];
        for members in evil {
            let into = tempfile::tempdir().expect("a directory");
            assert!(unpack(&archive(members)[..], into.path()).is_err(), "{members:?}");
            assert_eq!(fs::read_dir(outside.path()).expect("there").count(), 0, "{members:?}");
        }
    }
}
