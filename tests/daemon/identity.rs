//! Who a sandbox's processes are, inside and outside.

use std::fs;

use skerry_client::v1::Sandbox;
use skerry_test_support::{Daemon, Options, eventually, needs_root};

use crate::steps::{create, start, stdout};

/// Host ids that a sandbox has of its own.
const RANGE: i64 = 65_536;

#[tokio::test(flavor = "multi_thread")]
async fn root_inside_is_an_unprivileged_uid_of_its_own_outside() {
    needs_root!();
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let sandboxes = [create(client).await, create(client).await];
    for (number, sandbox) in sandboxes.iter().enumerate() {
        assert_eq!(stdout(client, &sandbox.id, "id -u").await, "0");
        // An argument that no other process of this host has.
        let mark = format!("{}.{number}", 1_000_000 + i64::from(daemon.pid()));
        let (_stream, _) = start(client, &sandbox.id, &format!("exec sleep {mark}")).await;
        let uids = eventually("the process is seen outside", async || uids_of(&mark)).await;
        assert_eq!(uids, [sandbox.host_uid_base; 4], "real, effective, saved, file system");
    }
    for sandbox in &sandboxes {
        assert!(sandbox.host_uid_base >= RANGE, "{}", sandbox.host_uid_base);
        assert!(!host_users().contains(&sandbox.host_uid_base));
    }
    let [first, second] = sandboxes.map(|sandbox: Sandbox| sandbox.host_uid_base);
    assert!((first - second).abs() >= RANGE, "{first} and {second} overlap");
}

/// The four uids of the process with this argument, as the host sees them.
fn uids_of(argument: &str) -> Option<[i64; 4]> {
    let entries = fs::read_dir("/proc").expect("/proc is mounted").flatten();
    let ours = entries.map(|entry| entry.path()).find(|path| {
        let line = fs::read(path.join("cmdline")).unwrap_or_default();
        line.starts_with(b"sleep\0")
            && line.split(|byte| *byte == 0).any(|part| part == argument.as_bytes())
    });
    let status = fs::read_to_string(ours?.join("status")).ok()?;
    let uids = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    let uids: Vec<i64> = uids.split_whitespace().filter_map(|uid| uid.parse().ok()).collect();
    uids.try_into().ok()
}

fn host_users() -> Vec<i64> {
    let passwd = fs::read_to_string("/etc/passwd").expect("the host has users");
    passwd.lines().filter_map(|line| line.split(':').nth(2)?.parse().ok()).collect()
}

/// A shell can't trap what it is born ignoring.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_ignores_no_signal_however_the_daemon_was_started() {
    needs_root!();
    let daemon = Daemon::start_with(Options { background: true, ..Options::default() }).await;
    let client = daemon.client();
    let sandbox = create(client).await;
    let line = stdout(client, &sandbox.id, "grep SigIgn /proc/self/status").await;
    let (_, mask) = line.split_once('\t').expect("a name and a mask");
    // The C library keeps 32 and 33 for itself.
    let ignored = u64::from_str_radix(mask, 16).expect("a mask") & !(0b11 << 31);
    assert_eq!(ignored, 0, "{line}");
}
