//! Memory that runs out.

use skerry_client::v1::{CreateSandboxRequest, Limits};
use skerry_test_support::{Daemon, needs_root};

use crate::steps::{run, stdout};

#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_out_of_memory_says_so_and_still_answers() {
    needs_root!();
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let limits = Limits { memory_bytes: Some(64 << 20), ..Limits::default() };
    let request = CreateSandboxRequest { limits: Some(limits), ..CreateSandboxRequest::default() };
    let id = client.create_sandbox(request).await.expect("a sandbox").id;

    // Not by the shell's hand: the exec's own process is the one that dies.
    let greedy = run(client, &id, "exec python3 -c 'x = bytearray(1 << 30)'").await;
    let result = greedy.result.expect("it ended");
    assert!(result.oom_killed, "{result:?}");
    assert_eq!((result.exit_code, result.signal), (137, 9));

    assert_eq!(stdout(client, &id, "echo answers").await, "answers");
    let modest = run(client, &id, "kill -9 $$").await.result.expect("it ended");
    assert!(!modest.oom_killed, "{modest:?}");
    assert!(client.sandbox(&id).await.expect("it is there").oom_kills >= 1);
}
