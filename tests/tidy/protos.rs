//! The public API: every element has a comment, every call says how it fails and
//! has an HTTP mapping.

use std::collections::HashMap;

use prost_reflect::{DescriptorPool, Kind as FieldKind, MessageDescriptor};
use skerry_api::access::{Kind, Need, RULES};

use crate::source::{Finding, assert_none};

/// Numbers of the fields in descriptor.proto that lead to an element.
mod number {
    pub(crate) const FILE_MESSAGE: i32 = 4;
    pub(crate) const FILE_ENUM: i32 = 5;
    pub(crate) const FILE_SERVICE: i32 = 6;
    pub(crate) const MESSAGE_FIELD: i32 = 2;
    pub(crate) const MESSAGE_NESTED: i32 = 3;
    pub(crate) const MESSAGE_ENUM: i32 = 4;
    pub(crate) const MESSAGE_ONEOF: i32 = 8;
    pub(crate) const ENUM_VALUE: i32 = 2;
    pub(crate) const SERVICE_METHOD: i32 = 2;
}

const PACKAGE: &str = "skerry.v1";
const HTTP_PREFIX: &str = "/api/v1/";

fn check(descriptor_set: &[u8]) -> Vec<Finding> {
    let pool = DescriptorPool::decode(descriptor_set).expect("a descriptor set");
    let mut findings = Vec::new();
    for file in pool.files().filter(|file| file.package_name() == PACKAGE) {
        let mut reader = CommentReader::new(file.file_descriptor_proto());
        reader.read();
        findings.extend(reader.findings);
    }
    findings.extend(check_http(&pool));
    findings
}

fn check_http(pool: &DescriptorPool) -> Vec<Finding> {
    let http = pool.get_extension_by_name("google.api.http").expect("google.api is imported");
    let services = pool.services().filter(|service| service.package_name() == PACKAGE);
    let methods: Vec<_> =
        services.flat_map(|service| service.methods().collect::<Vec<_>>()).collect();
    let mut findings = Vec::new();
    for method in methods {
        let options = method.options();
        let rule = options.get_extension(&http);
        if !options.has_extension(&http) || !rule.to_string().contains(HTTP_PREFIX) {
            findings.push(Finding {
                path: method.parent_file().name().to_owned(),
                line: 0,
                message: format!(
                    "{} has no google.api.http below {HTTP_PREFIX}",
                    method.full_name()
                ),
            });
        }
    }
    findings
}

struct CommentReader<'a> {
    file: &'a prost_types::FileDescriptorProto,
    /// The comments by what they stand before.
    commented: HashMap<Vec<i32>, &'a str>,
    findings: Vec<Finding>,
}

impl<'a> CommentReader<'a> {
    fn new(file: &'a prost_types::FileDescriptorProto) -> Self {
        let info = file.source_code_info.as_ref().expect("source info is compiled in");
        let commented = info.location.iter().filter_map(|location| {
            let text = location.leading_comments.as_deref()?.trim();
            (!text.is_empty()).then(|| (location.path.clone(), text))
        });
        let commented = commented.collect();
        CommentReader { file, commented, findings: Vec::new() }
    }

    fn read(&mut self) {
        let file = self.file;
        for (index, message) in file.message_type.iter().enumerate() {
            self.read_message(&[number::FILE_MESSAGE, index as i32], message);
        }
        for (index, enumeration) in file.enum_type.iter().enumerate() {
            self.read_enum(&[number::FILE_ENUM, index as i32], enumeration);
        }
        for (index, service) in file.service.iter().enumerate() {
            let path = [number::FILE_SERVICE, index as i32];
            self.want(&path, service.name());
            let names = service.method.iter().map(|method| method.name());
            self.want_each(&path, number::SERVICE_METHOD, names.clone());
            names.enumerate().for_each(|(nth, name)| self.want_errors(&path, nth, name));
        }
    }

    fn read_message(&mut self, path: &[i32], message: &prost_types::DescriptorProto) {
        if message.options.as_ref().is_some_and(|options| options.map_entry()) {
            return;
        }
        self.want(path, message.name());
        self.want_each(path, number::MESSAGE_FIELD, message.field.iter().map(|field| field.name()));
        // The compiler makes a oneof of each `optional` field: `_name`.
        let oneofs = message.oneof_decl.iter().map(|oneof| oneof.name());
        self.want_each(path, number::MESSAGE_ONEOF, oneofs.filter(|name| !name.starts_with('_')));
        for (index, nested) in message.nested_type.iter().enumerate() {
            self.read_message(&[path, &[number::MESSAGE_NESTED, index as i32]].concat(), nested);
        }
        for (index, nested) in message.enum_type.iter().enumerate() {
            self.read_enum(&[path, &[number::MESSAGE_ENUM, index as i32]].concat(), nested);
        }
    }

    fn read_enum(&mut self, path: &[i32], enumeration: &prost_types::EnumDescriptorProto) {
        self.want(path, enumeration.name());
        let names = enumeration.value.iter().map(|value| value.name());
        self.want_each(path, number::ENUM_VALUE, names);
    }

    fn want_each<'b>(&mut self, path: &[i32], kind: i32, names: impl Iterator<Item = &'b str>) {
        for (index, name) in names.enumerate() {
            self.want(&[path, &[kind, index as i32]].concat(), name);
        }
    }

    /// A call says how it fails, or its service does for all.
    fn want_errors(&mut self, service: &[i32], nth: usize, name: &str) {
        let call = [service, &[number::SERVICE_METHOD, nth as i32]].concat();
        let says = |path: &[i32], words: &str| {
            self.commented.get(path).is_none_or(|text| text.contains(words))
        };
        if !says(&call, "Errors") && !says(service, "Errors of every call") {
            self.find(format!("{name} does not say how it fails"));
        }
    }

    fn want(&mut self, path: &[i32], name: &str) {
        if !self.commented.contains_key(path) {
            self.find(format!("{name} has no comment"));
        }
    }

    fn find(&mut self, message: String) {
        self.findings.push(Finding { path: self.file.name().to_owned(), line: 0, message });
    }
}

/// Fields that name a resource, by what they are called.
const NAMES: &[(&str, Kind)] = &[
    ("sandbox_id", Kind::Sandbox),
    ("keep_id", Kind::Sandbox),
    ("volume_id", Kind::Volume),
    ("volume_ids", Kind::Volume),
    ("snapshot_id", Kind::Snapshot),
    ("key_id", Kind::SshKey),
    ("access_id", Kind::SshAccess),
];

/// Resources as they are answered: what they name is not asked for.
const ANSWERED: &[&str] = &["Sandbox", "Volume", "Snapshot"];

/// The names in a request, as the rules have them.
fn names(message: &MessageDescriptor, path: &[u32], found: &mut Vec<(Kind, Vec<u32>)>) {
    for field in message.fields() {
        let path = [path, &[field.number()]].concat();
        let called = NAMES.iter().find(|(name, _)| *name == field.name());
        match (called, field.kind()) {
            (Some((_, kind)), FieldKind::String) => found.push((*kind, path)),
            (None, FieldKind::Message(inner))
                if inner.package_name() == PACKAGE && !ANSWERED.contains(&inner.name()) =>
            {
                names(&inner, &path, found);
            }
            _ => {}
        }
    }
}

#[test]
fn every_name_in_a_request_stands_in_its_methods_rule() {
    let pool = DescriptorPool::decode(skerry_api::DESCRIPTOR_SET).expect("a descriptor set");
    let services = pool.services().filter(|service| service.package_name() == PACKAGE);
    let mut rules = 0;
    for method in services.flat_map(|service| service.methods().collect::<Vec<_>>()) {
        let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
        let rule = RULES.iter().find(|rule| rule.method == path).expect("the build wants one");
        rules += 1;
        let mut wanted = Vec::new();
        names(&method.input(), &[], &mut wanted);
        let has = |(kind, path): &(Kind, Vec<u32>)| {
            rule.names.iter().any(|name| name.kind == *kind && name.path == path.as_slice())
        };
        // An admin reaches everything.
        let complete = rule.need == Need::Admin || wanted.iter().all(has);
        assert!(complete, "{path}: {wanted:?}, has {:?}", rule.names);
    }
    assert_eq!(rules, RULES.len());
}

fn compile(text: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("a.proto"), text).expect("a writable folder");
    let vendored = crate::source::root().join("proto");
    let mut compiler = protox::Compiler::new([folder.path(), vendored.as_path()]).expect("folders");
    compiler.include_imports(true).include_source_info(true);
    compiler.open_file("a.proto").expect("a proto that compiles");
    compiler.encode_file_descriptor_set()
}

#[test]
fn the_public_api_is_commented_and_mapped_to_http() {
    assert_none(check(skerry_api::DESCRIPTOR_SET));
}

const SNIPPET: &str = r#"
    syntax = "proto3";
    package skerry.v1;
    import "google/api/annotations.proto";
    // S is a service.
    service S {
      // A call. Errors: none.
      rpc Call(M) returns (M) { option (google.api.http) = {get: "/api/v1/m"}; }
    }
    // M is a message.
    message M {
      // A kind.
      enum Kind {
        // None.
        KIND_UNSPECIFIED = 0;
      }
      // A field.
      optional Kind kind = 1;
      // One of.
      oneof which {
        // A map.
        string a = 2;
      }
      // A map.
      map<string, string> b = 3;
    }
"#;

#[test]
fn a_commented_api_has_no_findings() {
    assert_none(check(&compile(SNIPPET)));
}

#[test]
fn each_missing_comment_is_found() {
    let comments: Vec<&str> =
        SNIPPET.lines().filter(|line| line.trim_start().starts_with("//")).collect();
    assert_eq!(comments.len(), 9);
    for nth in 0..comments.len() {
        let mut seen = 0;
        let kept = SNIPPET.lines().filter(|line| {
            let comment = line.trim_start().starts_with("//");
            seen += usize::from(comment);
            !comment || seen != nth + 1
        });
        let text: String = kept.map(|line| format!("{line}\n")).collect();
        assert_eq!(check(&compile(&text)).len(), 1, "{text}");
    }
}

#[test]
fn a_call_that_does_not_say_how_it_fails_is_found() {
    let text = SNIPPET.replace(" Errors: none.", "");
    assert_eq!(check(&compile(&text)).len(), 1);
    let text = text.replace("S is a service.", "S is a service. Errors of every call: none.");
    assert_none(check(&compile(&text)));
}

#[test]
fn a_call_without_http_is_found() {
    let text = SNIPPET.replace(r#"{ option (google.api.http) = {get: "/api/v1/m"}; }"#, ";");
    assert_ne!(text, SNIPPET);
    assert_eq!(check(&compile(&text)).len(), 1);
    let text = SNIPPET.replace("/api/v1/m", "/elsewhere");
    assert_eq!(check(&compile(&text)).len(), 1);
}
