//! What a daemon holds of the host, to compare before and after.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::Daemon;

/// How long the host has to give everything back.
const PATIENCE: Duration = Duration::from_secs(60);
const STEP: Duration = Duration::from_millis(50);
/// Folders of the data directory in which each sandbox has an entry.
const FOLDERS: &[&str] = &["", "run"];
/// Folders of the storage in which each tree has an entry.
const TREES: &[&str] = &["sandboxes", "volumes", "snapshots", "images"];

/// Where deleted disks are until they are removed; none must stay.
const TRASH: &str = "trash";

/// Where the storage makes disks ahead, whenever it has the time.
const AHEAD: &[&str] = &["seed", "spares"];

/// What the host holds for a daemon at one moment: things by name, and how
/// many of each. Other daemons' things are not counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline {
    things: BTreeMap<String, usize>,
}

impl Baseline {
    /// Counts the mounts that the daemon and its children see, its cgroups,
    /// the processes in them and their network namespaces, its descriptors
    /// and its files.
    pub fn take(daemon: &Daemon) -> Self {
        let mut things = Vec::new();
        let group = Group::of(&daemon.data_dir());
        things.extend(group.folders().into_iter().map(|path| format!("cgroup {path}")));
        let inside = group.processes();
        things.extend(inside.iter().map(|process| format!("process {}", process.name())));
        let networks: BTreeSet<_> =
            inside.iter().filter_map(|inside| inside.link("ns/net")).collect();
        things.extend(networks.iter().map(|_| "network namespace".to_owned()));
        for process in family(daemon.pid()) {
            things.extend(process.mounts().into_iter().map(|name| format!("mount {name}")));
            let lasting = process.descriptors().into_iter().filter(|name| !is_ahead(daemon, name));
            things.extend(lasting.map(|name| format!("descriptor {name}")));
        }
        things.extend(files(daemon).into_iter().map(|name| format!("file {name}")));
        let mut counted = BTreeMap::new();
        for thing in things {
            *counted.entry(thing).or_insert(0) += 1;
        }
        Self { things: counted }
    }

    /// Waits until the host holds the same again.
    ///
    /// # Panics
    ///
    /// With what is more and what is less, when it does not in a minute.
    pub async fn assert_same(&self, daemon: &Daemon) {
        let start = Instant::now();
        loop {
            let mut difference = self.difference(&Self::take(daemon));
            for name in names(&daemon.pool().join(TRASH)) {
                writeln!(difference, "{name} is in the trash").expect("into a string");
            }
            if difference.is_empty() {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "the host does not hold the same:\n{difference}");
            tokio::time::sleep(STEP).await;
        }
    }

    /// One line for each thing of which there are not as many; empty where
    /// all is the same.
    pub fn difference(&self, now: &Self) -> String {
        let names: BTreeSet<&String> = self.things.keys().chain(now.things.keys()).collect();
        let mut lines = String::new();
        for name in names {
            let [before, after] =
                [self, now].map(|side| side.things.get(name).copied().unwrap_or(0));
            if before != after {
                writeln!(lines, "{name}: {before} before, {after} now").expect("into a string");
            }
        }
        lines
    }
}

/// Whether a path is where disks are made ahead.
fn is_ahead(daemon: &Daemon, path: &str) -> bool {
    let Ok(inside) = Path::new(path).strip_prefix(daemon.data_dir()) else { return false };
    let inside = inside.strip_prefix("pool").unwrap_or(inside);
    AHEAD.iter().any(|ahead| inside.starts_with(ahead))
}

/// One entry of /proc; it may end at any moment.
struct Process {
    pid: u32,
}

impl Process {
    fn text(&self, name: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{name}", self.pid)).unwrap_or_default()
    }

    fn link(&self, name: &str) -> Option<String> {
        let target = fs::read_link(format!("/proc/{}/{name}", self.pid)).ok()?;
        Some(target.to_string_lossy().into_owned())
    }

    fn name(&self) -> String {
        self.text("comm").trim().to_owned()
    }

    fn parent(&self) -> Option<u32> {
        let status = self.text("status");
        let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
        parent.trim().parse().ok()
    }

    /// Type and place of each mount that it sees.
    fn mounts(&self) -> Vec<String> {
        let text = self.text("mountinfo");
        let parse = |line: &str| {
            let (place, source) = line.split_once(" - ")?;
            let kind = source.split(' ').next()?;
            Some(format!("{kind} at {}", place.split(' ').nth(4)?))
        };
        text.lines().filter_map(parse).collect()
    }

    /// What each descriptor is open on, numbers left out.
    fn descriptors(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(format!("/proc/{}/fd", self.pid)) else {
            return Vec::new();
        };
        let targets = entries.flatten().filter_map(|entry| fs::read_link(entry.path()).ok());
        let name = |target: PathBuf| {
            let target = target.to_string_lossy();
            let kind = target.split_once(":[").map(|(kind, _)| kind);
            kind.unwrap_or(&target).to_owned()
        };
        targets.map(name).collect()
    }
}

/// The first init of a daemon's sandboxes.
///
/// # Panics
///
/// Where there is none.
pub fn init_of(data: &Path) -> u32 {
    let inside = Group::of(data).processes();
    let init = inside.into_iter().find(|process| process.name() == "skerry-init");
    init.expect("a sandbox runs").pid
}

/// Bytes of memory that a process keeps: without the pages of its program,
/// which come as it does something new.
///
/// # Panics
///
/// Where it has ended.
pub fn kept(pid: u32) -> u64 {
    let status = Process { pid }.text("status");
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kibibytes.and_then(|text| text.parse::<u64>().ok()).expect("a size in kB") * 1024
}

/// A process's children.
pub(crate) fn children(pid: u32) -> Vec<u32> {
    let family = family(pid).into_iter().map(|process| process.pid);
    family.filter(|child| *child != pid).collect()
}

/// A process and its children.
fn family(pid: u32) -> Vec<Process> {
    let entries = fs::read_dir("/proc").expect("/proc is mounted").flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let processes = pids.map(|pid| Process { pid });
    processes.filter(|process| process.pid == pid || process.parent() == Some(pid)).collect()
}

/// The daemon's folder in each cgroup hierarchy.
struct Group {
    roots: Vec<PathBuf>,
}

impl Group {
    /// As the native driver names it, by a hash of the data directory.
    fn of(data: &Path) -> Self {
        let path = data.canonicalize().expect("the data directory is there");
        let hash = blake3::hash(path.as_os_str().as_encoded_bytes()).to_hex();
        let below = Path::new("skerry").join(&hash[..12]);
        let mounts = Process { pid: std::process::id() }.mounts();
        let hierarchies = mounts.iter().filter(|mount| mount.starts_with("cgroup"));
        let places = hierarchies.filter_map(|mount| mount.split_once(" at "));
        Self { roots: places.map(|(_, place)| Path::new(place).join(&below)).collect() }
    }

    /// The cgroups in it, below the folder itself.
    fn folders(&self) -> Vec<String> {
        let mut found = Vec::new();
        for root in &self.roots {
            below(root, &mut found);
        }
        found
    }

    fn processes(&self) -> Vec<Process> {
        let mut pids = BTreeSet::new();
        for folder in self.folders() {
            let text = fs::read_to_string(Path::new(&folder).join("cgroup.procs"));
            pids.extend(text.unwrap_or_default().lines().filter_map(|pid| pid.parse::<u32>().ok()));
        }
        pids.into_iter().map(|pid| Process { pid }).collect()
    }
}

fn below(folder: &Path, found: &mut Vec<String>) {
    let Ok(entries) = folder.read_dir() else {
        return;
    };
    for entry in entries.flatten().filter(|entry| entry.path().is_dir()) {
        found.push(entry.path().display().to_string());
        below(&entry.path(), found);
    }
}

/// The entries of the data directory and the storage; the store keeps its own
/// house.
fn files(daemon: &Daemon) -> Vec<String> {
    let (data, pool) = (daemon.data_dir(), daemon.pool());
    let folders = FOLDERS.iter().map(|folder| data.join(folder));
    let trees = TREES.iter().map(|folder| pool.join(folder));
    // The pool is seen through the daemon, which may be another one by then.
    let seen = format!("/proc/{}/root", daemon.pid());
    let plain = |name: String| name.strip_prefix(&seen).map(str::to_owned).unwrap_or(name);
    folders.chain(trees).flat_map(|folder| names(&folder)).map(plain).collect()
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = folder.read_dir() else { return Vec::new() };
    entries.flatten().map(|entry| entry.path().display().to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn baseline(things: &[(&str, usize)]) -> Baseline {
        Baseline {
            things: things.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect(),
        }
    }

    #[test]
    fn what_is_more_and_what_is_less_is_said() {
        let before = baseline(&[("mount a", 1), ("process init", 2)]);
        let after = baseline(&[("process init", 3), ("cgroup b", 1)]);
        assert_eq!(
            before.difference(&after),
            "cgroup b: 0 before, 1 now\nmount a: 1 before, 0 now\nprocess init: 2 before, 3 now\n"
        );
        assert_eq!(before.difference(&before), "");
    }

    #[test]
    fn this_process_is_read() {
        let family = family(std::process::id());
        let own = family.iter().find(|process| process.pid == std::process::id());
        let own = own.expect("a process is of its own family");
        assert!(!own.mounts().is_empty());
        assert!(own.descriptors().len() > 2);
        assert!(own.parent().is_some());
    }
}
