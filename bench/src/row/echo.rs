//! What is typed and seen again: the round trip of a terminal.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use async_trait::async_trait;
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

use super::{Contender, Field, Live, RowError, milliseconds, take_turns};
use crate::report::Row;
use crate::skerry::Terminal;

/// Reads what is typed; the terminal shows it.
const READER: [&str; 1] = ["/bin/cat"];
/// A terminal of this machine with nothing between.
const PLAIN: &str = "plain terminal";
const KEY: u8 = b'x';

pub(super) async fn measure(field: &Field<'_>) -> Row {
    let mut row = Row::new("echo", "one key of a terminal, from typed to seen", "ms");
    let live = Live::start(&mut row, field).await;
    let mut contenders: Vec<Box<dyn Contender>> = Vec::new();
    if let Some((skerry, id)) = &live.sandbox {
        match skerry.terminal(id, &READER).await {
            Ok(terminal) => contenders.push(Box::new(terminal)),
            Err(error) => row.leave_out("skerry InteractExec", error),
        }
    }
    let plain = Command::new(field.rootfs.program("cat"));
    let peers = live.peers.iter();
    let peers = peers.filter_map(|peer| Some((peer.name(), peer.interact(&live.id, &READER)?)));
    for (name, mut command) in peers.chain([(PLAIN, plain)]) {
        match Local::start(name, &mut command) {
            Ok(local) => contenders.push(Box::new(local)),
            Err(error) => row.leave_out(name, error),
        }
    }
    take_turns(&mut row, &mut contenders, field.options.n).await;
    drop(contenders);
    live.remove(&mut row).await;
    row
}

#[async_trait(?Send)]
impl Contender for Terminal {
    fn series(&self) -> Vec<String> {
        vec!["skerry InteractExec".to_owned()]
    }

    async fn turn(&mut self) -> Result<Vec<f64>, RowError> {
        let started = Instant::now();
        self.echo(KEY).await?;
        Ok(vec![milliseconds(started.elapsed())])
    }
}

/// A program on a terminal of this machine.
struct Local {
    name: &'static str,
    terminal: File,
    child: Child,
}

impl Local {
    fn start(name: &'static str, command: &mut Command) -> io::Result<Self> {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&terminal)?;
        unlockpt(&terminal)?;
        let path = ptsname(&terminal, Vec::new())?;
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let other: OwnedFd = rustix::fs::open(path, flags, Mode::empty())?;
        if name != PLAIN {
            // As its client makes it: what is seen comes from the other end.
            let mut attributes = tcgetattr(&other)?;
            attributes.make_raw();
            tcsetattr(&other, OptionalActions::Now, &attributes)?;
        }
        let child = command
            .stdin(Stdio::from(other.try_clone()?))
            .stdout(Stdio::from(other.try_clone()?))
            .stderr(Stdio::from(other))
            .spawn()?;
        Ok(Self { name, terminal: File::from(terminal), child })
    }
}

#[async_trait(?Send)]
impl Contender for Local {
    fn series(&self) -> Vec<String> {
        vec![self.name.to_owned()]
    }

    async fn turn(&mut self) -> Result<Vec<f64>, RowError> {
        let failed = |error: io::Error| RowError::Copy(error.to_string());
        let started = Instant::now();
        self.terminal.write_all(&[KEY]).map_err(failed)?;
        let mut seen = [0; 1];
        while seen != [KEY] {
            self.terminal.read_exact(&mut seen).map_err(failed)?;
        }
        Ok(vec![milliseconds(started.elapsed())])
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        // Already gone is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
