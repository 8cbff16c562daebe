//! The programs that Skerry is measured beside.

mod bundle;
mod bwrap;
mod docker;
mod podman;

use std::path::{Path, PathBuf};
use std::process::Command;

use thiserror::Error;

use crate::command::{CommandError, find_program};
use crate::options::Program;
use crate::report::Skipped;
use crate::rootfs::RootFs;

/// What one installs for all of them on Debian.
const PACKAGES: &str = "apt-get install docker.io podman crun runc bubblewrap busybox-static";

/// The name of the root file system as an image.
pub(crate) const IMAGE: &str = "skerry-bench:latest";

/// What an idle sandbox runs.
const IDLE: [&str; 2] = ["/bin/sleep", "1000000"];

/// Why a peer takes no part.
#[derive(Debug, Error)]
pub(crate) enum PeerError {
    /// Its program is missing.
    #[error("{0} is not installed: {PACKAGES}")]
    Missing(&'static str),
    /// A program of its ended badly.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// A file for it could not be written.
    #[error("can't write {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The description that a runtime made of a bundle is not one.
    #[error("can't read the bundle's description: {0}")]
    Spec(#[from] serde_json::Error),
    /// Its daemon did not come up, or ended.
    #[error("its daemon did not answer: {0}")]
    Daemon(String),
}

/// A program that makes sandboxes. Commands are made here and run by the
/// rows, so that all are started and timed the same way.
pub(crate) trait Peer {
    /// Its name in tables.
    fn name(&self) -> &'static str;

    /// Its version, one line.
    fn version(&self) -> String;

    /// Makes a sandbox, runs `/bin/true` in it and removes it.
    fn run(&self) -> Command;

    /// Starts an idle sandbox and comes back; none where the peer has no
    /// sandbox without a command in the foreground.
    fn start(&self, id: &str) -> Option<Command>;

    /// The client of a container engine, asked for `verb`: docker and podman
    /// take the same words. None where the peer is something else.
    fn engine(&self, _verb: &str) -> Option<Command> {
        None
    }

    /// Where SDKs of its own find its daemon; none where there are none.
    fn host(&self) -> Option<&str> {
        None
    }

    /// Runs a command in an idle sandbox; none where it can't.
    fn exec(&self, id: &str, argv: &[&str]) -> Option<Command> {
        let mut command = self.engine("exec")?;
        command.arg(id).args(argv);
        Some(command)
    }

    /// Runs a command on a terminal in an idle sandbox; none where it can't.
    fn interact(&self, id: &str, argv: &[&str]) -> Option<Command> {
        let mut command = self.engine("exec")?;
        command.args(["--interactive", "--tty", id]).args(argv);
        Some(command)
    }

    /// Copies a file into an idle sandbox; none where it can't.
    fn copy_in(&self, id: &str, from: &Path, to: &str) -> Option<Command> {
        let mut command = self.engine("cp")?;
        command.arg(from).arg(format!("{id}:{to}"));
        Some(command)
    }

    /// Copies a file out of an idle sandbox; none where it can't.
    fn copy_out(&self, id: &str, from: &str, to: &Path) -> Option<Command> {
        let mut command = self.engine("cp")?;
        command.arg(format!("{id}:{from}")).arg(to);
        Some(command)
    }

    /// Makes an image of an idle sandbox; none where it can't.
    fn commit(&self, id: &str, image: &str) -> Option<Command> {
        let mut command = self.engine("commit")?;
        command.args([id, image]);
        Some(command)
    }

    /// Runs `/bin/true` in a sandbox of an image; none where it has no images.
    fn run_image(&self, _image: &str) -> Option<Command> {
        None
    }

    /// Removes an image; none where it has none.
    fn remove_image(&self, image: &str) -> Option<Command> {
        let mut command = self.engine("rmi")?;
        command.args(["--force", image]);
        Some(command)
    }

    /// Ends and removes an idle sandbox; none where there is none.
    fn remove(&self, id: &str) -> Option<Command>;
}

/// What peers are made from.
#[derive(Debug)]
pub(crate) struct Setting<'a> {
    /// The run's directory.
    pub(crate) dir: &'a Path,
    /// The root file system.
    pub(crate) rootfs: &'a RootFs,
    /// The control group that all sandboxes of the run are put below.
    pub(crate) cgroup: String,
}

/// Makes those of `programs` that can run here ready, and says why the others
/// can't.
pub(crate) fn prepare(
    setting: &Setting<'_>,
    programs: &[Program],
) -> (Vec<Box<dyn Peer>>, Vec<Skipped>) {
    let mut peers: Vec<Box<dyn Peer>> = Vec::new();
    let mut skipped = Vec::new();
    for program in programs {
        match prepare_one(setting, *program) {
            Ok(Some(peer)) => peers.push(peer),
            Ok(None) => {}
            Err(error) => {
                skipped.push(Skipped { name: program.name().to_owned(), reason: error.to_string() })
            }
        }
    }
    (peers, skipped)
}

fn prepare_one(
    setting: &Setting<'_>,
    program: Program,
) -> Result<Option<Box<dyn Peer>>, PeerError> {
    Ok(match program {
        Program::Skerry => None,
        Program::Docker => Some(Box::new(docker::Docker::start(setting)?)),
        Program::Podman => Some(Box::new(podman::Podman::import(setting)?)),
        Program::Crun => Some(Box::new(bundle::Bundle::new(setting, "crun")?)),
        Program::Runc => Some(Box::new(bundle::Bundle::new(setting, "runc")?)),
        Program::Bwrap => Some(Box::new(bwrap::Bwrap::new(setting)?)),
    })
}

fn program(name: &'static str) -> Result<PathBuf, PeerError> {
    find_program(name).ok_or(PeerError::Missing(name))
}

fn write(path: &Path, text: impl AsRef<[u8]>) -> Result<(), PeerError> {
    std::fs::write(path, text).map_err(|source| PeerError::Write { path: path.to_owned(), source })
}

fn make_dir(path: &Path) -> Result<(), PeerError> {
    std::fs::create_dir_all(path)
        .map_err(|source| PeerError::Write { path: path.to_owned(), source })
}
