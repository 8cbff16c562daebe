//! What comes to a sandbox through the daemon comes whatever its policy; and
//! what it runs by itself has its network from the first moment on.

use std::time::Duration;

use skerry_client::v1::{CreateSandboxRequest, HealthCheck, MainProcess, NetworkPolicy, Port};
use skerry_test_support::eventually;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::needs_network;
use crate::steps::{allow, deny, open, stdout};
use crate::world::{PUBLIC, World};

const PORT: i32 = 8000;

/// A web server as a main process, which has to be healthy.
fn server(policy: NetworkPolicy) -> CreateSandboxRequest {
    let serve = "cd /tmp && echo welcome >index.html && exec python3 -m http.server 8000";
    let command = ["sh", "-c", serve].map(str::to_owned).to_vec();
    CreateSandboxRequest {
        network_policy: Some(policy),
        main: Some(MainProcess { command, ..MainProcess::default() }),
        ports: vec![Port { port: PORT, public: true, lan: true, ..Port::default() }],
        health_check: Some(HealthCheck {
            port: PORT,
            path: "/".to_owned(),
            delete_on_failure: true,
            ..HealthCheck::default()
        }),
        ..CreateSandboxRequest::default()
    }
}

/// The answer to a GET.
async fn get(at: &str, host: &str) -> String {
    let mut stream = TcpStream::connect(at).await.expect("it listens");
    let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("it takes a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("it answers");
    answer
}

#[tokio::test]
async fn previews_published_ports_and_health_checks_pass_whatever_the_policy() {
    needs_network!();
    let world = World::new();
    let daemon = world.daemon(&[]).await;
    let client = daemon.client();
    for policy in [deny(), allow(&["api.test"], &["203.0.113.0/24"], &[443]), open()] {
        let sandbox = client.create_sandbox(server(policy)).await.expect("it is healthy");
        let published = sandbox.ports[0].host_port;
        let address = format!("127.0.0.1:{published}");
        assert!(get(&address, "web").await.ends_with("welcome\n"), "port {published}");
        let url = client.preview_url(&sandbox.id, PORT as u16, None).await.expect("a link").url;
        let host = url.trim_start_matches("http://").split(['/', '?']).next().expect("a host");
        let answer = get(daemon.address().trim_start_matches("http://"), host).await;
        assert!(answer.ends_with("welcome\n"), "{host}: {answer}");
        client.delete_sandbox(&sandbox.id).await.expect("it is deleted");
    }
}

#[tokio::test]
async fn a_main_process_reaches_the_world_at_once_at_every_start() {
    needs_network!();
    let world = World::new();
    let mut daemon = world.daemon(&[]).await;
    let client = daemon.client().clone();
    let first = format!(
        "echo >/dev/tcp/{PUBLIC}/80 && echo reached >>/root/log || echo not >>/root/log; sleep 1000"
    );
    let command = ["bash", "-c", &first].map(str::to_owned).to_vec();
    let request = CreateSandboxRequest {
        network_policy: Some(open()),
        main: Some(MainProcess { command, ..MainProcess::default() }),
        ..CreateSandboxRequest::default()
    };
    let sandbox = client.create_sandbox(request).await.expect("a sandbox");
    let says = async |wanted: &str| {
        eventually("its first step is done", async || {
            let log = stdout(&client, &sandbox.id, "cat /root/log 2>/dev/null; true").await;
            (log == wanted).then_some(())
        })
        .await;
    };
    says("reached").await;
    client.stop_sandbox(&sandbox.id, Some(Duration::ZERO)).await.expect("it stops");
    client.start_sandbox(&sandbox.id).await.expect("it starts");
    says("reached\nreached").await;
    daemon.kill9();
    daemon.restart().await;
    client.stop_sandbox(&sandbox.id, Some(Duration::ZERO)).await.expect("it stops");
    client.start_sandbox(&sandbox.id).await.expect("it starts");
    says("reached\nreached\nreached").await;
}
