//! A machine to call, and calls on its files.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use skerry_server::image::ImageStore;
use skerry_server::model::{
    ExecId, ExecSpec, FileEvent, FileInfo, FileInput, FilePath, FileReason, FileRequest, Limits,
    SandboxId,
};
use skerry_server::runtime::linux::LinuxRuntime;
use skerry_server::runtime::{FileCall, FileError, Machine, MachineSpec, Runtime};
use skerry_server::storage::{self, StorageChoice};
use skerry_server::store::Store;
use tokio::sync::oneshot;

/// Longer than any call here takes on the slowest host.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) struct Host {
    _data: tempfile::TempDir,
    _runtime: LinuxRuntime,
    pub(crate) machine: Arc<dyn Machine>,
    execs: std::sync::atomic::AtomicU32,
}

impl Host {
    pub(crate) async fn open() -> Self {
        let data = tempfile::tempdir().expect("makes a directory");
        let store = Store::open(&data.path().join("db")).expect("opens the store");
        let pool = storage::open(data.path(), StorageChoice::Dir).expect("opens the storage");
        let images = ImageStore::open(&pool, &store).expect("opens images");
        let (_, image) = images.source("host").expect("has the host image");
        let spec = MachineSpec {
            id: SandboxId::from_uuid(u128::from(std::process::id()) << 32),
            hostname: "tester".to_owned(),
            host_uid_base: 1 << 20,
            image,
            limits: Limits { memory_bytes: 256 << 20, cpu_millis: 2000, pids: 128, disk_bytes: 0 },
            disk_limit: None,
            mounts: Vec::new(),
            files: Vec::new(),
        };
        let runtime = LinuxRuntime::open(data.path(), pool).expect("opens the driver");
        let machine = runtime.create(&spec, oneshot::channel().0).await.expect("makes a machine");
        Self { _data: data, _runtime: runtime, machine, execs: 0.into() }
    }

    /// Starts a shell script and does not wait.
    pub(crate) async fn start(&self, script: &str) -> Arc<dyn skerry_server::runtime::Process> {
        let number = self.execs.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let command = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
        let spec = ExecSpec { command, ..ExecSpec::default() };
        let id = ExecId::from_uuid(u128::from(number) + 1);
        self.machine.start(&id, &spec, &BTreeMap::new()).await.expect("starts")
    }

    /// Runs a shell script to its end, which must be good.
    pub(crate) async fn run(&self, script: &str) {
        let process = self.start(script).await;
        let exit = process.wait().await.expect("the machine lives");
        assert_eq!(exit.exit_code(), 0, "{script}");
    }

    pub(crate) async fn begin(&self, request: FileRequest) -> Result<Box<dyn FileCall>, FileError> {
        self.machine.file(request).await
    }

    /// A call without input, to its end.
    pub(crate) async fn call(&self, request: FileRequest) -> Result<Vec<FileEvent>, FileError> {
        let mut call = self.begin(request).await?;
        collect(&mut call).await
    }

    /// A call with input, to its end.
    pub(crate) async fn send(
        &self,
        request: FileRequest,
        pieces: impl IntoIterator<Item = Bytes>,
    ) -> Result<Vec<FileEvent>, FileError> {
        let mut call = self.begin(request).await?;
        for piece in pieces {
            if call.send(FileInput::Data(piece)).await.is_err() {
                return collect(&mut call).await;
            }
        }
        // Where it has failed, the answer says why.
        let _ = call.send(FileInput::End).await;
        collect(&mut call).await
    }

    pub(crate) async fn write(&self, name: &[u8], data: &[u8]) -> Result<FileInfo, FileError> {
        let events = self.send(write(name), [Bytes::copy_from_slice(data)]).await?;
        Ok(only_info(events))
    }

    pub(crate) async fn read(&self, name: &[u8]) -> Result<Vec<u8>, FileError> {
        let request = FileRequest::Read { path: path(name), offset: 0, length: None };
        Ok(data(self.call(request).await?))
    }

    pub(crate) async fn stat(&self, name: &[u8]) -> Result<FileInfo, FileError> {
        let request = FileRequest::Stat { path: path(name), follow: false };
        Ok(only_info(self.call(request).await?))
    }

    /// The reason for which a call fails, which it must.
    pub(crate) async fn refused(&self, request: FileRequest) -> FileReason {
        let shown = format!("{request:?}");
        let answer = tokio::time::timeout(PATIENCE, self.call(request)).await;
        let error = answer.expect("it does not hang").expect_err(&shown);
        error.reason().unwrap_or_else(|| panic!("{shown}: {error}"))
    }

    /// Names in a directory that begin as what the worker makes on its way.
    pub(crate) async fn leftovers(&self, directory: &[u8]) -> Vec<FileInfo> {
        let entries = self.list(directory).await;
        let is_ours = |info: &FileInfo| info.path.windows(9).any(|part| part == b"/.skerry-");
        entries.into_iter().filter(is_ours).collect()
    }

    /// Waits until there are none.
    pub(crate) async fn wait_for_no_leftovers(&self, directory: &[u8]) {
        let clean = async {
            while !self.leftovers(directory).await.is_empty() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, clean).await.expect("nothing half-made stays");
    }

    pub(crate) async fn list(&self, directory: &[u8]) -> Vec<FileInfo> {
        let (mut all, mut cursor) = (Vec::new(), None::<Bytes>);
        loop {
            let path = path(directory);
            let request =
                FileRequest::List { path, recursive: false, cursor: cursor.take(), limit: 1000 };
            let events = self.call(request).await.expect("lists");
            let [FileEvent::Entries { entries, next_cursor }] = &events[..] else {
                panic!("a list answers a page: {events:?}");
            };
            all.extend_from_slice(entries);
            match next_cursor {
                None => return all,
                next => cursor.clone_from(next),
            }
        }
    }

    pub(crate) async fn close(self) {
        self.machine.stop(Duration::ZERO).await.expect("stops");
    }
}

pub(crate) async fn collect(call: &mut Box<dyn FileCall>) -> Result<Vec<FileEvent>, FileError> {
    let mut events = Vec::new();
    while let Some(event) = call.next().await? {
        events.push(event);
    }
    Ok(events)
}

pub(crate) fn path(name: &[u8]) -> FilePath {
    FilePath::new(name).expect("is a path")
}

pub(crate) fn write(name: &[u8]) -> FileRequest {
    FileRequest::Write {
        path: path(name),
        mode: None,
        owner: None,
        append: false,
        create_new: false,
        make_parents: false,
    }
}

pub(crate) fn only_info(events: Vec<FileEvent>) -> FileInfo {
    match <[FileEvent; 1]>::try_from(events) {
        Ok([FileEvent::Info(info)]) => info,
        other => panic!("not one info: {other:?}"),
    }
}

pub(crate) fn data(events: Vec<FileEvent>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for event in events {
        match event {
            FileEvent::Data(data) => bytes.extend_from_slice(&data),
            FileEvent::Info(_) => {}
            other => panic!("not data: {other:?}"),
        }
    }
    bytes
}
