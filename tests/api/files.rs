//! Bad input about files is refused with its field named, before any machine
//! hears of it.

use skerry_api::v1::file_service_client::FileServiceClient;
use skerry_api::v1::upload_archive_request::Part as ArchivePart;
use skerry_api::v1::write_file_request::Part as WritePart;
use skerry_api::v1::{
    self, ArchiveFormat, ChangeModeRequest, ChangeOwnerRequest, ListFilesRequest, MoveFileRequest,
    ReadFileRequest, ReplaceInFilesRequest, SearchFilesRequest, StatFileRequest, UploadArchiveOpen,
    UploadArchiveRequest, WriteFileOpen, WriteFileRequest,
};
use tonic::Code;

use crate::api::{Api, Caller, invalid, refused};

const SANDBOX: &str = "one";

fn files(api: &Api) -> FileServiceClient<Caller> {
    FileServiceClient::new(api.caller())
}

fn id() -> String {
    SANDBOX.to_owned()
}

fn stat(path: &str) -> StatFileRequest {
    StatFileRequest { sandbox_id: id(), path: path.to_owned(), ..Default::default() }
}

#[tokio::test]
async fn a_bad_path_is_named() {
    let api = Api::start().await;
    api.create(SANDBOX).await;
    for path in ["", "a\0b", &"x".repeat(5000)] {
        invalid(files(&api).stat_file(stat(path)).await, "path");
    }
    let both = StatFileRequest { raw_path: b"x".to_vec().into(), ..stat("x") };
    invalid(files(&api).stat_file(both).await, "raw_path");
    let to = MoveFileRequest { sandbox_id: id(), path: "a".into(), ..Default::default() };
    invalid(files(&api).move_file(to).await, "to_path");
    for sandbox_id in ["", "..", "a/b", "a\n"] {
        let request = StatFileRequest { sandbox_id: sandbox_id.to_owned(), ..stat("x") };
        invalid(files(&api).stat_file(request).await, "sandbox_id");
    }
    let nobody = StatFileRequest { sandbox_id: "nobody".to_owned(), ..stat("x") };
    refused(files(&api).stat_file(nobody).await, Code::NotFound, "SANDBOX_NOT_FOUND");
}

#[tokio::test]
async fn a_bad_number_is_named() {
    let api = Api::start().await;
    api.create(SANDBOX).await;
    let read = |offset, length| ReadFileRequest {
        sandbox_id: id(),
        path: "x".into(),
        offset,
        length,
        ..Default::default()
    };
    invalid(files(&api).read_file(read(-1, None)).await.map(drop), "offset");
    invalid(files(&api).read_file(read(0, Some(i64::MIN))).await.map(drop), "length");
    for page_size in [-1, 10_001, i32::MAX] {
        let list = ListFilesRequest { sandbox_id: id(), page_size, ..Default::default() };
        invalid(files(&api).list_files(list).await, "page_size");
    }
    let list = ListFilesRequest { sandbox_id: id(), page_token: "x".into(), ..Default::default() };
    invalid(files(&api).list_files(list).await, "page_token");
    let mode = 0o10_000;
    let mode = ChangeModeRequest { sandbox_id: id(), path: "x".into(), mode, ..Default::default() };
    invalid(files(&api).change_mode(mode).await, "mode");
    let results = SearchFilesRequest { sandbox_id: id(), max_results: -1, ..Default::default() };
    invalid(files(&api).search_files(results).await.map(drop), "max_results");
}

#[tokio::test]
async fn a_bad_text_is_named() {
    let api = Api::start().await;
    api.create(SANDBOX).await;
    for owner in ["", "a\nb", &"x".repeat(300)] {
        let owner = owner.to_owned();
        let request =
            ChangeOwnerRequest { sandbox_id: id(), path: "x".into(), owner, ..Default::default() };
        invalid(files(&api).change_owner(request).await, "owner");
    }
    let replace = |pattern: &str, replacement: usize| ReplaceInFilesRequest {
        sandbox_id: id(),
        pattern: pattern.to_owned(),
        replacement: "x".repeat(replacement).into(),
        ..Default::default()
    };
    invalid(files(&api).replace_in_files(replace("", 1)).await.map(drop), "pattern");
    let long = "x".repeat(5000);
    invalid(files(&api).replace_in_files(replace(&long, 1)).await.map(drop), "pattern");
    invalid(files(&api).replace_in_files(replace("a", 65_537)).await.map(drop), "replacement");
}

#[tokio::test]
async fn what_is_sent_in_pieces_begins_with_what_it_is() {
    let api = Api::start().await;
    api.create(SANDBOX).await;
    let write = async |parts: Vec<WritePart>| {
        let parts = parts.into_iter().map(|part| WriteFileRequest { part: Some(part) });
        files(&api).write_file(tokio_stream::iter(parts.collect::<Vec<_>>())).await
    };
    invalid(write(vec![]).await, "open");
    invalid(write(vec![WritePart::Data(b"x".to_vec().into())]).await, "open");
    let open = |mode| WriteFileOpen {
        sandbox_id: id(),
        path: "x".into(),
        mode: Some(mode),
        ..Default::default()
    };
    invalid(write(vec![WritePart::Open(open(0o10_000))]).await, "mode");

    for format in [ArchiveFormat::Zip as i32, 99] {
        let open = UploadArchiveOpen { sandbox_id: id(), format, ..Default::default() };
        let part = UploadArchiveRequest { part: Some(ArchivePart::Open(open)) };
        invalid(files(&api).upload_archive(tokio_stream::iter([part])).await, "format");
    }
    let request = v1::DownloadArchiveRequest {
        sandbox_id: id(),
        path: "x".into(),
        format: 99,
        ..Default::default()
    };
    invalid(files(&api).download_archive(request).await.map(drop), "format");
}
