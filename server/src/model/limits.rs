//! What a sandbox's processes may use together.

use serde::{Deserialize, Serialize};

/// Less memory than this starts no useful program.
const MIN_MEMORY_BYTES: i64 = 16 << 20;
/// A hundredth of a processor: the kernel's quota needs at least 1 ms of its
/// period of 100 ms.
const MIN_CPU_MILLIS: i64 = 10;
/// A shell pipeline still runs.
const MIN_PIDS: i64 = 8;
/// The kernel's own default for `pid_max`.
const MAX_PIDS: i64 = 32_768;
/// A file system's own bookkeeping takes some of it.
pub const MIN_DISK_BYTES: i64 = 4 << 20;

/// The limits in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of memory, swap included.
    pub memory_bytes: i64,
    /// Thousandths of a processor.
    pub cpu_millis: i64,
    /// Processes and threads.
    pub pids: i64,
    /// Bytes on its disk; 0 where nothing bounds them.
    #[serde(default)]
    pub disk_bytes: i64,
}

/// Limits that a caller named; the rest stay as they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitsPatch {
    /// Bytes of memory, swap included.
    pub memory_bytes: Option<i64>,
    /// Thousandths of a processor.
    pub cpu_millis: Option<i64>,
    /// Processes and threads.
    pub pids: Option<i64>,
    /// Bytes on its disk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disk_bytes: Option<i64>,
}

impl LimitsPatch {
    /// All of them.
    pub fn of(limits: &Limits) -> Self {
        Self {
            memory_bytes: Some(limits.memory_bytes),
            cpu_millis: Some(limits.cpu_millis),
            pids: Some(limits.pids),
            disk_bytes: (limits.disk_bytes > 0).then_some(limits.disk_bytes),
        }
    }
}

/// A limit out of its bounds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be {min} to {max}, is {value}")]
pub struct LimitError {
    /// The limit's field.
    pub field: &'static str,
    /// Least.
    pub min: i64,
    /// Most.
    pub max: i64,
    /// What was given.
    pub value: i64,
}

impl Limits {
    /// The most that a host of so much memory, so many processors and so large
    /// a storage gives; 0 for one that holds no sizes.
    pub fn of_host(memory_bytes: i64, cpus: i64, disk_bytes: i64) -> Self {
        Self { memory_bytes, cpu_millis: cpus * 1000, pids: MAX_PIDS, disk_bytes }
    }

    /// What a sandbox gets that names no limits, on a host with this maximum.
    pub fn default_for(max: &Self) -> Self {
        Self {
            memory_bytes: max.memory_bytes.min(2 << 30),
            cpu_millis: max.cpu_millis.min(2000),
            pids: 1024,
            disk_bytes: max.disk_bytes.min(10 << 30),
        }
    }

    /// These limits with the patch's over them, each within `max`.
    pub fn patched(&self, patch: &LimitsPatch, max: &Self) -> Result<Self, LimitError> {
        let pick = |field, given: Option<i64>, old, min, max| match given {
            None => Ok(old),
            Some(value) if (min..=max).contains(&value) => Ok(value),
            Some(value) => Err(LimitError { field, min, max, value }),
        };
        Ok(Self {
            memory_bytes: pick(
                "memory_bytes",
                patch.memory_bytes,
                self.memory_bytes,
                MIN_MEMORY_BYTES,
                max.memory_bytes,
            )?,
            cpu_millis: pick(
                "cpu_millis",
                patch.cpu_millis,
                self.cpu_millis,
                MIN_CPU_MILLIS,
                max.cpu_millis,
            )?,
            pids: pick("pids", patch.pids, self.pids, MIN_PIDS, max.pids)?,
            disk_bytes: pick(
                "disk_bytes",
                patch.disk_bytes,
                self.disk_bytes,
                MIN_DISK_BYTES,
                max.disk_bytes,
            )?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_negative_and_absurd_limits_are_refused_by_name() {
        let max = Limits::of_host(8 << 30, 4, 8 << 30);
        let base = Limits::default_for(&max);
        for value in [0, -1, i64::MIN, i64::MAX, (8 << 30) + 1] {
            let patch = LimitsPatch { memory_bytes: Some(value), ..Default::default() };
            assert_eq!(base.patched(&patch, &max).map_err(|e| e.field), Err("memory_bytes"));
            let patch = LimitsPatch { cpu_millis: Some(value), ..Default::default() };
            assert_eq!(base.patched(&patch, &max).map_err(|e| e.field), Err("cpu_millis"));
            let patch = LimitsPatch { pids: Some(value), ..Default::default() };
            assert_eq!(base.patched(&patch, &max).map_err(|e| e.field), Err("pids"));
        }
    }

    #[test]
    fn a_patch_leaves_the_rest() {
        let max = Limits::of_host(8 << 30, 4, 8 << 30);
        let base = Limits::default_for(&max);
        let patch = LimitsPatch { pids: Some(50), ..Default::default() };
        assert_eq!(base.patched(&patch, &max), Ok(Limits { pids: 50, ..base }));
    }
}
