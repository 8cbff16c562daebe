//! A daemon with SSH, a sandbox, a key for it, and OpenSSH's programs.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use skerry_client::Client;
use skerry_client::v1::{CreateSandboxRequest, CreateSshAccessResponse, ExecSpec, SshAccess};
use skerry_test_support::{Daemon, Options};

/// More than anything takes; a program that hangs ends with 124.
const PATIENCE: &str = "120";

/// Skips a test where one of these programs is missing.
macro_rules! needs {
    ($($program:literal),+) => {
        skerry_test_support::needs_root!();
        for program in [$($program),+] {
            if !$crate::steps::is_there(program) {
                skerry_test_support::skip!("{program} is not installed");
            }
        }
    };
}
pub(crate) use needs;

pub(crate) fn is_there(program: &str) -> bool {
    let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).output();
    found.is_ok_and(|output| output.status.success())
}

/// A sandbox that can be reached.
pub(crate) struct Reach {
    pub(crate) daemon: Daemon,
    pub(crate) sandbox: String,
    pub(crate) access: SshAccess,
    pub(crate) made: CreateSshAccessResponse,
    folder: tempfile::TempDir,
}

impl Reach {
    pub(crate) async fn start() -> Self {
        let arguments = ["--ssh-listen", "127.0.0.1:0"].map(str::to_owned).to_vec();
        let daemon = Daemon::start_with(Options { arguments, ..Options::default() }).await;
        let created = daemon.client().create_sandbox(CreateSandboxRequest::default()).await;
        let sandbox = created.expect("a sandbox").id;
        let made = daemon.client().create_ssh_access(&sandbox, None, None).await;
        let made = made.expect("an access");
        let access = made.access.clone().expect("an access");
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("known_hosts"), &made.known_hosts_line).expect("written");
        let reach = Self { daemon, sandbox, access, made, folder };
        write_private(&reach.path("key"), &reach.made.private_key);
        reach
    }

    pub(crate) fn client(&self) -> &Client {
        self.daemon.client()
    }

    /// Below the test's own folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `ssh`, `scp` and `sftp` with what all of them need, and this key.
    pub(crate) fn program_with(&self, program: &str, key: &Path) -> Command {
        let mut command = Command::new("timeout");
        command.args([PATIENCE, program]).current_dir(self.folder.path());
        command.args(self.options(key)).env_remove("SSH_AUTH_SOCK").stdin(Stdio::null());
        command
    }

    pub(crate) fn options(&self, key: &Path) -> Vec<String> {
        let known_hosts = self.path("known_hosts");
        let mut options = vec!["-F".to_owned(), "none".to_owned()];
        for option in [
            format!("Port={}", self.access.port),
            format!("IdentityFile={}", key.display()),
            format!("UserKnownHostsFile={}", known_hosts.display()),
            "IdentitiesOnly=yes".to_owned(),
            "StrictHostKeyChecking=yes".to_owned(),
            "BatchMode=yes".to_owned(),
            "LogLevel=ERROR".to_owned(),
        ] {
            options.extend(["-o".to_owned(), option]);
        }
        options
    }

    pub(crate) fn program(&self, program: &str) -> Command {
        self.program_with(program, &self.path("key"))
    }

    /// `user@host`, as all of them take it.
    pub(crate) fn place(&self) -> String {
        format!("{}@{}", self.access.user, self.access.host)
    }

    /// `ssh` to the sandbox with these last words.
    pub(crate) fn ssh(&self, words: &[&str]) -> Command {
        let mut command = self.program("ssh");
        command.arg(self.place()).args(words);
        command
    }

    /// Runs a command line over SSH that must succeed.
    pub(crate) fn sh(&self, line: &str) -> String {
        text(&done(&mut self.ssh(&[line])).stdout)
    }

    /// Runs a shell script in the sandbox without SSH.
    pub(crate) async fn look(&self, script: &str) -> String {
        let command = ["sh", "-c", script].map(str::to_owned).to_vec();
        let spec = ExecSpec { command, ..ExecSpec::default() };
        let ran = self.client().exec(&self.sandbox, spec).await.expect("it runs");
        text(&ran.stdout)
    }

    /// How many commands run in the sandbox.
    pub(crate) async fn running(&self) -> usize {
        let execs = self.client().list_execs(&self.sandbox).await.expect("a list");
        execs.iter().filter(|exec| exec.result.is_none()).count()
    }

    /// Makes a key of a kind with OpenSSH's own program; where it is.
    pub(crate) fn new_key(&self, kind: &str, more: &[&str]) -> PathBuf {
        let path = self.path(&format!("key-{kind}"));
        let mut command = Command::new("ssh-keygen");
        done(command.args(["-q", "-N", "", "-t", kind, "-f"]).arg(&path).args(more));
        path
    }
}

pub(crate) fn write_private(path: &Path, text: &str) {
    fs::write(path, text).expect("written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("set");
}

pub(crate) fn public(key: &Path) -> String {
    fs::read_to_string(key.with_extension("pub")).expect("a public key")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs a program that must succeed.
pub(crate) fn done(command: &mut Command) -> Output {
    let output = command.output().expect("it can be run");
    assert!(output.status.success(), "{command:?}: {output:?}");
    output
}

/// Runs a program, for its exit code and what it says on both ways.
pub(crate) fn ended(command: &mut Command) -> (Option<i32>, String, String) {
    let output = command.output().expect("it can be run");
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// Runs a program with this input.
pub(crate) fn fed(command: &mut Command, input: &[u8]) -> Output {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().expect("it can be run");
    let mut stdin = child.stdin.take().expect("it is a pipe");
    std::thread::scope(|scope| {
        // One that ends early does not read it all.
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output().expect("it ends")
    })
}

/// Bytes that don't compress and don't repeat.
pub(crate) fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// What a tree is: names, modes, times, links, contents.
pub(crate) fn sum(tree: &Path) -> String {
    let look = "find . ! -type l -printf '%P %M %Ts\\n' -o -printf '%P %l\\n' | sort; \
        find . -type f -print0 | sort -z | xargs -0 sha256sum";
    text(&done(Command::new("sh").args(["-c", look]).current_dir(tree)).stdout)
}

/// A tree with what trips programs up.
pub(crate) fn plant(tree: &Path) {
    fs::create_dir_all(tree.join("deep/er/st")).expect("made");
    fs::write(tree.join("deep/er/data"), noise(3_000_001)).expect("written");
    for name in [" space ", "-dash", "ünï", "*", "quo'te", "back\\slash"] {
        fs::write(tree.join(name), name).expect("written");
    }
    fs::write(tree.join("empty"), "").expect("written");
    let script = tree.join("script");
    fs::write(&script, "#!/bin/sh\necho ran\n").expect("written");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o750)).expect("set");
    let touch = ["-d", "2021-03-04 05:06:07"].map(OsStr::new);
    done(Command::new("touch").args(touch).args([&script, &tree.join("deep/er/data")]));
    done(Command::new("touch").args(touch).arg(tree.join("deep")));
}
