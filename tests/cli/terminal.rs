//! A terminal, and what is different on one.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};
use skerry_client::v1::SandboxState;

use crate::stage::{Script, Stage, sandbox};

/// A terminal with a program on it.
pub(crate) struct Terminal {
    master: File,
    shown: Vec<u8>,
}

impl Terminal {
    pub(crate) fn open() -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let master = openpt(flags).expect("terminals are left");
        grantpt(&master).and_then(|()| unlockpt(&master)).expect("it is ours");
        Self { master: master.into(), shown: Vec::new() }
    }

    /// Starts a program with this terminal as its stdin, stdout and stderr.
    pub(crate) fn start(&self, command: &mut Command) -> Child {
        let [stdin, stdout, stderr] = [(); 3].map(|()| Stdio::from(self.program_end()));
        command.stdin(stdin).stdout(stdout).stderr(stderr).env("TERM", "xterm");
        let child = command.spawn().expect("skerry can be run");
        // The command holds our copies of the program's end.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        child
    }

    fn program_end(&self) -> OwnedFd {
        let name = ptsname(&self.master, Vec::new()).expect("it has a name");
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        rustix::fs::open(name, flags, Mode::empty()).expect("it is unlocked")
    }

    pub(crate) fn resize(&self, rows: u16, columns: u16) {
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&self.master, size).expect("it is a terminal");
    }

    /// Whether it shows what is typed, as it does unless a program wants
    /// every key for itself.
    pub(crate) fn echoes(&self) -> bool {
        let modes = tcgetattr(&self.master).expect("it is a terminal").local_modes;
        modes.contains(LocalModes::ECHO | LocalModes::ICANON)
    }

    /// Reads until this is shown.
    pub(crate) fn wait_for(&mut self, text: &str) {
        while !self.text().contains(text) {
            assert!(self.read_some(), "{text:?} was not shown: {:?}", self.text());
        }
    }

    pub(crate) fn type_in(&mut self, text: &str) {
        self.master.write_all(text.as_bytes()).expect("the terminal takes it");
    }

    /// Reads to the program's end; its exit code.
    pub(crate) fn finish(&mut self, mut child: Child) -> Option<i32> {
        while self.read_some() {}
        child.wait().expect("it is this process's child").code()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.shown).into_owned()
    }

    /// False at the end: a terminal without a program fails to be read.
    fn read_some(&mut self) -> bool {
        let mut buffer = [0; 4096];
        match self.master.read(&mut buffer) {
            Ok(length) if length > 0 => {
                self.shown.extend_from_slice(&buffer[..length]);
                true
            }
            _ => false,
        }
    }
}

const GREEN: &str = "\x1b[32mrunning\x1b[0m";

fn shown(prepare: impl FnOnce(&mut Command)) -> String {
    let sandboxes = vec![sandbox(1, "web", SandboxState::Running)];
    let stage = Stage::new(Script { sandboxes, ..Script::default() });
    let mut terminal = Terminal::open();
    let mut command = stage.command(&["ls"]);
    prepare(&mut command);
    let child = terminal.start(&mut command);
    assert_eq!(terminal.finish(child), Some(0));
    terminal.text()
}

#[test]
fn colour_is_for_a_terminal_that_wants_it() {
    let coloured = shown(|_| {});
    assert!(coloured.contains(GREEN), "{coloured:?}");
    let plain = shown(|command| {
        command.env("NO_COLOR", "1");
    });
    assert!(plain.contains("running") && !plain.contains('\x1b'), "{plain:?}");
}

#[test]
fn what_takes_its_time_is_shown_on_a_terminal_alone() {
    let script = || Script { slow_create: true, ..Script::default() };
    let stage = Stage::new(script());
    let mut terminal = Terminal::open();
    let child = terminal.start(&mut stage.command(&["create", "--name", "web"]));
    terminal.wait_for("create sandbox web (");
    stage.release();
    assert_eq!(terminal.finish(child), Some(0));
    assert!(terminal.text().ends_with("web\r\n"), "{:?}", terminal.text());

    let stage = Stage::new(script());
    let child = crate::program::start(&mut stage.command(&["create", "--name", "web"]));
    crate::program::wait_until("the create is asked for", || stage.was_asked("create host"));
    // Longer than it would take for a sign of life to come.
    std::thread::sleep(std::time::Duration::from_millis(900));
    stage.release();
    assert_eq!(crate::program::finish(child).expect_stdout(), "web\n");
}
