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
const FOLDERS: &[&str] = &["", "sandboxes", "run", "images"];

/// What the host holds at one moment: things by name, and how many of each.
/// It counts the whole host, so the daemon must have it alone
/// ([`Daemon::start_alone`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline {
    things: BTreeMap<String, usize>,
}

impl Baseline {
    /// Counts mounts, cgroups, network namespaces, processes of sandboxes,
    /// and the daemon's descriptors and files.
    pub fn take(daemon: &Daemon) -> Self {
        let processes = processes();
        let mut things = Vec::new();
        things.extend(of_sandboxes(&processes).map(|name| format!("process {name}")));
        let namespaces: BTreeSet<_> = processes
            .iter()
            .filter_map(|process| process.link("ns/net"))
            .collect();
        things.extend(namespaces.iter().map(|_| "network namespace".to_owned()));
        for process in own(&processes, daemon.pid()) {
            things.extend(
                process
                    .mounts()
                    .into_iter()
                    .map(|name| format!("mount {name}")),
            );
        }
        things.extend(
            descriptors(daemon.pid())
                .into_iter()
                .map(|name| format!("descriptor {name}")),
        );
        things.extend(cgroups().into_iter().map(|name| format!("cgroup {name}")));
        things.extend(
            files(&daemon.data_dir())
                .into_iter()
                .map(|name| format!("file {name}")),
        );
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
            let difference = self.difference(&Self::take(daemon));
            if difference.is_empty() {
                return;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "the host does not hold the same:\n{difference}"
            );
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

/// One entry of /proc; it may end at any moment.
struct Process {
    pid: u32,
    parent: u32,
}

impl Process {
    fn read(pid: u32) -> Option<Self> {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
        Some(Self {
            pid,
            parent: parent.trim().parse().ok()?,
        })
    }

    fn link(&self, name: &str) -> Option<String> {
        let target = fs::read_link(format!("/proc/{}/{name}", self.pid)).ok()?;
        Some(target.to_string_lossy().into_owned())
    }

    /// Mount point and type of each mount that it sees.
    fn mounts(&self) -> Vec<String> {
        let text = fs::read_to_string(format!("/proc/{}/mountinfo", self.pid)).unwrap_or_default();
        let parse = |line: &str| {
            let (place, source) = line.split_once(" - ")?;
            let kind = source.split(' ').next()?;
            Some(format!("{kind} at {}", place.split(' ').nth(4)?))
        };
        text.lines().filter_map(parse).collect()
    }
}

fn processes() -> Vec<Process> {
    let entries = fs::read_dir("/proc").expect("/proc is mounted").flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(Process::read).collect()
}

/// A user namespace of its own tells a sandbox's process from all others.
fn of_sandboxes(processes: &[Process]) -> impl Iterator<Item = String> {
    let host = fs::read_link("/proc/self/ns/user").expect("/proc is mounted");
    let host = host.to_string_lossy().into_owned();
    processes.iter().filter_map(move |process| {
        let program = process.link("exe").unwrap_or_default();
        let inside = process
            .link("ns/user")
            .is_some_and(|namespace| namespace != host);
        let name = fs::read_to_string(format!("/proc/{}/comm", process.pid)).ok()?;
        (inside || program.contains("skerry-init")).then(|| name.trim().to_owned())
    })
}

/// This test, the daemon, and what descends from it.
fn own(processes: &[Process], daemon: u32) -> Vec<&Process> {
    let mut pids = BTreeSet::from([daemon]);
    loop {
        let children = processes
            .iter()
            .filter(|process| pids.contains(&process.parent));
        let children: Vec<u32> = children.map(|process| process.pid).collect();
        let before = pids.len();
        pids.extend(children);
        if pids.len() == before {
            break;
        }
    }
    pids.insert(std::process::id());
    processes
        .iter()
        .filter(|process| pids.contains(&process.pid))
        .collect()
}

/// What each descriptor is open on, numbers left out.
fn descriptors(pid: u32) -> Vec<String> {
    let Ok(entries) = fs::read_dir(format!("/proc/{pid}/fd")) else {
        return Vec::new();
    };
    let targets = entries
        .flatten()
        .filter_map(|entry| fs::read_link(entry.path()).ok());
    let name = |target: PathBuf| match target.to_string_lossy().split_once(":[") {
        Some((kind, number))
            if number
                .bytes()
                .all(|byte| byte == b']' || byte.is_ascii_digit()) =>
        {
            kind.to_owned()
        }
        _ => target.to_string_lossy().into_owned(),
    };
    targets.map(name).collect()
}

/// Every cgroup below a folder called `skerry`, in every hierarchy.
fn cgroups() -> Vec<String> {
    let own = Process {
        pid: std::process::id(),
        parent: 0,
    };
    let mut found = Vec::new();
    for mount in own.mounts() {
        if let Some((_, point)) = mount
            .split_once(" at ")
            .filter(|(kind, _)| kind.starts_with("cgroup"))
        {
            below(&Path::new(point).join("skerry"), &mut found);
        }
    }
    found
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

/// The data directory's entries, the store's left out: it keeps its own house.
fn files(data: &Path) -> Vec<String> {
    let entries = FOLDERS
        .iter()
        .filter_map(|folder| data.join(folder).read_dir().ok());
    entries
        .flat_map(|entries| entries.flatten())
        .map(|entry| entry.path().display().to_string())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn baseline(things: &[(&str, usize)]) -> Baseline {
        Baseline {
            things: things
                .iter()
                .map(|(name, count)| ((*name).to_owned(), *count))
                .collect(),
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
    fn the_machine_is_read() {
        let processes = processes();
        assert!(
            processes
                .iter()
                .any(|process| process.pid == std::process::id())
        );
        let own = own(&processes, std::process::id());
        assert!(own.iter().any(|process| !process.mounts().is_empty()));
        assert!(descriptors(std::process::id()).len() > 2);
    }
}
