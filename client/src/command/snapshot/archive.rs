//! `skerry snapshot export` and `skerry snapshot import`.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use tokio::fs::File;
use tokio::io::AsyncRead;

use crate::command::Context;
use crate::command::transfer::{STDOUT, check_target, not_sent, save};
use crate::failure::Failure;
use crate::output::TransferProgress;

/// Write a snapshot to an archive
#[derive(Debug, Args)]
#[command(after_help = "\
The archive has all that the snapshot has, compressed, and a digest at its
end. Its image is not in it.

Examples:
  skerry snapshot export ready ready.tar.zst     To a file
  skerry snapshot export ready | ssh other skerry snapshot import -
                                                 To another machine's daemon")]
pub(in crate::command) struct Export {
    /// Name or id
    snapshot: String,
    /// A file to write, or `-` for stdout
    #[arg(default_value = STDOUT)]
    file: PathBuf,
}

impl Export {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let what = format!("export snapshot {}", self.snapshot);
        check_target(&what, &self.file)?;
        let export = context.call(&what, context.client.export_snapshot(&self.snapshot)).await?;
        save(context, &what, &self.file, export).await?;
        Ok(0)
    }
}

/// Make a snapshot of an archive
#[derive(Debug, Args)]
#[command(after_help = "\
Prints its name. The archive is checked to its end; one that is damaged
leaves nothing. The image that the snapshot is of has to be there by its
name, unless it is one of /workspace.

Examples:
  skerry snapshot import ready.tar.zst           By the name that it had
  skerry snapshot import ready.tar.zst --name old
                                                 By another one
  skerry snapshot import - <ready.tar.zst        From a pipe")]
pub(in crate::command) struct Import {
    /// An archive of a snapshot, or `-` for stdin
    file: PathBuf,
    /// Its name, unique: letters a-z, digits and `-` [default: the one that it had]
    #[arg(short, long)]
    name: Option<String>,
}

impl Import {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let what = format!("import snapshot {}", self.file.display());
        let (reader, length) = open(&self.file).await.map_err(|error| {
            Failure::new(&what, &error.to_string(), "give an archive of a snapshot, or -")
        })?;
        let progress = TransferProgress::new(&what, length);
        let chunks = progress.counted(skerry_client::chunks(reader));
        let name = self.name.unwrap_or_default();
        let import = context.client.import_snapshot(&name, chunks);
        let snapshot = progress.waiting(import).await;
        let snapshot = snapshot.map_err(|error| not_sent(context, &what, error))?;
        if context.output.is_json() {
            context.output.json(&snapshot)?;
        } else {
            context.output.line(&snapshot.name)?;
        }
        Ok(0)
    }
}

type Reader = Box<dyn AsyncRead + Send + Unpin>;

async fn open(path: &Path) -> io::Result<(Reader, Option<u64>)> {
    if path == Path::new("-") {
        return Ok((Box::new(tokio::io::stdin()), None));
    }
    let file = File::open(path).await?;
    let metadata = file.metadata().await?;
    let length = metadata.is_file().then_some(metadata.len());
    Ok((Box::new(file), length))
}
