//! Archives that hold an image with its layers and config, and not its files:
//! what `docker save`, `skopeo copy` and `buildah push` write.
//!
//! Members come in any order, so what may be such an archive goes to a file
//! without a name first. The first member that none of them has ends that: it
//! is a plain root file system, and is unpacked as it comes.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

use serde::Deserialize;
use tar::{Archive, Entry, EntryType};

use super::ImageError;
use super::layers::{Layer, unpack_layers};
use super::oci::{
    Config, Descriptor, DocumentError, MAX_CONFIG_BYTES, MAX_LAYERS, MAX_MANIFEST_BYTES, Manifest,
    Platform,
};
use crate::archive::digest::Digest;
use crate::archive::reader::{Allowance, ArchiveReader};
use crate::archive::unpack::{UnpackError, Unpacked, read_failed};
use crate::model::{ImageConfig, ImageOrigin};

/// The most members of an archive with layers.
const MAX_MEMBERS: usize = 16_384;
/// Hexadecimal digits of a name.
const ID_DIGITS: usize = 64;

/// What an archive turned out to be.
pub(super) enum Contents<R> {
    /// A root file system.
    Plain(io::Chain<File, R>),
    /// An image with its layers.
    Package(Package),
}

/// An archive with layers, on the disk.
pub(super) struct Package {
    file: File,
    members: HashMap<Vec<u8>, Member>,
}

#[derive(Debug, Clone)]
enum Member {
    Data { offset: u64, size: u64 },
    Link(Vec<u8>),
}

/// An image of a package: what it says, and what to unpack.
pub(super) struct Packed {
    pub(super) origin: ImageOrigin,
    pub(super) config: ImageConfig,
    layers: Vec<Layer>,
    members: Vec<Vec<u8>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Saved {
    config: String,
    layers: Option<Vec<String>>,
}

/// Tells what an archive is. `dir` is where a file without a name can be.
pub(super) fn open<'a>(
    source: impl Read + 'a,
    dir: &Path,
) -> Result<Contents<ArchiveReader<'a>>, ImageError> {
    let spool = nameless(dir).map_err(ImageError::at(dir))?;
    let allowance = Allowance::new();
    let reader = ArchiveReader::open(source, allowance.clone()).map_err(read_failed)?;
    let mut archive = Archive::new(Spooled { inner: reader, spool });
    let members = package_members(&mut archive, &allowance)?;
    let Spooled { inner, spool: mut file } = archive.into_inner();
    Ok(match members {
        Some(members) => Contents::Package(Package { file, members }),
        None => {
            file.seek(SeekFrom::Start(0)).map_err(ImageError::at(dir))?;
            Contents::Plain(file.chain(inner))
        }
    })
}

/// A file that is gone when it is closed, also by a power cut.
pub(super) fn nameless(dir: &Path) -> io::Result<File> {
    let flags =
        rustix::fs::OFlags::RDWR | rustix::fs::OFlags::TMPFILE | rustix::fs::OFlags::CLOEXEC;
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    Ok(File::from(rustix::fs::open(dir, flags, mode)?))
}

/// Where each member is, if all of them are members of a package and none is
/// missing that says what the others are.
fn package_members(
    archive: &mut Archive<impl Read>,
    allowance: &Allowance,
) -> Result<Option<HashMap<Vec<u8>, Member>>, UnpackError> {
    let mut members = HashMap::new();
    let mut entries = archive.entries().map_err(read_failed)?;
    loop {
        allowance.expect_headers();
        let Some(entry) = entries.next() else { break };
        let mut entry = entry.map_err(read_failed)?;
        allowance.expect_content();
        let name = plain_name(&entry.path_bytes());
        match package_member(&name, &entry) {
            Some(Some(member)) => members.insert(name, member),
            Some(None) => None,
            None => return Ok(None),
        };
        if members.len() > MAX_MEMBERS {
            let max = MAX_MEMBERS as u64;
            return Err(UnpackError::TooMuch { what: "members beside its layers", max });
        }
        io::copy(&mut entry, &mut io::sink()).map_err(read_failed)?;
    }
    allowance.expect_content();
    let has = |name: &str| members.contains_key(name.as_bytes());
    let whole = has("manifest.json") || (has("index.json") && has("oci-layout"));
    Ok(whole.then_some(members))
}

/// What this member is of a package; the inner `None` is a directory, the
/// outer one no part of any package.
fn package_member(name: &[u8], entry: &Entry<'_, impl Read>) -> Option<Option<Member>> {
    let mut parts = name.split(|byte| *byte == b'/');
    let (first, rest) = (parts.next().unwrap_or_default(), parts.count());
    let of_id =
        is_id(first.strip_suffix(b".json").or(first.strip_suffix(b".tar")).unwrap_or(first));
    let document =
        matches!(first, b"manifest.json" | b"repositories" | b"oci-layout" | b"index.json");
    let known = (document && rest == 0) || of_id || first == b"blobs" || first.is_empty();
    match entry.header().entry_type() {
        EntryType::Directory if known && !document => Some(None),
        EntryType::Regular if known && !first.is_empty() => {
            let (offset, size) = (entry.raw_file_position(), entry.size());
            Some(Some(Member::Data { offset, size }))
        }
        EntryType::Symlink if of_id => {
            let target = entry.link_name_bytes()?;
            let above = name.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash);
            Some(Some(Member::Link(joined(&name[..above], &target)?)))
        }
        _ => None,
    }
}

fn is_id(text: &[u8]) -> bool {
    text.len() == ID_DIGITS && text.iter().all(u8::is_ascii_hexdigit)
}

/// Without `./` before it and `/` after it.
fn plain_name(raw: &[u8]) -> Vec<u8> {
    let parts = raw.split(|byte| *byte == b'/').filter(|part| !matches!(*part, b"" | b"."));
    parts.collect::<Vec<_>>().join(&b'/')
}

/// A link's target, as a member's name; `None` where it leads out.
fn joined(dir: &[u8], target: &[u8]) -> Option<Vec<u8>> {
    let mut parts: Vec<&[u8]> = dir.split(|byte| *byte == b'/').filter(|p| !p.is_empty()).collect();
    for part in target.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => drop(parts.pop()?),
            _ => parts.push(part),
        }
    }
    Some(parts.join(&b'/'))
}

impl Package {
    /// Reads what it says of its image.
    pub(super) fn image(&self, platform: &Platform) -> Result<Packed, ImageError> {
        match self.members.contains_key(&b"index.json"[..]) {
            true => self.oci(platform),
            false => self.saved(),
        }
    }

    /// Unpacks the image's layers into the empty directory `root`.
    pub(super) fn unpack(&self, packed: &Packed, root: &Path) -> Result<Unpacked, UnpackError> {
        unpack_layers(&packed.layers, root, |index| self.section(&packed.members[index]))
    }

    /// An OCI layout.
    fn oci(&self, platform: &Platform) -> Result<Packed, ImageError> {
        let mut bytes = self.document(b"index.json", "index", MAX_MANIFEST_BYTES)?;
        let mut digest = Digest::of(&bytes);
        // An index may name an index, and no deeper.
        for _ in 0..3 {
            match Manifest::parse(&bytes)? {
                Manifest::Image { config, layers } => {
                    return self.oci_image(&digest, &config, layers);
                }
                Manifest::Index(index) => {
                    let chosen = index.choose(platform)?;
                    bytes = self.blob(chosen, "manifest", MAX_MANIFEST_BYTES)?;
                    digest = chosen.digest.clone();
                }
            }
        }
        Err(DocumentError::NotAnImage("an index of indexes".to_owned()).into())
    }

    fn oci_image(
        &self,
        digest: &Digest,
        config: &Descriptor,
        layers: Vec<Descriptor>,
    ) -> Result<Packed, ImageError> {
        let config = Config::parse(&self.blob(config, "config", MAX_CONFIG_BYTES)?)?;
        config.check_layers(layers.len())?;
        let members = layers.iter().map(|layer| blob_name(&layer.digest)).collect();
        let names = layers.iter().map(|layer| layer.digest.to_string()).collect();
        let pairs = layers.into_iter().zip(config.diff_ids.iter().cloned());
        let layers = pairs.map(|(layer, diff_id)| Layer { digest: Some(layer.digest), diff_id });
        Ok(Packed {
            layers: layers.collect(),
            origin: origin(digest.to_string(), &config, names),
            config: config.config,
            members,
        })
    }

    /// What `docker save` writes.
    fn saved(&self) -> Result<Packed, ImageError> {
        const WHAT: &str = "manifest";
        let bytes = self.document(b"manifest.json", WHAT, MAX_MANIFEST_BYTES)?;
        let mut saved: Vec<Saved> = serde_json::from_slice(&bytes)
            .map_err(|error| DocumentError::unreadable(WHAT, error))?;
        let (1, Some(saved)) = (saved.len(), saved.pop()) else {
            return Err(DocumentError::Several(saved.len()).into());
        };
        let name = plain_name(saved.config.as_bytes());
        let config = Config::parse(&self.document(&name, "config", MAX_CONFIG_BYTES)?)?;
        let layers = saved.layers.unwrap_or_default();
        if layers.len() > MAX_LAYERS {
            return Err(DocumentError::TooManyLayers(layers.len()).into());
        }
        config.check_layers(layers.len())?;
        let names = config.diff_ids.iter().map(Digest::to_string).collect();
        let diff_ids = config.diff_ids.iter().cloned();
        Ok(Packed {
            layers: diff_ids.map(|diff_id| Layer { digest: None, diff_id }).collect(),
            origin: origin(String::new(), &config, names),
            config: config.config,
            members: layers.iter().map(|name| plain_name(name.as_bytes())).collect(),
        })
    }

    fn blob(&self, blob: &Descriptor, what: &'static str, max: u64) -> Result<Vec<u8>, ImageError> {
        let bytes = self.document(&blob_name(&blob.digest), what, max)?;
        match Digest::of(&bytes) == blob.digest {
            true => Ok(bytes),
            false => Err(DocumentError::unreadable(what, "its digest is another").into()),
        }
    }

    fn document(&self, name: &[u8], what: &'static str, max: u64) -> Result<Vec<u8>, ImageError> {
        let section = self.section(name)?;
        if section.left > max {
            return Err(DocumentError::TooBig { what, max }.into());
        }
        let mut bytes = Vec::new();
        { section }.read_to_end(&mut bytes).map_err(read_failed)?;
        Ok(bytes)
    }

    fn section(&self, name: &[u8]) -> Result<Section<'_>, UnpackError> {
        let missing =
            || UnpackError::Damaged(format!("{} is missing", crate::archive::unpack::shown(name)));
        let mut member = self.members.get(name).ok_or_else(missing)?;
        // `docker save` writes a layer once, and links to it.
        if let Member::Link(target) = member {
            member = self.members.get(target).ok_or_else(missing)?;
        }
        match member {
            Member::Data { offset, size } => {
                Ok(Section { file: &self.file, at: *offset, left: *size })
            }
            Member::Link(_) => Err(missing()),
        }
    }
}

fn origin(digest: String, config: &Config, layers: Vec<String>) -> ImageOrigin {
    ImageOrigin {
        reference: String::new(),
        digest,
        os: config.os.clone(),
        architecture: config.architecture.clone(),
        layers,
    }
}

fn blob_name(digest: &Digest) -> Vec<u8> {
    format!("blobs/sha256/{}", digest.hex()).into_bytes()
}

/// Keeps what is read through it.
struct Spooled<R> {
    inner: R,
    spool: File,
}

impl<R: Read> Read for Spooled<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.spool.write_all(&buffer[..read])?;
        Ok(read)
    }
}

/// A part of a file.
struct Section<'a> {
    file: &'a File,
    at: u64,
    left: u64,
}

impl Read for Section<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let read = self.file.read_at(&mut buffer[..wanted], self.at)?;
        self.at += read as u64;
        self.left -= read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::archive::unpack::tests::{Tar, skip_without_root};

    fn config(layers: &[&[u8]]) -> Vec<u8> {
        let diff_ids: Vec<_> = layers.iter().map(|layer| Digest::of(layer).to_string()).collect();
        let config = json!({"os": "linux", "architecture": "amd64", "config": {"Env": ["A=1"]},
            "rootfs": {"type": "layers", "diff_ids": diff_ids}});
        serde_json::to_vec(&config).unwrap()
    }

    fn layer() -> Vec<u8> {
        Tar::new().file(b"bin/tool", b"x").end()
    }

    /// As an archive has it: ids are far longer than these.
    fn id(digit: &str, end: &str) -> String {
        format!("{}{end}", digit.repeat(64))
    }

    fn long(tar: Tar, name: &str, content: &[u8]) -> Tar {
        // A name of 100 bytes needs no long name: `blobs/sha256/` and 64.
        tar.file(name.as_bytes(), content)
    }

    fn docker() -> Tar {
        let manifest = json!([{"Config": id("c", ".json"), "RepoTags": ["a:b"],
            "Layers": [id("1", "/layer.tar"), id("2", ".tar")]}]);
        let config = config(&[&layer(), &layer()]);
        let tar = long(Tar::new(), &id("2", ".tar"), &layer());
        let tar = long(tar, &id("c", ".json"), &config).link(
            EntryType::Symlink,
            id("1", "/layer.tar").as_bytes(),
            &format!("../{}", id("2", ".tar")),
        );
        long(tar, "manifest.json", &serde_json::to_vec(&manifest).unwrap())
    }

    fn oci(layer: &[u8], named: &[u8]) -> Tar {
        let blob = |bytes: &[u8]| format!("blobs/sha256/{}", Digest::of(bytes).hex());
        let config = config(&[named]);
        let manifest = serde_json::to_vec(&json!({"schemaVersion": 2,
            "config": {"digest": Digest::of(&config).as_str(), "size": config.len()},
            "layers": [{"digest": Digest::of(named).as_str(), "size": named.len()}]}))
        .unwrap();
        let index = json!({"schemaVersion": 2, "manifests": [
            {"digest": Digest::of(&manifest).as_str(), "size": manifest.len()}]});
        let tar =
            Tar::new().kind(EntryType::Directory, b"./").kind(EntryType::Directory, b"./blobs/");
        let tar = long(tar, &blob(named), layer);
        let tar = long(long(tar, &blob(&config), &config), &blob(&manifest), &manifest);
        let tar = long(tar, "./index.json", &serde_json::to_vec(&index).unwrap());
        long(tar, "./oci-layout", br#"{"imageLayoutVersion": "1.0.0"}"#)
    }

    fn unpacked(archive: &[u8]) -> Result<Unpacked, ImageError> {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path().join("root");
        std::fs::create_dir(&root).unwrap();
        match open(archive, temp.path())? {
            Contents::Plain(source) => Ok(crate::archive::unpack::unpack(source, &root)?),
            Contents::Package(package) => {
                let packed = package.image(&Platform::host())?;
                assert_eq!(packed.config.env["A"], "1");
                Ok(package.unpack(&packed, &root)?)
            }
        }
    }

    #[test]
    fn what_docker_and_oci_tools_write_is_unpacked() {
        if skip_without_root() {
            return;
        }
        let gzip = |bytes: &[u8]| {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            gzip.write_all(bytes).unwrap();
            gzip.finish().unwrap()
        };
        let saved = docker().end();
        assert_eq!(unpacked(&saved).unwrap().entries, 2);
        assert_eq!(unpacked(&gzip(&saved)).unwrap().entries, 2);
        let layout = oci(&layer(), &layer()).end();
        assert_eq!(unpacked(&layout).unwrap(), Unpacked { bytes: 1, entries: 1 });
        assert!(unpacked(&zstd::encode_all(&layout[..], 1).unwrap()).is_ok());
    }

    #[test]
    fn what_only_looks_like_one_is_a_root_file_system() {
        if skip_without_root() {
            return;
        }
        for plain in [
            Tar::new().file(b"manifest.json", b"[]").file(b"bin/sh", b"x"),
            Tar::new().file(b"index.json", b"{}").file(b"blobs/x", b""),
            Tar::new().kind(EntryType::Directory, b"./").file(b"./oci-layout/x", b""),
            Tar::new().kind(EntryType::Directory, b"blobs/").file(b"blobs/x", b""),
        ] {
            assert_eq!(unpacked(&plain.end()).unwrap().entries, 2);
        }
    }

    #[test]
    fn a_damaged_one_is_refused() {
        let other = Tar::new().file(b"bin/evil", b"x").end();
        assert!(matches!(
            unpacked(&oci(&other, &layer()).end()),
            Err(ImageError::Unpack(UnpackError::WrongDigest { .. } | UnpackError::Store { .. }))
        ));
        let two = Tar::new().file(b"manifest.json", br#"[{"Config":"a"},{"Config":"b"}]"#);
        assert!(matches!(
            unpacked(&two.end()),
            Err(ImageError::Document(DocumentError::Several(_)))
        ));
        let lost = json!([{"Config": "../../etc/passwd", "Layers": []}]);
        let lost = Tar::new().file(b"manifest.json", &serde_json::to_vec(&lost).unwrap());
        assert!(matches!(unpacked(&lost.end()), Err(ImageError::Unpack(UnpackError::Damaged(_)))));
        let mut cut = docker().end();
        cut.truncate(cut.len() - 2_000);
        assert!(unpacked(&cut).is_err());
    }
}
