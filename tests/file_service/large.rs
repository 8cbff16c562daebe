//! Much, with flat memory.

use bytes::Bytes;
use sha2::{Digest, Sha256};
use skerry_client::v1::ListFilesRequest;
use skerry_test_support::leaks::kept;
use skerry_test_support::{Daemon, needs_root};

use crate::steps::{create, listing, open, reading, sh};

const GIBIBYTE: u64 = 1 << 30;
/// The daemon's memory may grow so much.
const GROWTH: u64 = 32 << 20;

#[tokio::test(flavor = "multi_thread")]
async fn a_gibibyte_goes_up_and_comes_down_whole() {
    needs_root!();
    let daemon = Daemon::start().await;
    let (client, id) = (daemon.client(), create(daemon.client()).await.id);
    let before = kept(daemon.pid());
    let piece = |number: u64| {
        let bytes: Vec<u8> =
            (0..(1u64 << 17)).flat_map(|word| (number << 32 | word).to_le_bytes()).collect();
        Bytes::from(bytes)
    };
    let mut hash = Sha256::new();
    for number in 0..1024 {
        hash.update(piece(number));
    }
    let sum: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let pieces = futures::stream::iter((0..1024).map(move |number| Ok(piece(number))));
    let info = client.write_file(open(&id, "big"), pieces).await.expect("written");
    assert_eq!(info.size_bytes.unsigned_abs(), GIBIBYTE);
    assert_eq!(sh(client, &id, "sha256sum big | cut -d' ' -f1").await, sum);
    let mut file = client.read_file(reading(&id, "big")).await.expect("opened");
    let (mut hash, mut most) = (Sha256::new(), kept(daemon.pid()));
    let mut pieces = 0u64;
    while let Some(data) = file.next().await.expect("to its end") {
        hash.update(&data);
        pieces += 1;
        if pieces.is_multiple_of(64) {
            most = most.max(kept(daemon.pid()));
        }
    }
    let back: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(back, sum);
    let grown = most.saturating_sub(before);
    assert!(grown <= GROWTH, "the daemon grew by {grown} bytes from {before}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_files_are_listed_once_each() {
    needs_root!();
    const FILES: usize = 100_000;
    let daemon = Daemon::start().await;
    let (client, id) = (daemon.client(), create(daemon.client()).await.id);
    let make = "mkdir many && cd many && perl -e 'for (0..99999) { open(F, \">\", $_) or die $! }'";
    sh(client, &id, make).await;
    let before = kept(daemon.pid());
    let mut request = ListFilesRequest { page_size: 1000, ..listing(&id, "many") };
    let (mut seen, mut most) = (vec![false; FILES], before);
    loop {
        let page = client.list_files_page(request.clone()).await.expect("a page");
        for file in page.files {
            let name = file.path.rsplit('/').next().expect("a name");
            let number: usize = name.parse().expect("a number");
            assert!(!std::mem::replace(&mut seen[number], true), "{number} came twice");
        }
        most = most.max(kept(daemon.pid()));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert!(seen.iter().all(|seen| *seen));
    let grown = most.saturating_sub(before);
    assert!(grown <= GROWTH, "the daemon grew by {grown} bytes from {before}");
}
