//! Who is kept out, and what is not served.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::Duration;

use skerry_client::v1::CreateSandboxRequest;
use skerry_test_support::eventually;

use crate::steps::{Reach, ended, needs, text};

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_sandbox_and_a_wrong_key_are_one_answer() {
    needs!("ssh", "ssh-keygen");
    let reach = Reach::start().await;
    let other = reach.client().create_sandbox(CreateSandboxRequest::default()).await;
    let other = other.expect("a sandbox").id;
    let wrong = reach.new_key("ed25519", &[]);
    let try_as = |key, user: &str| {
        let mut command = reach.program_with("ssh", key);
        command.arg(format!("{user}@{}", reach.access.host)).arg("true");
        let (code, said, why) = ended(&mut command);
        assert_eq!((code, said.as_str()), (Some(255), ""), "{why}");
        why.replace(user, "USER")
    };
    let mine = reach.path("key");
    let said = try_as(&wrong, &reach.access.user);
    assert!(said.contains("Permission denied (publickey)"), "{said}");
    for user in ["nobody", "sbx_00000000000000000000000000", "root", other.as_str()] {
        assert_eq!(try_as(&wrong, user), said, "{user}");
        assert_eq!(try_as(&mine, user), said, "{user}");
    }
    let mut command = reach.program("ssh");
    command.args(["-o", "PreferredAuthentications=password,keyboard-interactive"]);
    let (code, _, why) = ended(command.arg(reach.place()).arg("true"));
    assert!(code == Some(255) && why.contains("Permission denied (publickey)"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_forwarded() {
    needs!("ssh");
    let reach = Reach::start().await;
    let run = |options: &[&str], line: &str| {
        let mut command = reach.program("ssh");
        ended(command.args(options).arg(reach.place()).arg(line))
    };
    let strict = "ExitOnForwardFailure=yes";
    let (code, _, why) = run(&["-o", strict, "-R", "0:127.0.0.1:1"], "echo in");
    assert!(code == Some(255) && why.contains("forwarding failed"), "{why}");
    let (code, said, why) = run(&["-R", "0:127.0.0.1:1"], "echo in");
    assert_eq!((code, said.as_str()), (Some(0), "in\n"), "{why}");
    let mut command = Command::new("timeout");
    command.args(["60", "ssh-agent", "ssh", "-A", "-X"]).args(reach.options(&reach.path("key")));
    command.arg(reach.place()).arg("echo [$SSH_AUTH_SOCK$DISPLAY]");
    assert_eq!(ended(command.stdin(Stdio::null())).1, "[]\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forwarded_port_leads_nowhere() {
    needs!("ssh");
    let reach = Reach::start().await;
    // A port that nobody else takes meanwhile can't be had; this one was free.
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = free.local_addr().expect("an address").port();
    drop(free);
    let mut command = reach.program("ssh");
    command.args(["-N", "-L", &format!("127.0.0.1:{port}:127.0.0.1:{}", reach.access.port)]);
    let mut child = command.arg(reach.place()).stderr(Stdio::piped()).spawn().expect("it runs");
    let mut stream =
        eventually("ssh listens", async || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok())
            .await;
    let mut said = Vec::new();
    // Closed at once, with or without a word of the kernel's own.
    let _ = stream.read_to_end(&mut said);
    assert_eq!(text(&said), "");
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_log_in_is_sent_away() {
    skerry_test_support::needs_root!();
    let reach = Reach::start().await;
    let port = u16::try_from(reach.access.port).expect("a port");
    let strangers: [&[u8]; 4] =
        [b"", b"SSH-2.0-stranger\r\n", &[b'x'; 4000], b"SSH-2.0-stranger\r\n\xff\xff\xff\xff"];
    let waiting = strangers.map(|said| {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("connected");
        stream.write_all(said).expect("written");
        stream.set_read_timeout(Some(Duration::from_secs(90))).expect("set");
        std::thread::spawn(move || {
            loop {
                match stream.read(&mut [0; 1024]) {
                    Ok(0) => return true,
                    Ok(_) => {}
                    Err(error) => return error.kind() == std::io::ErrorKind::ConnectionReset,
                }
            }
        })
    });
    for (stranger, waiting) in waiting.into_iter().enumerate() {
        assert!(waiting.join().expect("no panic"), "stranger {stranger} is still there");
    }
    assert_eq!(ended(&mut reach.ssh(&["echo in"])).1, "in\n");
}
