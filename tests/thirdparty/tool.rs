//! Running a program and reading what it prints.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

/// Longer than any call takes on a slow machine, and any build of a client.
const PATIENCE: Duration = Duration::from_secs(600);

/// What a program printed and how it ended.
pub(crate) struct Printed {
    pub(crate) ok: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Printed {
    /// Its stdout, where it succeeded.
    pub(crate) fn success(self) -> String {
        assert!(self.ok, "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self.stdout
    }

    /// The JSON values it printed one after the other, where it succeeded.
    pub(crate) fn json(self) -> Vec<Value> {
        let text = self.success();
        let values = serde_json::Deserializer::from_str(&text).into_iter();
        values.collect::<Result<_, _>>().unwrap_or_else(|error| panic!("{error}: {text}"))
    }
}

/// Runs a program in the repository's root, or in `folder` of it.
pub(crate) async fn run<S: AsRef<OsStr>>(program: &Path, arguments: &[S]) -> Printed {
    run_in(Path::new(env!("CARGO_MANIFEST_DIR")), program, arguments).await
}

/// Runs a program in a folder.
pub(crate) async fn run_in<S: AsRef<OsStr>>(
    folder: &Path,
    program: &Path,
    arguments: &[S],
) -> Printed {
    let mut command = tokio::process::Command::new(program);
    command.args(arguments).current_dir(folder).kill_on_drop(true);
    let output = tokio::time::timeout(PATIENCE, command.output()).await;
    let output =
        output.expect("it ends").unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    Printed {
        ok: output.status.success(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Holds the frames of an ExecStream that runs [`EXEC_COMMAND`]: started
/// first, its output, exited last with its code.
pub(crate) fn assert_stream(frames: &[Value]) {
    let kind = |frame: &Value| {
        let object = frame.as_object().expect("a frame is an object");
        object.keys().next().cloned().unwrap_or_default()
    };
    let kinds: Vec<String> = frames.iter().map(kind).collect();
    assert_eq!(kinds.first().map(String::as_str), Some("started"), "{frames:?}");
    assert_eq!(kinds.last().map(String::as_str), Some("exited"), "{frames:?}");
    let data = |kind: &str| {
        frames.iter().filter_map(|frame| frame[kind]["data"].as_str()).collect::<String>()
    };
    // base64 of "out\n" and "err\n".
    assert_eq!(data("stdout"), "b3V0Cg==", "{frames:?}");
    assert_eq!(data("stderr"), "ZXJyCg==", "{frames:?}");
    assert_eq!(frames.last().expect("not empty")["exited"]["exitCode"], 3, "{frames:?}");
}

/// The request of an exec that [`assert_stream`] knows.
pub(crate) fn exec_request(sandbox: &str) -> String {
    let script = "echo out; echo err >&2; exit 3";
    let spec = serde_json::json!({"command": ["sh", "-c", script]});
    serde_json::json!({"sandboxId": sandbox, "spec": spec}).to_string()
}
