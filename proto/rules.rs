//! Reads the rules of who may call what, `skerry.v1.access`, off the methods'
//! descriptors, and writes them as a table. A part of the build script: a
//! method without a rule does not build.

use std::error::Error;
use std::fmt::Write as _;

use protox::prost_reflect::{
    DescriptorPool, DynamicMessage, Kind, MessageDescriptor, MethodDescriptor, ReflectMessage,
};

const PACKAGE: &str = "skerry.v1";

/// The fields of the rule that name resources, and what the table calls them.
const KINDS: [(&str, &str); 5] = [
    ("sandbox", "Sandbox"),
    ("volume", "Volume"),
    ("snapshot", "Snapshot"),
    ("ssh_key", "SshKey"),
    ("ssh_access", "SshAccess"),
];

/// The table as Rust: `RULES` by method, `OPEN_PATHS` of those that need no
/// token.
pub(crate) fn table(pool: &DescriptorPool) -> Result<String, Box<dyn Error>> {
    let mut methods: Vec<_> = pool
        .services()
        .filter(|service| service.package_name() == PACKAGE)
        .flat_map(|service| service.methods().collect::<Vec<_>>())
        .collect();
    methods.sort_by_key(path);
    let (mut rules, mut open) = (String::new(), String::new());
    for method in &methods {
        let option = option(pool, method, "skerry.v1.access")?
            .ok_or_else(|| format!("{} has no option (access)", method.full_name()))?;
        let need = need(method, &option)?;
        let (names, bound) = (names(method, &option)?, flag(&option, "bound"));
        let (path, streams) = (path(method), method.is_server_streaming());
        write!(
            rules,
            "Rule {{ method: {path:?}, need: Need::{need}, names: &[{names}], bound: {bound}, \
             streams: {streams} }},\n    "
        )?;
        if need == "Nothing" {
            write!(open, "{:?}, ", open_path(pool, method)?)?;
        }
    }
    Ok(format!(
        "/// By method, in order.\npub const RULES: &[Rule] = &[\n    {rules}];\n\
         /// Over HTTP, of the methods that need no token.\n\
         pub const OPEN_PATHS: &[&str] = &[{open}];\n"
    ))
}

fn path(method: &MethodDescriptor) -> String {
    format!("/{}/{}", method.parent_service().full_name(), method.name())
}

fn option(
    pool: &DescriptorPool,
    method: &MethodDescriptor,
    name: &str,
) -> Result<Option<DynamicMessage>, Box<dyn Error>> {
    let extension = pool.get_extension_by_name(name).ok_or_else(|| format!("no {name}"))?;
    let options = method.options();
    if !options.has_extension(&extension) {
        return Ok(None);
    }
    Ok(options.get_extension(&extension).as_message().cloned())
}

fn need(method: &MethodDescriptor, option: &DynamicMessage) -> Result<String, Box<dyn Error>> {
    let unknown = || format!("{} says not what it needs", method.full_name());
    let number = option.get_field_by_name("need").and_then(|need| need.as_enum_number());
    let kind = option.descriptor().get_field_by_name("need").ok_or_else(unknown)?.kind();
    let value = kind.as_enum().and_then(|kind| kind.get_value(number?)).ok_or_else(unknown)?;
    match value.name().strip_prefix("NEED_") {
        None | Some("UNSPECIFIED") => Err(unknown().into()),
        Some(name) => Ok(format!("{}{}", &name[..1], name[1..].to_ascii_lowercase())),
    }
}

fn names(method: &MethodDescriptor, option: &DynamicMessage) -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    for (field, kind) in KINDS {
        let value = option.get_field_by_name(field);
        let paths = value.as_ref().and_then(|value| value.as_list()).unwrap_or_default();
        for path in paths.iter().filter_map(|path| path.as_str()) {
            let numbers = numbers(&method.input(), path)
                .ok_or_else(|| format!("{} has no text {path}", method.full_name()))?;
            write!(text, "Named {{ kind: Kind::{kind}, path: &{numbers:?} }}, ")?;
        }
    }
    Ok(text)
}

/// The numbers of the fields that lead to a text.
fn numbers(message: &MessageDescriptor, path: &str) -> Option<Vec<u32>> {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let field = message.get_field_by_name(name)?;
    let mut numbers = vec![field.number()];
    match (rest, field.kind()) {
        (None, Kind::String) => {}
        (Some(rest), Kind::Message(inner)) => numbers.extend(self::numbers(&inner, rest)?),
        _ => return None,
    }
    Some(numbers)
}

fn flag(option: &DynamicMessage, field: &str) -> bool {
    option.get_field_by_name(field).and_then(|value| value.as_bool()).unwrap_or_default()
}

/// A path without parameters, so that it can be looked up as it is.
fn open_path(pool: &DescriptorPool, method: &MethodDescriptor) -> Result<String, Box<dyn Error>> {
    let http = option(pool, method, "google.api.http")?;
    let post = http.as_ref().and_then(|http| http.get_field_by_name("post"));
    match post.as_ref().and_then(|path| path.as_str()).filter(|path| !path.contains('{')) {
        Some(path) if !path.is_empty() => Ok(path.to_owned()),
        _ => Err(format!("{} must be a post to a plain path", method.full_name()).into()),
    }
}
