//! Ports of the host that lead to sandboxes.

use skerry_client::v1::{CreateSandboxRequest, Port, Sandbox};
use skerry_server::runtime::fake::Step;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::app::App;
use crate::stage::{PATIENCE, Stage, read_until};

/// An app that says back what it hears: no HTTP at all.
async fn echo() -> App {
    App::with(|mut stream| async move {
        let (mut read, mut write) = stream.split();
        let _ = tokio::io::copy(&mut read, &mut write).await;
    })
    .await
}

/// Flags for an address that no other test of any run publishes at.
fn flags(last: u8) -> Vec<String> {
    let pid = std::process::id().to_be_bytes();
    let address = format!("127.{}.{}.{last}", 64 + (pid[2] & 63), pid[3]);
    vec![format!("--publish-address={address}"), "--publish-range=9000-9003".to_owned()]
}

pub(crate) async fn stage(last: u8) -> Stage {
    let flags = flags(last);
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    Stage::start_with(&flags).await
}

async fn address(stage: &Stage, sandbox: &Sandbox, port: u16) -> String {
    let link = stage.client.preview_url(&sandbox.id, port, None).await.expect("a link");
    assert!(!link.published.is_empty(), "it is not published");
    link.published
}

pub(crate) fn published(port: i32, lan: bool, host_port: i32) -> Port {
    Port { port, lan, host_port, ..Port::default() }
}

#[tokio::test]
async fn bytes_pass_and_a_sleeping_sandbox_wakes() {
    let stage = stage(1).await;
    let app = echo().await;
    stage.runtime.listen(7, app.address);
    let sandbox = stage.sandbox(vec![published(7, true, 0)]).await;
    assert_eq!(sandbox.ports[0].host_port, 9000);
    let address = address(&stage, &sandbox, 7).await;
    stage.client.stop_sandbox(&sandbox.id, None).await.expect("it works");
    let made = stage.runtime.calls(Step::Create);
    let mut stream = TcpStream::connect(&address).await.expect("it listens while it sleeps");
    stream.write_all(b"hello").await.expect("it works");
    read_until(&mut stream, "hello").await;
    assert_eq!(stage.runtime.calls(Step::Create), made + 1);
    stream.shutdown().await.expect("it works");
    let ended = tokio::time::timeout(PATIENCE, stream.read(&mut [0; 1])).await;
    assert_eq!(ended.expect("it ends").expect("it works"), 0);
    stage.client.delete_sandbox(&sandbox.id).await.expect("it works");
    assert!(TcpStream::connect(&address).await.is_err(), "it still listens");
}

#[tokio::test]
async fn a_port_of_the_host_has_one_owner_and_is_in_the_range() {
    let stage = stage(2).await;
    let create = async |ports: Vec<Port>| {
        let request = CreateSandboxRequest { ports, ..CreateSandboxRequest::default() };
        stage.client.create_sandbox(request).await
    };
    let first = create(vec![published(80, false, 9001)]).await.expect("it works");
    for (ports, field, reason) in [
        (vec![published(1, true, 0), published(80, false, 9001)], 1, "HOST_PORT_TAKEN"),
        (vec![published(80, false, 8999)], 0, "HOST_PORT_OUT_OF_RANGE"),
        (vec![published(80, false, 9002), published(81, false, 9002)], 1, "INVALID_FIELD"),
        (vec![published(80, false, -1)], 0, "INVALID_FIELD"),
        ((1..=4).map(|port| published(port, true, 0)).collect(), 3, "BOUND_REACHED"),
    ] {
        let refused = create(ports).await.expect_err("it is refused");
        assert_eq!(refused.reason.as_deref(), Some(reason));
        assert_eq!(refused.fields[0].field, format!("ports[{field}].host_port"));
    }
    // What was refused holds nothing: the three others are free.
    let second =
        create((1..=3).map(|port| published(port, true, 0)).collect()).await.expect("it works");
    let taken: Vec<_> = second.ports.iter().map(|port| port.host_port).collect();
    assert_eq!(taken, [9000, 9002, 9003]);
    let values = Sandbox { ports: vec![published(1, false, 9001)], ..Sandbox::default() };
    let paths = vec!["ports".to_owned()];
    let refused = stage.client.update_sandbox(&second.id, values, paths.clone()).await;
    let refused = refused.expect_err("it is taken");
    assert_eq!(refused.fields[0].field, "sandbox.ports[0].host_port");
    let same = stage.client.sandbox(&second.id).await.expect("it works");
    assert_eq!(same.ports, second.ports, "the old ones stay");
    // One that is given up is free for another; one that stays keeps its port.
    let values = Sandbox { ports: vec![published(2, true, 0)], ..Sandbox::default() };
    let changed = stage.client.update_sandbox(&second.id, values, paths).await.expect("it works");
    assert_eq!(changed.ports[0].host_port, 9002);
    create(vec![published(80, false, 9003)]).await.expect("it works");
    stage.client.delete_sandbox(&first.id).await.expect("it works");
    create(vec![published(80, false, 9001)]).await.expect("it works");
}

#[tokio::test]
async fn a_retry_of_a_create_takes_no_second_port() {
    let stage = stage(3).await;
    let request = CreateSandboxRequest {
        ports: vec![published(80, false, 9001)],
        request_id: "once".to_owned(),
        ..CreateSandboxRequest::default()
    };
    let first = stage.client.create_sandbox(request.clone()).await.expect("it works");
    let second = stage.client.create_sandbox(request).await.expect("it works");
    assert_eq!((first.id, first.ports), (second.id, second.ports));
}

#[tokio::test]
async fn published_ports_are_there_after_a_restart() {
    let stage = stage(4).await;
    let app = echo().await;
    stage.runtime.listen(7, app.address);
    let sandbox = stage.sandbox(vec![published(7, true, 0)]).await;
    let address = address(&stage, &sandbox, 7).await;
    let flags = flags(4);
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let stage = stage.restart(&flags).await;
    stage.runtime.listen(7, app.address);
    let mut stream = TcpStream::connect(&address).await.expect("it listens again");
    stream.write_all(b"hello").await.expect("it works");
    read_until(&mut stream, "hello").await;
}
