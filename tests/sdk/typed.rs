//! What a type checker says of the SDKs.

use skerry_test_support::skip;

use crate::language::{installed, kept, run, shell};

#[tokio::test]
async fn python_is_typed_strictly() {
    let python = match installed("tests/python/bin/python") {
        Ok(python) => python,
        Err(reason) => skip!("{reason}"),
    };
    let cache = kept("sdk-mypy");
    let line = "cd sdk/python; $python -m mypy --cache-dir $cache --python-executable $python";
    run(shell(line, &[("python", &python), ("cache", &cache)])).await.success();
}
