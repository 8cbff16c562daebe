//! What callers of the last release rely on stays: `buf breaking` for the
//! messages, and the routes that buf knows nothing of.

use std::collections::BTreeSet;
use std::fs;

use prost_reflect::DescriptorPool;
use skerry_server::rest::{Rule, rules};
use skerry_test_support::{skip, tools};

use crate::protos::{Copy, root};
use crate::tool::run_in;

/// The API as the last release had it: `proto/record` writes it.
const RELEASED: &str = "proto/skerry.binpb";

/// Changes that break a caller: the file, what is there, what comes instead.
const BREAKING: &[(&str, &str, &str)] = &[
    ("system_service.proto", "  string kernel = 4;\n", ""),
    ("system_service.proto", "string kernel = 4;", "string kernel = 14;"),
    ("system_service.proto", "string kernel = 4;", "bytes kernel = 4;"),
    ("system_service.proto", "string kernel = 4;", "string kernel_release = 4;"),
    ("system_service.proto", "string kernel = 4;", "repeated string kernel = 4;"),
    ("system_service.proto", "rpc GetSystemInfo(", "rpc ReadSystemInfo("),
    ("exec_service.proto", "EXEC_STATE_EXITED = 2", "EXEC_STATE_ENDED = 2"),
    ("exec_service.proto", "returns (stream ExecStreamResponse)", "returns (ExecStreamResponse)"),
];

/// Changes that no caller notices.
const HARMLESS: &[(&str, &str, &str)] = &[
    ("system_service.proto", "string kernel = 4;", "string kernel = 4;\n  string more = 99;"),
    ("system_service.proto", "  // The kernel's release.\n", ""),
    (
        "exec_service.proto",
        "EXEC_STATE_EXITED = 2;",
        "EXEC_STATE_EXITED = 2;\n  EXEC_STATE_NEW = 3;",
    ),
];

fn breaking() -> [String; 3] {
    let released = root().join(RELEASED).display().to_string();
    ["breaking".to_owned(), "--against".to_owned(), released]
}

#[tokio::test]
async fn the_api_is_what_its_callers_know() {
    let buf = match tools::find("bin/buf") {
        Ok(buf) => buf,
        Err(reason) => skip!("{reason}"),
    };
    let printed = run_in(root(), &buf, &breaking()).await;
    assert!(
        printed.ok,
        "this breaks callers, see docs/compatibility.md:\n{}{}",
        printed.stdout, printed.stderr
    );
}

#[tokio::test]
async fn a_change_that_breaks_callers_is_refused_and_another_is_not() {
    let buf = match tools::find("bin/buf") {
        Ok(buf) => buf,
        Err(reason) => skip!("{reason}"),
    };
    let harmless = HARMLESS.iter().map(|change| (change, true));
    for ((file, from, to), ok) in BREAKING.iter().map(|change| (change, false)).chain(harmless) {
        let copy = Copy::make();
        copy.change(file, |text| text.replacen(from, to, 1));
        let printed = run_in(copy.path(), &buf, &breaking()).await;
        let told = printed.stdout.contains(file) || printed.ok;
        assert!(printed.ok == ok && told, "{from}: {}{}", printed.stdout, printed.stderr);
    }
}

/// Every route: `skerry.v1.SystemService.GetSystemInfo GET /api/v1/system`, with
/// what is in the body.
fn routes(set: &[u8]) -> BTreeSet<String> {
    let pool = DescriptorPool::decode(set).expect("a descriptor set");
    let http = pool.get_extension_by_name("google.api.http").expect("google.api is imported");
    let methods = pool.services().flat_map(|service| service.methods().collect::<Vec<_>>());
    let routes = methods.flat_map(|method| {
        let route = |rule: Rule| {
            let Rule { method: verb, path, body, response_body } = rule;
            format!("{} {verb} {path} {body} {response_body}", method.full_name())
        };
        rules(&method, &http).into_iter().map(route).collect::<Vec<_>>()
    });
    routes.collect()
}

#[test]
fn every_route_of_the_last_release_is_there() {
    let released = fs::read(root().join(RELEASED)).expect("proto/record writes it");
    let (released, now) = (routes(&released), routes(skerry_api::DESCRIPTOR_SET));
    assert!(released.len() > 50, "{released:?}");
    let gone: Vec<&String> = released.difference(&now).collect();
    assert!(gone.is_empty(), "this breaks callers, see docs/compatibility.md: {gone:#?}");
}
