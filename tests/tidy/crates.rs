//! Which part may use which crate.

use crate::source::{Finding, Source, assert_none};

/// A crate, or a path in one, and the only places that may name it.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("sled", &["server/src/store"]),
    // Registries, authorities and tunnels' addresses are called in one place
    // each.
    ("reqwest", &["server/src/image/registry", "server/src/acme", "server/src/tunnel"]),
    (
        "rustls",
        &[
            "client",
            "server/src/image/registry",
            "server/src/network/gate",
            "server/src/server",
            "server/src/acme",
            // In the tests of its check.
            "server/src/tunnel",
        ],
    ),
    ("instant_acme", &["server/src/acme"]),
    ("russh", &["server/src/ssh", "tests"]),
    ("russh_sftp", &["server/src/ssh"]),
    ("prost_reflect", &["server/src/rest", "client", "tests"]),
    ("libc", &["server/linux", "bench", "tests"]),
    ("seccompiler", &["server/linux", "server/init"]),
    // The kernel's own protocol, and names, in one place.
    ("rtnetlink", &["server/src/network"]),
    ("netlink_packet_netfilter", &["server/src/network"]),
    ("hickory_server", &["server/src/network"]),
    ("hickory_resolver", &["server/src/network"]),
    // Safe calls, in what is made of them: the native driver, the network, the
    // images' trees, the process of a tunnel; the client asks about its terminal.
    (
        "rustix",
        &[
            "server/linux",
            "server/init",
            "server/src/runtime/linux",
            "server/src/incoming",
            "server/src/archive",
            "server/src/network",
            "server/src/image",
            "server/src/tunnel",
            "server/src/storage",
            "client",
            "tests",
            "bench",
        ],
    ),
    ("skerry_server", &["server/src/main.rs", "tests"]),
    ("skerry_client", &["client", "tests", "bench"]),
    ("skerry_linux", &["server", "tests", "bench"]),
    (
        "skerry_api::v1",
        &[
            "server/src/service",
            "server/src/compat",
            "server/src/server",
            "client",
            "tests",
            "bench",
        ],
    ),
    ("skerry_api::init", &["server/init", "server/src/runtime/linux", "tests"]),
];

/// Parts, and the crates they must do without.
const NEVER: &[(&str, &[&str])] = &[
    (
        "server/src/model",
        &[
            "tokio",
            "tonic",
            "tonic_types",
            "prost",
            "prost_types",
            "sled",
            "axum",
            "hyper",
            "skerry_api",
            "skerry_linux",
        ],
    ),
    ("server/src/engine", &["tonic", "tonic_types", "prost", "prost_types", "axum", "hyper"]),
    ("server/src/store", &["tonic", "tonic_types", "prost_types", "axum", "hyper"]),
    ("server/src/runtime", &["tonic", "tonic_types", "axum", "hyper"]),
    ("server/src/network", &["tonic", "tonic_types", "prost", "axum"]),
    ("server/src/image", &["tonic", "tonic_types", "axum", "hyper"]),
    ("server/src/ssh", &["tonic", "tonic_types", "prost", "prost_types", "axum", "hyper"]),
    ("server/init", &["tokio", "tonic", "serde_json"]),
    ("server/linux", &["tonic", "prost", "skerry_api", "skerry_server"]),
    ("server", &["anyhow"]),
    ("client", &["anyhow", "sled"]),
];

/// True for `part` itself and for what is below it, as a module or a folder.
fn is_in(path: &str, part: &str) -> bool {
    path.strip_prefix(part)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest == ".rs")
}

fn names(segments: &[String], wanted: &str) -> bool {
    let wanted: Vec<&str> = wanted.split("::").collect();
    segments.len() >= wanted.len() && segments.iter().zip(&wanted).all(|(a, b)| a == b)
}

fn check(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for mention in source.mentions() {
        for (wanted, places) in ONLY_IN {
            let allowed = places.iter().any(|place| is_in(&source.path, place));
            if names(&mention.segments, wanted) && !allowed {
                let message = format!("{wanted} is used only in {}", places.join(", "));
                findings.push(source.finding(mention.line, message));
            }
        }
        for (part, banned) in NEVER {
            let found = banned.iter().find(|name| names(&mention.segments, name));
            if let Some(name) = found.filter(|_| is_in(&source.path, part)) {
                findings.push(source.finding(mention.line, format!("{part} does without {name}")));
            }
        }
    }
    findings
}

#[test]
fn crates_are_used_only_where_they_belong() {
    assert_none(Source::all().iter().flat_map(check).collect());
}

#[test]
fn a_crate_out_of_place_is_found() {
    for (path, text) in [
        ("server/src/engine/record.rs", "use sled::Db;"),
        ("server/src/engine.rs", "fn f() -> tonic::Status { g() }"),
        ("server/src/engine.rs", "use skerry_api::v1::Sandbox;"),
        ("server/src/service/ssh.rs", "use russh::keys::PublicKey;"),
        ("server/src/ssh/key.rs", "use tonic::Status;"),
        ("server/src/runtime/linux/init.rs", "use skerry_api::v1;"),
        ("server/src/service/exec.rs", "use skerry_api::init::Reply;"),
        ("server/src/service.rs", "fn f() { rustix::fs::sync() }"),
        ("server/src/model/id.rs", "fn f() { tokio::spawn(g()) }"),
        ("server/src/service/exec.rs", "use prost_reflect::DescriptorPool;"),
        ("server/src/main.rs", "use anyhow::Context;"),
        ("client/src/lib.rs", "use skerry_server::model;"),
        ("server/init/src/main.rs", "fn f() { libc::fork() }"),
        ("server/linux/src/lib.rs", "use {std::fs, tonic::Code};"),
    ] {
        let findings = check(&Source::parse(path, text));
        assert_eq!(findings.len(), 1, "{path} {text}: {findings:?}");
    }
}

#[test]
fn a_crate_in_its_place_is_none() {
    for (path, text) in [
        ("server/src/store.rs", "use sled::Db;"),
        ("server/src/store/db.rs", "use sled::Db;"),
        ("server/src/runtime/linux/init.rs", "use skerry_api::init::Reply;"),
        ("server/src/service/exec.rs", "use tonic::Status;"),
    ] {
        assert_none(check(&Source::parse(path, text)));
    }
}
