//! `skerry image export`.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::Args;
use tokio::fs::File;
use tokio::io::{AsyncWrite, AsyncWriteExt};

use crate::command::Context;
use crate::failure::Failure;
use crate::output::TransferProgress;

/// Write an image to an OCI archive
#[derive(Debug, Args)]
#[command(after_help = "\
The archive has the image's config and one layer of all its files. It is
what `skerry image import`, `skopeo`, `podman load` and `docker load` take.

Examples:
  skerry image export app app.tar                To a file
  skerry image export app - | zstd > app.tar.zst Compressed
  skopeo copy oci-archive:app.tar docker://registry.lan/app
                                                 On to a registry")]
pub(in crate::command) struct Export {
    /// Name or id
    image: String,
    /// A file to write, or `-`
    path: PathBuf,
}

impl Export {
    pub(in crate::command) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let what = format!("export image {}", self.image);
        let failed = |error: std::io::Error| {
            let why = format!("{}: {error}", self.path.display());
            Failure::new(&what, &why, "give a file that can be written, or -")
        };
        let to_stdout = self.path.as_os_str() == "-";
        if to_stdout && std::io::stdout().is_terminal() {
            return Err(Failure::new(&what, "stdout is a terminal", "give a file, or pipe it on"));
        }
        let mut export = context.call(&what, context.client.export_image(&self.image)).await?;
        let mut out: Box<dyn AsyncWrite + Unpin> = match to_stdout {
            true => Box::new(tokio::io::stdout()),
            false => Box::new(File::create(&self.path).await.map_err(failed)?),
        };
        let progress = TransferProgress::new(&what, None);
        let counted = progress.clone();
        let written = progress.waiting(async {
            while let Some(piece) =
                export.next().await.map_err(|error| context.failure(&what, &error))?
            {
                counted.advance(piece.len());
                out.write_all(&piece).await.map_err(failed)?;
            }
            out.flush().await.map_err(failed)
        });
        if let Err(failure) = written.await {
            if !to_stdout {
                // Half an archive is none; where it can't go, the error says more.
                tokio::fs::remove_file(&self.path).await.ok();
            }
            return Err(failure);
        }
        Ok(0)
    }
}
