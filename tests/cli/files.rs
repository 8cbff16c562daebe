//! `cp`, `ls-files` and `run -it` with the real daemon.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use skerry_test_support::{Daemon, needs_root, skip};

use crate::program::{Ended, argument, command, run, run_with_input};
use crate::terminal::Terminal;

fn skerry(daemon: &Daemon, arguments: &[&str]) -> Command {
    let mut command = command(arguments);
    command.env("SKERRY_ADDRESS", daemon.address()).env("SKERRY_DATA_DIR", daemon.data_dir());
    command
}

fn done(daemon: &Daemon, arguments: &[&str]) -> String {
    run(&mut skerry(daemon, arguments)).expect_stdout()
}

/// What a tree is: names, modes, contents.
fn sum(tree: &Path) -> String {
    let look = "find . ! -name fifo -printf '%P %M %l\\n' | sort; \
        find . -type f -print0 | sort -z | xargs -0 sha256sum";
    let output = Command::new("sh").args(["-c", look]).current_dir(tree).output().expect("runs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn awkward_tree(at: &Path) {
    use std::os::unix::ffi::OsStrExt;
    fs::create_dir_all(at.join("deep/er")).expect("made");
    fs::write(at.join("deep/er/data"), vec![7; 3_000_000]).expect("written");
    for name in [&b"new\nline"[..], b"no\xffutf", b"-dash", b" space ", b"*"] {
        fs::write(at.join(std::ffi::OsStr::from_bytes(name)), name).expect("written");
    }
    let script = at.join("script");
    fs::write(&script, "#!/bin/sh\n").expect("written");
    fs::set_permissions(&script, PermissionsExt::from_mode(0o750)).expect("set");
    symlink("/nowhere", at.join("link")).expect("linked");
    let (kind, mode) = (rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU);
    rustix::fs::mknodat(rustix::fs::CWD, at.join("fifo"), kind, mode, 0).expect("made");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tree_goes_in_and_comes_out_as_it_was() {
    needs_root!();
    let daemon = Daemon::start().await;
    done(&daemon, &["create", "host", "--name", "web"]);
    let folder = tempfile::tempdir().expect("a folder");
    let tree = folder.path().join("tree");
    awkward_tree(&tree);
    done(&daemon, &["cp", argument(&tree), "web:"]);
    done(&daemon, &["cp", argument(&tree), "web:/srv/other"]);
    for (from, to) in [("web:tree", "back"), ("web:/srv/other", "again")] {
        let to = folder.path().join(to);
        done(&daemon, &["cp", from, argument(&to)]);
        assert_eq!(sum(&to), sum(&tree), "{from}");
    }
    let into = folder.path().join("into");
    fs::create_dir(&into).expect("made");
    done(&daemon, &["cp", "web:tree", argument(&into)]);
    assert_eq!(sum(&into.join("tree")), sum(&tree));
    let line = run(&mut skerry(&daemon, &["cp", "web:tree", argument(&into)])).expect_error(1);
    assert!(line.contains("exists"), "{line}");
    assert_eq!(fs::read_dir(&into).expect("there").count(), 1, "nothing half made stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_and_a_stream_go_both_ways() {
    needs_root!();
    let daemon = Daemon::start().await;
    done(&daemon, &["create", "host", "--name", "web"]);
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path().join("here");
    fs::write(&here, "by name").expect("written");
    fs::set_permissions(&here, PermissionsExt::from_mode(0o755)).expect("set");
    done(&daemon, &["cp", argument(&here), "web:there"]);
    done(&daemon, &["cp", argument(&here), "web:/tmp"]);
    let look = "cat there; stat -c %a /tmp/here";
    assert_eq!(done(&daemon, &["exec", "web", "--", "sh", "-c", look]), "by name755\n");
    let back = folder.path().join("back");
    done(&daemon, &["cp", "web:there", argument(&back)]);
    assert_eq!(fs::read_to_string(&back).expect("there"), "by name");
    assert_eq!(fs::metadata(&back).expect("there").permissions().mode() & 0o777, 0o755);

    let tar = skerry(&daemon, &["cp", "web:/tmp/here", "-"]).output().expect("skerry can be run");
    assert!(tar.status.success(), "{tar:?}");
    let archive = tar.stdout;
    let sent = run_with_input(&mut skerry(&daemon, &["cp", "-", "web:/srv"]), &archive);
    Ended::of(sent).expect_stdout();
    assert_eq!(done(&daemon, &["exec", "web", "--", "cat", "/srv/here"]), "by name");

    let listed = done(&daemon, &["ls-files", "web"]);
    assert_eq!(listed, "there\n");
    let long = done(&daemon, &["ls-files", "web:/srv", "-l"]);
    assert!(long.contains("-rwxr-xr-x   0:0") && long.contains("here"), "{long}");
    let json = done(&daemon, &["-o", "json", "ls-files", "web:/srv", "-R"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json[0]["path"], "/srv/here");
    let line = run(&mut skerry(&daemon, &["cp", "web:none", "x"])).expect_error(1);
    assert!(line.contains("/workspace/none"), "{line}");
    run(&mut skerry(&daemon, &["cp", "web:a", "web:b"])).expect_error(1);
    run(&mut skerry(&daemon, &["cp", "a", "b"])).expect_error(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_on_a_terminal_talks_and_leaves_nothing() {
    needs_root!();
    let daemon = Daemon::start().await;
    let mut terminal = Terminal::open();
    let script = "echo ready; read name; echo hello $name; tty; exit 4";
    let arguments = ["run", "-it", "host", "--", "sh", "-c", script];
    let child = terminal.start(&mut skerry(&daemon, &arguments));
    terminal.wait_for("ready");
    terminal.type_in("you\n");
    terminal.wait_for("hello you");
    terminal.wait_for("/dev/pts/");
    assert_eq!(terminal.finish(child), Some(4));
    assert_eq!(done(&daemon, &["ls", "-q"]), "");
}

/// A terminal of tmux with a shell of a sandbox on it.
struct Tmux {
    socket: String,
}

impl Tmux {
    fn start(shell: &str) -> Self {
        let tmux = Self { socket: format!("skerry-test-{}", std::process::id()) };
        tmux.tell(&["-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", shell]);
        tmux
    }

    fn tell(&self, arguments: &[&str]) -> String {
        let output = Command::new("tmux").arg("-L").arg(&self.socket).args(arguments).output();
        let output = output.expect("tmux runs");
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn type_in(&self, line: &str) {
        self.tell(&["send-keys", line, "Enter"]);
    }

    fn wait_for(&self, step: &str, what: impl Fn(&str) -> bool) {
        let mut screen = String::new();
        for _ in 0..600 {
            screen = self.tell(&["capture-pane", "-p"]);
            if what(&screen) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("{step}: not what was waited for:\n{screen}");
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        // It has ended by itself where the test went well.
        let _ = Command::new("tmux").args(["-L", &self.socket, "kill-server"]).output();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn real_terminal_programs_run_under_tmux() {
    needs_root!();
    for program in ["tmux", "less", "vi"] {
        if Command::new("sh").args(["-c", &format!("command -v {program}")]).output().is_err()
            || !Path::new("/usr/bin").join(program).exists()
        {
            skip!("{program} is not installed");
        }
    }
    let daemon = Daemon::start().await;
    done(&daemon, &["create", "host", "--name", "web"]);
    let program = skerry(&daemon, &[]).get_program().to_string_lossy().into_owned();
    let (address, data) = (daemon.address(), daemon.data_dir());
    let tmux = Tmux::start(&format!(
        "env SKERRY_ADDRESS={address} SKERRY_DATA_DIR={} {program} exec -it web -- bash --norc",
        data.display()
    ));
    tmux.wait_for("a prompt", |screen| screen.contains('#'));
    tmux.type_in("stty size");
    tmux.wait_for("the first size", |screen| screen.contains("24 80") || screen.contains("23 80"));
    tmux.tell(&["resize-window", "-x", "100", "-y", "30"]);
    tmux.type_in("clear; stty size");
    tmux.wait_for("the new size", |screen| screen.contains("30 100") || screen.contains("29 100"));
    tmux.type_in("clear; seq 500 >many; less many");
    tmux.wait_for("less", |screen| {
        screen.starts_with("1\n2\n3\n") && screen.trim_end().ends_with("many")
    });
    tmux.tell(&["send-keys", "G"]);
    tmux.wait_for("the end of less", |screen| screen.contains("500") && screen.contains("(END)"));
    tmux.type_in("q");
    tmux.type_in("clear; vi note");
    tmux.wait_for("vi", |screen| screen.contains("~\n~\n") && screen.contains("note"));
    tmux.tell(&["send-keys", "ihello from vi"]);
    tmux.wait_for("the text", |screen| screen.contains("hello from vi"));
    tmux.tell(&["send-keys", "Escape"]);
    tmux.type_in(":wq");
    tmux.wait_for("the prompt again", |screen| !screen.contains("~\n~\n"));
    assert_eq!(done(&daemon, &["exec", "web", "--", "head", "-1", "note"]), "hello from vi\n");
}
