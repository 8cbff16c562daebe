//! Tables and batches.

use std::collections::BTreeMap;
use std::time::SystemTime;

use futures::future::join_all;
use serde::{Deserialize, Serialize};
use skerry_server::model::{Image, ImageConfig, ImageId, ImageOrigin};
use skerry_server::store::{Batch, Record, Store, StoreError, TableName};

pub(crate) fn image(number: u128, name: &str) -> Image {
    Image {
        id: ImageId::from_uuid(number),
        name: name.to_owned(),
        size_bytes: 1,
        entries: 1,
        create_time: SystemTime::UNIX_EPOCH,
        files: None,
        origin: ImageOrigin::default(),
        config: ImageConfig::default(),
    }
}

/// A record of any length, of the present version or one below.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Note {
    key: String,
    text: String,
}

impl Record for Note {
    const TABLE: TableName = TableName::Tokens;
    const VERSION: u8 = 2;

    fn key(&self) -> &str {
        &self.key
    }

    fn migrate(version: u8, payload: &[u8]) -> Result<Self, serde_json::Error> {
        let old: OldNote = serde_json::from_slice(payload)?;
        Ok(Self { key: old.key, text: format!("of version {version}") })
    }
}

/// What the version before wrote.
#[derive(Debug, Serialize, Deserialize)]
struct OldNote {
    key: String,
}

impl Record for OldNote {
    const TABLE: TableName = TableName::Tokens;
    const VERSION: u8 = 1;

    fn key(&self) -> &str {
        &self.key
    }
}

fn note(key: &str, bytes: usize) -> Note {
    Note { key: key.to_owned(), text: "x".repeat(bytes) }
}

fn open(dir: &tempfile::TempDir) -> Store {
    Store::open(&dir.path().join("store")).expect("the store opens")
}

fn temp() -> tempfile::TempDir {
    tempfile::tempdir().expect("a directory for the test")
}

#[tokio::test]
async fn what_is_written_is_read_also_after_a_restart_and_in_order() {
    let dir = temp();
    for round in 0..2 {
        let store = open(&dir);
        let images = store.table::<Image>();
        if round == 0 {
            for number in [3, 1, 2] {
                images.put(&image(number, "a")).await.expect("put");
            }
            images.put_soon(&image(2, "b")).await.expect("put");
            images.delete(image(1, "a").id.as_str()).await.expect("delete");
            images.delete("img_none").await.expect("delete of nothing");
        }
        assert_eq!(images.all().expect("all"), [image(2, "b"), image(3, "a")]);
        let id = image(2, "b").id;
        assert_eq!(images.get(id.as_str()).expect("get"), Some(image(2, "b")));
        assert_eq!(images.get("img_none").expect("get"), None);
        assert_eq!(store.table::<Note>().all().expect("all"), []);
    }
}

#[tokio::test]
async fn many_writers_at_once_all_have_their_records() {
    let dir = temp();
    let store = open(&dir);
    let images = store.table::<Image>();
    let written = join_all((0..500).map(|number| {
        let images = images.clone();
        async move { images.put(&image(number, "a")).await }
    }));
    assert!(written.await.iter().all(Result::is_ok));
    assert_eq!(images.all().expect("all").len(), 500);
}

#[tokio::test]
async fn a_batch_of_several_tables_is_written_and_the_last_change_wins() {
    let dir = temp();
    let store = open(&dir);
    let mut batch = Batch::default();
    batch.put(&image(1, "a")).expect("it encodes");
    batch.put(&image(1, "b")).expect("it encodes");
    batch.put(&note("n", 9)).expect("it encodes");
    batch.put(&image(2, "c")).expect("it encodes");
    batch.delete::<Image>(image(2, "c").id.as_str());
    store.commit(batch).await.expect("commit");
    assert_eq!(store.table::<Image>().all().expect("all"), [image(1, "b")]);
    assert_eq!(store.table::<Note>().all().expect("all"), [note("n", 9)]);
}

#[tokio::test]
async fn long_records_come_and_go_whole() {
    let dir = temp();
    let lengths = [0, 4000, 4096, 5000, 70_000, 131_072, 1 << 20, 3 << 20];
    {
        let store = open(&dir);
        for (key, length) in ('a'..).zip(lengths) {
            let notes = store.table::<Note>();
            notes.put(&note(&key.to_string(), 100_000)).await.expect("put");
            notes.put(&note(&key.to_string(), length)).await.expect("put over it");
        }
    }
    let store = open(&dir);
    let notes = store.table::<Note>();
    let expected: BTreeMap<_, _> =
        ('a'..).zip(lengths).map(|(key, length)| (key.to_string(), length)).collect();
    let found = notes.all().expect("all").into_iter();
    let found: BTreeMap<_, _> = found.map(|note| (note.key, note.text.len())).collect();
    assert_eq!(found, expected);
    for key in expected.keys() {
        notes.delete(key).await.expect("delete");
    }
    assert_eq!(notes.all().expect("all"), []);
    let blobs = dir.path().join("store/sled/blobs");
    let blobs = std::fs::read_dir(blobs).expect("it is there").count();
    assert_eq!(blobs, 0, "nothing is in files that no barrier reaches");
}

#[tokio::test]
async fn a_store_that_is_written_over_and_over_stays_small() {
    const MOST_BYTES: u64 = 64 << 20;
    let dir = temp();
    let store = open(&dir);
    let mut written = 0;
    for round in 0..400 {
        let mut batch = Batch::default();
        for number in 0..100 {
            batch.put(&image(number, &"x".repeat(1000 + round))).expect("it encodes");
            written += 1100;
        }
        store.commit(batch).await.expect("commit");
    }
    let log = std::fs::metadata(dir.path().join("store/sled/db")).expect("it is there").len();
    println!("{written} bytes written over 100 records, {log} kept");
    assert!(log < MOST_BYTES, "{log}");
}

#[tokio::test]
async fn older_versions_are_read_and_newer_ones_refused() {
    let dir = temp();
    let store = open(&dir);
    let old = OldNote { key: "n".to_owned() };
    store.table::<OldNote>().put(&old).await.expect("put");
    let read = store.table::<Note>().get("n").expect("get").expect("it is there");
    assert_eq!(read.text, "of version 1");
    store.table::<Note>().put(&note("n", 1)).await.expect("put");
    let refused = store.table::<OldNote>().get("n").map(|_| ());
    let newer = matches!(refused, Err(StoreError::NewerRecord { version: 2, known: 1, .. }));
    assert!(newer, "{refused:?}");
}
