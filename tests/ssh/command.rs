//! `skerry ssh`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use skerry_test_support::{Daemon, skerry};

use crate::steps::{Reach, done, ended, fed, needs, text};

fn client(reach: &Reach, words: &[&str]) -> Command {
    let mut command = Command::new(skerry());
    command.args(words).current_dir(reach.path("")).stdin(Stdio::null());
    command.env("SKERRY_ADDRESS", reach.daemon.address()).env("TMPDIR", reach.path(""));
    command.env("SKERRY_TOKEN", reach.daemon.token());
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_leaves_no_key_behind() {
    needs!("ssh");
    let reach = Reach::start().await;
    let before = fs::read_dir(reach.path("")).expect("a folder").count();
    let (code, said, why) = ended(&mut client(
        &reach,
        &["ssh", &reach.sandbox, "--", "echo out; echo err >&2; exit 9"],
    ));
    assert_eq!((code, said.as_str(), why.as_str()), (Some(9), "out\n", "err\n"));
    let shell = fed(&mut client(&reach, &["ssh", &reach.sandbox]), b"echo $((6 * 7))\n");
    assert_eq!((shell.status.code(), text(&shell.stdout).trim()), (Some(0), "42"));
    assert_eq!(fs::read_dir(reach.path("")).expect("a folder").count(), before);
    let accesses = reach.client().list_ssh_accesses(None).await.expect("a list");
    assert_eq!(accesses.len(), 1, "but that of the test itself: {accesses:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_printed_line_works_in_a_shell() {
    needs!("ssh");
    let reach = Reach::start().await;
    let line = done(&mut client(&reach, &["ssh", &reach.sandbox, "--print", "my keys"])).stdout;
    let mode = |name: &str| fs::metadata(reach.path(name)).expect("there").permissions().mode();
    assert_eq!((mode("my keys") & 0o777, mode("my keys/key") & 0o777), (0o700, 0o600));
    let line = format!("{} hostname", text(&line).trim_end());
    let said = done(Command::new("sh").args(["-c", &line]).stdin(Stdio::null())).stdout;
    assert_eq!(text(&said), reach.look("hostname").await);
    let again = ended(&mut client(&reach, &["ssh", &reach.sandbox, "--print", "my keys"]));
    assert!(again.0 == Some(125) && again.2.contains("File exists"), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_said() {
    needs!("ssh");
    let reach = Reach::start().await;
    let mut without = client(&reach, &["ssh", &reach.sandbox, "--", "true"]);
    let (code, _, said) = ended(without.env("PATH", "/nonexistent"));
    assert!(code == Some(125) && said.contains("install OpenSSH's client"), "{said}");
    let (code, _, said) = ended(&mut client(&reach, &["ssh", "nobody", "--", "true"]));
    assert!(code == Some(125) && said.contains("nobody"), "{said}");
    drop(reach);
    let daemon = Daemon::start().await;
    let mut off = Command::new(skerry());
    off.args(["ssh", "web"]).env("SKERRY_ADDRESS", daemon.address());
    let (code, _, said) = ended(off.env("SKERRY_TOKEN", daemon.token()));
    assert!(code == Some(125) && said.contains("start skerryd with --ssh-listen"), "{said}");
}
