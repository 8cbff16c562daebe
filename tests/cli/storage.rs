//! The story of a disk, with the real daemon: volume, sandbox, snapshot,
//! forks, and the one that is kept.

use skerry_test_support::{Daemon, needs_root, skip};

use crate::program::{Ended, run};
use crate::real::skerry;

fn done(daemon: &Daemon, arguments: &[&str]) -> Ended {
    run(&mut skerry(daemon, arguments))
}

fn printed(daemon: &Daemon, arguments: &[&str]) -> String {
    done(daemon, arguments).expect_stdout()
}

fn json(daemon: &Daemon, arguments: &[&str]) -> serde_json::Value {
    let text = printed(daemon, &[&["-o", "json"], arguments].concat());
    serde_json::from_str(&text).expect("JSON")
}

/// A command in a sandbox.
fn inside(daemon: &Daemon, sandbox: &str, script: &str) -> String {
    printed(daemon, &["exec", sandbox, "--", "sh", "-c", script])
}

/// The first columns of a table without its headings.
fn rows(table: &str, columns: &[usize]) -> Vec<String> {
    let row = |line: &str| {
        let cells: Vec<&str> = line.split("   ").filter(|cell| !cell.is_empty()).collect();
        let chosen =
            columns.iter().map(|column| cells.get(*column).map_or("", |cell| cell.trim_start()));
        chosen.collect::<Vec<_>>().join(" ")
    };
    table.lines().skip(1).map(row).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_is_kept_copied_and_told_apart() {
    needs_root!();
    let daemon = &Daemon::start().await;
    assert_eq!(printed(daemon, &["volume", "create", "data", "-l", "team=web"]), "data\n");
    printed(daemon, &["create", "--name", "web", "--volume", "data:/data"]);
    inside(daemon, "web", "echo one >note; echo shared >/data/note");
    assert_eq!(printed(daemon, &["snapshot", "create", "web", "--name", "ready"]), "ready\n");
    inside(daemon, "web", "echo two >note");

    let forks = printed(daemon, &["fork", "web", "-n", "2", "--name", "try"]);
    assert_eq!(forks, "try-1\ntry-2\n");
    inside(daemon, "try-2", "echo three >note; echo changed >/data/note");
    let again = printed(daemon, &["fork", "try-2", "--name", "again"]);
    assert_eq!(again, "again\n");
    let notes = ["web", "try-1", "try-2", "again"].map(|one| inside(daemon, one, "cat note"));
    assert_eq!(notes, ["two\n", "two\n", "three\n", "three\n"]);
    assert_eq!(inside(daemon, "web", "cat /data/note"), "changed\n");
    let first = printed(daemon, &["run", "--snapshot", "ready", "--", "cat", "note"]);
    assert_eq!(first, "one\n");

    let tree = printed(daemon, &["tree", "web"]);
    let wanted = ["web running", "├─ try-1 running", "└─ try-2 running", "└─ again running"];
    assert_eq!(rows(&tree, &[0, 2]), wanted, "{tree}");
    let shown = printed(daemon, &["inspect", "again"]);
    assert!(shown.contains("parent") && shown.contains("try-2 (sbx_"), "{shown}");
    assert!(shown.contains("data (vol_") && shown.contains(" at /data\n"), "{shown}");
    let room = json(daemon, &["df"]);
    assert_eq!(room["storage"]["volumes"], "1");
    assert_eq!(room["sandboxes"].as_array().map(Vec::len), Some(4));
    assert!(printed(daemon, &["df"]).contains("\nvolume    data "), "{room}");
    assert!(printed(daemon, &["info"]).contains("\nsnapshots "));

    let ended = done(daemon, &["volume", "rm", "data", "nosuch"]);
    assert_eq!(ended.stdout, "nosuch\n");
    assert!(ended.expect_error(1).contains("or give --force"));
    done(daemon, &["coalesce", "try-1", "web"]).expect_error(1);
    assert_eq!(printed(daemon, &["coalesce", "web", "again"]), "again\n");
    assert_eq!(printed(daemon, &["tree"]).lines().count(), 2);
    assert_eq!(json(daemon, &["inspect", "again"])["parentId"], "");
    assert_eq!(inside(daemon, "again", "cat note /data/note"), "three\nchanged\n");

    printed(daemon, &["rm", "again"]);
    assert_eq!(printed(daemon, &["volume", "rm", "data"]), "data\n");
    assert_eq!(printed(daemon, &["snapshot", "rm", "ready"]), "ready\n");
    assert_eq!(json(daemon, &["volume", "ls"]), serde_json::json!([]));
    assert_eq!(json(daemon, &["snapshot", "ls"]), serde_json::json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_a_size_holds_no_more() {
    needs_root!();
    let daemon = &Daemon::start().await;
    if json(daemon, &["df"])["storage"]["limits"] != true {
        let line = done(daemon, &["volume", "create", "--size", "8M"]).expect_error(1);
        assert!(line.ends_with("; leave the size out; `skerry df` shows the storage"), "{line}");
        skip!("this host's storage holds no sizes");
    }
    printed(daemon, &["volume", "create", "data", "--size", "8M"]);
    let options = ["--name", "web", "--disk", "64M", "--volume", "data:/data"];
    let own = ["--storage", "8M:/own", "--keep-storage"];
    printed(daemon, &[&["create"], &options[..], &own].concat());
    let fill = |path: &str| {
        let script = format!("head -c 12M /dev/zero >{path}/file && sync && echo fits");
        done(daemon, &["exec", "web", "--", "sh", "-c", &script])
    };
    fill("/workspace").expect_stdout();
    for path in ["/data", "/own"] {
        let ended = fill(path);
        assert!(ended.code == Some(1) && ended.stderr.contains("uota"), "{path}: {ended:?}");
    }
    printed(daemon, &["volume", "update", "data", "--size", "64M"]);
    fill("/data").expect_stdout();
    let room = json(daemon, &["df"]);
    assert_eq!(room["sandboxes"][0]["limits"]["diskBytes"], "67108864");
    let used = |volume: &serde_json::Value| -> i64 {
        volume["usedBytes"].as_str().and_then(|bytes| bytes.parse().ok()).expect("it is counted")
    };
    assert!(used(&room["volumes"][0]) >= 12 << 20, "{room}");
    printed(daemon, &["rm", "web"]);
    let kept = json(daemon, &["volume", "ls"]);
    assert_eq!(kept.as_array().map(Vec::len), Some(2), "{kept}");
}
