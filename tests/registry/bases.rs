//! What a build is given: images of the daemon, a network, room on the disk.

use std::collections::BTreeMap;
use std::net::TcpListener;

use skerry_client::Code;
use skerry_client::v1::build_image_request::Start;
use skerry_test_support::{Daemon, Options, needs_btrfs, needs_root, skip};

use crate::buildah;
use crate::made::{SHELL, build, context, start};
use crate::pull::{left, root};
use crate::tree;

#[tokio::test]
async fn a_build_begins_with_images_of_the_daemon() {
    needs_root!();
    if let Some(reason) = buildah::missing() {
        skip!("{reason}");
    }
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let base = format!("{SHELL}ENV FROM_BASE=yes\nRUN echo one >/mark; busybox chmod 4711 /mark\n");
    let (base, _) = build(client, start("team/base:1", &base), context()).await.expect("built");
    let steps = "ARG NAME=nothing\nFROM team/$NAME AS first\nRUN echo $FROM_BASE >/two\n\
                 FROM scratch\nCOPY --from=first /two /two\nCOPY --from=team/base:1 /mark /again\n\
                 FROM team/base:1\nCOPY --from=first /two /two\nCOPY --from=1 / /\n";
    let build_args = BTreeMap::from([("NAME".to_owned(), "base:1".to_owned())]);
    let start = Start { build_args, ..start("upper", steps) };
    let (upper, log) = build(client, start, Vec::new()).await.expect("built");
    let (base, upper) = (root(&daemon, &base), root(&daemon, &upper));
    assert_eq!(std::fs::read_to_string(upper.join("two")).expect("made"), "yes\n", "{log}");
    let (below, above) = (tree::listed(&base), tree::listed(&upper));
    assert!(above["again"].starts_with("104711 "), "{}", above["again"]);
    for (path, entry) in below.iter().filter(|(path, _)| path.as_str() != ".") {
        assert_eq!(above.get(path), Some(entry), "{path}");
    }
    // What it was given is not kept, nor held.
    client.delete_image("team/base:1").await.expect("it goes");
    assert_eq!(left(&daemon).len(), 1);
}

#[tokio::test]
async fn only_a_build_that_asks_for_it_has_the_machines_network() {
    needs_root!();
    if let Some(reason) = buildah::missing() {
        skip!("{reason}");
    }
    let daemon = Daemon::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    // By its line there: a static busybox can't be relied on to connect.
    let steps = format!("{SHELL}RUN busybox grep -i :{port:04x} /proc/net/tcp >/answer\n");
    for network in [false, true] {
        let start = Start { network, ..start("net", &steps) };
        let built = build(daemon.client(), start, context()).await;
        match (network, built) {
            (false, Err(error)) => assert_eq!(error.reason.as_deref(), Some("BUILD_FAILED")),
            (true, Ok((image, _))) => {
                let answer = std::fs::read_to_string(root(&daemon, &image).join("answer"));
                assert!(answer.expect("it was written").contains(":"));
            }
            (_, built) => panic!("network {network}: {built:?}"),
        }
    }
}

#[tokio::test]
async fn a_build_stops_at_its_bound_of_the_disk() {
    needs_root!();
    needs_btrfs!();
    if let Some(reason) = buildah::missing() {
        skip!("{reason}");
    }
    let arguments = |driver: &str| ["--storage", driver].map(str::to_owned).to_vec();
    let start_with = async |driver: &str| {
        Daemon::start_with(Options { arguments: arguments(driver), ..Options::default() }).await
    };
    let bound = |disk_bytes| Start {
        disk_bytes,
        ..start("big", &format!("{SHELL}RUN busybox dd if=/dev/zero of=/big bs=1M count=100\n"))
    };
    let daemon = start_with("btrfs").await;
    let client = daemon.client();
    let error = build(client, bound(64 << 20), context()).await.expect_err("it is full");
    assert_eq!(error.reason.as_deref(), Some("BUILD_FAILED"), "{error}");
    assert!(error.message.contains("quota exceeded"), "{error}");
    assert!(left(&daemon).is_empty(), "{:?}", left(&daemon));
    build(client, bound(1 << 30), context()).await.expect("it has room");

    let error = build(client, bound(1 << 20), context()).await.expect_err("too little");
    assert_eq!((error.code, error.fields.len()), (Code::InvalidArgument, 1), "{error}");
    let error = build(start_with("dir").await.client(), bound(64 << 20), context()).await;
    let error = error.expect_err("not held there");
    assert_eq!(error.code, Code::FailedPrecondition, "{error}");
    assert_eq!(error.reason.as_deref(), Some("DISK_LIMIT_UNSUPPORTED"));
}
