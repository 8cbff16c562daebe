//! Output, small and large.

use std::time::Duration;

use sha2::{Digest, Sha256};
use skerry_client::{ExecEvent, ExecStream};
use skerry_test_support::leaks::kept;
use skerry_test_support::{Daemon, needs_root};

use crate::steps::{create, start, stdout};

const GIBIBYTE: u64 = 1 << 30;
const MEBIBYTE: u64 = 1 << 20;
/// The daemon's memory may grow so much while it streams.
const GROWTH: u64 = 32 * MEBIBYTE;
/// How often its memory is read.
const SAMPLE_EVERY: u64 = 16 * MEBIBYTE;

/// 64 times 16 MiB of random bytes, and their sum in a file.
const RANDOM_LOOP: &str = "mkfifo /tmp/copy && sha256sum </tmp/copy >/workspace/sum & \
    while [ ! -p /tmp/copy ]; do sleep 0.01; done; \
    for i in $(seq 64); do head -c 16777216 /dev/urandom; done | tee /tmp/copy; wait";

#[tokio::test(flavor = "multi_thread")]
async fn python_prints_42() {
    needs_root!();
    let daemon = Daemon::start().await;
    let sandbox = create(daemon.client()).await;
    assert_eq!(stdout(daemon.client(), &sandbox.id, "python3 -c 'print(6*7)'").await, "42");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gibibyte_arrives_whole_and_the_daemon_stays_small() {
    needs_root!();
    let daemon = Daemon::start().await;
    let sandbox = create(daemon.client()).await;
    let before = kept(daemon.pid());
    let (mut stream, _) = start(daemon.client(), &sandbox.id, RANDOM_LOOP).await;
    // A reader that is late holds the command back; nothing piles up.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut most = kept(daemon.pid());
    let (mut hash, mut read, mut sampled) = (Sha256::new(), 0, 0);
    while let Some(data) = next_stdout(&mut stream).await {
        hash.update(&data);
        read += data.len() as u64;
        if read - sampled >= SAMPLE_EVERY {
            sampled = read;
            most = most.max(kept(daemon.pid()));
        }
    }
    assert_eq!(read, GIBIBYTE);
    let sum = stdout(daemon.client(), &sandbox.id, "cut -d' ' -f1 /workspace/sum").await;
    let hash = hash.finalize();
    let digits = hash.iter().map(|byte| format!("{byte:02x}"));
    assert_eq!(digits.collect::<String>(), sum);
    let grown = most.saturating_sub(before);
    assert!(grown <= GROWTH, "the daemon grew by {grown} bytes from {before}");
}

async fn next_stdout(stream: &mut ExecStream) -> Option<Vec<u8>> {
    match stream.next().await.expect("the stream goes on to its end") {
        Some(ExecEvent::Stdout(data)) => Some(data.to_vec()),
        Some(ExecEvent::Exited(result)) => {
            assert_eq!(result.exit_code, 0, "{result:?}");
            None
        }
        other => panic!("want stdout, got {other:?}"),
    }
}
