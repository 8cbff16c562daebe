//! Which cgroup hierarchies this host has, and where.

use std::fs;
use std::path::{Path, PathBuf};

use super::{make_directory, write};
use crate::runtime::RuntimeError;
use crate::runtime::linux::Step;

/// The hierarchies that limits and life are kept in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::runtime::linux) struct Layout {
    /// Where cgroup v2 is mounted.
    pub(in crate::runtime::linux) unified: PathBuf,
    /// Set where the controllers are of v1.
    pub(in crate::runtime::linux) v1: Option<V1>,
}

/// Where the v1 controllers are mounted; several may share a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::runtime::linux) struct V1 {
    pub(super) memory: PathBuf,
    pub(super) cpu: PathBuf,
    pub(super) pids: PathBuf,
}

impl V1 {
    /// Each place once.
    pub(super) fn all(&self) -> Vec<PathBuf> {
        let mut all = vec![self.memory.clone(), self.cpu.clone(), self.pids.clone()];
        all.dedup();
        all
    }
}

impl Layout {
    /// Reads what is mounted.
    pub(super) fn detect() -> Result<Self, RuntimeError> {
        let mounts = fs::read_to_string("/proc/self/mountinfo").step("read the mounts")?;
        let controllers =
            |path: &Path| fs::read_to_string(path.join("cgroup.controllers")).unwrap_or_default();
        Self::from_mounts(&mounts, controllers).ok_or_else(|| RuntimeError::Failed {
            step: "find cgroups".to_owned(),
            cause: "needs cgroup v2 mounted, with the controllers memory, cpu and pids there or \
                    in v1 hierarchies"
                .to_owned(),
        })
    }

    fn from_mounts(mounts: &str, controllers: impl Fn(&Path) -> String) -> Option<Self> {
        let mut unified = None;
        let mut v1 = Vec::new();
        for line in mounts.lines() {
            let (place, source) = line.split_once(" - ")?;
            let path = PathBuf::from(place.split(' ').nth(4)?);
            let mut source = source.split(' ');
            match source.next()? {
                "cgroup2" => unified = unified.or(Some(path)),
                "cgroup" => v1.push((path, source.nth(1)?.to_owned())),
                _ => {}
            }
        }
        let unified = unified?;
        let here = controllers(&unified);
        if ["memory", "cpu", "pids"].iter().all(|name| here.split_whitespace().any(|c| c == *name))
        {
            return Some(Self { unified, v1: None });
        }
        let find = |name: &str| {
            v1.iter()
                .find(|(_, options)| options.split(',').any(|option| option == name))
                .map(|(path, _)| path.clone())
        };
        let v1 = V1 { memory: find("memory")?, cpu: find("cpu")?, pids: find("pids")? };
        Some(Self { unified, v1: Some(v1) })
    }

    /// Whether the controllers are of v2.
    pub(in crate::runtime::linux) fn is_unified(&self) -> bool {
        self.v1.is_none()
    }

    /// Whether swap is counted and bounded.
    pub(in crate::runtime::linux) fn limits_swap(&self) -> bool {
        match &self.v1 {
            None => self.unified.join("skerry/memory.swap.max").exists(),
            Some(v1) => v1.memory.join("memory.memsw.limit_in_bytes").exists(),
        }
    }

    /// Makes the directories above the machines' own.
    pub(super) fn make_parents(&self, group: &Path) -> Result<(), RuntimeError> {
        let roots = self.v1.iter().flat_map(V1::all).chain([self.unified.clone()]);
        for root in roots {
            for above in [group.parent(), Some(group)].into_iter().flatten() {
                make_directory(&root.join(above))?;
            }
        }
        if self.v1.is_none() {
            for above in [Some(Path::new("")), group.parent(), Some(group)].into_iter().flatten() {
                let file = self.unified.join(above).join("cgroup.subtree_control");
                write(&file, "+memory +cpu +pids")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HYBRID: &str = "\
        20 1 0:5 / /proc rw - proc proc rw\n\
        30 25 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n\
        31 25 0:28 / /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory\n\
        32 25 0:29 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n\
        33 25 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";

    #[test]
    fn controllers_are_taken_from_v1_where_v2_has_none() {
        let layout = Layout::from_mounts(HYBRID, |_| String::new()).expect("all are there");
        assert_eq!(layout.unified, Path::new("/sys/fs/cgroup/unified"));
        let v1 = layout.v1.expect("v1");
        assert_eq!(v1.cpu, Path::new("/sys/fs/cgroup/cpu,cpuacct"));
        assert_eq!(v1.memory, Path::new("/sys/fs/cgroup/memory"));
    }

    #[test]
    fn a_unified_host_needs_no_v1() {
        let mounts = "25 1 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
        let layout = Layout::from_mounts(mounts, |_| "cpuset cpu io memory pids\n".to_owned());
        assert_eq!(layout.map(|layout| layout.v1), Some(None));
    }

    #[test]
    fn a_host_without_a_controller_is_refused() {
        let without = HYBRID.replace("rw,pids", "rw,blkio");
        assert_eq!(Layout::from_mounts(&without, |_| String::new()), None);
    }
}
