//! Many sandboxes at once, and many one after the other.

use futures::StreamExt;
use skerry_client::Client;
use skerry_client::v1::SandboxState;
use skerry_test_support::leaks::Baseline;
use skerry_test_support::{Daemon, needs_root};

use crate::steps::{create, stdout};

const CROWD: usize = 500;
const CYCLES: usize = 1000;
/// Calls under way at once.
const CALLS: usize = 16;

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_answer_at_once_and_leave_nothing() {
    needs_root!();
    let daemon = Daemon::start().await;
    let client = daemon.client();
    cycle(client, 0).await;
    let baseline = Baseline::take(&daemon);

    let created = futures::stream::iter(0..CROWD).map(|_| async { create(client).await.id });
    let ids: Vec<String> = created.buffer_unordered(CALLS).collect().await;
    let running = client.list_sandboxes(Default::default()).await.expect("a list");
    let running = running.iter().filter(|sandbox| sandbox.state() == SandboxState::Running);
    assert_eq!(running.count(), CROWD);

    let answered = futures::stream::iter(&ids).map(|id| async move {
        // A host name has no `_`.
        assert_eq!(stdout(client, id, "hostname").await, id.replace('_', "-"));
    });
    answered.buffer_unordered(CALLS).collect::<Vec<()>>().await;

    let deleted = futures::stream::iter(&ids).map(|id| async move {
        client.delete_sandbox(id).await.expect("it is deleted");
    });
    deleted.buffer_unordered(CALLS).collect::<Vec<()>>().await;
    baseline.assert_same(&daemon).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_cycles_leave_nothing() {
    needs_root!();
    let daemon = Daemon::start().await;
    let client = daemon.client();
    cycle(client, 0).await;
    let baseline = Baseline::take(&daemon);
    let cycles = futures::stream::iter(1..=CYCLES).map(|number| cycle(client, number));
    cycles.buffer_unordered(CALLS).collect::<Vec<()>>().await;
    baseline.assert_same(&daemon).await;
}

async fn cycle(client: &Client, number: usize) {
    let id = create(client).await.id;
    assert_eq!(stdout(client, &id, &format!("echo {number}")).await, number.to_string());
    client.delete_sandbox(&id).await.expect("it is deleted");
}
