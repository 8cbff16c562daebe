//! What the kernel counts of a machine.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::Cgroups;
use crate::model::SandboxId;
use crate::runtime::MachineUsage;

/// Where each count is: of cgroup v2 and of v1, whose files mean the same.
struct Files {
    memory: &'static str,
    peak: &'static str,
    inactive: &'static str,
}

const V2: Files =
    Files { memory: "memory.current", peak: "memory.peak", inactive: "inactive_file" };
const V1: Files = Files {
    memory: "memory.usage_in_bytes",
    peak: "memory.max_usage_in_bytes",
    inactive: "total_inactive_file",
};

impl Cgroups {
    /// Reads the counters of what the machine's users run. A counter that is
    /// not there counts nothing.
    pub(in crate::runtime::linux) fn usage(&self, id: &SandboxId) -> MachineUsage {
        let user = self.user(id);
        let (memory, pids, files) = match &self.layout.v1 {
            None => (user.clone(), user.clone(), V2),
            Some(v1) => {
                let relative = self.group.join(id.as_str());
                (v1.memory.join(&relative), v1.pids.join(&relative), V1)
            }
        };
        // The kernel counts processor time in every v2 directory, whoever has
        // the controller.
        let cpu_time = keyed(&user.join("cpu.stat"), "usage_usec").map(Duration::from_micros);
        let inactive = keyed(&memory.join("memory.stat"), files.inactive).unwrap_or(0);
        MachineUsage {
            cpu_time,
            // The two are not read at one moment.
            memory: number(&memory.join(files.memory)).map(|used| used.saturating_sub(inactive)),
            memory_peak: number(&memory.join(files.peak)),
            pids: number(&pids.join("pids.current")),
        }
    }
}

/// The number that a file holds.
fn number(path: &Path) -> Option<u64> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}

/// The number behind a word in a file of such lines.
fn keyed(path: &Path, key: &str) -> Option<u64> {
    let text = fs::read_to_string(path).ok()?;
    let mut pairs = text.lines().filter_map(|line| line.split_once(' '));
    pairs.find(|(word, _)| *word == key)?.1.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_whole_and_what_is_not_there_is_none() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        fs::write(file.path(), "inactive_file_x 1\ninactive_file 4096\nbroken\nodd x\n")
            .expect("written");
        assert_eq!(keyed(file.path(), "inactive_file"), Some(4096));
        assert_eq!(keyed(file.path(), "file"), None);
        assert_eq!(keyed(file.path(), "odd"), None);
        assert_eq!(number(file.path()), None);
        assert_eq!(number(Path::new("/no/such")), None);
        fs::write(file.path(), "17\n").expect("written");
        assert_eq!(number(file.path()), Some(17));
    }
}
