//! Named points at which a test makes the daemon die by SIGKILL.
//!
//! `SKERRY_FAILPOINT=create.machine` dies when the point is first reached,
//! `create.machine:3` at the third time. Without the feature `failpoints`,
//! which no release has, a point is nothing.

/// Every point, in the order in which its operation reaches them. A test
/// holds this list against the calls in the sources.
pub const ALL: &[&str] = &[
    "create.begun",
    "create.recorded",
    "create.machine",
    "create.running_recorded",
    "start.begun",
    "start.recorded",
    "start.machine",
    "start.running_recorded",
    "stop.begun",
    "stop.recorded",
    "stop.machine",
    "stop.stopped_recorded",
    "pause.begun",
    "pause.recorded",
    "pause.machine",
    "pause.paused_recorded",
    "resume.begun",
    "resume.recorded",
    "resume.machine",
    "resume.running_recorded",
    "delete.begun",
    "delete.recorded",
    "delete.machine",
    "delete.record_dropped",
    "delete.disk",
    "copy.frozen",
    "copy.copied",
    "snapshot.workspace.copied",
    "snapshot.workspace.extracted",
    "snapshot.copied",
    "snapshot.recorded",
    "snapshot.import.unpacked",
    "snapshot.import.recorded",
    "snapshot.delete.begun",
    "snapshot.delete.forgotten",
    "volume.made",
    "volume.delete.begun",
    "volume.delete.forgotten",
    "store.taken",
    "store.applied",
    "store.durable",
];

/// Dies here, where the environment asks for it.
#[cfg(not(feature = "failpoints"))]
#[inline(always)]
pub fn hit(_name: &str) {}

/// Dies here, where the environment asks for it.
#[cfg(feature = "failpoints")]
pub fn hit(name: &str) {
    armed::hit(name);
}

#[cfg(feature = "failpoints")]
mod armed {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    struct Armed {
        name: String,
        left: AtomicU64,
    }

    static ARMED: LazyLock<Option<Armed>> = LazyLock::new(|| {
        let text = std::env::var("SKERRY_FAILPOINT").ok()?;
        let (name, count) = text.split_once(':').unwrap_or((&text, "1"));
        let count: u64 = count.parse().expect("SKERRY_FAILPOINT is name[:count]");
        assert!(super::ALL.contains(&name), "SKERRY_FAILPOINT names no failpoint: {name}");
        Some(Armed { name: name.to_owned(), left: AtomicU64::new(count) })
    });

    pub(super) fn hit(name: &str) {
        let Some(armed) = ARMED.as_ref().filter(|armed| armed.name == name) else { return };
        if armed.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            skerry_linux::crash::kill_self();
        }
    }
}
