//! Root file systems for sandboxes, made in memory: as a tar archive for an
//! import, or unpacked into a directory for runc.

use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Component, Path};

/// A path's last word, without a leading `/`.
#[derive(Debug, Clone)]
pub(crate) enum Entry {
    Directory { path: String },
    File { path: String, mode: u32, content: Vec<u8> },
    Link { path: String, target: String },
}

/// A root file system with the probe in it.
#[derive(Debug, Clone)]
pub(crate) struct RootTree {
    /// Tells trees apart; a name for an image.
    pub(crate) name: String,
    pub(crate) entries: Vec<Entry>,
}

/// The name of the image that is no archive.
pub(crate) const HOST: &str = "host";

const DIRECTORIES: [&str; 11] =
    ["dev", "etc", "home", "proc", "root", "run", "sys", "tmp", "var", "var/tmp", "workspace"];

impl RootTree {
    /// Directories, users, the probe, and the probe again as a set-uid program.
    pub(crate) fn plain(probe: &[u8]) -> Self {
        let mut entries: Vec<Entry> =
            DIRECTORIES.map(|path| Entry::Directory { path: path.to_owned() }).into();
        let mut file = |path: &str, mode, content: &[u8]| {
            entries.push(Entry::File { path: path.to_owned(), mode, content: content.to_vec() });
        };
        file("probe", 0o755, probe);
        file("probe-set-uid", 0o4755, probe);
        file("interpreted", 0o755, b"#!/proc/self/exe\n");
        file("etc/passwd", 0o644, PASSWD);
        file("etc/group", 0o644, b"root:x:0:\nuser:x:1000:\n");
        for (path, target) in
            [("out-by-dots", "../../../../../../.."), ("out-by-fd", "/proc/self/fd/7")]
        {
            entries.push(Entry::Link { path: path.to_owned(), target: target.to_owned() });
        }
        Self { name: "plain".to_owned(), entries }
    }

    /// The plain tree with a link instead of what is at `path`.
    pub(crate) fn with_link(probe: &[u8], path: &str, target: &str) -> Self {
        let mut tree = Self::plain(probe);
        let below = format!("{path}/");
        tree.entries.retain(|entry| {
            let at = entry.path();
            at != path && !at.starts_with(&below)
        });
        tree.entries.push(Entry::Link { path: path.to_owned(), target: target.to_owned() });
        let plain: String =
            path.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        tree.name = format!("link-{}", plain.to_lowercase());
        tree
    }

    /// The built-in image, which only Skerry has and which has no probe.
    pub(crate) fn host() -> Self {
        Self { name: HOST.to_owned(), entries: Vec::new() }
    }

    pub(crate) fn tar(&self) -> io::Result<Vec<u8>> {
        let mut archive = tar::Builder::new(Vec::new());
        for entry in &self.entries {
            let mut header = tar::Header::new_gnu();
            header.set_uid(0);
            header.set_gid(0);
            header.set_mtime(1);
            match entry {
                Entry::Directory { path } => {
                    header.set_entry_type(tar::EntryType::Directory);
                    header.set_mode(0o755);
                    header.set_size(0);
                    archive.append_data(&mut header, path, io::empty())?;
                }
                Entry::File { path, mode, content } => {
                    header.set_mode(*mode);
                    header.set_size(content.len() as u64);
                    archive.append_data(&mut header, path, content.as_slice())?;
                }
                Entry::Link { path, target } => {
                    header.set_entry_type(tar::EntryType::Symlink);
                    header.set_mode(0o777);
                    header.set_size(0);
                    archive.append_link(&mut header, path, target)?;
                }
            }
        }
        archive.into_inner()
    }

    /// Unpacks below `root`, an empty directory of the test's own.
    pub(crate) fn unpack(&self, root: &Path) -> io::Result<()> {
        for entry in &self.entries {
            let inside = Path::new(entry.path());
            assert!(
                inside.components().all(|part| matches!(part, Component::Normal(_))),
                "a tree of the tests stays in its root"
            );
            let path = root.join(inside);
            match entry {
                Entry::Directory { .. } => fs::create_dir_all(&path)?,
                Entry::File { mode, content, .. } => {
                    fs::write(&path, content)?;
                    fs::set_permissions(&path, fs::Permissions::from_mode(*mode))?;
                }
                Entry::Link { target, .. } => symlink(target, &path)?,
            }
        }
        Ok(())
    }
}

/// With users whose numbers don't fit, and must not become root's.
const PASSWD: &[u8] = b"root:x:0:0:root:/root:/bin/sh
user:x:1000:1000:user:/home:/bin/sh
wrap:x:4294967296:4294967296:wrap:/home:/bin/sh
minus:x:-1:-1:minus:/home:/bin/sh
far:x:70000:70000:far:/home:/bin/sh
empty:x:::empty:/home:/bin/sh
";

impl Entry {
    fn path(&self) -> &str {
        match self {
            Self::Directory { path } | Self::File { path, .. } | Self::Link { path, .. } => path,
        }
    }
}
