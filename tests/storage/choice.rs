//! Which driver a data directory has.

use std::fs;
use std::process::Command;

use skerry_test_support::{needs_btrfs, needs_root, skerryd};

use crate::rig::{Driver, Rig, named};

/// A start that must fail, for what it says.
fn refused(data: &std::path::Path, storage: &str) -> String {
    let started = Command::new(skerryd())
        .args(["--listen", "127.0.0.1:0", "--storage", storage, "--data-dir"])
        .arg(data)
        .output()
        .expect("it can be run");
    assert!(!started.status.success());
    String::from_utf8_lossy(&started.stderr).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_driver_is_chosen_once_and_told() {
    needs_root!();
    needs_btrfs!();
    for (driver, other) in [(Driver::Btrfs, "dir"), (Driver::Dir, "btrfs")] {
        let mut rig = Rig::start(driver).await;
        let data = rig.daemon.data_dir();
        let written = fs::read_to_string(data.join("storage")).expect("it is written down");
        assert_eq!(written.trim(), driver.name());
        let storage = rig.daemon.client().system_info().await.expect("read").storage;
        assert_eq!(storage.expect("is told").driver, driver.name());
        assert!(rig.daemon.terminate().await.success());
        let said = refused(&data, other);
        assert!(said.contains(&format!("storage driver {}", driver.name())), "{said}");
        rig.daemon.restart().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_directory_of_before_keeps_its_directories() {
    needs_root!();
    let mut rig = Rig::start(Driver::Dir).await;
    rig.sandbox(named("one")).await;
    rig.sh("one", "echo kept >f").await;
    rig.daemon.kill9();
    fs::remove_file(rig.daemon.data_dir().join("storage")).expect("it was there");
    rig.daemon.restart().await;
    assert_eq!(rig.sh("one", "cat f").await, "kept");
}

/// The loop device in use for a file, if any.
fn device_of(file: &std::path::Path) -> Option<String> {
    let found = Command::new("losetup").arg("--associated").arg(file).output().expect("losetup");
    let text = String::from_utf8_lossy(&found.stdout).into_owned();
    text.split(':').next().filter(|name| !name.is_empty()).map(str::to_owned)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_one_device_through_the_daemons_lives_and_none_after() {
    needs_root!();
    needs_btrfs!();
    let mut rig = Rig::start(Driver::Btrfs).await;
    let file = rig.daemon.data_dir().join("pool.btrfs");
    rig.sandbox(named("one")).await;
    rig.sh("one", "echo kept >f; sync").await;
    let device = device_of(&file).expect("it is in use");
    rig.daemon.kill9();
    assert_eq!(device_of(&file).as_deref(), Some(&*device), "the sandbox still uses it");
    rig.daemon.restart().await;
    assert_eq!(device_of(&file).as_deref(), Some(&*device));
    assert_eq!(rig.sh("one", "cat f").await, "kept");
    rig.daemon.client().delete_sandbox("one").await.expect("deleted");
    assert!(rig.daemon.terminate().await.success());
    skerry_test_support::eventually("the device is freed", async || {
        device_of(&file).is_none().then_some(())
    })
    .await;
    rig.daemon.restart().await;
}
