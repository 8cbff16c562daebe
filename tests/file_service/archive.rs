//! Trees up and down in every format, and archives that must be refused
//! whole.

use std::io::{Cursor, Read, Write};

use skerry_client::Client;
use skerry_client::v1::{ArchiveFormat, DownloadArchiveRequest, UploadArchiveOpen};
use skerry_test_support::{Daemon, needs_root};
use tar::{Builder, EntryType, Header};

use crate::steps::{create, names, reason, sh, unpack, unpacking};

const TREE: &str = "mkdir -p t/sub/empty t/ro; printf a >t/sub/a; chmod 4750 t/sub/a; \
    ln -s sub/a t/link; printf b >\"t/$(printf 'new\\nline')\"; printf c >\"t/$(printf 'no\\377utf')\"; \
    head -c 3000000 /dev/urandom >t/big; mkdir -p t/$(printf 'n%.0s' $(seq 200))/$(printf 'm%.0s' $(seq 200)); \
    printf d >t/ro/d; chmod 500 t/ro; touch -d @1000000000 t/sub/a; mkfifo t/fifo";
/// What a tree is, as one number.
const SUM: &str = "(cd D; find . ! -name fifo -print0 | sort -z | \
    xargs -0 stat -c '%n %f %h' | grep -v ' [0-9a-f]* 999' ; \
    find . -type f -print0 | sort -z | xargs -0 cat; find . -type l -exec readlink {} +) | sha256sum";

async fn download(client: &Client, id: &str, path: &str, format: ArchiveFormat) -> Vec<u8> {
    let request = DownloadArchiveRequest {
        sandbox_id: id.to_owned(),
        path: path.to_owned(),
        format: format.into(),
        ..Default::default()
    };
    let mut stream = client.download_archive(request).await.expect("a call");
    let mut all = Vec::new();
    while let Some(piece) = stream.next().await.expect("to its end") {
        assert!(piece.data.len() <= 256 << 10);
        all.extend_from_slice(&piece.data);
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tree_comes_back_as_it_went_in_each_format() {
    needs_root!();
    let daemon = Daemon::start().await;
    let (client, id) = (daemon.client(), create(daemon.client()).await.id);
    sh(client, &id, TREE).await;
    let sum = sh(client, &id, &SUM.replace("D", "t")).await;
    for format in [ArchiveFormat::Tar, ArchiveFormat::TarGz, ArchiveFormat::TarZst] {
        let archive = download(client, &id, "t", format).await;
        let to = format!("/tmp/{format:?}");
        let open = UploadArchiveOpen { format: format.into(), ..unpacking(&id, &to) };
        unpack(client, open, archive).await.expect("unpacked");
        assert_eq!(sh(client, &id, &SUM.replace("D", &format!("{to}/t"))).await, sum, "{format:?}");
        assert_eq!(sh(client, &id, &format!("stat -c %Y {to}/t/sub/a")).await, "1000000000");
    }
    let one = download(client, &id, "t/sub/a", ArchiveFormat::Tar).await;
    let mut archive = tar::Archive::new(&one[..]);
    let mut entries = archive.entries().expect("an archive");
    let entry = entries.next().expect("one").expect("whole");
    assert_eq!(entry.path().expect("a path").to_str(), Some("a"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zip_holds_the_files_links_and_modes() {
    needs_root!();
    let daemon = Daemon::start().await;
    let (client, id) = (daemon.client(), create(daemon.client()).await.id);
    sh(client, &id, "mkdir -p z/sub; printf hello >z/sub/f; chmod 755 z/sub/f; ln -s sub/f z/l")
        .await;
    let bytes = download(client, &id, "z", ArchiveFormat::Zip).await;
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    let mut text = String::new();
    let mut file = zip.by_name("z/sub/f").expect("there");
    assert_eq!(file.unix_mode().map(|mode| mode & 0o777), Some(0o755));
    file.read_to_string(&mut text).expect("whole");
    assert_eq!(text, "hello");
    drop(file);
    assert!(zip.by_name("z/l").expect("there").is_symlink());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_goes_into_what_is_there_and_to_its_owner() {
    needs_root!();
    let daemon = Daemon::start().await;
    let (client, id) = (daemon.client(), create(daemon.client()).await.id);
    sh(client, &id, "mkdir -p d/sub; echo old >d/sub/f; echo kept >d/sub/g").await;
    let archive =
        made(&[("sub/f", EntryType::Regular, "", b"new"), ("h", EntryType::Regular, "", b"h")]);
    let open = UploadArchiveOpen { owner: "5:6".to_owned(), ..unpacking(&id, "d") };
    unpack(client, open, archive).await.expect("unpacked");
    let look = "cat d/sub/f d/sub/g d/h; stat -c %u:%g d/h d/sub/f; ls -A d";
    assert_eq!(sh(client, &id, look).await, "newkept\nh5:6\n5:6\nh\nsub");
}

/// An archive of members as they are given, whatever their names.
fn made(members: &[(&str, EntryType, &str, &[u8])]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (name, kind, link, content) in members {
        let mut header = Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.as_old_mut().linkname[..link.len()].copy_from_slice(link.as_bytes());
        header.set_entry_type(*kind);
        header.set_mode(0o644);
        header.set_size(content.len() as u64);
        header.set_cksum();
        builder.append(&header, *content).expect("a Vec grows");
    }
    builder.into_inner().expect("a Vec grows")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_leads_out_is_refused_with_all_the_others() {
    needs_root!();
    let daemon = Daemon::start().await;
    let (client, id) = (daemon.client(), create(daemon.client()).await.id);
    sh(client, &id, "mkdir -p d out; echo secret >out/secret; ln -s /workspace/out d/there").await;
    let good = ("good", EntryType::Regular, "", &b"good"[..]);
    let evil: [&[(&str, EntryType, &str, &[u8])]; 11] = [
        &[("../x", EntryType::Regular, "", b"x")],
        &[("a/../../x", EntryType::Regular, "", b"x")],
        &[("/workspace/x", EntryType::Regular, "", b"x")],
        &[("l", EntryType::Symlink, "/workspace/out", b""), ("l/x", EntryType::Regular, "", b"x")],
        &[("h", EntryType::Link, "../out/secret", b"")],
        &[("h", EntryType::Link, "/workspace/out/secret", b"")],
        &[
            ("l", EntryType::Symlink, "/workspace/out", b""),
            ("h", EntryType::Link, "l/secret", b""),
        ],
        &[("dev", EntryType::Char, "", b"")],
        &[("fifo", EntryType::Fifo, "", b"")],
        &[("there/x", EntryType::Regular, "", b"x")],
        &[("f", EntryType::Regular, "", b"f"), ("f/x", EntryType::Regular, "", b"x")],
    ];
    for members in evil {
        let mut all = vec![good];
        all.extend_from_slice(members);
        let refused = reason(unpack(client, unpacking(&id, "d"), made(&all)).await);
        assert!(
            ["BAD_ARCHIVE", "NOT_A_DIRECTORY", "FILE_EXISTS"].contains(&&*refused),
            "{members:?}: {refused}"
        );
        assert_eq!(names(client, &id, "d").await, ["there"], "{members:?}");
        assert_eq!(
            sh(client, &id, "ls -A . out").await,
            ".:\nd\nout\n\nout:\nsecret",
            "{members:?}"
        );
    }
    let cut = made(&[("a", EntryType::Regular, "", &[7; 5000])]);
    assert_eq!(
        reason(unpack(client, unpacking(&id, "d"), cut[..3000].to_vec()).await),
        "BAD_ARCHIVE"
    );
    let gz = UploadArchiveOpen { format: ArchiveFormat::TarGz.into(), ..unpacking(&id, "d") };
    assert_eq!(reason(unpack(client, gz, b"no gzip".to_vec()).await), "BAD_ARCHIVE");
    let zip = UploadArchiveOpen { format: ArchiveFormat::Zip.into(), ..unpacking(&id, "d") };
    assert_eq!(reason(unpack(client, zip, Vec::new()).await), "INVALID_FIELD");
    assert_eq!(names(client, &id, "d").await, ["there"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bomb_is_refused_and_leaves_nothing() {
    needs_root!();
    let daemon = Daemon::start().await;
    let (client, id) = (daemon.client(), create(daemon.client()).await.id);
    // A file that says that it has a tebibyte, and one that has 1 GiB in 1 MiB.
    let mut header = Header::new_gnu();
    header.set_path("huge").expect("short");
    header.set_size(1 << 40);
    header.set_cksum();
    let mut archive = header.as_bytes().to_vec();
    archive.extend_from_slice(&[0; 4096]);
    let refused = reason(unpack(client, unpacking(&id, "d"), archive).await);
    assert!(["BAD_ARCHIVE", "BOUND_REACHED"].contains(&&*refused), "{refused}");
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).expect("an encoder");
    let mut header = Header::new_gnu();
    header.set_path("bomb").expect("short");
    header.set_size(1 << 40);
    header.set_cksum();
    encoder.write_all(header.as_bytes()).expect("a Vec grows");
    for _ in 0..64 {
        encoder.write_all(&vec![0; 16 << 20]).expect("a Vec grows");
    }
    let bomb = encoder.finish().expect("a Vec grows");
    let open = UploadArchiveOpen { format: ArchiveFormat::TarZst.into(), ..unpacking(&id, "d") };
    let refused = reason(unpack(client, open, bomb).await);
    assert!(["BAD_ARCHIVE", "BOUND_REACHED"].contains(&&*refused), "{refused}");
    assert_eq!(sh(client, &id, "find . -type f").await, "");
}
