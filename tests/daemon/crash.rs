//! SIGKILL to the daemon at every named point of every operation, then a
//! restart: nothing acknowledged is lost, nothing is stuck, nothing is left.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use skerry_client::v1::{CreateSandboxRequest, ExecState, Sandbox, SandboxState};
use skerry_client::{Client, Error};
use skerry_server::failpoint;
use skerry_test_support::leaks::Baseline;
use skerry_test_support::{Daemon, eventually, needs_root};

use crate::steps::{create, start, stdout};

const NAME: &str = "target";
/// How often the store's points are passed before the daemon dies there.
const STORE_ROUNDS: u32 = 3;

/// The state that an operation starts from, and the operation.
#[derive(Debug, Clone, Copy)]
enum Operation {
    Create,
    Start,
    Stop,
    Pause,
    Resume,
    Delete,
}

impl Operation {
    fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Delete => "delete",
        }
    }

    fn points(self) -> Vec<&'static str> {
        let prefix = format!("{}.", self.name());
        failpoint::ALL.iter().copied().filter(|point| point.starts_with(&prefix)).collect()
    }

    async fn prepare(self, client: &Client) -> Result<(), Error> {
        if !matches!(self, Self::Create) {
            client.create_sandbox(target()).await?;
        }
        match self {
            Self::Start => client.stop_sandbox(NAME, Some(Duration::ZERO)).await.map(drop),
            Self::Resume => client.pause_sandbox(NAME).await.map(drop),
            _ => Ok(()),
        }
    }

    async fn perform(self, client: &Client) -> Result<(), Error> {
        match self {
            Self::Create => client.create_sandbox(target()).await.map(drop),
            Self::Start => client.start_sandbox(NAME).await.map(drop),
            Self::Stop => client.stop_sandbox(NAME, Some(Duration::ZERO)).await.map(drop),
            Self::Pause => client.pause_sandbox(NAME).await.map(drop),
            Self::Resume => client.resume_sandbox(NAME).await.map(drop),
            Self::Delete => client.delete_sandbox(NAME).await,
        }
    }
}

fn target() -> CreateSandboxRequest {
    CreateSandboxRequest {
        name: NAME.to_owned(),
        request_id: "create-target".to_owned(),
        labels: BTreeMap::from([("role".to_owned(), "target".to_owned())]),
        ..CreateSandboxRequest::default()
    }
}

/// A sandbox that was acknowledged, and an exec in it: whatever happens to
/// the daemon, both stay.
struct Witness {
    sandbox: Sandbox,
    exec: String,
}

impl Witness {
    async fn new(client: &Client) -> Self {
        let sandbox = create(client).await;
        stdout(client, &sandbox.id, "echo kept >/workspace/file").await;
        let (_, exec) = start(client, &sandbox.id, "exec sleep 1000000").await;
        Self { sandbox, exec }
    }

    async fn assert_unharmed(&self, client: &Client) {
        let now = client.sandbox(&self.sandbox.id).await.expect("no record is lost");
        assert_eq!(now.state(), SandboxState::Running, "{}", now.state_reason);
        assert_eq!((&now.name, &now.create_time), (&self.sandbox.name, &self.sandbox.create_time));
        let exec = client.exec_info(&now.id, &self.exec).await.expect("no exec is lost");
        assert_eq!(exec.state(), ExecState::Running);
    }

    /// Not after each death: the daemon keeps every exec for a while, which
    /// the baseline would count.
    async fn assert_answers(&self, client: &Client) {
        let kept = stdout(client, &self.sandbox.id, "cat /workspace/file").await;
        assert_eq!(kept, "kept");
    }
}

/// Dies at each of an operation's points in turn.
async fn survives(operation: Operation) {
    let points = operation.points();
    assert!(!points.is_empty(), "{operation:?} has no points");
    let mut daemon = Daemon::start().await;
    let client = daemon.client().clone();
    let witness = Witness::new(&client).await;
    // Once through without a death: what is made on first use is made.
    operation.prepare(&client).await.expect("it is prepared");
    operation.perform(&client).await.expect("it is done");
    client.delete_sandbox(NAME).await.expect("it is deleted");
    daemon.kill9();
    daemon.restart().await;
    witness.assert_unharmed(&client).await;
    let baseline = Baseline::take(&daemon);
    for point in points {
        operation.prepare(&client).await.expect("it is prepared");
        daemon.kill9();
        daemon.restart_at(Some(point)).await;
        // Others come and go while /proc is read.
        let children = eventually("the daemon has a zygote", async || {
            Some(daemon.children()).filter(|children| !children.is_empty())
        })
        .await;
        let cut = operation.perform(&client).await;
        daemon.died().await;
        eventually("the zygote ends with the daemon", async || {
            let mut paths = children.iter().map(|pid| format!("/proc/{pid}"));
            (!paths.any(|path| Path::new(&path).exists())).then_some(())
        })
        .await;
        assert!(cut.is_err(), "{point}: answered though the daemon died first");
        daemon.restart().await;
        // Where a failed test was.
        println!("{point}");
        witness.assert_unharmed(&client).await;
        settles(operation, point, &client).await;
        client.delete_sandbox(NAME).await.expect("it is deleted");
        baseline.assert_same(&daemon).await;
    }
    witness.assert_answers(&client).await;
}

/// Waits for a state that lasts, tries the operation again, and holds that it
/// can be done.
async fn settles(operation: Operation, point: &str, client: &Client) {
    let settled =
        eventually("no state is under way for ever", async || match client.sandbox(NAME).await {
            Ok(sandbox) => lasts(sandbox.state()).then_some(Some(sandbox)),
            Err(error) => {
                assert_eq!(error.code, skerry_client::Code::NotFound, "{point}: {error}");
                Some(None)
            }
        })
        .await;
    let may_be_gone = matches!(operation, Operation::Create | Operation::Delete);
    assert!(may_be_gone || settled.is_some(), "{point}: an acknowledged sandbox is lost");
    if let Some(sandbox) = &settled {
        assert_eq!(sandbox.labels, target().labels, "{point}");
        // A failed one is started again, whatever was under way.
        if sandbox.state() == SandboxState::Failed {
            client.start_sandbox(NAME).await.expect("a failed sandbox starts");
            assert_eq!(stdout(client, NAME, "echo answers").await, "answers", "{point}");
            return;
        }
    }
    let again = operation.perform(client).await;
    again.unwrap_or_else(|error| {
        panic!("{point}: {} can't be done again: {error}", operation.name())
    });
    if matches!(operation, Operation::Create | Operation::Start | Operation::Resume) {
        assert_eq!(stdout(client, NAME, "echo answers").await, "answers", "{point}");
    }
}

fn lasts(state: SandboxState) -> bool {
    matches!(
        state,
        SandboxState::Running | SandboxState::Paused | SandboxState::Stopped | SandboxState::Failed
    )
}

#[test]
fn every_failpoint_is_tried() {
    use Operation::{Create, Delete, Pause, Resume, Start, Stop};
    let operations = [Create, Start, Stop, Pause, Resume, Delete];
    let mut tried: Vec<&str> = operations.iter().flat_map(|operation| operation.points()).collect();
    // Those of the storage's trees are tried in `tests/storage`.
    let elsewhere = |point: &&&str| {
        ["store.", "copy.", "snapshot.", "volume."].iter().any(|start| point.starts_with(start))
    };
    tried.extend(failpoint::ALL.iter().filter(elsewhere));
    assert_eq!(tried.len(), failpoint::ALL.len(), "{tried:?}");
}

macro_rules! survives {
    ($($test:ident: $operation:ident,)+) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $test() {
            needs_root!();
            survives(Operation::$operation).await;
        }
    )+};
}

survives! {
    death_in_a_create_leaves_nothing_and_loses_nothing: Create,
    death_in_a_start_leaves_nothing_and_loses_nothing: Start,
    death_in_a_stop_leaves_nothing_and_loses_nothing: Stop,
    death_in_a_pause_leaves_nothing_and_loses_nothing: Pause,
    death_in_a_resume_leaves_nothing_and_loses_nothing: Resume,
    death_in_a_delete_leaves_nothing_and_loses_nothing: Delete,
}

#[tokio::test(flavor = "multi_thread")]
async fn death_in_the_store_loses_no_acknowledged_record() {
    needs_root!();
    let mut daemon = Daemon::start().await;
    let client = daemon.client().clone();
    let witness = Witness::new(&client).await;
    let mut acknowledged = vec![witness.sandbox.id.clone()];
    let points = failpoint::ALL.iter().filter(|point| point.starts_with("store."));
    for (point, round) in
        points.flat_map(|point| (1..=STORE_ROUNDS).map(move |round| (point, round)))
    {
        daemon.kill9();
        daemon.restart_at(Some(&format!("{point}:{round}"))).await;
        // Each create writes; the daemon dies in one of the first.
        while let Ok(sandbox) = client.create_sandbox(CreateSandboxRequest::default()).await {
            acknowledged.push(sandbox.id);
        }
        daemon.died().await;
        daemon.restart().await;
        witness.assert_unharmed(&client).await;
        for id in &acknowledged {
            let kept = client.sandbox(id).await.unwrap_or_else(|error| panic!("{point}: {error}"));
            assert_eq!(kept.state(), SandboxState::Running, "{point}: {}", kept.state_reason);
        }
    }
}
