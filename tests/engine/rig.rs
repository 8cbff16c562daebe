//! An engine to test, and its host, which outlives it.

use std::collections::BTreeSet;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use skerry_server::engine::{
    CreateSandbox, Engine, EngineConfig, EngineError, EngineParts, Filter, Images,
};
use skerry_server::main_log::MainLogs;
use skerry_server::model::{
    EgressMode, ExecSpec, ImageSource, Limits, Sandbox, SandboxId, SandboxState, Timeouts,
};
use skerry_server::network::NoNetwork;
use skerry_server::publish::{HostPorts, PublishConfig};
use skerry_server::runtime::Runtime;
use skerry_server::runtime::fake::FakeRuntime;
use skerry_server::snapshot::Snapshots;
use skerry_server::storage::{self, StorageChoice};
use skerry_server::store::Store;
use skerry_server::volume::Volumes;

/// Longer than anything takes on a slow machine under load.
const PATIENCE: Duration = Duration::from_secs(60);
pub(crate) const GRACE: Duration = Duration::from_secs(1);

/// One image, `host`.
pub(crate) struct OneImage;

impl Images for OneImage {
    fn source(&self, name: &str) -> Result<(String, ImageSource), EngineError> {
        match name {
            "host" => {
                let source = ImageSource { lowers: vec![PathBuf::from("/")], host_usr: false };
                Ok(("host".to_owned(), source))
            }
            _ => Err(EngineError::UnknownImage(name.to_owned())),
        }
    }
}

/// A host's directory, with what a daemon leaves in it.
pub(crate) struct Host {
    path: PathBuf,
    /// Removed with it, where this host is the test's own.
    _dir: Option<tempfile::TempDir>,
}

/// A daemon's engine on it.
pub(crate) struct Rig {
    pub(crate) engine: Engine,
    pub(crate) fake: Arc<FakeRuntime>,
    pub(crate) store: Store,
}

impl Host {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory for the test");
        Self { path: dir.path().to_owned(), _dir: Some(dir) }
    }

    /// Another's.
    pub(crate) fn at(path: &Path) -> Self {
        Self { path: path.to_owned(), _dir: None }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn store(&self) -> Store {
        Store::open(&self.path().join("store")).expect("the store opens")
    }

    pub(crate) fn fake(&self) -> Arc<FakeRuntime> {
        Arc::new(FakeRuntime::new(self.path()))
    }

    pub(crate) async fn open(&self) -> Rig {
        self.open_with(self.fake()).await.expect("the engine opens")
    }

    pub(crate) async fn open_with(&self, fake: Arc<FakeRuntime>) -> Result<Rig, EngineError> {
        let store = self.store();
        let pool = storage::open(self.path(), StorageChoice::Dir).expect("the storage opens");
        let parts = EngineParts {
            store: store.clone(),
            runtime: Arc::clone(&fake) as Arc<dyn Runtime>,
            images: Arc::new(OneImage),
            network: Arc::new(NoNetwork::new("the fake runtime has none")),
            volumes: Volumes::open(Arc::clone(&pool), &store).expect("the volumes open"),
            snapshots: Snapshots::open(Arc::clone(&pool), &store).expect("the snapshots open"),
            pool,
            logs: MainLogs::open(&self.path().join("logs")).expect("the logs open"),
            host_ports: HostPorts::new(PublishConfig::default()).0,
        };
        let engine = Engine::open(config(), parts).await?;
        Ok(Rig { engine, fake, store })
    }

    /// One daemon's life, ended as a crash would end it, when `life` is over.
    pub(crate) fn life<T, F: Future<Output = T>>(&self, life: impl FnOnce(Rig) -> F) -> T {
        held(async { life(self.open().await).await })
    }
}

pub(crate) fn config() -> EngineConfig {
    let max_limits = Limits::of_host(8 << 30, 4, 0);
    EngineConfig {
        max_sandboxes: 20_000,
        max_limits,
        default_limits: Limits::default_for(&max_limits),
        default_egress: EgressMode::Deny,
    }
}

/// Runs a test or a life whose time moves by [`Rig::pass`] alone. What it has
/// started ends with it.
pub(crate) fn held<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .expect("a runtime for the test");
    runtime.block_on(async {
        // tokio moves paused time on by itself when every task waits, also
        // for the store's thread; but not while something blocks.
        let (release, released) = std::sync::mpsc::channel::<()>();
        let hold = tokio::task::spawn_blocking(move || released.recv().is_ok());
        let result = test.await;
        drop(release);
        hold.await.expect("no panic");
        result
    })
}

pub(crate) fn named(name: &str) -> CreateSandbox {
    CreateSandbox { name: Some(name.to_owned()), ..Default::default() }
}

pub(crate) fn with(timeouts: Timeouts) -> CreateSandbox {
    CreateSandbox { timeouts, ..Default::default() }
}

pub(crate) fn command(words: &[&str]) -> ExecSpec {
    ExecSpec {
        command: words.iter().map(|word| (*word).to_owned()).collect(),
        ..Default::default()
    }
}

/// Waits for an answer. By the host's clock, since the test's may stand.
async fn until<T>(what: &str, ask: impl Fn() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed() < PATIENCE, "waited in vain for {what}");
        tokio::task::yield_now().await;
        std::thread::sleep(Duration::from_millis(1));
    }
}

impl Rig {
    pub(crate) async fn create(&self, name: &str) -> Sandbox {
        self.engine.create(named(name)).await.expect("the sandbox is made")
    }

    pub(crate) fn state(&self, name: &str) -> Option<SandboxState> {
        self.engine.get(name).ok().map(|sandbox| sandbox.state)
    }

    /// Waits until a sandbox is in a state.
    pub(crate) async fn reaches(&self, name: &str, state: SandboxState) -> Sandbox {
        let there = || self.engine.get(name).ok().filter(|sandbox| sandbox.state == state);
        until(&format!("{name} to be {state:?}"), there).await
    }

    /// Waits until there is no such sandbox.
    pub(crate) async fn goes(&self, name: &str) {
        until(&format!("{name} to go"), || self.state(name).is_none().then_some(())).await;
    }

    /// Lets time pass, in steps, so that what comes due has its effects.
    pub(crate) async fn pass(&self, time: Duration) {
        const STEPS: u32 = 50;
        for _ in 0..STEPS {
            tokio::time::advance(time / STEPS).await;
            self.settle().await;
        }
    }

    /// Lets everything happen that waits for nothing but its turn and the
    /// store.
    pub(crate) async fn settle(&self) {
        for _ in 0..4 {
            for _ in 0..20 {
                tokio::task::yield_now().await;
            }
            self.store.flush().await.expect("the store writes");
        }
    }

    /// Nothing is left anywhere.
    pub(crate) fn assert_empty(&self) {
        assert_eq!(self.engine.list(&Filter::default(), None, 10), []);
        assert_eq!(self.fake.machines(), []);
        assert_eq!(self.fake.disks(), []);
        assert_eq!(self.store.table::<Sandbox>().all().expect("it reads"), []);
    }

    /// Records, index, machines and disks tell the same story, and nothing is
    /// on its way.
    pub(crate) fn assert_in_line(&self) {
        let sandboxes = self.engine.list(&Filter::default(), None, usize::MAX);
        let records = self.store.table::<Sandbox>().all().expect("it reads");
        assert_eq!(records, sandboxes);
        let ids = |which: &dyn Fn(&Sandbox) -> bool| -> BTreeSet<SandboxId> {
            let which = sandboxes.iter().filter(|sandbox| which(sandbox));
            which.map(|sandbox| sandbox.id.clone()).collect()
        };
        let lives = |sandbox: &Sandbox| {
            matches!(sandbox.state, SandboxState::Running | SandboxState::Paused)
        };
        assert_eq!(BTreeSet::from_iter(self.fake.machines()), ids(&lives));
        assert_eq!(BTreeSet::from_iter(self.fake.disks()), ids(&|_| true));
        let ranges: BTreeSet<u32> = sandboxes.iter().map(|sandbox| sandbox.host_uid_base).collect();
        assert_eq!(ranges.len(), sandboxes.len(), "two sandboxes share host ids");
        for sandbox in &sandboxes {
            let settled = matches!(
                sandbox.state,
                SandboxState::Running
                    | SandboxState::Paused
                    | SandboxState::Stopped
                    | SandboxState::Failed
            );
            assert!(settled, "{} is {:?}", sandbox.id, sandbox.state);
            let paused = sandbox.state == SandboxState::Paused;
            assert_eq!(self.fake.is_frozen(&sandbox.id), paused, "{}", sandbox.id);
            assert_eq!(self.engine.get(&sandbox.name).ok().as_ref(), Some(sandbox));
        }
    }
}
