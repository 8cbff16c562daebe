//! `buf lint` and `buf format` over the protos.

use std::fs;
use std::path::{Path, PathBuf};

use skerry_test_support::{skip, tools};

use crate::tool::{Printed, run_in};

const LINT: &[&str] = &["lint"];
const FORMAT: &[&str] = &["format", "--diff", "--exit-code", "--path", "proto/skerry"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

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
    let copy = tempfile::tempdir().expect("a temporary folder");
    fs::copy(root().join("buf.yaml"), copy.path().join("buf.yaml")).expect("a copy");
    copy_protos(Path::new("proto"), copy.path());
    let broken: PathBuf = copy.path().join("proto/skerry/v1/system_service.proto");
    let text = fs::read_to_string(&broken).expect("the proto is there");
    fs::write(&broken, text + "\nmessage  bare_name {}\n").expect("a writable copy");

    let linted = run_in(copy.path(), &buf, LINT).await;
    for wanted in ["should be PascalCase", "should have a non-empty comment"] {
        assert!(!linted.ok && linted.stdout.contains(wanted), "{}{}", linted.stdout, linted.stderr);
    }
    assert!(!run_in(copy.path(), &buf, FORMAT).await.ok);
}

fn copy_protos(folder: &Path, to: &Path) {
    fs::create_dir_all(to.join(folder)).expect("a writable copy");
    for entry in root().join(folder).read_dir().expect("the protos are there").flatten() {
        let path = folder.join(entry.file_name());
        if entry.path().is_dir() {
            copy_protos(&path, to);
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            fs::copy(entry.path(), to.join(&path)).expect("a copy");
        }
    }
}
