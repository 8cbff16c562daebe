//! Many sessions on one connection, and one of them that does not read.

use std::process::{Command, Stdio};

use skerry_test_support::eventually;

use crate::steps::{Reach, done, ended, needs, noise, text};

fn master(reach: &Reach) -> Command {
    let mut command = reach.program("ssh");
    command.args(["-o", "ControlPath=mux"]);
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_does_not_read_holds_up_no_other() {
    needs!("ssh");
    let reach = Reach::start().await;
    let mut first = master(&reach);
    first.args(["-o", "ControlMaster=yes", "-N"]).arg(reach.place());
    let mut first = first.spawn().expect("it can be run");
    let socket = reach.path("mux");
    eventually("the connection is there", async || socket.exists().then_some(())).await;
    std::fs::write(reach.path("much"), noise(8_000_000)).expect("written");
    let mut deaf = master(&reach);
    deaf.arg(reach.place()).arg("sleep 1000").stdout(Stdio::null());
    deaf.stdin(std::fs::File::open(reach.path("much")).expect("opened"));
    let mut deaf = deaf.spawn().expect("it can be run");
    eventually("the deaf command runs", async || (reach.running().await == 1).then_some(())).await;
    let other = |line: &str| ended(master(&reach).arg(reach.place()).arg(line));
    for round in 0..20 {
        let line = format!("echo {round}");
        assert_eq!(other(&line), (Some(0), format!("{round}\n"), String::new()));
    }
    let much = master(&reach).arg(reach.place()).arg("head -c 20000000 /dev/zero").output();
    assert_eq!(much.expect("it can be run").stdout.len(), 20_000_000);
    done(master(&reach).args(["-O", "exit"]).arg(reach.place()));
    first.wait().expect("it ends");
    deaf.wait().expect("it ends");
    eventually("all that it started ends", async || (reach.running().await == 0).then_some(()))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_sessions_than_one_connection_may_have_are_refused_and_the_rest_goes_on() {
    needs!("ssh");
    let reach = Reach::start().await;
    let mut first = master(&reach);
    first.args(["-o", "ControlMaster=yes", "-N"]).arg(reach.place());
    let mut first = first.spawn().expect("it can be run");
    let socket = reach.path("mux");
    eventually("the connection is there", async || socket.exists().then_some(())).await;
    let mut sleepers = Vec::new();
    for _ in 0..16 {
        // Past `timeout`, which does not pass a kill on.
        let mut sleeper = Command::new("ssh");
        sleeper.args(master(&reach).get_args().skip(2)).current_dir(reach.path(""));
        sleeper.arg(reach.place()).arg("sleep 1000").stdin(Stdio::null());
        sleepers.push(sleeper.spawn().expect("it can be run"));
    }
    eventually("all run", async || (reach.running().await == 16).then_some(())).await;
    // The client then tries a connection of its own, which it may.
    let mut one_more = master(&reach);
    one_more.args(["-o", "ProxyCommand=false"]).arg(reach.place()).arg("echo no");
    let (code, said, _) = ended(&mut one_more);
    assert_eq!((code, said.as_str()), (Some(255), ""));
    let mut last = sleepers.pop().expect("there are some");
    last.kill().expect("it can be killed");
    last.wait().expect("it ends");
    eventually("one ends", async || (reach.running().await == 15).then_some(())).await;
    let output = master(&reach).arg(reach.place()).arg("echo yes").output();
    assert_eq!(text(&output.expect("it can be run").stdout), "yes\n");
    done(master(&reach).args(["-O", "exit"]).arg(reach.place()));
    first.wait().expect("it ends");
    for mut sleeper in sleepers {
        sleeper.wait().expect("it ends");
    }
}
