//! `buf curl`, by both versions of the reflection protocol.

use std::path::PathBuf;

use skerry_test_support::{Daemon, needs_root, skip, tools};

use crate::SERVICES;
use crate::tool::{Printed, assert_stream, exec_request, run};

struct BufCurl {
    program: PathBuf,
    daemon: Daemon,
    reflection: &'static str,
}

impl BufCurl {
    async fn run(&self, path: &str, arguments: &[&str]) -> Printed {
        let mut all = vec!["curl", "--http2-prior-knowledge", "--protocol", "grpc"];
        all.extend(["--reflect-protocol", self.reflection]);
        all.extend(arguments);
        let url = format!("http://{}{path}", self.daemon.address());
        all.push(&url);
        run(&self.program, &all).await
    }

    async fn call(&self, method: &str, request: &str) -> Printed {
        let token = format!("authorization: Bearer {}", self.daemon.token());
        self.run(&format!("/{method}"), &["-H", &token, "-d", request]).await
    }

    async fn lists_describes_and_calls(&self) {
        let listed = self.run("", &["--list-services"]).await.success();
        for service in SERVICES {
            assert!(listed.lines().any(|line| line == *service), "{service} not in {listed}");
        }
        let methods = self.run("", &["--list-methods"]).await.success();
        let stream = "skerry.v1.ExecService/ExecStream";
        assert!(methods.lines().any(|line| line == stream), "{methods}");

        let sandbox = self.call("skerry.v1.SandboxService/CreateSandbox", "{}").await.json();
        let id = sandbox[0]["id"].as_str().expect("a sandbox has an id");
        assert_stream(&self.call(stream, &exec_request(id)).await.json());

        let missing = self.call("skerry.v1.SandboxService/GetSandbox", r#"{"sandboxId": "none"}"#);
        let missing = missing.await;
        assert!(!missing.ok && missing.stderr.contains("not_found"), "{}", missing.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn buf_curl_lists_describes_and_calls_without_a_proto_file() {
    needs_root!();
    let program = match tools::find("bin/buf") {
        Ok(program) => program,
        Err(reason) => skip!("{reason}"),
    };
    let mut buf = BufCurl { program, daemon: Daemon::start().await, reflection: "grpc-v1" };
    buf.lists_describes_and_calls().await;
    buf.reflection = "grpc-v1alpha";
    buf.lists_describes_and_calls().await;
}
