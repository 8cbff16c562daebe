//! Starting processes: the environment they get and how many there may be.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::time::Instant;

use super::entry::Entry;
use super::lifecycle::Event;
use super::supervisor::DEFAULT_GRACE;
use super::{Engine, EngineError, Images, trust};
use crate::model::{ExecDefaults, ExecId, ExecSpec, OnExec, Sandbox, SandboxState};
use crate::runtime::{Machine, Process, SpawnError};

/// Execs of one sandbox that run at once. Each costs its output log in the
/// sandbox's memory, up to a mebibyte.
pub(super) const MAX_RUNNING_EXECS: usize = 512;
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What most terminals take for their own.
const TERM: &str = "xterm-256color";

impl Engine {
    /// Starts a process in a sandbox, which runs or is woken by its policy.
    pub async fn start_exec(
        &self,
        id_or_name: &str,
        spec: &ExecSpec,
    ) -> Result<Arc<dyn Process>, EngineError> {
        let entry = self.find(id_or_name)?;
        let record = entry.record();
        if record.on_exec == OnExec::Wake && record.state != SandboxState::Running {
            self.ask(&entry, Event::Wake, DEFAULT_GRACE).await?;
        }
        start(&entry, spec, &*self.core.shared.images).await
    }

    /// One process of a sandbox, also one that has ended and is still kept.
    pub fn process(
        &self,
        id_or_name: &str,
        exec: &ExecId,
    ) -> Result<Arc<dyn Process>, EngineError> {
        let machine = self.core.shared.find(id_or_name)?.live(|live| live.machine.clone());
        let process = machine.and_then(|machine| machine.process(exec));
        process.ok_or_else(|| EngineError::ExecNotFound { exec: exec.to_string() })
    }

    /// Every process of a sandbox that is still kept, oldest first.
    pub fn processes(&self, id_or_name: &str) -> Result<Vec<Arc<dyn Process>>, EngineError> {
        let machine = self.core.shared.find(id_or_name)?.live(|live| live.machine.clone());
        Ok(machine.map(|machine| machine.processes()).unwrap_or_default())
    }
}

/// Starts a process in a RUNNING sandbox.
pub(super) async fn start(
    entry: &Arc<Entry>,
    spec: &ExecSpec,
    images: &dyn Images,
) -> Result<Arc<dyn Process>, EngineError> {
    if spec.command.first().is_none_or(String::is_empty) {
        let message = "must have a program".to_owned();
        return Err(EngineError::Invalid { field: "spec.command", message });
    }
    super::request::check_env("spec.env", &spec.env)?;
    let (record, machine) = running_machine(entry)?;
    let (_starting, others) = entry.starting_exec();
    if machine.running() + others >= MAX_RUNNING_EXECS {
        let bound = format!("{MAX_RUNNING_EXECS} run in this sandbox");
        return Err(EngineError::Spawn(SpawnError::TooManyExecs(bound)));
    }
    let id = ExecId::from_uuid(uuid::Uuid::now_v7().as_u128());
    spawn(&machine, &record, &id, spec, images).await
}

/// Starts a process in a machine.
pub(super) async fn spawn(
    machine: &Arc<dyn Machine>,
    record: &Sandbox,
    id: &ExecId,
    spec: &ExecSpec,
    images: &dyn Images,
) -> Result<Arc<dyn Process>, EngineError> {
    let image = images.exec_defaults(&record.image);
    let spec = &completed(spec, record, &image);
    let env = environment(record, spec, &image.env);
    machine.start(id, spec, &env).await.map_err(EngineError::Spawn)
}

/// What the sandbox, or else the image, says where the exec does not.
fn completed(spec: &ExecSpec, sandbox: &Sandbox, image: &ExecDefaults) -> ExecSpec {
    let first = |texts: [&String; 3]| {
        texts.into_iter().find(|text| !text.is_empty()).cloned().unwrap_or_default()
    };
    ExecSpec {
        user: first([&spec.user, &sandbox.user, &image.user]),
        cwd: first([&spec.cwd, &sandbox.cwd, &image.working_dir]),
        ..spec.clone()
    }
}

/// The machine, where callers may use it; counts as work.
pub(super) fn running_machine(
    entry: &Entry,
) -> Result<(Arc<Sandbox>, Arc<dyn Machine>), EngineError> {
    entry.live(|live| {
        live.active = Instant::now();
        match (&live.machine, live.record.state) {
            (Some(machine), SandboxState::Running) => {
                Ok((Arc::clone(&live.record), Arc::clone(machine)))
            }
            (_, state) => Err(EngineError::WrongState {
                sandbox: entry.id.clone(),
                state,
                wanted: "it must be RUNNING",
            }),
        }
    })
}

/// Defaults, then the image's entries, the sandbox's, and the exec's own.
fn environment(
    sandbox: &Sandbox,
    spec: &ExecSpec,
    image: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut env = BTreeMap::from([
        ("PATH".to_owned(), PATH.to_owned()),
        ("LANG".to_owned(), "C.UTF-8".to_owned()),
        ("HOSTNAME".to_owned(), sandbox.hostname.clone()),
    ]);
    if spec.terminal.is_some() {
        env.insert("TERM".to_owned(), TERM.to_owned());
    }
    // Another user's home is in the sandbox's own /etc/passwd, which the
    // daemon does not read.
    if matches!(spec.user.split(':').next(), Some("" | "root" | "0")) {
        env.insert("HOME".to_owned(), "/root".to_owned());
    }
    for (key, value) in trust::variables(sandbox) {
        env.insert(key.to_owned(), value);
    }
    for (key, value) in image.iter().chain(&sandbox.env).chain(&spec.env) {
        env.insert(key.clone(), value.clone());
    }
    env
}

/// How many execs run in a sandbox.
pub(super) fn count_running(entry: &Entry) -> usize {
    let machine = entry.live(|live| live.machine.clone());
    machine.map_or(0, |machine| machine.running())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::request::tests::sandbox;

    #[test]
    fn the_execs_own_environment_wins_over_the_sandboxes_over_the_images_over_the_defaults() {
        let mut sandbox = sandbox();
        sandbox.env = [("LANG", "a"), ("A", "1"), ("B", "1")].map(owned).into();
        let spec = ExecSpec { env: [("B", "2")].map(owned).into(), ..Default::default() };
        let image = [("LANG", "0"), ("A", "0"), ("I", "0")].map(owned).into();
        let env = environment(&sandbox, &spec, &image);
        let get = |key: &str| env.get(key).map(String::as_str);
        assert_eq!(get("PATH"), Some(PATH));
        assert_eq!((get("LANG"), get("A"), get("B")), (Some("a"), Some("1"), Some("2")));
        assert_eq!(get("I"), Some("0"));
        assert_eq!(get("HOSTNAME"), Some("sandbox"));
    }

    #[test]
    fn only_root_gets_a_home_by_default() {
        let home = |user: &str| {
            let spec = ExecSpec { user: user.to_owned(), ..Default::default() };
            environment(&sandbox(), &spec, &BTreeMap::new()).get("HOME").cloned()
        };
        for root in ["", "root", "0", "root:adm", "0:0"] {
            assert_eq!(home(root).as_deref(), Some("/root"), "{root}");
        }
        assert_eq!(home("daemon"), None);
    }

    #[test]
    fn an_exec_that_says_nothing_is_as_its_sandbox_or_image_says() {
        let image = ExecDefaults {
            user: "app:33".to_owned(),
            working_dir: "/srv".to_owned(),
            ..Default::default()
        };
        let mut sandbox = sandbox();
        let silent = completed(&ExecSpec::default(), &sandbox, &image);
        assert_eq!((silent.user.as_str(), silent.cwd.as_str()), ("app:33", "/srv"));
        sandbox.user = "daemon".to_owned();
        let silent = completed(&ExecSpec::default(), &sandbox, &image);
        assert_eq!((silent.user.as_str(), silent.cwd.as_str()), ("daemon", "/srv"));
        let own = ExecSpec { user: "0".into(), cwd: "/".into(), ..Default::default() };
        assert_eq!(completed(&own, &sandbox, &image), own);
    }

    fn owned((key, value): (&str, &str)) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }
}
