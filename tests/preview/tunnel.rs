//! Tunnels, with a stand-in for `cloudflared` that says what that says, line by
//! line: the real one needs Cloudflare, which a test does not call.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use skerry_client::Error;
use skerry_client::v1::{
    CreateSandboxRequest, CreateTunnelRequest, Port, Sandbox, Tunnel, TunnelSpec, TunnelState,
};
use skerry_test_support::eventually;

use crate::app::{App, OK};
use crate::stage::{Stage, body, status};

/// What cloudflared says of a quick tunnel.
pub(crate) const QUICK: &str = r#"say INF "Thank you for trying Cloudflare Tunnel. See https://developers.cloudflare.com/connect-apps"
say INF "Requesting new quick Tunnel on trycloudflare.com..."
say INF "+------------------------------------------------------------------------------------------+"
say INF "|  Your quick Tunnel has been created! Visit it at (it may take some time to be reachable):  |"
say INF "|  https://purple-rain-4d7f.trycloudflare.com                                                |"
say INF "+------------------------------------------------------------------------------------------+"
say INF "Starting metrics server on 127.0.0.1:20241/metrics"
"#;
/// What makes it ready.
pub(crate) const REGISTERED: &str = r#"say INF "Registered tunnel connection connIndex=0 connection=bb527b3a-8a27 event=0 ip=198.41.200.13 location=fra06 protocol=quic"
"#;

/// A stand-in, and what it was started with.
pub(crate) struct StandIn(tempfile::TempDir);

impl StandIn {
    /// One that does this in a shell; `say` writes as cloudflared's log does.
    pub(crate) fn new(script: &str) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let stand_in = Self(dir);
        // It runs as nobody.
        fs::set_permissions(stand_in.0.path(), fs::Permissions::from_mode(0o777)).expect("set");
        let told = stand_in.0.path().display();
        let text = format!(
            "#!/bin/sh\nsay() {{ printf '2025-12-02T10:30:46Z %s %s\\n' \"$1\" \"$2\" >&2; }}\n\
             echo $$ >>{told}/pids; echo \"$*\" >{told}/arguments; env >{told}/environment; \
             id -u >{told}/user\n{script}\n"
        );
        let path = stand_in.path();
        fs::write(&path, text).expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("set");
        stand_in
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("cloudflared")
    }

    fn told(&self, what: &str) -> String {
        fs::read_to_string(self.0.path().join(what)).expect("it was started")
    }

    /// Those that were started.
    fn processes(&self) -> Vec<u32> {
        self.told("pids").lines().map(|line| line.parse().expect("a number")).collect()
    }

    pub(crate) async fn stage(&self) -> Stage {
        Stage::start_with(&["--cloudflared", self.path().to_str().expect("it is plain")]).await
    }
}

fn runs(process: u32) -> bool {
    // One that was not waited for yet does not run either.
    let state = fs::read_to_string(format!("/proc/{process}/stat"));
    state.is_ok_and(|state| !state.contains(") Z "))
}

async fn all_end(stand_in: &StandIn) {
    let ended = async || (!stand_in.processes().iter().any(|process| runs(*process))).then_some(());
    eventually("cloudflared has ended", ended).await;
}

fn request(sandbox: &Sandbox) -> CreateTunnelRequest {
    CreateTunnelRequest { sandbox_id: sandbox.id.clone(), port: 80, ..Default::default() }
}

async fn tunnel(stage: &Stage, sandbox: &Sandbox) -> Result<Tunnel, Error> {
    stage.client.create_tunnel(request(sandbox)).await
}

/// What cloudflared would send for a visitor.
async fn visit(tunnel: &Tunnel, path: &str, headers: &str) -> String {
    let host = tunnel.url.strip_prefix("https://").expect("it has an address");
    let address = format!("127.0.0.1:{}", tunnel.local_port);
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("it listens");
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nCf-Connecting-Ip: 192.0.2.7\r\n\
         X-Forwarded-For: 192.0.2.8\r\nX-Forwarded-Proto: http\r\n{headers}\r\n"
    );
    tokio::io::AsyncWriteExt::write_all(&mut stream, request.as_bytes()).await.expect("it works");
    crate::stage::read_all(&mut stream).await
}

#[tokio::test]
async fn a_quick_tunnel_leads_to_the_port_and_to_nothing_else() {
    let stand_in = StandIn::new(&format!("{QUICK}{REGISTERED}exec sleep 1000"));
    let stage = stand_in.stage().await;
    let app = App::start(OK).await;
    let sandbox = stage.public(&app).await;
    let made = tunnel(&stage, &sandbox).await.expect("it is ready");
    assert_eq!(made.url, "https://purple-rain-4d7f.trycloudflare.com");
    assert_eq!((made.state(), made.named), (TunnelState::Ready, false));
    let answer = visit(&made, "/a?b", "").await;
    assert_eq!((status(&answer), body(&answer)), (200, "hi"));
    let seen = app.last();
    assert!(seen.starts_with("GET /a?b HTTP/1.1\r\n"), "{seen}");
    for line in [
        "host: purple-rain-4d7f.trycloudflare.com",
        "x-forwarded-for: 192.0.2.7",
        "x-forwarded-proto: https",
    ] {
        assert!(seen.contains(&format!("\r\n{line}\r\n")), "{line}: {seen}");
    }
    // The API's paths are the app's here.
    let authorization = format!("Authorization: Bearer {}\r\n", stage.token);
    let answer = visit(&made, "/api/v1/sandboxes", &authorization).await;
    assert_eq!(body(&answer), "hi");
    let arguments = stand_in.told("arguments");
    let url = format!("--url http://127.0.0.1:{}\n", made.local_port);
    assert!(arguments.starts_with("tunnel ") && arguments.ends_with(&url), "{arguments}");
    assert_eq!(stand_in.told("user"), "65534\n");
    // A second one is the first.
    assert_eq!(tunnel(&stage, &sandbox).await.expect("it is there"), made);
    assert_eq!(stage.client.list_tunnels(None).await.expect("it works"), [made.clone()]);
    let urls = stage.client.list_urls(&sandbox.id).await.expect("it works");
    assert_eq!((urls[0].port, &urls[0].tunnel), (80, &made.url));
    assert!(urls[0].preview.starts_with("http://s-"), "{}", urls[0].preview);
    stage.client.delete_tunnel(&sandbox.id, 80).await.expect("it ends");
    assert!(!runs(stand_in.processes()[0]));
    assert_eq!(stage.client.list_tunnels(Some(&sandbox.id)).await.expect("it works"), []);
    stage.client.delete_tunnel(&sandbox.id, 80).await.expect("it may be gone");
}

/// A create of a sandbox with a tunnel to each of these ports.
fn with_tunnels(ports: &[i32]) -> CreateSandboxRequest {
    let open = |port| Port { port, public: true, ..Port::default() };
    let tunnel = |port| TunnelSpec { port, ..TunnelSpec::default() };
    CreateSandboxRequest {
        ports: vec![open(80), open(81)],
        tunnels: ports.iter().copied().map(tunnel).collect(),
        ..CreateSandboxRequest::default()
    }
}

#[tokio::test]
async fn a_sandbox_is_made_with_its_tunnels_or_not_at_all() {
    let stand_in = StandIn::new(&format!("{QUICK}{REGISTERED}exec sleep 1000"));
    let stage = stand_in.stage().await;
    let app = App::start(OK).await;
    stage.runtime.listen(81, app.address);
    let sandbox = stage.client.create_sandbox(with_tunnels(&[80, 81])).await.expect("it is made");
    let made = stage.client.list_tunnels(Some(&sandbox.id)).await.expect("it works");
    let states: Vec<_> = made.iter().map(|tunnel| (tunnel.port, tunnel.state())).collect();
    assert_eq!(states, [(80, TunnelState::Ready), (81, TunnelState::Ready)]);
    assert_eq!(body(&visit(&made[1], "/", "").await), "hi");
    let twice = stage.client.create_sandbox(with_tunnels(&[80, 80])).await.expect_err("refused");
    assert_eq!(twice.fields[0].field, "tunnels[1].port");
    let closed = stage.client.create_sandbox(with_tunnels(&[80, 90])).await.expect_err("refused");
    assert_eq!(closed.reason.as_deref(), Some("PORT_NOT_OPEN"));
    let left = stage.client.list_sandboxes(BTreeMap::new()).await.expect("works");
    assert_eq!(left.len(), 1, "{left:?}");
    stage.client.delete_sandbox(&sandbox.id).await.expect("it goes");
    all_end(&stand_in).await;
}

#[tokio::test]
async fn a_repeated_create_without_its_tunnel_deletes_nothing() {
    let stand_in = StandIn::new(&format!("{QUICK}{REGISTERED}exec sleep 1000"));
    let stage = stand_in.stage().await;
    let request_id = "once".to_owned();
    let request = CreateSandboxRequest { request_id, ..with_tunnels(&[80]) };
    let sandbox = stage.client.create_sandbox(request.clone()).await.expect("it is made");
    stage.client.delete_tunnel(&sandbox.id, 80).await.expect("it ends");
    fs::write(stand_in.path(), "#!/bin/sh\nexit 1\n").expect("written");
    let error = stage.client.create_sandbox(request).await.expect_err("cloudflared ends");
    assert_eq!(error.reason.as_deref(), Some("TUNNEL_FAILED"), "{error}");
    assert_eq!(stage.client.sandbox(&sandbox.id).await.expect("it stays").id, sandbox.id);
}

#[tokio::test]
async fn a_private_port_needs_a_link_there_as_well() {
    let stand_in = StandIn::new(&format!("{QUICK}{REGISTERED}exec sleep 1000"));
    let stage = stand_in.stage().await;
    let app = App::start(OK).await;
    let sandbox = stage.private(&app).await;
    let none = stage.client.tunnel_url(&sandbox.id, 80, None).await.expect_err("there is none");
    assert_eq!(none.reason.as_deref(), Some("TUNNEL_NOT_FOUND"));
    let made = tunnel(&stage, &sandbox).await.expect("it is ready");
    assert_eq!(status(&visit(&made, "/", "").await), 401);
    let link = stage.client.tunnel_url(&sandbox.id, 80, None).await.expect("a link").url;
    let path = link.strip_prefix(&made.url).expect("it is at the tunnel");
    let answer = visit(&made, path, "").await;
    assert_eq!(status(&answer), 303);
    let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("one");
    assert!(cookie.starts_with("__Host-skerry_preview=") && cookie.contains("; Secure"));
    let cookie = format!("Cookie: {}\r\n", cookie.split(';').next().expect("it has a value"));
    assert_eq!(status(&visit(&made, "/", &cookie).await), 200);
    assert!(!app.last().contains("skerry_preview"));
    // Its own pages may open WebSockets, others may not.
    let upgrade = format!(
        "{cookie}Upgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 13\r\n"
    );
    let own = format!("{upgrade}Origin: {}\r\n", made.url);
    assert_eq!(status(&visit(&made, "/", &own).await), 200);
    let other = format!("{upgrade}Origin: https://other.trycloudflare.com\r\n");
    assert_eq!(status(&visit(&made, "/", &other).await), 403);
    stage.client.revoke_previews(&sandbox.id, None).await.expect("it works");
    assert_eq!(status(&visit(&made, "/", &cookie).await), 401);
}

#[tokio::test]
async fn a_named_tunnels_token_is_in_its_environment_alone() {
    let stand_in = StandIn::new(
        r#"say INF "Starting tunnel tunnelID=a78a4fc8-3e57-4821-b959-8ec39fdacc95"
port=${*##*127.0.0.1:}; port=${port%% *}
say INF "Updated to new configuration config=\"{\\\"ingress\\\":[{\\\"hostname\\\":\\\"app.example.com\\\",\\\"service\\\":\\\"http://localhost:$port\\\"},{\\\"service\\\":\\\"http_status:404\\\"}]}\" version=3"
say INF "Registered tunnel connection connIndex=0 connection=x event=0 ip=198.41.200.13 location=fra06 protocol=quic"
exec sleep 1000"#,
    );
    let stage = stand_in.stage().await;
    let sandbox = stage.public(&App::start(OK).await).await;
    let named = CreateTunnelRequest { token: "eyJzZWNyZXQi".to_owned(), ..request(&sandbox) };
    let made = stage.client.create_tunnel(named.clone()).await.expect("it is ready");
    assert_eq!((made.url.as_str(), made.named), ("https://app.example.com", true));
    assert!(stand_in.told("arguments").ends_with(" run\n"));
    assert!(!stand_in.told("arguments").contains("eyJzZWNyZXQi"));
    let environment = stand_in.told("environment");
    assert!(
        environment.contains("\nTUNNEL_TOKEN=eyJzZWNyZXQi\n")
            || environment.starts_with("TUNNEL_TOKEN=eyJ")
    );
    assert!(!environment.contains("CARGO") && !environment.contains("SKERRY"), "{environment}");
    assert_eq!(stage.client.create_tunnel(named).await.expect("it is there"), made);
    let quick = tunnel(&stage, &sandbox).await.expect_err("it has one");
    assert_eq!(quick.reason.as_deref(), Some("TUNNEL_EXISTS"));
}

#[tokio::test]
async fn one_that_fails_says_what_cloudflared_said_without_the_token() {
    let failed = "failed to request quick Tunnel: Post \"https://api.trycloudflare.com/tunnel\": dial tcp: no such host";
    for (script, said) in [
        (format!("echo '{failed}' >&2; exit 1"), failed),
        (format!("{QUICK}say ERR 'token tok-1234 refused'; exit 1"), "token … refused"),
        // Its end before it is ready is no readiness, whatever it says.
        (format!("{QUICK}say INF 'Connection is registered'; exit 0"), "cloudflared ended with"),
    ] {
        let stand_in = StandIn::new(&script);
        let stage = stand_in.stage().await;
        let sandbox = stage.public(&App::start(OK).await).await;
        let named = CreateTunnelRequest { token: "tok-1234".to_owned(), ..request(&sandbox) };
        let error = stage.client.create_tunnel(named).await.expect_err("it fails");
        assert_eq!(error.reason.as_deref(), Some("TUNNEL_FAILED"));
        assert!(error.message.contains(said), "{}", error.message);
        assert!(!error.message.contains("tok-1234"), "{}", error.message);
        assert_eq!(stage.client.list_tunnels(None).await.expect("it works"), []);
    }
}

#[tokio::test]
async fn one_that_ends_later_is_failed_and_can_be_made_anew() {
    let stand_in = StandIn::new(&format!(
        "{QUICK}{REGISTERED}while [ ! -e ${{0%/*}}/end ]; do sleep 0.05; done\n\
         say ERR 'Connection terminated'; exit 3"
    ));
    let stage = stand_in.stage().await;
    let sandbox = stage.public(&App::start(OK).await).await;
    tunnel(&stage, &sandbox).await.expect("it is ready");
    fs::write(stand_in.0.path().join("end"), "").expect("written");
    let failed = eventually("it has failed", async || {
        let tunnels = stage.client.list_tunnels(None).await.expect("it works");
        tunnels.into_iter().find(|tunnel| tunnel.state() == TunnelState::Failed)
    })
    .await;
    assert!(failed.reason.contains("exit status: 3: Connection terminated"), "{}", failed.reason);
    fs::remove_file(stand_in.0.path().join("end")).expect("removed");
    let again = tunnel(&stage, &sandbox).await.expect("another is ready");
    assert_eq!(again.state(), TunnelState::Ready);
    assert_eq!(stand_in.processes().len(), 2);
}

#[tokio::test]
async fn a_tunnel_ends_with_its_sandbox_its_port_and_the_daemon() {
    // It does not listen when it is asked to end.
    let stand_in =
        StandIn::new(&format!("trap '' TERM\n{QUICK}{REGISTERED}while :; do sleep 1; done"));
    let stage = stand_in.stage().await;
    let app = App::start(OK).await;
    let make = async || {
        let sandbox = stage.public(&app).await;
        tunnel(&stage, &sandbox).await.expect("it is ready");
        sandbox
    };
    let (stopped, deleted, closed) = (make().await, make().await, make().await);
    stage.client.stop_sandbox(&stopped.id, None).await.expect("it works");
    stage.client.delete_sandbox(&deleted.id).await.expect("it works");
    let fields = vec!["ports".to_owned()];
    stage.client.update_sandbox(&closed.id, Sandbox::default(), fields).await.expect("it works");
    all_end(&stand_in).await;
    assert_eq!(stage.client.list_tunnels(None).await.expect("it works"), []);
    let error = tunnel(&stage, &stopped).await.expect_err("it does not run");
    assert_eq!(error.reason.as_deref(), Some("WRONG_STATE"));
    make().await;
    let stage = stage.restart(&[]).await;
    assert!(!stand_in.processes().iter().any(|process| runs(*process)));
    assert_eq!(stage.client.list_tunnels(None).await.expect("it works"), []);
}

#[tokio::test]
async fn a_check_asks_no_host_that_is_not_public() {
    for (host, why) in [
        // This machine's own name for itself, as a name with a dot.
        ("localhost.localdomain", "is not"),
        ("nothing.invalid", "nothing.invalid is not found"),
    ] {
        let stand_in = StandIn::new(&format!(
            "{}{REGISTERED}exec sleep 1000",
            QUICK.replace("purple-rain-4d7f.trycloudflare.com", host)
        ));
        let stage = stand_in.stage().await;
        let sandbox = stage.public(&App::start(OK).await).await;
        tunnel(&stage, &sandbox).await.expect("it is ready");
        let second = Some(std::time::Duration::from_secs(1));
        let health = stage.client.check_tunnel(&sandbox.id, 80, second).await.expect("it works");
        assert!(!health.healthy && health.status == 0);
        assert!(health.reason.contains(why), "{}", health.reason);
    }
}

#[tokio::test]
async fn bad_requests_are_refused_by_their_field() {
    let stand_in = StandIn::new("exec sleep 1000");
    let stage = stand_in.stage().await;
    let app = App::start(OK).await;
    let sandbox = stage.public(&app).await;
    let good = request(&sandbox);
    for (asked, field) in [
        (CreateTunnelRequest { port: 0, ..good.clone() }, "port"),
        (CreateTunnelRequest { token: "a b".to_owned(), ..good.clone() }, "token"),
        (CreateTunnelRequest { token: "a".repeat(4097), ..good.clone() }, "token"),
        (CreateTunnelRequest { local_port: 65536, ..good.clone() }, "local_port"),
        (CreateTunnelRequest { sandbox_id: "a/b".to_owned(), ..good.clone() }, "sandbox_id"),
    ] {
        let error = stage.client.create_tunnel(asked).await.expect_err("it is refused");
        assert_eq!(error.fields[0].field, field);
    }
    let taken = app.address.port().into();
    for (asked, reason) in [
        (CreateTunnelRequest { port: 81, ..good.clone() }, "PORT_NOT_OPEN"),
        (CreateTunnelRequest { local_port: taken, ..good.clone() }, "LOCAL_PORT_UNUSABLE"),
        (CreateTunnelRequest { sandbox_id: "none".to_owned(), ..good }, "SANDBOX_NOT_FOUND"),
    ] {
        let error = stage.client.create_tunnel(asked).await.expect_err("it is refused");
        assert_eq!(error.reason.as_deref(), Some(reason));
    }
    let missing = Stage::start_with(&["--cloudflared", "/nonexistent/cloudflared"]).await;
    let sandbox = missing.sandbox(vec![Port { port: 80, public: true, ..Port::default() }]).await;
    let error = tunnel(&missing, &sandbox).await.expect_err("it can't be run");
    assert!(error.message.contains("/nonexistent/cloudflared"), "{}", error.message);
    assert!(!Path::new("/nonexistent/cloudflared").exists());
}

#[tokio::test]
async fn a_daemon_that_is_killed_leaves_no_cloudflared() {
    skerry_test_support::needs_root!();
    // It does not end by itself when nobody reads what it says.
    let stand_in = StandIn::new(&format!("{QUICK}{REGISTERED}while :; do sleep 1; done"));
    let program = stand_in.path().to_str().expect("it is plain").to_owned();
    let options = skerry_test_support::Options {
        arguments: vec!["--cloudflared".to_owned(), program],
        ..Default::default()
    };
    let mut daemon = skerry_test_support::Daemon::start_with(options).await;
    let create = skerry_client::v1::CreateSandboxRequest {
        ports: vec![Port { port: 80, public: true, ..Port::default() }],
        ..Default::default()
    };
    let sandbox = daemon.client().create_sandbox(create).await.expect("a sandbox");
    daemon.client().create_tunnel(request(&sandbox)).await.expect("it is ready");
    assert!(runs(stand_in.processes()[0]));
    daemon.kill9();
    all_end(&stand_in).await;
    daemon.restart().await;
    assert_eq!(daemon.client().list_tunnels(None).await.expect("it works"), []);
}
