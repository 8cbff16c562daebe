//! Commands and shells.

use sha2::{Digest, Sha256};

use skerry_client::v1::{OnExec, OnIdle, Sandbox, SandboxState, Timeouts};
use skerry_test_support::eventually;

use crate::steps::{Reach, done, ended, fed, needs, noise, text};

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_has_its_output_its_errors_and_its_exit_code() {
    needs!("ssh");
    let reach = Reach::start().await;
    let ran = |line: &str| ended(&mut reach.ssh(&[line]));
    let said = ran("echo out; echo err >&2; exit 7");
    assert_eq!(said, (Some(7), "out\n".to_owned(), "err\n".to_owned()));
    assert_eq!(ran("true").0, Some(0));
    assert_eq!(ran("sh -c 'kill -TERM $$'; exit $?").0, Some(143));
    // What a signal ends is told as that, which ssh shows as 255.
    assert_eq!(ran("kill -KILL $$").0, Some(255));
    assert_eq!(ran("no-such-program").0, Some(127));
    let words = ended(&mut reach.ssh(&["printf", "'%s|'", "a b", "\"c  d\"", "$((6 * 7))"]));
    assert_eq!(words.1, "a|b|c  d|42|");
    assert_eq!(reach.sh("pwd; id -u; hostname"), {
        let hostname = reach.look("hostname").await;
        format!("/workspace\n0\n{hostname}")
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_megabytes_go_in_and_come_out_whole() {
    needs!("ssh");
    let reach = Reach::start().await;
    let data = noise(20_000_000);
    let echoed = fed(&mut reach.ssh(&["cat"]), &data);
    assert!(echoed.status.success(), "{:?}", text(&echoed.stderr));
    assert_eq!(hex(&echoed.stdout), hex(&data));
    // One that does not read for a while, and one that never does.
    let late = fed(&mut reach.ssh(&["sleep 1; sha256sum"]), &data);
    assert_eq!(text(&late.stdout), format!("{}  -\n", hex(&data)));
    let never = fed(&mut reach.ssh(&["echo done"]), &data);
    assert_eq!((never.status.code(), text(&never.stdout).as_str()), (Some(0), "done\n"));
    let packed = fed(reach.program("ssh").arg("-C").arg(reach.place()).arg("cat"), &data);
    assert_eq!(hex(&packed.stdout), hex(&data));
    let both = fed(&mut reach.ssh(&["tee /dev/stderr"]), &data);
    assert_eq!((hex(&both.stdout), hex(&both.stderr)), (hex(&data), hex(&data)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shell_reads_its_input_and_takes_variables() {
    needs!("ssh");
    let reach = Reach::start().await;
    let shell = fed(&mut reach.ssh(&[]), b"echo from $0; cd /tmp; pwd; exit 3\n");
    assert_eq!(shell.status.code(), Some(3), "{shell:?}");
    assert!(text(&shell.stdout).ends_with("/tmp\n"), "{shell:?}");
    let mut command = reach.program("ssh");
    command.args(["-o", "SendEnv=SKERRY_ONE", "-o", "SetEnv=SKERRY_TWO=2"]);
    command.env("SKERRY_ONE", "a b").arg(reach.place()).arg("echo $SKERRY_ONE/$SKERRY_TWO");
    assert_eq!(ended(&mut command).1, "a b/2\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_has_its_size_and_hears_of_a_new_one() {
    needs!("ssh", "script");
    let reach = Reach::start().await;
    let options = reach.options(&reach.path("key")).join("' '");
    let inside = "stty size; echo $TERM; test -t 0 && echo terminal; \
        trap \"stty size; exit 5\" WINCH; echo ready; sleep 1000 >/dev/null 2>&1 & wait";
    let outside = format!(
        "stty rows 33 cols 101; \
         (sleep 2; stty rows 44 cols 122 </dev/tty) & \
         TERM=vt220 ssh -t '{options}' {} '{inside}'; echo code $?",
        reach.place()
    );
    let script = reach.path("outside.sh");
    std::fs::write(&script, outside).expect("written");
    let mut command = std::process::Command::new("timeout");
    command.args(["60", "script", "-qec", &format!("sh {}", script.display()), "/dev/null"]);
    command.env_remove("SSH_AUTH_SOCK").stdin(std::process::Stdio::null());
    let (_, said, _) = ended(&mut command);
    let lines: Vec<&str> = said.lines().map(str::trim).collect();
    for wanted in ["33 101", "vt220", "terminal", "44 122", "code 5"] {
        // The terminal may show what it was given before it.
        assert!(lines.iter().any(|line| line.ends_with(wanted)), "{wanted} in {lines:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_that_does_not_run_says_so() {
    needs!("ssh");
    let reach = Reach::start().await;
    reach.client().pause_sandbox(&reach.sandbox).await.expect("paused");
    let (code, _, said) = ended(&mut reach.ssh(&["true"]));
    reach.client().resume_sandbox(&reach.sandbox).await.expect("resumed");
    assert_eq!(code, Some(255), "{said}");
    assert!(said.contains("PAUSED") && said.lines().count() == 1, "{said}");
    assert_eq!(reach.sh("echo back"), "back\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_every_kind_open_and_are_taken_away() {
    needs!("ssh", "ssh-keygen");
    let reach = Reach::start().await;
    let kinds: [(&str, &[&str]); 3] =
        [("ed25519", &[]), ("ecdsa", &["-b", "384"]), ("rsa", &["-b", "2048"])];
    for (kind, more) in kinds {
        let key = reach.new_key(kind, more);
        let public = crate::steps::public(&key);
        let made = reach.client().create_ssh_key(&public, "mine").await.expect("let in");
        let shown = std::process::Command::new("ssh-keygen").arg("-lf").arg(&key).output();
        let shown = text(&shown.expect("it runs").stdout);
        assert!(shown.contains(&made.fingerprint), "{shown} {made:?}");
        let mut command = reach.program_with("ssh", &key);
        command.arg(reach.place()).arg("echo in");
        assert_eq!(ended(&mut command).1, "in\n", "{kind}");
        reach.client().delete_ssh_key(&made.id).await.expect("deleted");
        let mut command = reach.program_with("ssh", &key);
        command.arg(reach.place()).arg("echo in");
        assert_eq!(ended(&mut command).0, Some(255), "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_wakes_a_sandbox_where_its_policy_says_so() {
    needs!("ssh");
    let reach = Reach::start().await;
    let stop = async || reach.client().stop_sandbox(&reach.sandbox, None).await.expect("it stops");
    stop().await;
    let (code, _, said) = ended(&mut reach.ssh(&["echo awake"]));
    assert!(code == Some(255) && said.contains("STOPPED"), "{code:?} {said}");
    let wake = Sandbox { on_exec: OnExec::Wake.into(), ..Sandbox::default() };
    let updated = reach.client().update_sandbox(&reach.sandbox, wake, vec!["on_exec".to_owned()]);
    updated.await.expect("it is updated");
    assert_eq!(text(&done(&mut reach.ssh(&["echo awake"])).stdout), "awake\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_keeps_a_sandbox_awake_and_its_end_lets_it_sleep() {
    needs!("ssh");
    let reach = Reach::start().await;
    let second = prost_types::Duration { seconds: 1, nanos: 0 };
    let timeouts = Timeouts {
        idle_timeout: Some(second),
        on_idle: OnIdle::Stop.into(),
        ..Timeouts::default()
    };
    // It may sleep before the session comes.
    let values =
        Sandbox { timeouts: Some(timeouts), on_exec: OnExec::Wake.into(), ..Sandbox::default() };
    let paths = ["timeouts.idle_timeout", "timeouts.on_idle", "on_exec"].map(str::to_owned);
    let updated = reach.client().update_sandbox(&reach.sandbox, values, paths.to_vec()).await;
    updated.expect("it is updated");
    // A stop within would end it without a word.
    assert_eq!(reach.sh("sleep 4; echo awake"), "awake\n");
    eventually("it sleeps", async || {
        // A list is no work on it.
        let all = reach.client().list_sandboxes([].into()).await.expect("a list");
        (all[0].state() == SandboxState::Stopped).then_some(())
    })
    .await;
}
