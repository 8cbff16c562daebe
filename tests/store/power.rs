//! The power goes: an ext4 file system on a loop device is shut down without
//! its journal being flushed, at a random moment of a writer's work, then
//! mounted again. What the writer had been told is durable must be there.
//!
//! This program runs itself twice over: as the *round*, in a mount namespace
//! of its own, so that no mount or loop device outlives it, and as the
//! *writer*, on the file system that loses its power.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use skerry_server::model::Image;
use skerry_server::store::Store;
use skerry_test_support::{needs_root, skip};

use crate::table::image;

/// Power cuts that the store must survive.
const ROUNDS: usize = 50;
/// Power cuts of which at least one must lose something without the barrier.
/// One is enough nearly always.
const ROUNDS_WITHOUT: usize = 10;
const DIR: &str = "SKERRY_TEST_POWER_DIR";
const BARRIER: &str = "SKERRY_TEST_POWER_BARRIER";
/// Keys that are written over again and again.
const KEYS: u128 = 60;
/// Tasks that write at once.
const WRITERS: u128 = 4;
const DISK_BYTES: u64 = 96 << 20;

/// What a round found.
struct Found {
    acknowledged: usize,
    lost: Vec<String>,
}

#[test]
fn everything_acknowledged_survives_a_loss_of_power() {
    needs_root!();
    if let Some(reason) = cannot() {
        skip!("{reason}");
    }
    let mut acknowledged = 0;
    for number in 0..ROUNDS {
        let found = round("on");
        assert_eq!(found.lost, [""; 0], "round {number}, {} acknowledged", found.acknowledged);
        acknowledged += found.acknowledged;
    }
    println!("{ROUNDS} power cuts, {acknowledged} acknowledged records, none lost");
    assert!(acknowledged > ROUNDS, "the writers wrote nothing worth the name");
}

#[test]
fn without_the_barrier_a_loss_of_power_loses_what_was_acknowledged() {
    needs_root!();
    if let Some(reason) = cannot() {
        skip!("{reason}");
    }
    let lost = (0..ROUNDS_WITHOUT).any(|number| {
        let found = round("off");
        let (lost, all) = (found.lost, found.acknowledged);
        println!("round {number} without the barrier, of {all} acknowledged: lost {lost:?}");
        !lost.is_empty()
    });
    assert!(lost, "the test for the barrier can't fail");
}

/// Why a round can't be played here.
fn cannot() -> Option<String> {
    for tool in ["mkfs.ext4", "mount", "umount", "unshare"] {
        let found = Command::new(tool).arg("--version").arg("-V").output().is_ok();
        if !found {
            return Some(format!("no {tool} on this machine"));
        }
    }
    let dir = tempfile::tempdir().expect("a directory for the test");
    match stage(dir.path(), "on", "power::only_mounts").status() {
        Ok(status) if status.success() => None,
        other => Some(format!("no ext4 on a loop device can be mounted here: {other:?}")),
    }
}

/// A part of this program, in a mount namespace that ends with it.
fn stage(dir: &Path, barrier: &str, part: &str) -> Command {
    let mut command = Command::new("unshare");
    command
        .args(["--mount", "--propagation", "private", "--"])
        .arg(std::env::current_exe().expect("this program has a path"))
        .args(["--exact", part, "--ignored", "--nocapture"])
        .env(DIR, dir)
        .env(BARRIER, barrier)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .stdout(Stdio::piped());
    command
}

fn round(barrier: &str) -> Found {
    let dir = tempfile::tempdir().expect("a directory for the test");
    let output = stage(dir.path(), barrier, "power::a_round").output().expect("unshare runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "the round itself failed: {text}");
    let numbers: HashMap<_, _> = text.lines().filter_map(|line| line.split_once('=')).collect();
    Found {
        acknowledged: numbers["acknowledged"].parse().expect("a number"),
        lost: numbers["lost"].split_terminator(';').map(str::to_owned).collect(),
    }
}

fn dir() -> Option<std::path::PathBuf> {
    std::env::var_os(DIR).map(Into::into)
}

fn run(program: &str, arguments: &[&std::ffi::OsStr]) {
    let output = Command::new(program).args(arguments).output().expect("it was found before");
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Makes the file system and mounts it. The loop device detaches itself when
/// the last mount of it is gone, at the latest with this namespace.
fn mount_new(dir: &Path) -> std::path::PathBuf {
    let disk = dir.join("disk");
    let file = File::create(&disk).expect("a file for the disk");
    file.set_len(DISK_BYTES).expect("room for the disk");
    run("mkfs.ext4", &["-q".as_ref(), "-F".as_ref(), disk.as_os_str()]);
    mount(dir)
}

fn mount(dir: &Path) -> std::path::PathBuf {
    let at = dir.join("mount");
    fs::create_dir_all(&at).expect("a place to mount at");
    run("mount", &["-o".as_ref(), "loop".as_ref(), dir.join("disk").as_os_str(), at.as_os_str()]);
    at
}

fn unmount(at: &Path) {
    run("umount", &[at.as_os_str()]);
}

/// Not a test: shows that a round can be played.
#[test]
#[ignore = "run by the tests above"]
fn only_mounts() {
    let Some(dir) = dir() else { return };
    unmount(&mount_new(&dir));
}

/// Not a test: one power cut. Prints what was acknowledged and lost.
#[test]
#[ignore = "run by the tests above"]
fn a_round() {
    let Some(dir) = dir() else { return };
    let at = mount_new(&dir);
    let mut writer = writer(&at);
    let acknowledgements = writer.stdout.take().expect("it is piped");
    let (send, received) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        let lines = BufReader::new(acknowledgements).lines().map_while(Result::ok);
        for told in lines.filter_map(|line| parse(&line)) {
            send.send(told).expect("the receiver outlives this thread");
        }
    });
    // A writer that works; then any moment of its work is as good.
    let first = received.recv_timeout(Duration::from_secs(60)).expect("it writes");
    std::thread::sleep(Duration::from_millis(u64::from(random(400))));
    let handle = File::open(&at).expect("the mount is there");
    skerry_linux::crash::cut_power(&handle).expect("ext4 can be shut down");
    drop(handle);
    // It may have died of it already.
    let _ = writer.kill();
    writer.wait().expect("it was started");
    reader.join().expect("no panic");
    let acknowledged: HashMap<_, _> = std::iter::once(first).chain(received).collect();
    unmount(&at);
    let at = mount(&dir);
    let lost = lost(&at.join("store"), &acknowledged);
    unmount(&at);
    println!("\nacknowledged={}\nlost={}", acknowledged.len(), lost.join(";"));
}

fn parse(line: &str) -> Option<(u128, u64)> {
    let (key, value) = line.strip_prefix("ack ")?.split_once(' ')?;
    Some((key.parse().ok()?, value.parse().ok()?))
}

/// Acknowledged values that are not there; a newer one may be.
fn lost(path: &Path, acknowledged: &HashMap<u128, u64>) -> Vec<String> {
    let found = Store::open(path).and_then(|store| store.table::<Image>().all());
    let found: HashMap<_, _> = match found {
        Ok(images) => images.into_iter().map(|image| (image.id, image.size_bytes)).collect(),
        Err(error) => return vec![format!("all: {error}").replace(['\n', ';'], " ")],
    };
    let is_lost = |(key, value): &(&u128, &u64)| {
        found.get(&image(**key, "").id).is_none_or(|found| found < *value)
    };
    acknowledged.iter().filter(is_lost).map(|(key, value)| format!("{key} {value}")).collect()
}

fn random(below: u32) -> u32 {
    let mut bytes = [0; 4];
    File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes)).expect("it reads");
    u32::from_ne_bytes(bytes) % below
}

/// Starts the writer on the file system.
fn writer(at: &Path) -> Child {
    Command::new(std::env::current_exe().expect("this program has a path"))
        .args(["--exact", "power::a_writer", "--ignored", "--nocapture"])
        .env(DIR, at)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("this program runs again")
}

/// Not a test: writes and says what is durable, until it can't.
#[test]
#[ignore = "run by a_round"]
fn a_writer() {
    let Some(at) = dir() else { return };
    let path = at.join("store");
    let store = match std::env::var(BARRIER).as_deref() {
        Ok("off") => Store::open_without_barrier(&path),
        _ => Store::open(&path),
    };
    let store = store.expect("the store opens");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let writers = (0..WRITERS).map(|writer| write(store.clone(), writer));
        futures::future::join_all(writers).await
    });
}

async fn write(store: Store, writer: u128) {
    let table = store.table::<Image>();
    for value in 1.. {
        let key = writer + WRITERS * (u128::from(value) % (KEYS / WRITERS));
        // Most records are short, some so long that they are kept in parts.
        let length = if value % 29 == 0 { 20_000 } else { 300 };
        let mut record = image(key, &"x".repeat(length));
        record.size_bytes = value;
        if table.put(&record).await.is_err() {
            return;
        }
        println!("ack {key} {value}");
    }
}
