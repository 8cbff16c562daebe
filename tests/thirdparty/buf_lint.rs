//! `buf lint` and `buf format` over the protos.

use skerry_test_support::{skip, tools};

use crate::protos::{Copy, root};
use crate::tool::{Printed, run_in};

const LINT: &[&str] = &["lint"];
const FORMAT: &[&str] = &["format", "--diff", "--exit-code", "--path", "proto/skerry"];

#[tokio::test]
async fn the_protos_keep_to_bufs_rules_and_format() {
    let buf = match tools::find("bin/buf") {
        Ok(buf) => buf,
        Err(reason) => skip!("{reason}"),
    };
    for arguments in [LINT, FORMAT] {
        let Printed { ok, stdout, stderr } = run_in(root(), &buf, arguments).await;
        assert!(ok, "buf {arguments:?}:\n{stdout}{stderr}");
    }
}

#[tokio::test]
async fn a_proto_that_breaks_the_rules_is_found() {
    let buf = match tools::find("bin/buf") {
        Ok(buf) => buf,
        Err(reason) => skip!("{reason}"),
    };
    let copy = Copy::make();
    copy.change("system_service.proto", |text| format!("{text}\nmessage  bare_name {{}}\n"));

    let linted = run_in(copy.path(), &buf, LINT).await;
    for wanted in ["should be PascalCase", "should have a non-empty comment"] {
        assert!(!linted.ok && linted.stdout.contains(wanted), "{}{}", linted.stdout, linted.stderr);
    }
    assert!(!run_in(copy.path(), &buf, FORMAT).await.ok);
}
