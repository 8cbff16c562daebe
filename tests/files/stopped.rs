//! The files of a stopped sandbox, with engine and native driver.

use std::sync::Arc;
use std::time::Duration;

use skerry_server::engine::{CreateSandbox, Engine, EngineConfig, EngineParts};
use skerry_server::image::ImageStore;
use skerry_server::main_log::MainLogs;
use skerry_server::model::{EgressMode, ExecSpec, FileInput, FileRequest, Limits, SandboxState};
use skerry_server::network::NoNetwork;
use skerry_server::publish::{HostPorts, PublishConfig};
use skerry_server::runtime::Runtime;
use skerry_server::runtime::linux::LinuxRuntime;
use skerry_server::snapshot::Snapshots;
use skerry_server::storage::{self, StorageChoice};
use skerry_server::store::Store;
use skerry_server::volume::Volumes;

use crate::host::{collect, data, path, write};

async fn read(engine: &Engine, name: &[u8]) -> Vec<u8> {
    let request = FileRequest::Read { path: path(name), offset: 0, length: None };
    let mut call = engine.file("one", request).await.expect("begins");
    data(collect(&mut call).await.expect("reads"))
}

async fn put(engine: &Engine, name: &[u8], content: &'static str) {
    let mut call = engine.file("one", write(name)).await.expect("begins");
    call.send(FileInput::Data(content.into())).await.expect("is taken");
    call.send(FileInput::End).await.expect("is taken");
    collect(&mut call).await.expect("writes");
}

async fn run(engine: &Engine, script: &str) {
    let command = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
    let spec = ExecSpec { command, ..ExecSpec::default() };
    let process = engine.start_exec("one", &spec).await.expect("starts");
    assert_eq!(process.wait().await.expect("ends").exit_code(), 0, "{script}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_disk_is_read_and_written_and_starts_with_what_was() {
    skerry_test_support::needs_root!();
    let scratch = tempfile::tempdir().expect("makes a directory");
    let store = Store::open(&scratch.path().join("db")).expect("opens the store");
    let pool = storage::open(scratch.path(), StorageChoice::Dir).expect("opens the storage");
    let images = ImageStore::open(&pool, &store).expect("opens images");
    let runtime = LinuxRuntime::open(scratch.path(), Arc::clone(&pool)).expect("opens the driver");
    let runtime = Arc::new(runtime);
    let limits = Limits { memory_bytes: 256 << 20, cpu_millis: 2000, pids: 128, disk_bytes: 0 };
    let config = EngineConfig {
        max_sandboxes: 10,
        max_limits: limits,
        default_limits: limits,
        default_egress: EgressMode::Deny,
    };
    let parts = EngineParts {
        runtime: Arc::clone(&runtime) as Arc<dyn Runtime>,
        images: Arc::new(images),
        network: Arc::new(NoNetwork::new("the test needs none")),
        volumes: Volumes::open(Arc::clone(&pool), &store).expect("opens the volumes"),
        snapshots: Snapshots::open(Arc::clone(&pool), &store).expect("opens the snapshots"),
        pool,
        logs: MainLogs::open(&scratch.path().join("logs")).expect("opens the logs"),
        store,
        host_ports: HostPorts::new(PublishConfig::default()).0,
    };
    let engine = Engine::open(config, parts).await.expect("opens the engine");
    let request = CreateSandbox { name: Some("one".to_owned()), ..CreateSandbox::default() };
    engine.create(request).await.expect("makes");
    run(&engine, "echo run > f; chown 7:8 f").await;
    engine.stop("one", Duration::ZERO).await.expect("stops");

    assert_eq!(read(&engine, b"f").await, b"run\n");
    put(&engine, b"f", "stopped\n").await;
    assert_eq!(engine.get("one").expect("is there").state, SandboxState::Stopped);
    assert!(!runtime.machines().await.expect("lists").is_empty(), "something serves the disk");
    engine.start("one").await.expect("starts");
    run(&engine, "[ \"$(cat f)\" = stopped ] && [ \"$(stat -c %u:%g f)\" = 7:8 ]").await;

    engine.stop("one", Duration::ZERO).await.expect("stops");
    assert_eq!(read(&engine, b"f").await, b"stopped\n");
    engine.delete("one").await.expect("goes");
    assert_eq!(runtime.list().await.expect("lists"), []);
    engine.shutdown().await;
}
