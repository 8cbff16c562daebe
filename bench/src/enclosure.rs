//! The place that a run happens in: mount, pid and network namespaces of its own, so
//! that every daemon, mount and process of every peer is gone when it ends,
//! however it ends.
//!
//! ```text
//! outside   makes the directory, waits, removes directory and cgroups
//!  └ enter    dies with its parent; becomes unshare(1)
//!     └ keep    pid 1: makes the mounts, reaps what peers leave behind
//!        └ measure  the run itself
//! ```
//!
//! Each is this program again, told apart by an environment variable.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use rustix::mount::{MountFlags, mount};
use rustix::process::{Signal, WaitOptions, set_parent_process_death_signal, wait};
use thiserror::Error;
use tokio::signal::unix::{SignalKind, signal};

use crate::command::find_program;

const STAGE: &str = "SKERRY_BENCH_STAGE";
const DIRECTORY: &str = "SKERRY_BENCH_DIRECTORY";

/// Where the kernel's control groups are.
const CGROUPS: &str = "/sys/fs/cgroup";

/// How deep below it control groups of a run are looked for: a hierarchy, and
/// up to three groups that its caller was put in.
const CGROUP_DEPTH: usize = 4;

/// How often and how long apart a directory of the kernel's is asked to go:
/// the last process of a namespace leaves a moment after it was waited for.
const REMOVE_TRIES: u32 = 50;
const REMOVE_PAUSE: Duration = Duration::from_millis(100);

/// The place could not be made or left.
#[derive(Debug, Error)]
pub(crate) enum EnclosureError {
    /// Namespaces and mounts take root.
    #[error("needs root: peers and namespaces are started by hand")]
    NotRoot,
    /// A program that it is made with is missing.
    #[error("{0} is not installed")]
    Missing(&'static str),
    /// A step of making it failed.
    #[error("can't {action}: {source}")]
    Step {
        /// What was tried.
        action: String,
        /// Why it failed.
        source: io::Error,
    },
    /// The run's directory has a mount below it, so it was left.
    #[error("{0} is still mounted: the run's directory was not removed")]
    StillMounted(String),
}

/// Which part of the enclosure this process is.
#[derive(Debug)]
pub(crate) enum Stage {
    /// The one that was started by hand.
    Outside,
    /// The one that becomes unshare(1).
    Enter,
    /// Pid 1 of the enclosure.
    Keep,
    /// The run, with its directory.
    Measure(PathBuf),
}

impl Stage {
    /// Reads it from the environment.
    pub(crate) fn current() -> Self {
        let directory = std::env::var_os(DIRECTORY).map(PathBuf::from);
        match (std::env::var(STAGE).as_deref(), directory) {
            (Ok("enter"), _) => Self::Enter,
            (Ok("keep"), _) => Self::Keep,
            (Ok("measure"), Some(directory)) => Self::Measure(directory),
            _ => Self::Outside,
        }
    }
}

/// Runs this program's other stages, waits for them, and removes what they
/// leave. An interrupt ends them and still removes it.
pub(crate) async fn outside(parent: Option<&Path>) -> Result<ExitStatus, EnclosureError> {
    if !rustix::process::geteuid().is_root() {
        return Err(EnclosureError::NotRoot);
    }
    let parent = parent.map_or_else(std::env::temp_dir, Path::to_owned);
    let directory = tempfile::Builder::new()
        .prefix("skerry-bench-")
        .tempdir_in(&parent)
        .map_err(step(format!("make a directory in {}", parent.display())))?
        .keep();
    let made_hugetlb = make_hugetlb_mount_point();
    let ended = run_inside(&directory).await;
    if made_hugetlb {
        remove_empty(&Path::new(CGROUPS).join("hugetlb"))?;
    }
    remove_cgroups(Path::new(CGROUPS), &cgroup_name(&directory), CGROUP_DEPTH)?;
    remove_directory(&directory)?;
    ended
}

/// What this program was told, its own name apart.
fn arguments() -> impl Iterator<Item = OsString> {
    std::env::args_os().skip(1)
}

/// Becomes unshare(1), which starts this program again as pid 1.
pub(crate) fn enter() -> Result<ExitStatus, EnclosureError> {
    set_parent_process_death_signal(Some(Signal::KILL))
        .map_err(|e| step("bind this process to its parent")(e.into()))?;
    let unshare = find_program("unshare").ok_or(EnclosureError::Missing("unshare"))?;
    let error = Command::new(unshare)
        .args(["--mount", "--pid", "--net", "--fork", "--kill-child", "--mount-proc"])
        .args(["--propagation", "private"])
        .arg(this_program()?)
        .args(arguments())
        .env(STAGE, "keep")
        .exec();
    Err(step("start unshare")(error))
}

/// Pid 1: makes the mounts, starts the run, and reaps until it has ended.
pub(crate) fn keep() -> Result<ExitStatus, EnclosureError> {
    // Peers keep locks, sockets and state here whatever their options say.
    for target in ["/run", "/dev/shm"] {
        mount("tmpfs", target, "tmpfs", MountFlags::empty(), None)
            .map_err(|e| step(format!("mount a tmpfs on {target}"))(e.into()))?;
    }
    mount_hugetlb()?;
    // The daemons of the run are reached by it.
    skerry_linux::loopback::bring_up().map_err(step("bring up loopback"))?;
    let child = Command::new(this_program()?)
        .args(arguments())
        .env(STAGE, "measure")
        .spawn()
        .map_err(step("start the run"))?;
    loop {
        match wait(WaitOptions::empty()) {
            Ok(Some((pid, status))) if pid.as_raw_nonzero().get() as u32 == child.id() => {
                return Ok(ExitStatus::from_raw(status.as_raw()));
            }
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(step("wait for the run")(error.into())),
        }
    }
}

/// Name of the control groups of the run with this directory.
pub(crate) fn cgroup_name(directory: &Path) -> String {
    let name = directory.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

async fn run_inside(directory: &Path) -> Result<ExitStatus, EnclosureError> {
    let mut interrupt = signal(SignalKind::interrupt()).map_err(step("listen for an interrupt"))?;
    let mut terminate =
        signal(SignalKind::terminate()).map_err(step("listen for a termination"))?;
    let mut child = tokio::process::Command::new(this_program()?)
        .args(arguments())
        .env(STAGE, "enter")
        .env(DIRECTORY, directory)
        // An interrupt from the terminal comes here alone.
        .process_group(0)
        .spawn()
        .map_err(step("start this program again"))?;
    tokio::select! {
        ended = child.wait() => return ended.map_err(step("wait for the run")),
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    eprintln!("skerry-bench: interrupted, cleaning up");
    // unshare dies, and the pid namespace with it (--kill-child).
    child.kill().await.map_err(step("end the run"))?;
    child.wait().await.map_err(step("wait for the run"))
}

fn this_program() -> Result<PathBuf, EnclosureError> {
    std::env::current_exe().map_err(step("find this program"))
}

/// crun 1.8 takes the mixed layout of control groups for broken where a
/// controller that the kernel has is not mounted; hugetlb often is not.
/// Answers whether the directory to mount it on was made here.
fn make_hugetlb_mount_point() -> bool {
    let mixed = Path::new(CGROUPS).join("memory").is_dir();
    let known = fs::read_to_string("/proc/cgroups")
        .is_ok_and(|text| text.lines().any(|line| line.starts_with("hugetlb\t0\t")));
    mixed && known && fs::create_dir(Path::new(CGROUPS).join("hugetlb")).is_ok()
}

fn mount_hugetlb() -> Result<(), EnclosureError> {
    let target = Path::new(CGROUPS).join("hugetlb");
    let empty = fs::read_dir(&target).is_ok_and(|mut entries| entries.next().is_none());
    if !empty {
        return Ok(());
    }
    mount("cgroup", &target, "cgroup", MountFlags::empty(), c"hugetlb")
        .map_err(|e| step("mount the hugetlb controller")(e.into()))
}

/// Removes the control groups whose names begin with `prefix`, leaves first.
/// They are looked for below others too: runc makes its own below that of its
/// caller.
fn remove_cgroups(directory: &Path, prefix: &str, depth: usize) -> Result<(), EnclosureError> {
    let Ok(entries) = fs::read_dir(directory) else {
        // Gone while its parent was read: somebody else's.
        return Ok(());
    };
    let entries = entries.flatten();
    for entry in entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
        let ours = entry.file_name().to_string_lossy().starts_with(prefix);
        if ours {
            remove_group(&entry.path())?;
        } else if depth > 0 {
            remove_cgroups(&entry.path(), prefix, depth - 1)?;
        }
    }
    Ok(())
}

fn remove_group(group: &Path) -> Result<(), EnclosureError> {
    let entries = fs::read_dir(group).map_err(step(format!("read {}", group.display())))?;
    for entry in entries.flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_group(&entry.path())?;
        }
    }
    remove_empty(group)
}

fn remove_empty(directory: &Path) -> Result<(), EnclosureError> {
    let mut tries = 0;
    loop {
        match fs::remove_dir(directory) {
            Err(error) if error.kind() == io::ErrorKind::ResourceBusy && tries < REMOVE_TRIES => {
                tries += 1;
                std::thread::sleep(REMOVE_PAUSE);
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(step(format!("remove {}", directory.display()))(error));
            }
            _ => return Ok(()),
        }
    }
}

/// Removes the run's directory, unless something is mounted below it.
fn remove_directory(directory: &Path) -> Result<(), EnclosureError> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").map_err(step("read the mounts"))?;
    let prefix = directory.to_string_lossy();
    let points = mounts.lines().filter_map(|line| line.split(' ').nth(4));
    if let Some(point) = points.into_iter().find(|point| point.starts_with(&*prefix)) {
        return Err(EnclosureError::StillMounted(point.to_owned()));
    }
    fs::remove_dir_all(directory).map_err(step(format!("remove {}", directory.display())))
}

fn step(action: impl Into<String>) -> impl FnOnce(io::Error) -> EnclosureError {
    let action = action.into();
    |source| EnclosureError::Step { action, source }
}
