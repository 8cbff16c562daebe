//! Real programs in real sandboxes, through curl and a browser.

use std::process::Stdio;

use skerry_client::v1::{CreateSandboxRequest, ExecSpec, OnIdle, Port, SandboxState, Timeouts};
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
    /// A sandbox in which Python serves the site; its idle time pauses it.
    async fn start(idle_seconds: i64) -> Self {
        let daemon = Daemon::start().await;
        let idle = prost_types::Duration { seconds: idle_seconds, nanos: 0 };
        let request = CreateSandboxRequest {
            ports: vec![Port {
                port: 8000,
                public: true,
                ready_path: "/".to_owned(),
                ..Port::default()
            }],
            timeouts: (idle_seconds > 0).then(|| Timeouts {
                idle_timeout: Some(idle),
                on_idle: OnIdle::Pause.into(),
                ..Timeouts::default()
            }),
            ..CreateSandboxRequest::default()
        };
        let sandbox = daemon.client().create_sandbox(request).await.expect("a sandbox");
        let site = Self { daemon, sandbox };
        site.serve().await;
        site
    }

    /// Starts the app, which no exec counts as work.
    async fn serve(&self) {
        let script = format!(
            "cat > /root/site.py <<'END'\n{SITE}\nEND\n\
             setsid /usr/bin/python3 /root/site.py >/root/log 2>&1 </dev/null &"
        );
        let command = vec!["sh".to_owned(), "-c".to_owned(), script];
        let spec = ExecSpec { command, ..ExecSpec::default() };
        let done = self.daemon.client().exec(&self.sandbox.id, spec).await.expect("it starts");
        assert_eq!(done.result.expect("a result").exit_code, 0);
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
    let site = Site::start(0).await;
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
async fn a_site_sleeps_when_nobody_looks_and_the_first_request_after_finds_it() {
    needs!("curl");
    let site = Site::start(1).await;
    assert!(site.curl(&[], "/").await.contains("<h1>site</h1>"));
    for _ in 0..2 {
        eventually("it sleeps", async || {
            (site.state().await == SandboxState::Paused).then_some(())
        })
        .await;
        let page = site.curl(&["-w", "%{http_code}"], "/").await;
        assert!(page.contains("<h1>site</h1>") && page.ends_with("200"), "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_site_is_started_and_awaited() {
    needs!("curl");
    let site = Site::start(0).await;
    let client = site.daemon.client();
    client.stop_sandbox(&site.sandbox.id, Some(std::time::Duration::ZERO)).await.expect("stopped");
    let asking = site.curl(&["-w", "%{http_code}"], "/");
    let serving = async {
        eventually("the request starts it", async || {
            (site.state().await == SandboxState::Running).then_some(())
        })
        .await;
        site.serve().await;
    };
    let (page, ()) = tokio::join!(asking, serving);
    assert!(page.contains("<h1>site</h1>") && page.ends_with("200"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_sees_a_page_its_events_and_its_websocket() {
    needs!("chromium");
    let site = Site::start(0).await;
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
