//! A daemon that is newer than the SDK.

use skerry_test_support::skip;

use crate::language::{installed, run, shell};

/// A sandbox in a state that this package does not know.
const SANDBOX: &str = "
from skerry import Skerry, v1
from skerry._sync.sandbox import Sandbox
print(Sandbox(Skerry('127.0.0.1:1', 'token').client, v1.Sandbox(state=99)).state)
";

#[tokio::test]
async fn a_state_that_python_does_not_know_is_unspecified() {
    let python = match installed("tests/python/bin/python") {
        Ok(python) => python,
        Err(reason) => skip!("{reason}"),
    };
    let line = "PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=sdk/python/src $python - <<<\"$program\"";
    let variables = [("python", python.as_path()), ("program", SANDBOX.as_ref())];
    assert_eq!(run(shell(line, &variables)).await.success().trim(), "UNSPECIFIED");
}
