//! A client on Python's grpcio.

use skerry_test_support::{Daemon, needs_root, skip, tools};

use crate::SERVICES;
use crate::tool::{assert_stream, run};

#[tokio::test(flavor = "multi_thread")]
async fn grpcio_lists_describes_and_calls_without_a_proto_file() {
    needs_root!();
    let python = match tools::find("python/bin/python") {
        Ok(python) => python,
        Err(reason) => skip!("{reason}"),
    };
    if !run(&python, &["-c", "import grpc_reflection"]).await.ok {
        skip!("grpcio-reflection did not install");
    }
    let daemon = Daemon::start().await;
    let token = daemon.token();
    let arguments = ["tests/thirdparty/client.py", daemon.address(), &token];
    let printed = run(&python, &arguments).await.json();

    let listed: Vec<&str> =
        printed[0].as_array().expect("a list").iter().filter_map(|name| name.as_str()).collect();
    for service in SERVICES {
        assert!(listed.contains(service), "{service} not in {listed:?}");
    }
    assert_eq!(printed[1], serde_json::json!({"input": "ExecStreamRequest", "streams": true}));
    assert_stream(printed[2].as_array().expect("the frames"));
    assert_eq!(printed[3], "INVALID_ARGUMENT");
}
