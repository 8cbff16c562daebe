//! A store that is in use, or is not whole, does not open; one that was being
//! made or opened when its daemon died does.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use skerry_server::model::Image;
use skerry_server::store::{Store, StoreError};

use crate::table::image;

/// A store with one image in it, closed.
fn made() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a directory for the test");
    let path = dir.path().join("store");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let store = Store::open(&path).expect("the store opens");
    runtime.block_on(store.table().put(&image(1, "a"))).expect("put");
    (dir, path)
}

fn images(path: &Path) -> Result<Vec<Image>, StoreError> {
    Store::open(path)?.table().all()
}

fn assert_damaged(path: &Path) {
    let before = fs::metadata(path.join("sled/db")).map(|db| db.len()).ok();
    let refused = images(path);
    assert!(matches!(refused, Err(StoreError::Damaged { .. })), "{refused:?}");
    let after = fs::metadata(path.join("sled/db")).map(|db| db.len()).ok();
    assert_eq!(before, after, "what is left must be left");
}

#[test]
fn a_second_store_on_the_directory_is_refused_as_long_as_the_first_is_open() {
    let (_dir, path) = made();
    let first = Store::open(&path).expect("the store opens");
    let refused = images(&path);
    assert!(matches!(refused, Err(StoreError::Locked { .. })), "{refused:?}");
    drop(first);
    assert_eq!(images(&path).expect("it opens").len(), 1);
}

#[test]
fn a_lock_that_a_process_being_started_still_holds_is_waited_for() {
    let (_dir, path) = made();
    let lock = File::open(path.join("lock")).expect("it is there");
    lock.lock().expect("nobody has it");
    let holder = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(100));
        drop(lock);
    });
    assert_eq!(images(&path).expect("it opens").len(), 1);
    holder.join().expect("it let go");
}

#[test]
fn an_empty_a_cut_or_a_changed_conf_is_damage_and_not_an_empty_store() {
    let (_dir, path) = made();
    let conf = path.join("sled/conf");
    let whole = fs::read(&conf).expect("it is there");
    let mut changed = whole.clone();
    changed[0] ^= 1;
    for bad in [&[][..], &whole[..8], &whole[..whole.len() - 1], &changed] {
        fs::write(&conf, bad).expect("it can be written");
        assert_damaged(&path);
    }
    fs::remove_file(&conf).expect("it can be removed");
    assert_damaged(&path);
    fs::write(&conf, &whole).expect("it can be written");
    assert_eq!(images(&path).expect("it opens"), [image(1, "a")]);
}

#[test]
fn a_missing_or_an_empty_log_is_damage_and_not_an_empty_store() {
    let (_dir, path) = made();
    let log = path.join("sled/db");
    File::create(&log).expect("it can be cut");
    assert_damaged(&path);
    fs::remove_file(&log).expect("it can be removed");
    assert_damaged(&path);
}

#[test]
fn a_snapshot_that_a_kill_left_unfinished_does_not_matter() {
    let (_dir, path) = made();
    for name in ["snap.0000000000000001.generating", "snap.7FFFFFFFFFFFFFFF.generating"] {
        fs::write(path.join("sled").join(name), "half").expect("it can be written");
    }
    assert_eq!(images(&path).expect("it opens"), [image(1, "a")]);
}

#[test]
fn a_store_whose_making_was_cut_short_is_made_anew() {
    let dir = tempfile::tempdir().expect("a directory for the test");
    let path = dir.path().join("store");
    fs::create_dir_all(path.join("sled.new/blobs")).expect("it can be made");
    fs::write(path.join("sled.new/conf"), "").expect("it can be written");
    fs::write(path.join("sled.new/db"), "half").expect("it can be written");
    assert_eq!(images(&path).expect("it opens"), []);
}
