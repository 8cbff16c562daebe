//! The documents of an image: index, manifest and config, as OCI and Docker
//! write them. All of it is a stranger's: bounded, and checked before use.

mod config;

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use crate::archive::digest::Digest;
use crate::archive::reader::MAX_ARCHIVE_BYTES;

pub(super) use config::Config;

/// The most bytes of a manifest or an index.
pub(super) const MAX_MANIFEST_BYTES: u64 = 4 << 20;
/// The most bytes of a config.
pub(super) const MAX_CONFIG_BYTES: u64 = 8 << 20;
/// The most layers of an image.
pub(super) const MAX_LAYERS: usize = 512;
/// The most of a stranger's word that an error repeats.
const SHOWN_CHARACTERS: usize = 200;
/// Platforms that an error names.
const SHOWN_PLATFORMS: usize = 12;

/// Why a document is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Not what it should be.
    #[error("the {what} can't be read: {cause}")]
    Unreadable {
        /// Which document.
        what: &'static str,
        /// Why.
        cause: String,
    },
    /// Beyond a bound.
    #[error("the {what} has more than {max} bytes")]
    TooBig {
        /// Which document.
        what: &'static str,
        /// The bound.
        max: u64,
    },
    /// More than [`MAX_LAYERS`].
    #[error("the image has {0} layers, more than {MAX_LAYERS}")]
    TooManyLayers(usize),
    /// No image, or one that is not read here.
    #[error("{0} is no image that can be read here")]
    NotAnImage(String),
    /// For other machines alone.
    #[error("there is no image for {wanted}; there is one for {found}")]
    NoPlatform {
        /// What was asked for.
        wanted: String,
        /// What there is.
        found: String,
    },
    /// An archive of more than one image.
    #[error("the archive has {0} images; save one alone")]
    Several(usize),
    /// A field that no image may have so.
    #[error("the image's config is refused: {field} {why}")]
    BadConfig {
        /// Which field.
        field: &'static str,
        /// What is wrong.
        why: String,
    },
    /// The config and the manifest do not belong together.
    #[error("the config tells of {diff_ids} layers, the manifest of {layers}")]
    LayersDiffer {
        /// Of the config.
        diff_ids: usize,
        /// Of the manifest.
        layers: usize,
    },
}

impl DocumentError {
    pub(super) fn unreadable(what: &'static str, cause: impl fmt::Display) -> Self {
        Self::Unreadable { what, cause: shown(&cause.to_string()) }
    }
}

/// What an image was made for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Platform {
    os: String,
    architecture: String,
    variant: String,
}

/// Not `os/architecture` or `os/architecture/variant`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be as linux/amd64 or linux/arm/v7")]
pub struct PlatformError;

impl Platform {
    /// This machine's.
    pub fn host() -> Self {
        let architecture = match std::env::consts::ARCH {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            "x86" => "386",
            "powerpc64" => "ppc64le",
            other => other,
        };
        Self {
            os: "linux".to_owned(),
            architecture: architecture.to_owned(),
            variant: String::new(),
        }
    }

    pub(super) fn os(&self) -> &str {
        &self.os
    }

    pub(super) fn architecture(&self) -> &str {
        &self.architecture
    }

    /// Whether an image for `os` and `architecture` is one for this; what an
    /// image does not say is taken for the best.
    pub(super) fn takes(&self, os: &str, architecture: &str, variant: &str) -> bool {
        let same = |wanted: &str, has: &str| wanted.is_empty() || has.is_empty() || wanted == has;
        same(&self.os, os) && same(&self.architecture, architecture) && same(&self.variant, variant)
    }
}

impl FromStr for Platform {
    type Err = PlatformError;

    fn from_str(text: &str) -> Result<Self, PlatformError> {
        let parts: Vec<&str> = text.split('/').collect();
        let word = |part: &&str| {
            (1..=32).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        if !(2..=3).contains(&parts.len()) || !parts.iter().all(word) {
            return Err(PlatformError);
        }
        Ok(Self {
            os: parts[0].to_owned(),
            architecture: parts[1].to_owned(),
            variant: parts.get(2).map_or_else(String::new, |variant| (*variant).to_owned()),
        })
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.os, self.architecture)?;
        if self.variant.is_empty() { Ok(()) } else { write!(formatter, "/{}", self.variant) }
    }
}

/// A blob that a document names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Descriptor {
    pub(super) digest: Digest,
    pub(super) size: u64,
}

/// What a manifest's bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Manifest {
    /// Of one image.
    Image { config: Descriptor, layers: Vec<Descriptor> },
    /// Of images for several platforms.
    Index(Index),
}

/// Images for several platforms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Index(Vec<(RawPlatform, Descriptor)>);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawManifest {
    schema_version: u32,
    media_type: Option<String>,
    config: Option<RawDescriptor>,
    layers: Option<Vec<RawDescriptor>>,
    manifests: Option<Vec<RawDescriptor>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawDescriptor {
    #[serde(default)]
    media_type: String,
    digest: String,
    size: u64,
    platform: Option<RawPlatform>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
struct RawPlatform {
    #[serde(default)]
    os: String,
    #[serde(default)]
    architecture: String,
    #[serde(default)]
    variant: String,
}

impl Manifest {
    /// Reads a manifest or an index.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        const WHAT: &str = "manifest";
        if bytes.len() as u64 > MAX_MANIFEST_BYTES {
            return Err(DocumentError::TooBig { what: WHAT, max: MAX_MANIFEST_BYTES });
        }
        let raw: RawManifest = serde_json::from_slice(bytes)
            .map_err(|error| DocumentError::unreadable(WHAT, error))?;
        if raw.schema_version != 2 {
            let what = format!("a manifest of schema version {}", raw.schema_version);
            return Err(DocumentError::NotAnImage(what));
        }
        match (raw.manifests, raw.config, raw.layers) {
            (Some(manifests), None, None) => {
                let entries = manifests.into_iter().map(|mut raw| {
                    let platform = raw.platform.take().unwrap_or_default();
                    Ok((platform, raw.checked()?))
                });
                Ok(Self::Index(Index(entries.collect::<Result<_, _>>()?)))
            }
            (None, Some(config), Some(layers)) => Self::image(config, layers),
            _ => {
                let kind = raw.media_type.unwrap_or_else(|| "the manifest".to_owned());
                Err(DocumentError::NotAnImage(shown(&kind)))
            }
        }
    }

    fn image(config: RawDescriptor, layers: Vec<RawDescriptor>) -> Result<Self, DocumentError> {
        if !is_config(&config.media_type) {
            return Err(DocumentError::NotAnImage(shown(&config.media_type)));
        }
        if config.size > MAX_CONFIG_BYTES {
            return Err(DocumentError::TooBig { what: "config", max: MAX_CONFIG_BYTES });
        }
        if layers.len() > MAX_LAYERS {
            return Err(DocumentError::TooManyLayers(layers.len()));
        }
        if let Some(foreign) = layers.iter().find(|layer| !is_layer(&layer.media_type)) {
            let what = format!("a layer of the type {:?}", shown(&foreign.media_type));
            return Err(DocumentError::NotAnImage(what));
        }
        let bytes = layers.iter().fold(0_u64, |sum, layer| sum.saturating_add(layer.size));
        if bytes > MAX_ARCHIVE_BYTES {
            return Err(DocumentError::TooBig { what: "image", max: MAX_ARCHIVE_BYTES });
        }
        let layers = layers.into_iter().map(RawDescriptor::checked);
        Ok(Self::Image { config: config.checked()?, layers: layers.collect::<Result<_, _>>()? })
    }
}

impl Index {
    /// The manifest for a platform; the only one there is, whatever it is for.
    pub(super) fn choose(&self, wanted: &Platform) -> Result<&Descriptor, DocumentError> {
        if let [(_, only)] = &self.0[..] {
            return Ok(only);
        }
        let takes = |platform: &RawPlatform| {
            // Attestations are for `unknown/unknown`.
            !platform.os.is_empty()
                && wanted.takes(&platform.os, &platform.architecture, &platform.variant)
        };
        let chosen = self.0.iter().find(|(platform, _)| takes(platform));
        chosen.map(|(_, descriptor)| descriptor).ok_or_else(|| {
            let named = self.0.iter().map(|(has, _)| format!("{}/{}", has.os, has.architecture));
            let found: Vec<_> = named.take(SHOWN_PLATFORMS).collect();
            let found = if found.is_empty() { "none".to_owned() } else { found.join(", ") };
            DocumentError::NoPlatform { wanted: wanted.to_string(), found: shown(&found) }
        })
    }
}

impl RawDescriptor {
    fn checked(self) -> Result<Descriptor, DocumentError> {
        let digest = self.digest.parse();
        let digest = digest.map_err(|error| DocumentError::unreadable("manifest", error))?;
        Ok(Descriptor { digest, size: self.size })
    }
}

/// An artifact that is no image has a config of its own kind.
fn is_config(media_type: &str) -> bool {
    matches!(
        media_type,
        "" | "application/vnd.oci.image.config.v1+json"
            | "application/vnd.docker.container.image.v1+json"
    )
}

/// A layer that must be asked of its maker alone is none that can be pulled.
fn is_layer(media_type: &str) -> bool {
    matches!(
        media_type,
        "" | "application/vnd.oci.image.layer.v1.tar"
            | "application/vnd.oci.image.layer.v1.tar+gzip"
            | "application/vnd.oci.image.layer.v1.tar+zstd"
            | "application/vnd.docker.image.rootfs.diff.tar"
            | "application/vnd.docker.image.rootfs.diff.tar.gzip"
            | "application/vnd.docker.image.rootfs.diff.tar.zstd"
    )
}

/// A stranger's text, printable and short.
pub(super) fn shown(text: &str) -> String {
    let printable = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    printable.take(SHOWN_CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn blob(media_type: &str, size: u64) -> serde_json::Value {
        json!({"mediaType": media_type, "digest": Digest::of(b"").as_str(), "size": size})
    }

    fn config(size: u64) -> serde_json::Value {
        blob("application/vnd.oci.image.config.v1+json", size)
    }

    fn layer() -> serde_json::Value {
        blob("application/vnd.oci.image.layer.v1.tar+gzip", 10)
    }

    fn parse(value: &serde_json::Value) -> Result<Manifest, DocumentError> {
        Manifest::parse(&serde_json::to_vec(value).unwrap())
    }

    #[test]
    fn a_manifest_beyond_a_bound_is_refused() {
        let manifest = |config: serde_json::Value, layers: Vec<serde_json::Value>| {
            parse(&json!({"schemaVersion": 2, "config": config, "layers": layers}))
        };
        assert!(manifest(config(10), vec![layer(); MAX_LAYERS]).is_ok());
        let many = manifest(config(10), vec![layer(); MAX_LAYERS + 1]);
        assert_eq!(many, Err(DocumentError::TooManyLayers(MAX_LAYERS + 1)));
        let big = manifest(config(MAX_CONFIG_BYTES + 1), vec![]);
        assert!(matches!(big, Err(DocumentError::TooBig { what: "config", .. })));
        let huge = vec![blob("", u64::MAX); 2];
        assert!(matches!(manifest(config(1), huge), Err(DocumentError::TooBig { .. })));
        let spaces = vec![b' '; MAX_MANIFEST_BYTES as usize + 1];
        assert!(matches!(Manifest::parse(&spaces), Err(DocumentError::TooBig { .. })));
        for foreign in [
            "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
            "application/vnd.oci.image.layer.nondistributable.v1.tar",
            "application/wasm",
        ] {
            let refused = manifest(config(1), vec![blob(foreign, 1)]);
            assert!(matches!(refused, Err(DocumentError::NotAnImage(_))), "{foreign}");
        }
        let artifact = manifest(blob("application/vnd.cncf.helm.config.v1+json", 1), vec![]);
        assert!(matches!(artifact, Err(DocumentError::NotAnImage(_))));
    }

    #[test]
    fn what_is_no_manifest_is_told_apart() {
        for bad in [json!({"schemaVersion": 1}), json!({"schemaVersion": 2})] {
            assert!(matches!(parse(&bad), Err(DocumentError::NotAnImage(_))), "{bad}");
        }
        let evil = json!({"mediaType": "", "digest": "sha256:../../etc", "size": 1});
        let evil = json!({"schemaVersion": 2, "config": evil, "layers": []});
        for bad in [json!([]), evil] {
            assert!(matches!(parse(&bad), Err(DocumentError::Unreadable { .. })), "{bad}");
        }
    }

    #[test]
    fn an_index_is_chosen_from_by_platform() {
        let entry = |digest: &[u8], os: &str, architecture: &str, variant: &str| {
            json!({"mediaType": "", "digest": Digest::of(digest).as_str(), "size": 1,
                "platform": {"os": os, "architecture": architecture, "variant": variant}})
        };
        let parsed = parse(&json!({"schemaVersion": 2, "manifests": [
            entry(b"u", "unknown", "unknown", ""),
            entry(b"7", "linux", "arm", "v7"),
            entry(b"8", "linux", "arm64", "v8"),
            entry(b"a", "linux", "amd64", ""),
        ]}));
        let Ok(Manifest::Index(index)) = parsed else { panic!("{parsed:?}") };
        let choose = |platform: &str| index.choose(&platform.parse().unwrap());
        for (platform, digest) in
            [("linux/amd64", &b"a"[..]), ("linux/arm64", b"8"), ("linux/arm/v7", b"7")]
        {
            assert_eq!(choose(platform).unwrap().digest, Digest::of(digest), "{platform}");
        }
        for none in ["linux/arm/v6", "windows/amd64", "linux/s390x"] {
            assert!(matches!(choose(none), Err(DocumentError::NoPlatform { .. })), "{none}");
        }
        for bad in ["", "linux", "linux/", "/amd64", "linux/a/b/c", "linux/am d64"] {
            assert!(bad.parse::<Platform>().is_err(), "{bad}");
        }
    }
}
