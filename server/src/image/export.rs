//! Exporting: an image as an OCI archive of one layer.
//!
//! The layer is made of the image's files, not of the layers that it came in:
//! those may be gone, and an import has none. It is written to a file without
//! a name first, since its digest stands before it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use serde_json::json;
use tar::{Builder, Header};

use super::oci::Platform;
use super::package::nameless;
use super::{ImageError, ImageStore, Shared};
use crate::archive::attribute::Contents;
use crate::archive::digest::{Digest, HashedWriter};
use crate::archive::pack::pack;
use crate::archive::pieces::{PieceWriter, Pieces, outgoing};
use crate::model::{HOST_IMAGE, Image};

/// An archive in pieces; an error is the last of them. Dropping it ends the
/// export.
pub type Export = Pieces<ImageError>;

/// Keeps an image's files until it is dropped, whatever becomes of its names.
pub(super) struct Hold {
    shared: Arc<Shared>,
    image: Image,
    runtime: tokio::runtime::Handle,
}

impl Hold {
    /// An image by name or id.
    pub(super) fn new(shared: &Arc<Shared>, name_or_id: &str) -> Result<Self, ImageError> {
        let mut index = shared.index.lock();
        let image = index.find(name_or_id)?.clone();
        index.hold(image.files());
        drop(index);
        let runtime = tokio::runtime::Handle::current();
        Ok(Self { shared: Arc::clone(shared), image, runtime })
    }

    /// Writes its archive as long as that is wanted. Blocks on the disk.
    pub(super) fn write(
        &self,
        wanted: &dyn Fn() -> bool,
        output: impl Write,
    ) -> Result<(), ImageError> {
        let (dir, image) = (&self.shared.dir, &self.image);
        let root = dir.join(image.files().as_str()).join("root");
        let spool = nameless(dir).map_err(ImageError::at(dir))?;
        let hashed = HashedWriter::new(io::BufWriter::new(spool));
        let mut builder = Builder::new(hashed);
        let packed = pack(&root, "", Contents::Image, &mut builder, wanted);
        let hashed = packed.and_then(|()| builder.into_inner()).map_err(ImageError::at(&root))?;
        let HashedWriter { inner: file, hasher, length } = hashed;
        let mut spool = file
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
            .map_err(ImageError::at(dir))?;
        spool.seek(SeekFrom::Start(0)).map_err(ImageError::at(dir))?;
        archive(image, &hasher.finish(), length, spool, output).map_err(ImageError::at(dir))
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let (shared, image) = (Arc::clone(&self.shared), self.image.clone());
        shared.index.lock().let_go(image.files());
        // The last name of them may have gone meanwhile.
        self.runtime.spawn(async move { shared.remove_files(&image).await });
    }
}

impl ImageStore {
    /// Begins to export an imported image.
    pub fn export(&self, name_or_id: &str) -> Result<Export, ImageError> {
        if name_or_id == HOST_IMAGE {
            return Err(ImageError::BuiltIn);
        }
        let permit = Arc::clone(&self.imports).try_acquire_owned().map_err(|_| ImageError::Busy)?;
        let hold = Hold::new(&self.shared, name_or_id)?;
        let (sender, pieces) = outgoing();
        // Owned by the permit: closing the store waits for it.
        tokio::task::spawn_blocking(move || {
            let wanted = || !sender.is_closed();
            if let Err(error) = hold.write(&wanted, PieceWriter::new(&sender)) {
                // Nobody hears it where the caller has gone.
                let _gone = sender.blocking_send(Err(error));
            }
            drop(hold);
            drop(permit);
        });
        Ok(pieces)
    }
}

/// The documents and the layer, as a tar archive.
fn archive(
    image: &Image,
    layer: &Digest,
    length: u64,
    spool: File,
    output: impl Write,
) -> io::Result<()> {
    let config = config(image, layer);
    let descriptor = |kind: &str, digest: &Digest, size: u64| {
        json!({"mediaType": format!("application/vnd.oci.image.{kind}"),
            "digest": digest.as_str(), "size": size})
    };
    let config_digest = Digest::of(&config);
    let manifest = serde_json::to_vec(&json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": descriptor("config.v1+json", &config_digest, config.len() as u64),
        "layers": [descriptor("layer.v1.tar", layer, length)],
    }))?;
    let digest = Digest::of(&manifest);
    let mut entry = descriptor("manifest.v1+json", &digest, manifest.len() as u64);
    entry["annotations"] = json!({"org.opencontainers.image.ref.name": image.name});
    let index = serde_json::to_vec(&json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [entry],
    }))?;
    let mut builder = Builder::new(output);
    let mut add = |name: &str, size: u64, content: &mut dyn Read| {
        let mut header = Header::new_gnu();
        header.set_size(size);
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        builder.append_data(&mut header, name, content)
    };
    let blob = |digest: &Digest| format!("blobs/sha256/{}", digest.hex());
    let layout = br#"{"imageLayoutVersion":"1.0.0"}"#;
    add("oci-layout", layout.len() as u64, &mut &layout[..])?;
    add("index.json", index.len() as u64, &mut &index[..])?;
    add(&blob(&digest), manifest.len() as u64, &mut &manifest[..])?;
    add(&blob(&config_digest), config.len() as u64, &mut &config[..])?;
    add(&blob(layer), length, &mut io::BufReader::new(spool))?;
    builder.into_inner()?.flush()
}

fn config(image: &Image, layer: &Digest) -> Vec<u8> {
    let (config, host) = (&image.config, Platform::host());
    let or_host = |text: &str, host: &str| {
        if text.is_empty() { host.to_owned() } else { text.to_owned() }
    };
    let set = |keys: &[String]| {
        let empty = |key: &String| (key.clone(), json!({}));
        keys.iter().map(empty).collect::<serde_json::Map<_, _>>()
    };
    let env: Vec<_> = config.env.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let mut run = json!({
        "Env": env,
        "User": config.user,
        "WorkingDir": config.working_dir,
        "StopSignal": config.stop_signal,
        "Labels": config.labels,
        "ExposedPorts": set(&config.exposed_ports),
        "Volumes": set(&config.volumes),
        "Entrypoint": config.entrypoint,
        "Cmd": config.cmd,
    });
    if let Some(fields) = run.as_object_mut() {
        let empty = |value: &serde_json::Value| {
            value.as_str() == Some("")
                || value.as_array().is_some_and(Vec::is_empty)
                || value.as_object().is_some_and(serde_json::Map::is_empty)
        };
        fields.retain(|_, value| !empty(value));
    }
    let whole = json!({
        "os": or_host(&image.origin.os, host.os()),
        "architecture": or_host(&image.origin.architecture, host.architecture()),
        "config": run,
        "rootfs": {"type": "layers", "diff_ids": [layer.as_str()]},
    });
    serde_json::to_vec(&whole).expect("its maps have text for keys")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::oci::{Config, Manifest};
    use crate::model::{ImageConfig, ImageOrigin};

    #[test]
    fn the_documents_are_those_that_are_read_here() {
        let image = Image {
            id: crate::image::name::new_id(),
            name: "a/b:c".to_owned(),
            size_bytes: 1,
            entries: 1,
            create_time: std::time::SystemTime::UNIX_EPOCH,
            files: None,
            origin: ImageOrigin::default(),
            config: ImageConfig {
                env: [("A".to_owned(), "1=2".to_owned())].into(),
                cmd: vec!["sh".to_owned()],
                volumes: vec!["/data".to_owned()],
                ..ImageConfig::default()
            },
        };
        let layer = Digest::of(b"layer");
        let read = Config::parse(&config(&image, &layer)).unwrap();
        assert_eq!((read.config, read.diff_ids), (image.config.clone(), vec![layer.clone()]));
        let (sender, mut pieces) = outgoing::<ImageError>();
        let spool = tempfile::tempfile().unwrap();
        archive(&image, &layer, 0, spool, PieceWriter::new(&sender)).unwrap();
        let piece = pieces.try_recv().unwrap().unwrap();
        let mut archive = tar::Archive::new(&piece[..]);
        let mut index = Vec::new();
        let mut entries = archive.entries().unwrap();
        entries.nth(1).unwrap().unwrap().read_to_end(&mut index).unwrap();
        assert!(matches!(Manifest::parse(&index), Ok(Manifest::Index(_))));
    }
}
