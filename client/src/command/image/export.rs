//! `skerry image export`.

use std::path::PathBuf;

use clap::Args;

use crate::command::Context;
use crate::command::transfer::{check_target, save};
use crate::failure::Failure;

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
        check_target(&what, &self.path)?;
        let export = context.call(&what, context.client.export_image(&self.image)).await?;
        save(context, &what, &self.path, export).await?;
        Ok(0)
    }
}
