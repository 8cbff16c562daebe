//! The arrows between the daemon's modules: edges → engine → runtime, image,
//! store → model.

use crate::source::{Finding, Source, assert_none};

/// For each module of the daemon, the other modules it may name. A new module
/// takes its place here.
const ARROWS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("failpoint", &[]),
    // JSON over HTTP for any service: it knows none.
    ("rest", &[]),
    ("incoming", &[]),
    ("qr", &[]),
    ("web", &[]),
    ("whole", &[]),
    ("archive", &[]),
    ("main_log", &["model"]),
    ("store", &["model", "failpoint"]),
    ("storage", &["model", "failpoint"]),
    ("runtime", &["model", "storage", "failpoint"]),
    ("network", &["model"]),
    ("publish", &["model", "incoming"]),
    ("volume", &["model", "storage", "store", "failpoint", "whole"]),
    ("snapshot", &["model", "archive", "storage", "store", "failpoint", "whole"]),
    ("image", &["model", "archive", "storage", "store", "failpoint", "whole"]),
    ("acme", &["model", "store"]),
    ("auth", &["model", "store"]),
    (
        "engine",
        &[
            "model",
            "runtime",
            "network",
            "archive",
            "image",
            "volume",
            "snapshot",
            "storage",
            "store",
            "publish",
            "main_log",
            "failpoint",
            "whole",
        ],
    ),
    ("preview", &["model", "runtime", "store", "publish", "auth", "engine"]),
    ("ssh", &["model", "runtime", "store", "auth", "engine", "incoming"]),
    // Calls the services as a caller does; keeps what they have no place for.
    ("compat", &["model", "rest", "auth", "store", "whole"]),
    ("tunnel", &["model", "engine", "incoming", "preview"]),
    (
        "service",
        &[
            "model", "runtime", "network", "archive", "image", "volume", "snapshot", "storage",
            "main_log", "publish", "auth", "engine", "preview", "ssh", "qr", "tunnel",
        ],
    ),
];

/// Modules that know every part: assembly, not logic.
const ASSEMBLY: &[&str] = &["lib", "main", "server", "config"];

fn check(source: &Source) -> Vec<Finding> {
    let Some(module) = source.server_module() else {
        return Vec::new();
    };
    let module = module[0].as_str();
    if ASSEMBLY.contains(&module) {
        return Vec::new();
    }
    let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == module) else {
        return vec![source.finding(1, format!("module {module} has no place among the arrows"))];
    };
    let mut findings = Vec::new();
    for mention in source.mentions() {
        let [first, target, ..] = &mention.segments[..] else {
            continue;
        };
        let outside = first == "crate" && target != module && !allowed.contains(&target.as_str());
        let known = ARROWS.iter().any(|(name, _)| name == target) || ASSEMBLY.contains(&&**target);
        if outside && known {
            findings.push(source.finding(mention.line, format!("{module} must not name {target}")));
        }
    }
    findings
}

#[test]
fn modules_name_only_what_the_arrows_allow() {
    assert_none(Source::all().iter().flat_map(check).collect());
}

#[test]
fn an_arrow_against_the_grain_is_found() {
    for (path, text, wanted) in [
        ("server/src/store/db.rs", "use crate::engine::Engine;", "store must not name engine"),
        ("server/src/engine.rs", "fn f() { crate::service::g() }", "engine must not name service"),
        ("server/src/runtime/fake.rs", "use super::super::engine;", "runtime must not name engine"),
        ("server/src/model/id.rs", "use crate::{store::{Db}};", "model must not name store"),
        ("server/src/image.rs", "fn f() { log!(crate::config::X) }", "image must not name config"),
        ("server/src/thing.rs", "", "module thing has no place among the arrows"),
    ] {
        let findings = check(&Source::parse(path, text));
        assert_eq!(findings.len(), 1, "{path}: {findings:?}");
        assert_eq!(findings[0].message, wanted);
    }
}

#[test]
fn an_arrow_with_the_grain_is_none() {
    for (path, text) in [
        ("server/src/engine/exec.rs", "use crate::runtime::Process; use super::Engine;"),
        ("server/src/server.rs", "use crate::engine::Engine;"),
        ("client/src/lib.rs", "use crate::engine::Engine;"),
    ] {
        assert_none(check(&Source::parse(path, text)));
    }
}
