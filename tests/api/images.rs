//! Images: imported whole, or not at all.

use std::io::Write;

use futures::stream;
use skerry_api::v1::import_image_request::{Part, Start};
use skerry_api::v1::{
    CreateSandboxRequest, DeleteImageRequest, DeleteSandboxRequest, GetImageRequest, Image,
    ImportImageRequest, ListImagesRequest,
};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::api::{Api, invalid, refused};

fn part(part: Part) -> ImportImageRequest {
    ImportImageRequest { part: Some(part) }
}

fn start(name: &str) -> ImportImageRequest {
    part(Part::Start(Start { name: name.to_owned() }))
}

fn chunks(archive: &[u8]) -> impl Iterator<Item = ImportImageRequest> {
    archive.chunks(1000).map(|chunk| part(Part::Chunk(chunk.to_vec().into())))
}

async fn import(api: &Api, name: &str, archive: &[u8]) -> Result<Image, Status> {
    let parts: Vec<_> = std::iter::once(start(name)).chain(chunks(archive)).collect();
    let answer = api.images().import_image(stream::iter(parts)).await;
    answer.map(tonic::Response::into_inner)
}

/// One member of a tar archive and its end; the name is written as it is.
fn tar(name: &[u8], kind: u8, content: &[u8]) -> Vec<u8> {
    let mut header = [0_u8; 512];
    header[..name.len()].copy_from_slice(name);
    header[100..107].copy_from_slice(b"0000755");
    header[108..115].copy_from_slice(b"0000000");
    header[116..123].copy_from_slice(b"0000000");
    header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
    header[136..147].copy_from_slice(b"00000000000");
    header[156] = kind;
    header[257..263].copy_from_slice(b"ustar\0");
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let mut archive = header.to_vec();
    archive.extend_from_slice(content);
    archive.resize(archive.len().next_multiple_of(512) + 1024, 0);
    archive
}

fn good() -> Vec<u8> {
    tar(b"bin/tool", b'0', b"#!/bin/sh\n")
}

/// Unpacking gives files away, which only root may.
fn skip_without_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    let root = std::fs::metadata("/proc/self").is_ok_and(|meta| meta.uid() == 0);
    if !root {
        eprintln!("skipped: needs root to give files away");
    }
    !root
}

/// Directories of images, the built-in one and the blobs aside.
fn files(api: &Api) -> Vec<String> {
    let entries = std::fs::read_dir(api.dir.path().join("data/images")).expect("it is there");
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name != "host" && name != "blobs").collect()
}

#[tokio::test]
async fn an_archive_becomes_an_image_in_every_wrapping() {
    if skip_without_root() {
        return;
    }
    let api = Api::start().await;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&good()).unwrap();
    let zstd = zstd::encode_all(&good()[..], 1).unwrap();
    for (name, archive) in [("plain", good()), ("gzip", gzip.finish().unwrap()), ("zstd", zstd)] {
        let image = import(&api, name, &archive).await.expect("it is imported");
        assert_eq!((image.name.as_str(), image.size_bytes, image.entries), (name, 10, 1));
        let file = format!("data/images/{}/root/bin/tool", image.id);
        assert_eq!(std::fs::read(api.dir.path().join(file)).unwrap(), b"#!/bin/sh\n");
    }
    let api = api.restart().await;
    let list = api.images().list_images(ListImagesRequest::default()).await.unwrap().into_inner();
    let names: Vec<_> = list.images.iter().map(|image| image.name.as_str()).collect();
    assert_eq!(names, ["gzip", "host", "plain", "zstd"]);
    let page = ListImagesRequest { page_size: 2, page_token: String::new() };
    let page = api.images().list_images(page).await.unwrap().into_inner();
    let rest = ListImagesRequest { page_size: 2, page_token: page.next_page_token };
    let rest = api.images().list_images(rest).await.unwrap().into_inner();
    assert_eq!((rest.images[0].name.as_str(), rest.next_page_token.as_str()), ("plain", ""));
}

#[tokio::test]
async fn a_hostile_or_damaged_archive_leaves_nothing() {
    let api = Api::start().await;
    for (archive, wanted) in [
        (tar(b"/etc/passwd", b'0', b"x"), "BAD_MEMBER"),
        (tar(b"../../evil", b'0', b"x"), "BAD_MEMBER"),
        (tar(b"dev/sda", b'4', b""), "BAD_MEMBER"),
        (tar(b"dev/mem", b'3', b""), "BAD_MEMBER"),
        (tar(b"x", b'?', b""), "BAD_MEMBER"),
        (b"this is no archive".repeat(100), "BAD_ARCHIVE"),
        (Vec::new(), "BAD_ARCHIVE"),
        (good()[..515].to_vec(), "BAD_ARCHIVE"),
    ] {
        let status = refused(import(&api, "evil", &archive).await, Code::InvalidArgument, wanted);
        let details = status.get_error_details();
        assert_eq!(details.bad_request().unwrap().field_violations[0].field, "chunk");
        assert!(files(&api).is_empty(), "{:?}", files(&api));
    }
    let get = GetImageRequest { image_id: "evil".to_owned() };
    refused(api.images().get_image(get).await, Code::NotFound, "IMAGE_NOT_FOUND");
}

#[tokio::test]
async fn an_import_has_a_start_with_a_good_name_first_and_once() {
    let api = Api::start().await;
    let long = "a".repeat(300);
    for name in ["", "a//b", "a/../b", "..", "a\n", "A", "img_x", &long] {
        let status = import(&api, name, &good()).await.expect_err("a bad name");
        let details = status.get_error_details();
        assert_eq!(details.bad_request().unwrap().field_violations[0].field, "start.name");
    }
    let taken = import(&api, "host", &good()).await;
    refused(taken, Code::AlreadyExists, "IMAGE_NAME_TAKEN");
    let send = async |parts: Vec<ImportImageRequest>| {
        api.images().import_image(stream::iter(parts)).await.map(|_| ())
    };
    invalid(send(vec![]).await, "start");
    invalid(send(chunks(&good()).collect()).await, "start");
    invalid(send(vec![start("a"), start("a")]).await, "start");
    invalid(send(vec![start("a"), ImportImageRequest { part: None }]).await, "chunk");
    let big = part(Part::Chunk(vec![0; (1 << 20) + 1].into()));
    invalid(send(vec![start("a"), big]).await, "chunk");
    assert!(files(&api).is_empty(), "{:?}", files(&api));
}

#[tokio::test]
async fn an_import_whose_caller_goes_away_leaves_nothing() {
    let api = Api::start().await;
    let (sender, receiver) = tokio::sync::mpsc::channel::<ImportImageRequest>(4);
    let parts =
        stream::unfold(receiver, async |mut receiver| Some((receiver.recv().await?, receiver)));
    let mut images = api.images();
    let call = tokio::spawn(async move { images.import_image(Box::pin(parts)).await });
    sender.send(start("a")).await.unwrap();
    sender.send(part(Part::Chunk(good()[..512].to_vec().into()))).await.unwrap();
    for _ in 0..3_000 {
        if !files(&api).is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(files(&api).len(), 1, "the import is under way");
    call.abort();
    for _ in 0..3_000 {
        if files(&api).is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert!(files(&api).is_empty());
    if skip_without_root() {
        return;
    }
    // The name is let go right after the files.
    for _ in 0..3_000 {
        match import(&api, "a", &good()).await {
            Err(status) if status.code() == Code::AlreadyExists => {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
            imported => return assert_eq!(imported.expect("its name is free again").name, "a"),
        }
    }
    panic!("its name is never free again");
}

#[tokio::test]
async fn an_image_in_use_stays() {
    if skip_without_root() {
        return;
    }
    let api = Api::start().await;
    let image = import(&api, "debian:12", &good()).await.expect("it is imported");
    let taken = import(&api, "debian:12", &good()).await;
    refused(taken, Code::AlreadyExists, "IMAGE_NAME_TAKEN");
    let create = CreateSandboxRequest {
        name: "a".to_owned(),
        image: image.id.clone(),
        ..Default::default()
    };
    let sandbox = api.sandboxes().create_sandbox(create).await.expect("made").into_inner();
    assert_eq!(sandbox.image, "debian:12");
    let delete = |image_id: &str| DeleteImageRequest { image_id: image_id.to_owned() };
    let in_use = api.images().delete_image(delete("debian:12")).await;
    refused(in_use, Code::FailedPrecondition, "IMAGE_IN_USE");
    let host = api.images().delete_image(delete("host")).await;
    refused(host, Code::FailedPrecondition, "IMAGE_BUILT_IN");
    let sandbox = DeleteSandboxRequest { sandbox_id: "a".to_owned() };
    api.sandboxes().delete_sandbox(sandbox).await.expect("deleted");
    for _ in 0..2 {
        api.images().delete_image(delete(&image.id)).await.expect("gone, also the second time");
    }
    assert!(files(&api).is_empty());
}
