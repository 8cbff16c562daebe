//! Real programs in real sandboxes, through curl and a browser.

use std::process::Stdio;

use skerry_client::v1::{
    CreateSandboxRequest, ExecSpec, HealthCheck, MainProcess, OnIdle, Port, SandboxState, Timeouts,
};
use skerry_test_support::{Daemon, eventually, needs_root, skip};
use tokio::process::Command;

use crate::stage::host;

/// Events on /events, a WebSocket that says back what it hears on /ws, and a
/// page that shows both.
const SITE: &str = include_str!("site.py");

struct Site {
    daemon: Daemon,
    sandbox: skerry_client::v1::Sandbox,
}

impl Site {
    /// A sandbox whose main process serves the site, and what its idle time
    /// does.
    async fn start(idle_seconds: i64, on_idle: OnIdle) -> Self {
        let daemon = Daemon::start().await;
        let idle = prost_types::Duration { seconds: idle_seconds, nanos: 0 };
        let script = format!(
            "cat > /root/site.py <<'END'\n{SITE}\nEND\nexec /usr/bin/python3 /root/site.py"
        );
        let command = vec!["sh".to_owned(), "-c".to_owned(), script];
        let request = CreateSandboxRequest {
            main: Some(MainProcess { command, ..MainProcess::default() }),
            ports: vec![Port {
                port: 8000,
                public: true,
                ready_path: "/".to_owned(),
                ..Port::default()
            }],
            timeouts: (idle_seconds > 0).then(|| Timeouts {
                idle_timeout: Some(idle),
                on_idle: on_idle.into(),
                ..Timeouts::default()
            }),
            ..CreateSandboxRequest::default()
        };
        let sandbox = daemon.client().create_sandbox(request).await.expect("a sandbox");
        Self { daemon, sandbox }
    }

    fn url(&self, path: &str) -> String {
        let port = self.daemon.address().rsplit_once(':').expect("a port").1;
        format!("http://{}:{port}{path}", host(&self.sandbox, 8000))
    }

    async fn curl(&self, arguments: &[&str], path: &str) -> String {
        let output = Command::new("curl")
            .args(["-sS", "--max-time", "60", "--connect-to"])
            .arg(format!("::{}", self.daemon.address()))
            .args(arguments)
            .arg(self.url(path))
            .stdin(Stdio::null())
            .output()
            .await
            .expect("curl runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text + &String::from_utf8_lossy(&output.stderr)
    }

    /// The state, by a list, which is no work on it.
    async fn state(&self) -> SandboxState {
        let all = self.daemon.client().list_sandboxes(Default::default()).await.expect("a list");
        all.iter().find(|found| found.id == self.sandbox.id).expect("it is there").state()
    }
}

fn is_there(program: &str) -> bool {
    let found =
        std::process::Command::new("sh").args(["-c", &format!("command -v {program}")]).output();
    found.is_ok_and(|output| output.status.success())
}

macro_rules! needs {
    ($program:literal) => {
        needs_root!();
        if !is_there($program) {
            skip!("{} is not installed", $program);
        }
    };
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_is_seen_through_curl() {
    needs!("curl");
    let site = Site::start(0, OnIdle::Stop).await;
    let page = site.curl(&[], "/").await;
    assert!(page.contains("<h1>site</h1>"), "{page}");
    // Over HTTP/2 on the way in.
    let page = site.curl(&["--http2-prior-knowledge"], "/").await;
    assert!(page.contains("<h1>site</h1>"), "{page}");
    let events = site.curl(&["-N"], "/events?3").await;
    assert_eq!(events, "data: 0\n\ndata: 1\n\ndata: 2\n\n");
    let echoed = site.curl(&["-X", "POST", "--data-binary", "hello"], "/echo").await;
    assert_eq!(echoed, "hello");
    let headers = site.curl(&["-H", "Cookie: a=b"], "/headers").await;
    let forwarded = format!("X-Forwarded-Host: {}", &site.url("")["http://".len()..]);
    assert!(headers.to_lowercase().contains(&forwarded.to_lowercase()), "{headers}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_is_frozen_when_nobody_looks_and_the_first_request_after_finds_it() {
    needs!("curl");
    sleeps(OnIdle::Pause, SandboxState::Paused).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_is_stopped_when_nobody_looks_and_the_first_request_after_finds_it() {
    needs!("curl");
    sleeps(OnIdle::Stop, SandboxState::Stopped).await;
}

async fn sleeps(on_idle: OnIdle, asleep: SandboxState) {
    let site = Site::start(1, on_idle).await;
    assert!(site.curl(&[], "/").await.contains("<h1>site</h1>"));
    for _ in 0..2 {
        eventually("it sleeps", async || (site.state().await == asleep).then_some(())).await;
        let page = site.curl(&["-w", "%{http_code}"], "/").await;
        assert!(page.contains("<h1>site</h1>") && page.ends_with("200"), "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_waits_for_a_real_programs_health() {
    needs_root!();
    let daemon = Daemon::start().await;
    let script = "sleep 0.3; exec /usr/bin/python3 -m http.server --bind 127.0.0.1 80";
    let command = ["sh", "-c", script].map(str::to_owned).to_vec();
    let interval = Some(prost_types::Duration { seconds: 0, nanos: 50_000_000 });
    let check = HealthCheck {
        port: 80,
        path: "/".to_owned(),
        attempts: 1000,
        interval,
        ..HealthCheck::default()
    };
    let request = CreateSandboxRequest {
        main: Some(MainProcess { command, ..MainProcess::default() }),
        health_check: Some(check),
        ..CreateSandboxRequest::default()
    };
    let sandbox = daemon.client().create_sandbox(request).await.expect("it passes");
    // Nothing has to be waited for any more.
    let command =
        ["/usr/bin/python3", "-c", "import socket; socket.create_connection((\"127.0.0.1\", 80))"];
    let spec = ExecSpec { command: command.map(str::to_owned).to_vec(), ..ExecSpec::default() };
    let done = daemon.client().exec(&sandbox.id, spec).await.expect("it runs");
    assert_eq!(done.result.expect("a result").exit_code, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_sees_a_page_its_events_and_its_websocket() {
    needs!("chromium");
    let site = Site::start(0, OnIdle::Stop).await;
    let profile = tempfile::tempdir().expect("a folder");
    let rules = format!("MAP *.preview.localhost {}", site.daemon.address());
    let output = Command::new("timeout")
        .args(["120", "chromium", "--headless", "--no-sandbox", "--disable-gpu"])
        .args(["--virtual-time-budget=20000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("--host-resolver-rules={rules}"))
        .arg(site.url("/"))
        .stdin(Stdio::null())
        .output()
        .await
        .expect("chromium runs");
    let page = String::from_utf8_lossy(&output.stdout);
    for part in ["event 2", "echo hello"] {
        assert!(page.contains(part), "{part}: {page}\n{}", String::from_utf8_lossy(&output.stderr));
    }
}
