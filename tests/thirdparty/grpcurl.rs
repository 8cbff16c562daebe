//! grpcurl.

use std::path::PathBuf;

use skerry_test_support::{Daemon, needs_root, skip, tools};

use crate::SERVICES;
use crate::tool::{Printed, assert_stream, exec_request, run};

struct Grpcurl {
    program: PathBuf,
    daemon: Daemon,
}

impl Grpcurl {
    async fn run(&self, flags: &[&str], arguments: &[&str]) -> Printed {
        let mut all = vec!["-plaintext", "-max-time", "60"];
        all.extend(flags);
        all.push(self.daemon.address());
        all.extend(arguments);
        run(&self.program, &all).await
    }

    async fn call(&self, method: &str, request: &str) -> Printed {
        let token = format!("authorization: Bearer {}", self.daemon.token());
        self.run(&["-H", &token, "-d", request], &[method]).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn grpcurl_lists_describes_and_calls_without_a_proto_file() {
    needs_root!();
    let program = match tools::find("bin/grpcurl") {
        Ok(program) => program,
        Err(reason) => skip!("{reason}"),
    };
    let grpcurl = Grpcurl { program, daemon: Daemon::start().await };

    let listed = grpcurl.run(&[], &["list"]).await.success();
    for service in SERVICES {
        assert!(listed.lines().any(|line| line == *service), "{service} not in {listed}");
    }
    let described =
        grpcurl.run(&[], &["describe", "skerry.v1.ExecService.ExecStream"]).await.success();
    assert!(described.contains("returns ( stream .skerry.v1.ExecStreamResponse )"), "{described}");

    let sandbox = grpcurl.call("skerry.v1.SandboxService/CreateSandbox", "{}").await.json();
    let id = sandbox[0]["id"].as_str().expect("a sandbox has an id");
    let frames = grpcurl.call("skerry.v1.ExecService/ExecStream", &exec_request(id)).await;
    assert_stream(&frames.json());

    let refused =
        grpcurl.call("skerry.v1.SandboxService/CreateSandbox", r#"{"name": "a/b"}"#).await;
    assert!(!refused.ok && refused.stderr.contains("InvalidArgument"), "{}", refused.stderr);
    let unknown = grpcurl.run(&["-d", "{}"], &["skerry.v1.SandboxService/ListSandboxes"]).await;
    assert!(!unknown.ok && unknown.stderr.contains("Unauthenticated"), "{}", unknown.stderr);
}
