//! Where the checks run: a [`Side`] makes sandboxes, a [`Sandbox`] runs the
//! probe, and a [`Finding`] is what came of it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::root_tree::RootTree;
use crate::world::World;

/// What a probe's attempt came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Outcome {
    /// The bad thing did not work.
    #[serde(rename = "denied")]
    Denied,
    /// It worked.
    #[serde(rename = "allowed")]
    Allowed,
    /// There is nothing to try.
    #[serde(rename = "n/a")]
    Absent,
}

/// An outcome and what was seen.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    pub(crate) outcome: Outcome,
    pub(crate) detail: String,
}

impl Finding {
    pub(crate) fn denied(detail: impl Into<String>) -> Self {
        Self { outcome: Outcome::Denied, detail: detail.into() }
    }

    pub(crate) fn allowed(detail: impl Into<String>) -> Self {
        Self { outcome: Outcome::Allowed, detail: detail.into() }
    }

    pub(crate) fn absent(detail: impl Into<String>) -> Self {
        Self { outcome: Outcome::Absent, detail: detail.into() }
    }

    /// Allowed where `escaped` holds.
    pub(crate) fn of(escaped: bool, detail: impl Into<String>) -> Self {
        if escaped { Self::allowed(detail) } else { Self::denied(detail) }
    }
}

/// The arrangement itself broke: no answer about the check.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Broken(pub String);

impl From<std::io::Error> for Broken {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

/// What to run in a sandbox.
#[derive(Debug, Clone, Default)]
pub(crate) struct Run {
    pub(crate) command: Vec<String>,
    /// Empty: root.
    pub(crate) user: String,
    /// Empty: the side's own.
    pub(crate) cwd: String,
    pub(crate) env: Vec<(String, String)>,
}

impl Run {
    pub(crate) fn new<S: Into<String>>(command: impl IntoIterator<Item = S>) -> Self {
        Self { command: command.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// The probe with these arguments.
    pub(crate) fn probe<S: Into<String>>(arguments: impl IntoIterator<Item = S>) -> Self {
        let mut run = Self::new(arguments);
        run.command.insert(0, "/probe".to_owned());
        run
    }

    pub(crate) fn user(mut self, user: &str) -> Self {
        user.clone_into(&mut self.user);
        self
    }

    pub(crate) fn cwd(mut self, cwd: &str) -> Self {
        cwd.clone_into(&mut self.cwd);
        self
    }
}

/// A command that ended.
#[derive(Debug, Clone)]
pub(crate) struct Ran {
    pub(crate) stdout: Vec<u8>,
    /// As a shell says it: 128 and the signal's number for a signal.
    pub(crate) exit_code: i32,
    /// Said so by the side; `None` where it can't say.
    pub(crate) oom_killed: Option<bool>,
}

/// What a sandbox may use; `None` where the side's default shall hold.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Bounds {
    pub(crate) memory_bytes: Option<i64>,
    pub(crate) pids: Option<i64>,
}

/// What makes sandboxes.
pub(crate) trait Side {
    /// The column's name.
    fn name(&self) -> &'static str;

    /// A running sandbox; `Err` where the side refuses this root.
    fn sandbox(&self, root: &RootTree, bounds: Bounds) -> Result<Box<dyn Sandbox>, Refused>;

    /// Programs of the host that a sandbox must never change.
    fn programs(&self) -> Vec<PathBuf>;

    /// The daemon that answers for all sandboxes, where there is one.
    fn daemon_pid(&self) -> Option<u32>;

    /// Takes a tar archive as an image; `Ok(None)` where it was taken,
    /// `Ok(Some(code))` where it was refused, `Err` where the side has no such
    /// thing.
    fn import(&self, archive: Vec<u8>) -> Result<Option<String>, Broken>;

    /// Kills the daemon and starts it again after `length`; `false` where
    /// there is none.
    fn outage(&self, length: Duration) -> Result<bool, Broken>;

    /// Has an init of its own in each sandbox.
    fn has_init(&self) -> bool;
}

/// The side's answer where it doesn't do what it was asked.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Refused(pub String);

/// A sandbox that runs; gone when dropped.
pub(crate) trait Sandbox {
    /// Runs a command to its end. `Err` where it could not be started.
    fn run(&self, run: &Run) -> Result<Ran, Refused>;

    /// Starts a command and comes back; it is killed when dropped.
    fn start(&self, run: &Run) -> Result<Box<dyn Running>, Refused>;

    /// Stops it and starts it again with its disk; `None` where the side
    /// has no such thing.
    fn restart(&self) -> Option<Result<(), Refused>>;

    /// The writable layer, as the host sees it.
    fn host_root(&self) -> PathBuf;
}

/// A command that runs.
pub(crate) trait Running {
    /// Its end and all its output; killed where it takes longer.
    fn wait(self: Box<Self>, at_most: Duration) -> Result<Ran, Refused>;
}

/// Two sandboxes of one side, and what the host offers to be reached.
pub(crate) struct Arena<'a> {
    pub(crate) side: &'a dyn Side,
    pub(crate) world: &'a World,
    pub(crate) one: Box<dyn Sandbox>,
    pub(crate) two: Box<dyn Sandbox>,
    /// Each holds a process that the host finds by its mark, `one` or `two`.
    pub(crate) held: [Box<dyn Running>; 2],
    /// Tells its marks from those of other arenas that are open at the time.
    number: u32,
}

/// The mark of a process, in its command line.
fn mark(arena: u32, name: &str) -> String {
    format!("skerry-mark-{}-{arena}-{name}", std::process::id())
}

impl<'a> Arena<'a> {
    pub(crate) fn open(side: &'a dyn Side, world: &'a World) -> Result<Self, Refused> {
        let root = RootTree::plain(&world.probe);
        let one = side.sandbox(&root, Bounds::default())?;
        let two = side.sandbox(&root, Bounds::default())?;
        static OPENED: AtomicU32 = AtomicU32::new(0);
        let number = OPENED.fetch_add(1, Ordering::Relaxed);
        let held = [
            one.start(&Run::probe(["hold".to_owned(), mark(number, "one")]))?,
            two.start(&Run::probe(["hold".to_owned(), mark(number, "two")]))?,
        ];
        Ok(Self { side, world, one, two, held, number })
    }

    /// A mark that no process of another arena has.
    pub(crate) fn mark(&self, name: &str) -> String {
        mark(self.number, name)
    }

    /// Runs one check of the probe in the first sandbox.
    pub(crate) fn probe(&self, run: &Run) -> Result<Finding, Broken> {
        probe_in(self.one.as_ref(), run)
    }
}

/// Runs one check of the probe and reads its answer.
pub(crate) fn probe_in(sandbox: &dyn Sandbox, run: &Run) -> Result<Finding, Broken> {
    let ran =
        sandbox.run(run).map_err(|refused| Broken(format!("{:?}: {refused}", run.command)))?;
    answer_of(&ran).ok_or_else(|| {
        let said = String::from_utf8_lossy(&ran.stdout).into_owned();
        Broken(format!("{:?} ended with {} and said {said:?}", run.command, ran.exit_code))
    })
}

/// The probe's answer: the first line that is one.
pub(crate) fn answer_of(ran: &Ran) -> Option<Finding> {
    #[derive(Deserialize)]
    struct Line {
        outcome: Outcome,
        detail: String,
    }
    let text = String::from_utf8_lossy(&ran.stdout).into_owned();
    let line = text.lines().find_map(|line| serde_json::from_str::<Line>(line).ok())?;
    Some(Finding { outcome: line.outcome, detail: line.detail })
}
