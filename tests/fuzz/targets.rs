//! The fuzz targets: bytes in, and a panic where what read them broke what it
//! promises. What each promises is told where it is held, in the daemon's
//! `fuzz` modules.

use std::str::from_utf8;
use std::sync::LazyLock;

use prost_reflect::{DescriptorPool, MessageDescriptor};
use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver};
use skerry_server::{preview, rest};

/// Bytes in.
pub type Target = fn(&[u8]);

/// Each by its name, which is that of its program and of its seeds' folder.
pub const ALL: [(&str, Target); 5] =
    [("path", path), ("message", message), ("host", host), ("resume", resume), ("form", form)];

/// A path template, and a path below it.
pub fn path(data: &[u8]) {
    if let Ok(text) = from_utf8(data) {
        rest::fuzz::path(text);
    }
}

/// A number of [`KINDS`], and a body.
pub fn message(data: &[u8]) {
    if let Some((which, body)) = data.split_first() {
        rest::fuzz::message(&KINDS[usize::from(*which) % KINDS.len()], body);
    }
}

/// A domain, and a Host header below it.
pub fn host(data: &[u8]) {
    if let Ok(text) = from_utf8(data) {
        preview::fuzz::host(text);
    }
}

/// A `Last-Event-ID`, and a stream's message below it.
pub fn resume(data: &[u8]) {
    rest::fuzz::resume(data);
}

/// A type of content, and a body below it.
pub fn form(data: &[u8]) {
    rest::fuzz::form(data);
}

/// Requests of the API, as many as make `'0'` the first.
const REQUESTS: [&str; 7] = [
    "CreateSandboxRequest",
    "UpdateSandboxRequest",
    "ExecRequest",
    "CreateTokenRequest",
    "CreateVolumeRequest",
    "SearchFilesRequest",
    "PullImageRequest",
];

/// Kinds of messages: one that has everything and is in itself, and requests.
static KINDS: LazyLock<Vec<MessageDescriptor>> = LazyLock::new(|| {
    let api = DescriptorPool::decode(skerry_api::DESCRIPTOR_SET).expect("a descriptor set");
    let requests = REQUESTS.iter().map(|name| {
        api.get_message_by_name(&format!("skerry.v1.{name}")).expect("a message of the API")
    });
    std::iter::once(everything()).chain(requests).collect()
});

const EVERYTHING: &str = "everything.proto";

fn everything() -> MessageDescriptor {
    let mut files = ChainFileResolver::new();
    files.add(Own);
    files.add(GoogleFileResolver::new());
    let mut compiler = protox::Compiler::with_file_resolver(files);
    compiler.include_imports(true).open_file(EVERYTHING).expect("it compiles");
    let pool = DescriptorPool::decode(&*compiler.encode_file_descriptor_set());
    let pool = pool.expect("it was encoded");
    pool.get_message_by_name("everything.Everything").expect("it is in the file")
}

/// The file beside this one.
struct Own;

impl FileResolver for Own {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        match name {
            EVERYTHING => File::from_source(name, include_str!("everything.proto")),
            _ => Err(protox::Error::file_not_found(name)),
        }
    }
}
