//! What the image `host` is made of: directories and files of its own, and
//! from the machine only what is listed here, public and owned by root.
//!
//! Nothing is copied by "all of /etc": a secret that an administrator left
//! world-readable somewhere else can't get in.

use std::fs;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{Mode, OFlags};

/// Changes whenever the lists here do, so that the image is made anew.
const RECIPE_VERSION: u32 = 1;
/// Files of the host larger than this are none that a program needs to run.
const MAX_COPY_BYTES: u64 = 16 << 20;
/// Files of one host directory; more are left out.
const MAX_DIRECTORY_ENTRIES: usize = 20_000;

/// The owner of the home directory in it.
const SANDBOX_USER: u32 = 1000;

/// Top-level names that a host with a merged /usr has as links into it.
const MERGED_REQUIRED: [&str; 3] = ["bin", "sbin", "lib"];
const MERGED_OPTIONAL: [&str; 3] = ["lib64", "lib32", "libx32"];

/// Path, permissions, owner.
const DIRECTORIES: &[(&str, u32, u32)] = &[
    ("usr", 0o755, 0),
    ("dev", 0o755, 0),
    ("proc", 0o755, 0),
    ("sys", 0o755, 0),
    ("run", 0o755, 0),
    ("mnt", 0o755, 0),
    ("opt", 0o755, 0),
    ("srv", 0o755, 0),
    ("media", 0o755, 0),
    ("workspace", 0o755, 0),
    ("root", 0o700, 0),
    ("home", 0o755, 0),
    ("home/sandbox", 0o755, SANDBOX_USER),
    ("tmp", 0o1777, 0),
    ("var", 0o755, 0),
    ("var/tmp", 0o1777, 0),
    ("var/lib", 0o755, 0),
    ("var/cache", 0o755, 0),
    ("var/log", 0o755, 0),
    ("var/lock", 0o1777, 0),
    ("etc", 0o755, 0),
    ("etc/ld.so.conf.d", 0o755, 0),
    ("etc/alternatives", 0o755, 0),
    ("etc/ssl", 0o755, 0),
    ("etc/ssl/certs", 0o755, 0),
];

/// Path and content; all 0644 and root's.
const TEXTS: &[(&str, &str)] = &[
    (
        "etc/passwd",
        "root:x:0:0:root:/root:/bin/bash\n\
         daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n\
         bin:x:2:2:bin:/bin:/usr/sbin/nologin\n\
         sys:x:3:3:sys:/dev:/usr/sbin/nologin\n\
         www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n\
         sandbox:x:1000:1000:sandbox:/home/sandbox:/bin/bash\n\
         nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
    ),
    (
        "etc/group",
        "root:x:0:\ndaemon:x:1:\nbin:x:2:\nsys:x:3:\nadm:x:4:\ntty:x:5:\ndisk:x:6:\n\
         mail:x:8:\nwww-data:x:33:\nutmp:x:43:\nstaff:x:50:\nusers:x:100:\n\
         sandbox:x:1000:\nnogroup:x:65534:\n",
    ),
    ("etc/hosts", "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n"),
    (
        "etc/nsswitch.conf",
        "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nnetworks: files\n\
         protocols: files\nservices: files\nethers: files\nrpc: files\n",
    ),
    ("etc/host.conf", "multi on\n"),
    ("etc/shells", "/bin/sh\n/bin/bash\n/usr/bin/sh\n/usr/bin/bash\n"),
    ("etc/timezone", "Etc/UTC\n"),
    (
        "etc/profile",
        "if [ \"$(id -u)\" = 0 ]; then\n\
         \x20 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n\
         else\n\
         \x20 PATH=/usr/local/bin:/usr/bin:/bin\n\
         fi\n\
         export PATH\n\
         [ -n \"$BASH\" ] && [ -n \"$PS1\" ] && . /etc/bash.bashrc\n",
    ),
    ("etc/bash.bashrc", "[ -z \"$PS1\" ] && return\nPS1='\\u@\\h:\\w\\$ '\n"),
];

/// Links with the same target on every host.
const LINKS: &[(&str, &str)] = &[
    ("etc/os-release", "../usr/lib/os-release"),
    ("etc/localtime", "/usr/share/zoneinfo/Etc/UTC"),
    ("etc/mtab", "/proc/self/mounts"),
    ("var/run", "/run"),
];

/// Single files of the host; one that is missing is left out.
const COPIES: &[&str] = &[
    "etc/ld.so.conf",
    "etc/ld.so.cache",
    "etc/mime.types",
    "etc/services",
    "etc/protocols",
    "etc/rpc",
    "etc/ethertypes",
    "etc/networks",
    "etc/locale.alias",
    "etc/inputrc",
    "etc/login.defs",
    "etc/debian_version",
    "etc/ssl/openssl.cnf",
];

/// Directories of the host below /etc, of which files with these endings are
/// copied; no ending: all.
const COPY_DIRECTORIES: &[(&str, &[&str])] = &[
    ("etc/ld.so.conf.d", &[".conf"]),
    ("etc/ssl/certs", &[".crt", ".pem", ".0", ".1", ".2"]),
    ("etc/ssl/certs/java", &["cacerts"]),
];

/// Configuration without which an interpreter of the host does not start:
/// directories below /etc by the beginning of their name, copied whole.
const INTERPRETERS: &[&str] = &["python3", "perl", "java-"];
/// How deep such a directory goes.
const INTERPRETER_DEPTH: usize = 4;

/// Marks a private key in a file that also has a public certificate.
const PRIVATE_KEY: &[u8] = b"PRIVATE KEY-----";

/// One entry of the image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// A directory; made before what is in it.
    Directory { path: PathBuf, mode: u32, owner: u32 },
    /// A file of root's.
    File { path: PathBuf, mode: u32, content: Vec<u8> },
    /// A symbolic link of root's.
    Link { path: PathBuf, target: PathBuf },
}

impl Item {
    /// Where it is, from the image's root.
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Directory { path, .. } | Self::File { path, .. } | Self::Link { path, .. } => {
                path
            }
        }
    }
}

/// Why this machine can't give its own /usr to sandboxes.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RecipeError {
    /// /bin and its like are directories of their own.
    #[error("/{0} is not a link into /usr: the image `host` needs a merged /usr")]
    NotMerged(&'static str),
}

/// Reads the host below `host_root` and lists the image's entries, parents
/// first and always in the same order.
pub(super) fn plan(host_root: &Path) -> Result<Vec<Item>, RecipeError> {
    let mut plan = Plan { host_root, items: Vec::new() };
    plan.own_entries();
    plan.merged_links()?;
    COPIES.iter().for_each(|path| plan.copy(Path::new(path)));
    plan.alternatives();
    for (directory, endings) in COPY_DIRECTORIES {
        plan.copy_directory(Path::new(directory), endings);
    }
    plan.interpreters();
    Ok(plan.items)
}

/// Names a plan: another one has another name.
pub(super) fn fingerprint(items: &[Item]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&RECIPE_VERSION.to_le_bytes());
    let mut part = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    for item in items {
        match item {
            Item::Directory { path, mode, owner } => {
                part(b"directory");
                part(path.as_os_str().as_bytes());
                part(&[mode.to_le_bytes(), owner.to_le_bytes()].concat());
            }
            Item::File { path, mode, content } => {
                part(b"file");
                part(path.as_os_str().as_bytes());
                part(&mode.to_le_bytes());
                part(content);
            }
            Item::Link { path, target } => {
                part(b"link");
                part(path.as_os_str().as_bytes());
                part(target.as_os_str().as_bytes());
            }
        }
    }
    hasher.finalize().to_hex()[..16].to_owned()
}

struct Plan<'a> {
    host_root: &'a Path,
    items: Vec<Item>,
}

impl Plan<'_> {
    fn own_entries(&mut self) {
        for (path, mode, owner) in DIRECTORIES {
            self.items.push(Item::Directory { path: path.into(), mode: *mode, owner: *owner });
        }
        for (path, text) in TEXTS {
            let content = text.as_bytes().to_vec();
            self.items.push(Item::File { path: path.into(), mode: 0o644, content });
        }
        for (path, target) in LINKS {
            self.link(PathBuf::from(path), PathBuf::from(target));
        }
    }

    fn merged_links(&mut self) -> Result<(), RecipeError> {
        for name in MERGED_REQUIRED.into_iter().chain(MERGED_OPTIONAL) {
            let path = self.host_root.join(name);
            match fs::read_link(&path) {
                Ok(target) if is_below_usr(&target) || target.starts_with("usr") => {
                    self.link(PathBuf::from(name), target);
                }
                _ if !MERGED_REQUIRED.contains(&name) => {}
                _ => return Err(RecipeError::NotMerged(name)),
            }
        }
        Ok(())
    }

    fn link(&mut self, path: PathBuf, target: PathBuf) {
        self.items.push(Item::Link { path, target });
    }

    fn copy(&mut self, path: &Path) {
        if let Some((mode, content)) = read_public(&self.host_root.join(path)) {
            self.items.push(Item::File { path: path.to_owned(), mode, content });
        }
    }

    /// /etc/alternatives has links alone, each to the chosen program.
    fn alternatives(&mut self) {
        for path in self.children(Path::new("etc/alternatives")) {
            match fs::read_link(self.host_root.join(&path)) {
                Ok(target) if is_below_usr(&target) => self.link(path, target),
                _ => {}
            }
        }
    }

    fn copy_directory(&mut self, directory: &Path, endings: &[&str]) {
        let mut wanted = self.children(directory);
        wanted.retain(|path| {
            let name = path.file_name().unwrap_or_default().as_bytes();
            endings.iter().any(|ending| name.ends_with(ending.as_bytes()))
        });
        let missing = !self.has_directory(directory);
        if missing && !wanted.is_empty() {
            self.items.push(Item::Directory { path: directory.to_owned(), mode: 0o755, owner: 0 });
        }
        for path in wanted {
            self.copy_or_link(&path);
        }
    }

    fn copy_or_link(&mut self, path: &Path) {
        match fs::read_link(self.host_root.join(path)) {
            Ok(target) if is_below_usr(&target) || is_sibling(&target) => {
                self.link(path.to_owned(), target);
            }
            Ok(_) => {}
            Err(_) => self.copy(path),
        }
    }

    fn interpreters(&mut self) {
        for path in self.children(Path::new("etc")) {
            let name = path.file_name().unwrap_or_default().as_bytes();
            if INTERPRETERS.iter().any(|start| name.starts_with(start.as_bytes())) {
                self.copy_tree(&path, INTERPRETER_DEPTH);
            }
        }
    }

    fn copy_tree(&mut self, directory: &Path, depth: usize) {
        if depth == 0 || !is_public_directory(&self.host_root.join(directory)) {
            return;
        }
        self.items.push(Item::Directory { path: directory.to_owned(), mode: 0o755, owner: 0 });
        for path in self.children(directory) {
            if is_public_directory(&self.host_root.join(&path)) {
                self.copy_tree(&path, depth - 1);
            } else {
                self.copy_or_link(&path);
            }
        }
    }

    fn has_directory(&self, wanted: &Path) -> bool {
        self.items.iter().any(|item| matches!(item, Item::Directory { path, .. } if path == wanted))
    }

    /// The entries of a directory of root's, by name.
    fn children(&self, directory: &Path) -> Vec<PathBuf> {
        let on_host = self.host_root.join(directory);
        if !is_public_directory(&on_host) {
            return Vec::new();
        }
        let Ok(entries) = fs::read_dir(on_host) else { return Vec::new() };
        let names = entries.filter_map(|entry| Some(entry.ok()?.file_name()));
        let mut paths: Vec<_> =
            names.take(MAX_DIRECTORY_ENTRIES).map(|name| directory.join(name)).collect();
        paths.sort();
        paths
    }
}

fn is_below_usr(target: &Path) -> bool {
    target.starts_with("/usr") && !target.components().any(|part| part == Component::ParentDir)
}

fn is_sibling(target: &Path) -> bool {
    let mut parts = target.components();
    matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None))
}

/// A directory, not a link to one, of root's that everyone may read.
fn is_public_directory(path: &Path) -> bool {
    fs::symlink_metadata(path)
        .is_ok_and(|meta| meta.is_dir() && meta.uid() == 0 && meta.mode() & 0o005 == 0o005)
}

/// Permissions and content of a regular file of root's that everyone may
/// read, and that holds no private key.
fn read_public(path: &Path) -> Option<(u32, Vec<u8>)> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = fs::File::from(rustix::fs::open(path, flags, Mode::empty()).ok()?);
    let meta = file.metadata().ok()?;
    let public = meta.is_file() && meta.uid() == 0 && meta.mode() & 0o004 != 0;
    if !public || meta.len() > MAX_COPY_BYTES {
        return None;
    }
    let mut content = Vec::new();
    file.take(MAX_COPY_BYTES).read_to_end(&mut content).ok()?;
    let secret = content.windows(PRIVATE_KEY.len()).any(|window| window == PRIVATE_KEY);
    let mode = if meta.mode() & 0o001 != 0 { 0o755 } else { 0o644 };
    (!secret).then_some((mode, content))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn merged_host() -> tempfile::TempDir {
        let host = tempfile::tempdir().unwrap();
        fs::set_permissions(host.path(), fs::Permissions::from_mode(0o755)).unwrap();
        for directory in ["usr", "etc/ssl/certs", "etc/alternatives", "etc/python3.11"] {
            fs::create_dir_all(host.path().join(directory)).unwrap();
        }
        for name in MERGED_REQUIRED {
            symlink(format!("usr/{name}"), host.path().join(name)).unwrap();
        }
        host
    }

    fn write(path: &Path, content: &str, mode: u32) {
        fs::write(path, content).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn paths(items: &[Item]) -> Vec<&str> {
        items.iter().map(|item| item.path().to_str().unwrap()).collect()
    }

    #[test]
    fn only_public_files_of_the_list_get_in() {
        let host = merged_host();
        let etc = host.path().join("etc");
        write(&etc.join("services"), "ssh 22/tcp\n", 0o644);
        write(&etc.join("protocols"), "tcp 6\n", 0o640);
        write(&etc.join("shadow"), "root:secret\n", 0o644);
        write(&etc.join("environment"), "TOKEN=secret\n", 0o644);
        write(&etc.join("ssl/certs/public.pem"), "-----BEGIN CERTIFICATE-----\n", 0o644);
        write(&etc.join("ssl/certs/both.pem"), "-----BEGIN RSA PRIVATE KEY-----\n", 0o644);
        write(&etc.join("python3.11/sitecustomize.py"), "pass\n", 0o644);
        symlink("/usr/bin/vim", etc.join("alternatives/editor")).unwrap();
        symlink("/root/secret", etc.join("alternatives/leak")).unwrap();
        symlink("/usr/../root/secret", etc.join("alternatives/sly")).unwrap();
        symlink("/etc/shadow", etc.join("rpc")).unwrap();
        let items = plan(host.path()).unwrap();
        let paths = paths(&items);
        for wanted in [
            "etc/services",
            "etc/ssl/certs/public.pem",
            "etc/python3.11/sitecustomize.py",
            "etc/alternatives/editor",
        ] {
            assert!(paths.contains(&wanted), "{wanted}");
        }
        for unwanted in [
            "etc/protocols",
            "etc/shadow",
            "etc/environment",
            "etc/rpc",
            "etc/ssl/certs/both.pem",
            "etc/alternatives/leak",
            "etc/alternatives/sly",
        ] {
            assert!(!paths.contains(&unwanted), "{unwanted}");
        }
    }

    #[test]
    fn a_changed_file_of_the_host_changes_the_fingerprint() {
        let host = merged_host();
        let before = fingerprint(&plan(host.path()).unwrap());
        assert_eq!(before, fingerprint(&plan(host.path()).unwrap()));
        write(&host.path().join("etc/ld.so.cache"), "cache", 0o644);
        assert_ne!(before, fingerprint(&plan(host.path()).unwrap()));
    }

    #[test]
    fn a_host_without_a_merged_usr_is_told_so() {
        let host = merged_host();
        fs::remove_file(host.path().join("bin")).unwrap();
        fs::create_dir(host.path().join("bin")).unwrap();
        assert!(matches!(plan(host.path()), Err(RecipeError::NotMerged("bin"))));
    }
}
