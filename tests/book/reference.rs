//! `docs/api`: a page for each service; `docs/api.md`: all calls.
//!
//! `SKERRY_UPDATE_SNAPSHOTS=1 cargo test --test book` writes them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use prost_reflect::DescriptorPool;

use crate::page::{Reference, page_of};

const UPDATE: &str = "SKERRY_UPDATE_SNAPSHOTS";
const PACKAGE: &str = "skerry.v1";
/// Below `docs`.
const FOLDER: &str = "api";
const INDEX: &str = "api.md";

/// Above the list of calls.
const INTRODUCTION: &str = "\
# API

Every call of the API, by service, with its messages. A call is gRPC, `/skerry.v1.SERVICE/CALL`, and JSON over HTTP by the \
route that stands beside it: [rest.md](rest.md) says how messages look there. The pages are made of the comments in \
`proto/skerry/v1`.

- A field that is not set has its type's empty value, 0, `\"\"` or `false`; what that means is said where it is not plain. An *optional* \
one tells unset from empty.
- Every error carries a stable reason in a `google.rpc.ErrorInfo`. Any call may fail with UNAUTHENTICATED and PERMISSION_DENIED, where the token \
does not do ([auth.md](auth.md)); with INVALID_ARGUMENT, which names the field; and with UNAVAILABLE, while the daemon starts or ends.
- A call needs a token that lets its caller `read`, `exec` or `manage`, or an `admin`'s. *Also of one sandbox* is a call that a token \
bound to one sandbox may make.

";

/// The pages' texts by their paths in `docs`.
fn pages() -> BTreeMap<String, String> {
    let pool = DescriptorPool::decode(skerry_api::DESCRIPTOR_SET).expect("a descriptor set");
    let reference = Reference::of(&pool);
    let mut pages = BTreeMap::new();
    let mut index = INTRODUCTION.to_owned();
    for file in pool.files().filter(|file| file.package_name() == PACKAGE) {
        if file.services().len() > 0 {
            let path = format!("{FOLDER}/{}", page_of(&file));
            index.push_str(&reference.calls(&file, &path));
            pages.insert(path, reference.page(&file));
        }
    }
    index.truncate(index.trim_end().len());
    pages.insert(INDEX.to_owned(), index + "\n");
    pages
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// The pages that are there, by their paths in `docs`.
fn kept() -> BTreeSet<String> {
    let there = docs().join(FOLDER).read_dir().expect("docs/api is there").flatten();
    let paths = there.map(|entry| format!("{FOLDER}/{}", entry.file_name().to_string_lossy()));
    paths.chain([INDEX.to_owned()]).collect()
}

fn update(pages: &BTreeMap<String, String>) {
    for (path, text) in pages {
        fs::write(docs().join(path), text).expect("docs is writable");
    }
    for path in kept().iter().filter(|path| !pages.contains_key(*path)) {
        fs::remove_file(docs().join(path)).expect("docs is writable");
    }
}

#[test]
fn the_pages_are_those_of_the_protos() {
    let pages = pages();
    assert!(pages.len() > 10, "{:?}", pages.keys());
    if std::env::var_os(UPDATE).is_some() {
        update(&pages);
    }
    assert!(kept().iter().eq(pages.keys()), "{:?}, want {:?}", kept(), pages.keys());
    for (path, text) in &pages {
        let kept = fs::read_to_string(docs().join(path)).expect("it was listed");
        assert!(kept == *text, "docs/{path} is not what the protos say: set {UPDATE}=1");
    }
}

#[test]
fn a_page_has_each_call_message_field_and_value() {
    let exec = &pages()["api/exec.md"];
    for wanted in [
        "# ExecService",
        "### ExecStream",
        "`POST /api/v1/sandboxes/{sandbox_id}/exec:stream`, needs `exec`, also of one sandbox",
        "Takes [ExecStreamRequest](#execstreamrequest), answers with a stream of [ExecStreamResponse](#execstreamresponse).",
        "Takes a stream of [InteractExecRequest](#interactexecrequest)",
        "### InteractExecRequest.Start",
        "| `command` | list of string | The program and its arguments",
        "| `umask` | uint32, optional | File mode creation mask, 0 to 511",
        "| `env` | map of string to string |",
        "| `timeout` | Duration |",
        "One of these, `event`: What happened.",
        "| `EXEC_STATE_RUNNING` | 1 | Its process runs. |",
    ] {
        assert!(exec.contains(wanted), "{wanted} is not in\n{exec}");
    }
    assert!(
        pages()["api/system.md"].contains("| `default_limits` | [Limits](sandbox.md#limits) |")
    );
}
