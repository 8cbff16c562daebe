//! What the host offers to be reached: a file, a directory to trap mounts in,
//! an abstract socket, a port, its name. And what the host sees of a sandbox.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::net::TcpListener;
use std::os::linux::fs::MetadataExt;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

/// The host's side of the checks; gone when dropped.
pub(crate) struct World {
    /// The probe's program.
    pub(crate) probe: Vec<u8>,
    /// A file that only the host has.
    pub(crate) canary: PathBuf,
    /// A directory that hostile images point to.
    pub(crate) trap: PathBuf,
    pub(crate) abstract_name: String,
    pub(crate) port: u16,
    pub(crate) host_name: String,
    /// Major and minor number of the disk below the host's root.
    pub(crate) disk: (u32, u32),
    /// A device that the host's root can open and a sandbox must not.
    pub(crate) device: (u32, u32),
    directory: TempDir,
    _abstract_socket: UnixListener,
    _port: TcpListener,
}

const FUSE: (u32, u32) = (10, 229);
/// Opening one of these for reading does nothing.
const HARMLESS_DEVICES: [&str; 3] = ["/dev/fuse", "/dev/hwrng", "/dev/loop-control"];

fn openable_device() -> Option<(u32, u32)> {
    let path = HARMLESS_DEVICES.into_iter().find(|path| fs::File::open(path).is_ok())?;
    let device = fs::metadata(path).ok()?.st_rdev();
    Some((major(device), minor(device)))
}

/// What hostile images lead into.
const TRAPPED: [&str; 6] = ["dev", "proc", "sys", "etc", "workspace", "file"];

impl World {
    pub(crate) fn new(probe: Vec<u8>) -> io::Result<Self> {
        let directory = tempfile::Builder::new().prefix("skerry-security-").tempdir()?;
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755))?;
        let canary = directory.path().join("canary");
        fs::write(&canary, "only the host has this\n")?;
        let trap = directory.path().join("trap");
        for name in &TRAPPED[..5] {
            fs::create_dir_all(trap.join(name))?;
        }
        fs::write(trap.join(TRAPPED[5]), "untouched\n")?;
        // Tests of one process run at once.
        static WORLDS: AtomicU32 = AtomicU32::new(0);
        let number = WORLDS.fetch_add(1, Ordering::Relaxed);
        let abstract_name = format!("skerry-probe-{}-{number}", std::process::id());
        let address = SocketAddr::from_abstract_name(&abstract_name)?;
        let abstract_socket = UnixListener::bind_addr(&address)?;
        let port = TcpListener::bind("127.0.0.1:0")?;
        let root_device = fs::metadata("/")?.st_dev();
        Ok(Self {
            probe,
            canary,
            trap,
            abstract_name,
            port: port.local_addr()?.port(),
            host_name: fs::read_to_string("/proc/sys/kernel/hostname")?.trim().to_owned(),
            disk: (major(root_device), minor(root_device)),
            device: openable_device().unwrap_or(FUSE),
            directory,
            _abstract_socket: abstract_socket,
            _port: port,
        })
    }

    /// A new directory that the test removes.
    pub(crate) fn scratch(&self, name: &str) -> io::Result<PathBuf> {
        let path = self.directory.path().join(name);
        fs::create_dir_all(&path)?;
        Ok(path)
    }

    /// All that a trap could show: names, sizes, times, and mounts below it.
    pub(crate) fn trap_state(&self) -> io::Result<BTreeMap<String, String>> {
        let mut state = BTreeMap::new();
        note_tree(&self.trap, &mut state)?;
        let trap = self.trap.to_string_lossy().into_owned();
        for line in fs::read_to_string("/proc/self/mountinfo")?.lines() {
            if line.contains(&trap) {
                state.insert(format!("mount {line}"), String::new());
            }
        }
        Ok(state)
    }
}

fn note_tree(at: &Path, state: &mut BTreeMap<String, String>) -> io::Result<()> {
    for entry in fs::read_dir(at)? {
        let path = entry?.path();
        let status = fs::symlink_metadata(&path)?;
        let facts = format!(
            "{:o} {}:{} {} {}.{}",
            status.st_mode(),
            status.st_uid(),
            status.st_gid(),
            status.st_size(),
            status.st_mtime(),
            status.st_mtime_nsec()
        );
        state.insert(path.display().to_string(), facts);
        if status.is_dir() {
            note_tree(&path, state)?;
        }
    }
    Ok(())
}

fn major(device: u64) -> u32 {
    (((device >> 8) & 0xfff) | ((device >> 32) & !0xfff)) as u32
}

fn minor(device: u64) -> u32 {
    ((device & 0xff) | ((device >> 12) & !0xff)) as u32
}

/// The host's process whose command line has this mark as its last word and
/// whose program is the probe.
pub(crate) fn host_pid(mark: &str) -> Option<u32> {
    let wanted = format!("hold\0{mark}\0");
    fs::read_dir("/proc").ok()?.flatten().find_map(|entry| {
        let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
        let line = fs::read(entry.path().join("cmdline")).ok()?;
        let line = String::from_utf8_lossy(&line).into_owned();
        (line.starts_with("/probe\0") && line.ends_with(&wanted)).then_some(pid)
    })
}

/// The process of the host that started the one with this mark: a sandbox's
/// init.
pub(crate) fn init_of(mark: &str) -> Option<u32> {
    status_field(host_pid(mark)?, "PPid")?.parse().ok()
}

/// A field of the host's /proc/<pid>/status.
pub(crate) fn status_field(pid: u32, field: &str) -> Option<String> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    Some(line.trim().to_owned())
}

/// The file that tells the most memory that a process's cgroup had, in bytes.
pub(crate) fn peak_memory(pid: u32) -> Option<u64> {
    let groups = fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?;
    let v1 = groups.lines().find_map(|line| line.split_once(":memory:").map(|(_, path)| path));
    let v2 = groups.lines().find_map(|line| line.strip_prefix("0::"));
    let file = match (v1, v2) {
        (Some(path), _) => format!("/sys/fs/cgroup/memory{path}/memory.max_usage_in_bytes"),
        (None, Some(path)) => format!("/sys/fs/cgroup{path}/memory.peak"),
        (None, None) => return None,
    };
    fs::read_to_string(file).ok()?.trim().parse().ok()
}
