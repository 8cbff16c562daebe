//! Skerry's side: a daemon of the test's own, with guards switched off where
//! a test asks for it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use skerry_client::v1::{CreateSandboxRequest, ExecSpec, Limits};
use skerry_client::{Client, Error, ExecEvent, ExecStream, UploadError};
use skerry_test_support::{Daemon, Options};
use tokio::runtime::Runtime;
use tokio::time::timeout;

use crate::arena::{Bounds, Broken, Ran, Refused, Run, Running, Sandbox, Side};
use crate::root_tree::{HOST, RootTree};

/// No call of a check takes longer, and the daemon is not believed to answer
/// one that does.
const CALL: Duration = Duration::from_secs(300);
/// How much of a command's output is kept; the probe says a line.
const OUTPUT: usize = 1 << 20;

/// A daemon and the images it was given.
pub(crate) struct Skerry {
    // Before the runtime: its end needs one.
    daemon: RefCell<Daemon>,
    client: Client,
    runtime: Arc<Runtime>,
    imported: RefCell<BTreeMap<String, u32>>,
    limits_off: Vec<&'static str>,
}

/// Limits are no guards of init's: switched off, they are just high. More
/// processes than any check makes.
const MANY_PIDS: i64 = 8192;

impl Skerry {
    /// Starts a daemon with these guards switched off.
    pub(crate) fn start(guards_off: &[&'static str]) -> Self {
        let runtime = Runtime::new().expect("threads can be had");
        let options = Options {
            guards_off: guards_off.iter().map(|name| (*name).to_owned()).collect(),
            ..Options::default()
        };
        let daemon = runtime.block_on(Daemon::start_with(options));
        Self {
            client: daemon.client().clone(),
            daemon: RefCell::new(daemon),
            runtime: Arc::new(runtime),
            imported: RefCell::default(),
            limits_off: guards_off.to_vec(),
        }
    }

    /// The image of this tree, imported once.
    fn image(&self, root: &RootTree) -> Result<String, Refused> {
        if root.name == HOST || self.imported.borrow().contains_key(&root.name) {
            return Ok(root.name.clone());
        }
        let archive = root.tar().map_err(|error| Refused(error.to_string()))?;
        let import = self.client.import_image(&root.name, std::io::Cursor::new(archive));
        match self.runtime.block_on(import) {
            Ok(_) => {
                self.imported.borrow_mut().insert(root.name.clone(), 1);
                Ok(root.name.clone())
            }
            Err(error) => Err(Refused(error.to_string())),
        }
    }
}

fn refused(error: Error) -> Refused {
    Refused(error.to_string())
}

impl Side for Skerry {
    fn name(&self) -> &'static str {
        "Skerry"
    }

    fn sandbox(&self, root: &RootTree, bounds: Bounds) -> Result<Box<dyn Sandbox>, Refused> {
        let request = CreateSandboxRequest {
            image: self.image(root)?,
            limits: Some(Limits {
                memory_bytes: bounds
                    .memory_bytes
                    .filter(|_| !self.limits_off.contains(&"memory_limit")),
                pids: if self.limits_off.contains(&"pids_limit") {
                    Some(MANY_PIDS)
                } else {
                    bounds.pids
                },
                ..Limits::default()
            }),
            ..CreateSandboxRequest::default()
        };
        let client = self.client.clone();
        let made =
            self.runtime.block_on(async { timeout(CALL, client.create_sandbox(request)).await });
        let made = made.map_err(|_| Refused("create did not answer".to_owned()))?;
        let sandbox = made.map_err(refused)?;
        let disk = self.daemon.borrow().pool().join("sandboxes").join(&sandbox.id).join("upper");
        Ok(Box::new(Machine { id: sandbox.id, client, disk, runtime: Arc::clone(&self.runtime) }))
    }

    fn programs(&self) -> Vec<PathBuf> {
        vec![skerry_test_support::skerryd().to_owned()]
    }

    fn daemon_pid(&self) -> Option<u32> {
        Some(self.daemon.borrow().pid())
    }

    fn import(&self, archive: Vec<u8>) -> Result<Option<String>, Broken> {
        let client = &self.client;
        let import = client.import_image("hostile", std::io::Cursor::new(archive));
        match self.runtime.block_on(import) {
            Ok(image) => {
                let removed = self.runtime.block_on(client.delete_image(&image.id));
                removed.map_err(|error| Broken(error.to_string()))?;
                Ok(None)
            }
            Err(UploadError::Call(error)) => Ok(Some(format!("{:?}", error.code))),
            Err(other) => Err(Broken(other.to_string())),
        }
    }

    fn outage(&self, length: Duration) -> Result<bool, Broken> {
        let mut daemon = self.daemon.borrow_mut();
        daemon.kill9();
        std::thread::sleep(length);
        self.runtime.block_on(daemon.restart());
        Ok(true)
    }

    fn has_init(&self) -> bool {
        true
    }
}

struct Machine {
    id: String,
    client: Client,
    disk: PathBuf,
    runtime: Arc<Runtime>,
}

impl Machine {
    fn spec(run: &Run) -> ExecSpec {
        ExecSpec {
            command: run.command.clone(),
            env: run.env.iter().cloned().collect(),
            cwd: run.cwd.clone(),
            user: run.user.clone(),
            ..ExecSpec::default()
        }
    }
}

impl Sandbox for Machine {
    fn run(&self, run: &Run) -> Result<Ran, Refused> {
        let spec = Self::spec(run);
        let answer =
            self.runtime.block_on(async { timeout(CALL, self.client.exec(&self.id, spec)).await });
        let answer = answer.map_err(|_| Refused("exec did not answer".to_owned()))?;
        let answer = answer.map_err(refused)?;
        let result = answer.result.unwrap_or_default();
        Ok(Ran {
            stdout: answer.stdout.to_vec(),
            exit_code: result.exit_code,
            oom_killed: Some(result.oom_killed),
        })
    }

    /// Reads nothing but the first frame until it is waited for.
    fn start(&self, run: &Run) -> Result<Box<dyn Running>, Refused> {
        let started = self.runtime.block_on(async {
            let mut stream = self.client.exec_stream(&self.id, Self::spec(run)).await?;
            let first = stream.next().await?;
            Ok((stream, first))
        });
        let (stream, first) = started.map_err(refused)?;
        let Some(ExecEvent::Started(exec)) = first else {
            return Err(Refused(format!("the first frame is {first:?}")));
        };
        Ok(Box::new(Stream {
            sandbox: self.id.clone(),
            exec: exec.id,
            client: self.client.clone(),
            stream,
            runtime: Arc::clone(&self.runtime),
        }))
    }

    fn restart(&self) -> Option<Result<(), Refused>> {
        let again = self.runtime.block_on(async {
            self.client.stop_sandbox(&self.id, Some(Duration::ZERO)).await?;
            self.client.start_sandbox(&self.id).await
        });
        Some(again.map(|_| ()).map_err(refused))
    }

    fn host_root(&self) -> PathBuf {
        self.disk.clone()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let delete = self.client.delete_sandbox(&self.id);
        if let Err(error) = self.runtime.block_on(delete) {
            eprintln!("{} is left: {error}", self.id);
        }
    }
}

struct Stream {
    sandbox: String,
    exec: String,
    client: Client,
    stream: ExecStream,
    runtime: Arc<Runtime>,
}

impl Running for Stream {
    fn wait(mut self: Box<Self>, at_most: Duration) -> Result<Ran, Refused> {
        let runtime = Arc::clone(&self.runtime);
        let read = runtime.block_on(async { timeout(at_most, read(&mut self.stream)).await });
        read.map_err(|_| Refused("no end in time".to_owned()))?.map_err(refused)
    }
}

async fn read(stream: &mut ExecStream) -> Result<Ran, Error> {
    let mut ran = Ran { stdout: Vec::new(), exit_code: -1, oom_killed: None };
    while let Some(event) = stream.next().await? {
        match event {
            ExecEvent::Stdout(data) => {
                let room = OUTPUT - ran.stdout.len().min(OUTPUT);
                ran.stdout.extend_from_slice(&data[..data.len().min(room)]);
            }
            ExecEvent::Exited(result) => {
                ran.exit_code = result.exit_code;
                ran.oom_killed = Some(result.oom_killed);
            }
            _ => {}
        }
    }
    Ok(ran)
}

impl Drop for Stream {
    fn drop(&mut self) {
        const SIGKILL: i32 = 9;
        // It may have ended, or its sandbox may be gone.
        let _ = self.runtime.block_on(self.client.signal_exec(&self.sandbox, &self.exec, SIGKILL));
    }
}
