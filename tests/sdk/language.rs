//! The languages, and running something in one.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use skerry_test_support::{Daemon, tools};
use tokio::process::Command;

/// Longer than a cold build and all scenarios take on a slow machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(600);

/// What a program printed and whether it succeeded.
pub(crate) struct Printed {
    pub(crate) ok: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Printed {
    /// Its stdout, where it succeeded.
    #[track_caller]
    pub(crate) fn success(self) -> String {
        assert!(self.ok, "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self.stdout
    }
}

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A folder of this test's own that stays, so that what is built in it is.
pub(crate) fn kept(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).expect("the target folder is writable");
    folder
}

/// The folder of what `sdk/install tests` has installed; the error says why it
/// is not there.
pub(crate) fn installed(path: &str) -> Result<PathBuf, String> {
    tools::find("sdk/tests/java/target/classpath")?;
    tools::find(&format!("sdk/{path}"))
}

/// A shell's line in the root, with variables.
pub(crate) fn shell(line: &str, variables: &[(&str, &Path)]) -> Command {
    let mut command = Command::new("bash");
    command.args(["-euo", "pipefail", "-c", line]).current_dir(root());
    command.env("GOFLAGS", "").envs(variables.iter().copied());
    command
}

/// The same for a daemon's clients.
pub(crate) fn client(line: &str, variables: &[(&str, &Path)], daemon: &Daemon) -> Command {
    let mut command = shell(line, variables);
    command.env("SKERRY_ADDRESS", daemon.address()).env("SKERRY_TOKEN", daemon.token());
    command
}

/// Runs it to its end.
pub(crate) async fn run(mut command: Command) -> Printed {
    command.stdin(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(PATIENCE, command.output()).await;
    let output = output.expect("it ends").expect("bash can be run");
    Printed {
        ok: output.status.success(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A line that brings an SDK's sources into `$build`, without what was built of
/// them there before.
pub(crate) fn copied(sdk: &str) -> String {
    format!(
        "rsync -a --delete --exclude target --exclude node_modules --exclude 'dist*' sdk/{sdk}/ $build/"
    )
}

/// A line that has TypeScript's packages in `$build`, and builds there.
pub(crate) const BUILD_TYPESCRIPT: &str =
    "ln -sfn $installed/node_modules $build/node_modules; cd $build; npx --no-install tsc";

/// A line that builds TypeScript's tests in `$build`, which all tests share:
/// whoever is first builds, the others wait and find it done.
pub(crate) const BUILD_TYPESCRIPT_TESTS: &str = "exec 9>$build.lock; flock 9; \
     changed=$(rsync -ai --delete --exclude node_modules --exclude 'dist*' sdk/typescript/ $build/); \
     ln -sfn $installed/node_modules $build/node_modules; cd $build; \
     if [ -n \"$changed\" ] || [ ! -e dist.built ]; then \
       rm -f dist.built; npx --no-install tsc; npx --no-install tsc -p tests; touch dist.built; \
     fi; exec 9>&-";

/// A line that builds Java in `$build`, which all tests share: whoever is first
/// builds, the others wait. The classes are in `$classes` then.
pub(crate) const BUILD_JAVA: &str = "exec 9>$build.lock; flock 9; \
     rsync -a --delete --exclude target sdk/java/ $build/; \
     mvn --quiet --batch-mode --offline --file $build/pom.xml \
     -Dmaven.repo.local=$installed/../../maven test-compile >&2; exec 9>&-; \
     classes=$build/target/classes:$build/target/test-classes:$(cat $installed/target/classpath)";
