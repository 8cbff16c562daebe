//! Options that give a new sandbox volumes.

use clap::Args;
use skerry_client::v1::{CreateSandboxRequest, Retention, Storage, VolumeMount};

use crate::units::parse_size;

/// Volumes of a new sandbox.
#[derive(Debug, Args)]
pub(super) struct MountOptions {
    /// Mount a volume, at /workspace where no path is given; may be repeated
    #[arg(short, long, value_name = "NAME[:PATH[:ro]]", value_parser = parse_mount)]
    volume: Vec<VolumeMount>,
    /// Make a volume for it, of a size or `none`, at /workspace where no path is given
    #[arg(long, value_name = "SIZE[:PATH]", value_parser = parse_storage)]
    storage: Option<Storage>,
    /// Keep that volume when the sandbox goes
    #[arg(long, requires = "storage")]
    keep_storage: bool,
}

impl MountOptions {
    /// Asks for them.
    pub(super) fn ask(self, request: &mut CreateSandboxRequest) {
        request.mounts = self.volume;
        request.storage = self.storage;
        if let (Some(storage), true) = (&mut request.storage, self.keep_storage) {
            storage.set_retention(Retention::Keep);
        }
    }
}

/// Bytes of a size, or 0 for no bound.
pub(super) fn parse_bound(text: &str) -> Result<i64, String> {
    match text {
        "none" => Ok(0),
        _ => parse_size(text).map_err(|error| format!("{error}, none")),
    }
}

fn parse_mount(text: &str) -> Result<VolumeMount, String> {
    let wrong = || "write NAME, NAME:/PATH or NAME:/PATH:ro".to_owned();
    let (name, place) = match text.split_once(':') {
        None => (text, None),
        Some((name, place)) => (name, Some(place)),
    };
    let (path, read_only) = match place.map(|place| (place, place.strip_suffix(":ro"))) {
        None => ("", false),
        Some((_, Some(path))) => (path, true),
        Some((path, None)) => (path, false),
    };
    if name.is_empty() || place.is_some() && !path.starts_with('/') {
        return Err(wrong());
    }
    Ok(VolumeMount { volume_id: name.to_owned(), path: path.to_owned(), read_only })
}

fn parse_storage(text: &str) -> Result<Storage, String> {
    let (size, path) = text.split_once(':').unwrap_or((text, ""));
    if text.contains(':') && !path.starts_with('/') {
        return Err("write SIZE or SIZE:/PATH".to_owned());
    }
    let size_bytes = parse_bound(size)?;
    Ok(Storage { size_bytes, path: path.to_owned(), ..Storage::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_is_a_name_a_path_and_whether_it_is_read_only() {
        for (text, name, path, read_only) in [
            ("data", "data", "", false),
            ("data:/srv", "data", "/srv", false),
            ("data:/srv:ro", "data", "/srv", true),
            ("vol_1:/a:b", "vol_1", "/a:b", false),
            ("data:/ro", "data", "/ro", false),
        ] {
            let mount = parse_mount(text).expect(text);
            let got = (mount.volume_id.as_str(), mount.path.as_str(), mount.read_only);
            assert_eq!(got, (name, path, read_only), "{text}");
        }
        for text in ["", ":/srv", "data:", "data:ro", "data:srv", "data::ro"] {
            assert!(parse_mount(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_storage_is_a_size_and_a_path() {
        for (text, size, path) in
            [("1G", 1 << 30, ""), ("512M:/srv", 512 << 20, "/srv"), ("none:/srv", 0, "/srv")]
        {
            let storage = parse_storage(text).expect(text);
            assert_eq!((storage.size_bytes, storage.path.as_str()), (size, path), "{text}");
        }
        for text in ["", "/srv", "1G:", "1G:srv", "lots", "lots:/srv"] {
            assert!(parse_storage(text).is_err(), "{text}");
        }
    }
}
