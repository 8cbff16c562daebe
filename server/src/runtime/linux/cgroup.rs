//! cgroups by plain file writes, on every layout of Linux ≥ 5.15.
//!
//! A machine lives in one directory of the cgroup v2 hierarchy, which kills
//! all of it at once. What its users run joins `user` below that, which is
//! what freezes: init goes on, and answers. Limits are set
//!
//! - *unified*: in `user`, and init lives beside, in `init`, so that the
//!   sandbox's load does not stop init;
//! - *hybrid*: in a directory of each v1 controller, which only the processes
//!   of users join.
//!
//! Directories are `skerry/<host part>/<id>`, where the host part is a hash of
//! the data directory: two daemons on one host keep out of each other's way.

mod layout;
mod usage;

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Step, ids_in};
use crate::model::{ExecId, Limits, SandboxId};
use crate::runtime::RuntimeError;
pub(super) use layout::Layout;

/// The period over which the kernel counts a quota of processor time.
const CPU_PERIOD_US: i64 = 100_000;
/// How often a kill or a freeze is looked at; both take the kernel about a
/// millisecond.
const POLL: Duration = Duration::from_millis(1);
/// Longer than any exit of a process that the kernel lets end at all.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(30);

pub(super) struct Cgroups {
    layout: Layout,
    /// `skerry/<host part>`.
    group: PathBuf,
}

/// What a machine's making needs of its cgroups.
pub(super) struct Joining {
    /// Where init is born.
    pub(super) birth: File,
    /// What an exec writes itself into.
    pub(super) tasks: Vec<File>,
}

impl Cgroups {
    pub(super) fn open(data_dir: &Path) -> Result<Self, RuntimeError> {
        let layout = Layout::detect()?;
        let path = fs::canonicalize(data_dir).step("find the data directory")?;
        let hash = blake3::hash(path.as_os_str().as_encoded_bytes()).to_hex();
        let group = Path::new("skerry").join(&hash[..12]);
        layout.make_parents(&group)?;
        Ok(Self { layout, group })
    }

    pub(super) fn layout(&self) -> &Layout {
        &self.layout
    }

    fn unified(&self, id: &SandboxId) -> PathBuf {
        self.layout.unified.join(&self.group).join(id.as_str())
    }

    /// Holds what the machine's users run, and not its init: what is frozen.
    fn user(&self, id: &SandboxId) -> PathBuf {
        self.unified(id).join("user")
    }

    /// Directories in which the limits are set, with the controllers there.
    fn limited(&self, id: &SandboxId) -> Vec<PathBuf> {
        let relative = self.group.join(id.as_str());
        match &self.layout.v1 {
            None => vec![self.user(id)],
            Some(v1) => v1.all().into_iter().map(|root| root.join(&relative)).collect(),
        }
    }

    /// Makes a machine's directories and sets its limits.
    pub(super) fn create(&self, id: &SandboxId, limits: &Limits) -> Result<Joining, RuntimeError> {
        let unified = self.unified(id);
        make_directory(&unified)?;
        let birth = if self.layout.v1.is_none() {
            write(&unified.join("cgroup.subtree_control"), "+memory +cpu +pids")?;
            make_directory(&unified.join("init"))?;
            unified.join("init")
        } else {
            unified
        };
        make_directory(&self.user(id))?;
        let limited = self.limited(id);
        for directory in &limited {
            make_directory(directory)?;
        }
        self.set_limits(id, limits)?;
        let mut files = vec![self.user(id).join("cgroup.procs")];
        if self.layout.v1.is_some() {
            files.extend(limited.iter().map(|directory| directory.join("tasks")));
        }
        let tasks = files.iter().map(|file| {
            File::options().write(true).open(file).step(format!("open {}", file.display()))
        });
        Ok(Joining {
            birth: File::open(&birth).step("open the machine's cgroup")?,
            tasks: tasks.collect::<Result<_, _>>()?,
        })
    }

    pub(super) fn set_limits(&self, id: &SandboxId, limits: &Limits) -> Result<(), RuntimeError> {
        let quota = limits.cpu_millis * CPU_PERIOD_US / 1000;
        match &self.layout.v1 {
            None => {
                let directory = self.user(id);
                write(&directory.join("memory.max"), &limits.memory_bytes.to_string())?;
                write_if_there(&directory.join("memory.swap.max"), "0")?;
                write_if_there(&directory.join("memory.oom.group"), "0")?;
                write(&directory.join("cpu.max"), &format!("{quota} {CPU_PERIOD_US}"))?;
                write(&directory.join("pids.max"), &limits.pids.to_string())
            }
            Some(v1) => {
                let relative = self.group.join(id.as_str());
                set_memory_v1(&v1.memory.join(&relative), limits.memory_bytes)?;
                let cpu = v1.cpu.join(&relative);
                write(&cpu.join("cpu.cfs_quota_us"), &quota.to_string())?;
                write(&v1.pids.join(&relative).join("pids.max"), &limits.pids.to_string())
            }
        }
    }

    /// Opens the file that counts kills for want of memory.
    pub(super) fn oom_counter(&self, id: &SandboxId) -> Result<OomCounter, RuntimeError> {
        let path = match &self.layout.v1 {
            None => self.user(id).join("memory.events"),
            Some(v1) => v1.memory.join(&self.group).join(id.as_str()).join("memory.oom_control"),
        };
        Ok(OomCounter(File::open(path).step("open the count of out-of-memory kills")?))
    }

    /// Where an exec's own cgroup is: below what the users' processes are in.
    fn own(&self, id: &SandboxId, exec: &ExecId) -> OwnCgroup {
        OwnCgroup { directory: self.user(id).join(exec.as_str()) }
    }

    pub(super) fn create_own(
        &self,
        id: &SandboxId,
        exec: &ExecId,
    ) -> Result<OwnCgroup, RuntimeError> {
        let own = self.own(id, exec);
        make_directory(&own.directory)?;
        Ok(own)
    }

    /// The one that an earlier daemon has made, if it did.
    pub(super) fn find_own(&self, id: &SandboxId, exec: &ExecId) -> Option<OwnCgroup> {
        Some(self.own(id, exec)).filter(|own| own.directory.exists())
    }

    /// Freezes or thaws all but init, which answers a daemon that comes back;
    /// returns when the kernel has.
    pub(super) async fn freeze(&self, id: &SandboxId, frozen: bool) -> Result<(), RuntimeError> {
        let directory = self.user(id);
        let flag = if frozen { "1" } else { "0" };
        write(&directory.join("cgroup.freeze"), flag)?;
        settle(&directory, &format!("frozen {flag}")).await
    }

    /// Kills every process of the machine and removes its directories. What
    /// is not there is no error.
    pub(super) async fn destroy(&self, id: &SandboxId) -> Result<(), RuntimeError> {
        let directory = self.unified(id);
        if directory.exists() {
            write(&directory.join("cgroup.kill"), "1")?;
            settle(&directory, "populated 0").await?;
        }
        let own = self.own_directories(id);
        let whole = [self.user(id), directory.join("init"), directory];
        for directory in own.iter().chain(&self.limited(id)).chain(&whole) {
            remove_directory(directory).await?;
        }
        Ok(())
    }

    /// Those of execs that still had processes when they were forgotten.
    fn own_directories(&self, id: &SandboxId) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.user(id)) else { return Vec::new() };
        entries
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .filter(|path| {
                let name = path.file_name().and_then(|name| name.to_str());
                name.is_some_and(|name| name.parse::<ExecId>().is_ok())
            })
            .collect()
    }

    pub(super) fn list(&self) -> Result<Vec<SandboxId>, RuntimeError> {
        let mut all = ids_in(&self.layout.unified.join(&self.group), "")?;
        for root in self.layout.v1.iter().flat_map(layout::V1::all) {
            all.extend(ids_in(&root.join(&self.group), "")?);
        }
        Ok(all)
    }
}

/// Waits until the kernel says so of a directory.
async fn settle(directory: &Path, wanted: &str) -> Result<(), RuntimeError> {
    let path = directory.join("cgroup.events");
    let settled = async {
        loop {
            let events = match fs::read_to_string(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
                events => events.step("read cgroup.events")?,
            };
            if events.lines().any(|line| line == wanted) {
                return Ok(());
            }
            tokio::time::sleep(POLL).await;
        }
    };
    tokio::time::timeout(SETTLE_TIMEOUT, settled).await.unwrap_or_else(|_| {
        Err(RuntimeError::Failed {
            step: format!("wait for `{wanted}`"),
            cause: "the kernel did not get there".to_owned(),
        })
    })
}

/// A cgroup v2 directory for one exec and all that it starts.
pub(super) struct OwnCgroup {
    directory: PathBuf,
}

impl OwnCgroup {
    /// What init needs of it: where a process joins, what kills them all.
    pub(super) fn open(&self) -> Result<[File; 2], RuntimeError> {
        let open = |name: &str| {
            let path = self.directory.join(name);
            File::options().write(true).open(&path).step(format!("open {}", path.display()))
        };
        Ok([open("cgroup.procs")?, open("cgroup.kill")?])
    }

    pub(super) fn kill(&self) -> Result<(), RuntimeError> {
        write_if_there(&self.directory.join("cgroup.kill"), "1")
    }
}

impl Drop for OwnCgroup {
    fn drop(&mut self) {
        // While processes of it go on, it stays until the machine ends.
        let _ = fs::remove_dir(&self.directory);
    }
}

/// Counts the kernel's kills for want of memory.
pub(super) struct OomCounter(File);

impl OomCounter {
    /// So many since the machine was made; 0 when it is gone.
    pub(super) fn read(&self) -> u64 {
        let mut text = [0; 512];
        let length = self.0.read_at(&mut text, 0).unwrap_or(0);
        let text = String::from_utf8_lossy(&text[..length]);
        text.lines()
            .find_map(|line| line.strip_prefix("oom_kill "))
            .and_then(|count| count.trim().parse().ok())
            .unwrap_or(0)
    }
}

/// The limit with swap may not be under the one without, in any order of
/// growing and shrinking.
fn set_memory_v1(directory: &Path, bytes: i64) -> Result<(), RuntimeError> {
    let memory = directory.join("memory.limit_in_bytes");
    let with_swap = directory.join("memory.memsw.limit_in_bytes");
    let bytes = bytes.to_string();
    if write(&memory, &bytes).is_ok() {
        return write_if_there(&with_swap, &bytes);
    }
    write_if_there(&with_swap, &bytes)?;
    write(&memory, &bytes)
}

fn write(path: &Path, text: &str) -> Result<(), RuntimeError> {
    fs::write(path, text).step(format!("write {text} to {}", path.display()))
}

/// For what some kernels are built without.
fn write_if_there(path: &Path, text: &str) -> Result<(), RuntimeError> {
    if path.exists() { write(path, text) } else { Ok(()) }
}

fn make_directory(path: &Path) -> Result<(), RuntimeError> {
    match fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.step(format!("make {}", path.display())),
    }
}

/// The kernel says EBUSY until the last process is wholly gone.
async fn remove_directory(path: &Path) -> Result<(), RuntimeError> {
    let deadline = tokio::time::Instant::now() + SETTLE_TIMEOUT;
    loop {
        match fs::remove_dir(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error)
                if error.kind() == io::ErrorKind::ResourceBusy
                    && tokio::time::Instant::now() < deadline =>
            {
                tokio::time::sleep(POLL).await;
            }
            removed => return removed.step(format!("remove {}", path.display())),
        }
    }
}
