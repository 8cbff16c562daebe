//! `skerry ssh`: the system's own SSH client, with a key for the purpose.

use std::ffi::{OsStr, OsString};
use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use clap::Args;
use skerry_client::v1::{CreateSshAccessResponse, SshAccess};
use tokio::process::{Child, Command};

use super::{Context, out_of_resources};
use crate::failure::Failure;
use crate::signals::Signals;
use crate::units::parse_duration;

/// OpenSSH's client.
const PROGRAM: &str = "ssh";
/// Added to a signal's number, as a shell does.
const SIGNAL_EXIT_BASE: i32 = 128;

/// Open a session in a sandbox with this machine's ssh
#[derive(Debug, Args)]
#[command(override_usage = "skerry ssh [OPTIONS] <SANDBOX> [-- <CMD>...]")]
#[command(after_help = "\
The daemon must serve SSH: `skerryd --ssh-listen 127.0.0.1:4022`. A key is
made for the one run, and opens nothing after it. The exit code is ssh's.

Examples:
  skerry ssh web                                 A shell
  skerry ssh web -- make -j4                     A command line, read by a shell there
  skerry ssh web -t -- vi notes                  One that needs a terminal
  skerry ssh web --print ~/web-key               The key, and the command line to use it with")]
pub(super) struct Ssh {
    /// Name or id
    sandbox: String,
    /// What a shell in it runs; without it, a login shell
    #[arg(trailing_var_arg = true, value_name = "CMD")]
    command: Vec<String>,
    /// Give the command a terminal
    #[arg(short, long)]
    tty: bool,
    /// How long the key opens the sandbox, 1m to 24h; sessions end with it
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = parse_duration)]
    ttl: Duration,
    /// Only write the key to this directory and print the command line
    #[arg(long, value_name = "DIR", conflicts_with_all = ["tty", "command"])]
    print: Option<PathBuf>,
}

impl Ssh {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let what = format!("open a session in {}", self.sandbox);
        let call = context.client.create_ssh_access(&self.sandbox, Some(self.ttl), None);
        let made = context.call(&what, call).await?;
        let access = made.access.clone().unwrap_or_default();
        if let Some(folder) = &self.print {
            let files = Files::keep(folder, &made).map_err(|error| cant_write(folder, &error))?;
            let line: Vec<String> =
                arguments(&access, &files, false).iter().map(|word| quoted(word)).collect();
            context.output.line(&format!("{PROGRAM} {}", line.join(" ")))?;
            return Ok(0);
        }
        let ended = self.session(&made, &access).await;
        // It would run out by itself; the session's own end counts.
        let _ = context.client.delete_ssh_access(&access.id).await;
        ended
    }

    /// Runs ssh with files that are gone when it ends.
    async fn session(
        &self,
        made: &CreateSshAccessResponse,
        access: &SshAccess,
    ) -> Result<u8, Failure> {
        let folder = tempfile::Builder::new()
            .prefix("skerry-ssh-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir();
        let folder = folder.map_err(|error| cant_write(&std::env::temp_dir(), &error))?;
        let files = Files::write(folder.path(), made);
        let files = files.map_err(|error| cant_write(folder.path(), &error))?;
        let mut signals = Signals::catch().map_err(|error| out_of_resources(PROGRAM, &error))?;
        let mut command = Command::new(PROGRAM);
        command.args(arguments(access, &files, self.tty)).args(&self.command).kill_on_drop(true);
        let child = command.spawn().map_err(|error| cant_run(&error))?;
        let status = attend(child, &mut signals).await;
        status.map(exit_code).map_err(|error| cant_run(&error))
    }
}

/// Waits for ssh, and passes on what asks us to end. SIGINT comes from a
/// terminal, which gives it to ssh as well.
async fn attend(mut child: Child, signals: &mut Signals) -> io::Result<ExitStatus> {
    loop {
        let caught = tokio::select! {
            status = child.wait() => return status,
            caught = signals.next() => caught,
        };
        let number = rustix::process::Signal::from_named_raw(caught.number());
        let id = child.id().and_then(|id| rustix::process::Pid::from_raw(id.cast_signed()));
        if let (Some(signal), Some(id)) = (number, id)
            && signal != rustix::process::Signal::INT
        {
            // It may have just ended.
            let _ = rustix::process::kill_process(id, signal);
        }
    }
}

fn exit_code(status: ExitStatus) -> u8 {
    let code = status.code().or(status.signal().map(|signal| SIGNAL_EXIT_BASE + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}

/// The files that ssh needs.
struct Files {
    key: PathBuf,
    known_hosts: PathBuf,
}

impl Files {
    /// Into a directory that is there.
    fn write(folder: &Path, made: &CreateSshAccessResponse) -> io::Result<Self> {
        let files = Self { key: folder.join("key"), known_hosts: folder.join("known_hosts") };
        write(&files.key, &made.private_key)?;
        write(&files.known_hosts, &format!("{}\n", made.known_hosts_line))?;
        Ok(files)
    }

    /// Into a directory that stays; made where there is none.
    fn keep(folder: &Path, made: &CreateSshAccessResponse) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let files = Self::write(&std::path::absolute(folder)?, made)?;
        Ok(files)
    }
}

/// Never into a file that is there: it may be open to others.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}

/// What ssh is told: nothing of the user's own set-up may bring another key,
/// an agent or a forwarding in.
fn arguments(access: &SshAccess, files: &Files, tty: bool) -> Vec<OsString> {
    // ssh takes a value apart at spaces.
    let known_hosts =
        [OsStr::new("UserKnownHostsFile=\""), files.known_hosts.as_os_str(), OsStr::new("\"")];
    let mut words: Vec<OsString> = vec!["-i".into(), files.key.clone().into()];
    let options = [
        OsString::from("IdentitiesOnly=yes"),
        OsString::from("IdentityAgent=none"),
        OsString::from("StrictHostKeyChecking=yes"),
        known_hosts.into_iter().collect(),
        OsString::from("ForwardAgent=no"),
        OsString::from("ClearAllForwardings=yes"),
        OsString::from("LogLevel=ERROR"),
    ];
    for option in options {
        words.extend(["-o".into(), option]);
    }
    words.extend(["-p".into(), access.port.to_string().into()]);
    words.extend(["-l".into(), access.user.clone().into()]);
    words.extend(tty.then(|| "-t".into()));
    words.extend(["--".into(), access.host.clone().into()]);
    words
}

/// A word as a shell reads it.
fn quoted(word: &OsStr) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_./=:@,+".contains(byte);
    let text = word.to_string_lossy();
    match !word.is_empty() && word.as_bytes().iter().all(plain) {
        true => text.into_owned(),
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

fn cant_write(folder: &Path, error: &io::Error) -> Failure {
    let what = format!("write the key to {}", folder.display());
    Failure::new(&what, &error.to_string(), "name a directory of your own without such files")
}

fn cant_run(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::NotFound => Failure::new(
            "run ssh",
            "there is none on this machine",
            "install OpenSSH's client, or use `skerry exec -it`",
        ),
        _ => Failure::new("run ssh", &error.to_string(), "try `skerry exec -it`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_would_take_them_apart() {
        assert_eq!(quoted(OsStr::new("UserKnownHostsFile=/a-b/c")), "UserKnownHostsFile=/a-b/c");
        assert_eq!(quoted(OsStr::new("/my key")), "'/my key'");
        assert_eq!(quoted(OsStr::new("it's")), "'it'\\''s'");
        assert_eq!(quoted(OsStr::new("")), "''");
    }

    #[test]
    fn a_host_is_never_taken_for_an_option() {
        let access = SshAccess { host: "-oProxyCommand=x".to_owned(), ..SshAccess::default() };
        let files = Files { key: "/k".into(), known_hosts: "/h".into() };
        let words = arguments(&access, &files, true);
        assert_eq!(words[words.len() - 2..], ["--", "-oProxyCommand=x"]);
    }
}
