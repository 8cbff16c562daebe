//! A service's page, written from its descriptors and comments.

use std::fmt::Write;

use prost_reflect::{
    DescriptorPool, EnumDescriptor, ExtensionDescriptor, FieldDescriptor, FileDescriptor, Kind,
    MessageDescriptor, MethodDescriptor, OneofDescriptor,
};
use skerry_api::access::{Need, RULES};
use skerry_server::rest::{Comments, Rule, rules};

/// What the pages are made of.
pub(crate) struct Reference {
    comments: Comments,
    http: ExtensionDescriptor,
}

/// The name of a file's page: `exec_service.proto` is `exec.md`.
pub(crate) fn page_of(file: &FileDescriptor) -> String {
    let name = file.name().rsplit('/').next().unwrap_or_default();
    let name = name.strip_suffix(".proto").unwrap_or(name);
    format!("{}.md", name.strip_suffix("_service").unwrap_or(name))
}

impl Reference {
    pub(crate) fn of(pool: &DescriptorPool) -> Self {
        let http = pool.get_extension_by_name("google.api.http").expect("google.api is imported");
        Self { comments: Comments::of(pool), http }
    }

    /// A list of the calls of a file, with links into its page.
    pub(crate) fn calls(&self, file: &FileDescriptor, page: &str) -> String {
        let mut text = String::new();
        for service in file.services() {
            writeln!(text, "## [{}]({page})\n", service.name()).expect(TO_STRING);
            text.push_str("| | |\n|---|---|\n");
            for method in service.methods() {
                let (name, route) = (method.name(), self.routes(&method));
                writeln!(text, "| [{name}]({page}#{}) | {route} |", anchor(name)).expect(TO_STRING);
            }
            text.push('\n');
        }
        text
    }

    /// A file's page.
    pub(crate) fn page(&self, file: &FileDescriptor) -> String {
        let mut text = String::new();
        for service in file.services() {
            section(&mut text, "#", service.name(), &self.comments.service(&service));
            text.push_str("## Calls\n\n");
            service.methods().for_each(|method| self.method(&mut text, &method));
        }
        text.push_str("## Messages\n\n");
        file.messages().for_each(|message| self.message(&mut text, &message));
        if file.enums().len() > 0 {
            text.push_str("## Enums\n\n");
            file.enums().for_each(|kind| self.enumeration(&mut text, &kind));
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
        text
    }

    fn method(&self, text: &mut String, method: &MethodDescriptor) {
        let page = page_of(&method.parent_file());
        let one_or_many = |streams: bool, message: &MessageDescriptor| {
            format!("{}{}", if streams { "a stream of " } else { "" }, link(message, &page))
        };
        let takes = one_or_many(method.is_client_streaming(), &method.input());
        let answers = one_or_many(method.is_server_streaming(), &method.output());
        let head = format!(
            "{}, {}\n\nTakes {takes}, answers with {answers}.\n\n",
            self.routes(method),
            needs(method)
        );
        section(text, "###", method.name(), &(head + &self.comments.method(method)));
    }

    /// Where a method is: `` `GET /api/v1/system` ``.
    fn routes(&self, method: &MethodDescriptor) -> String {
        let route = |Rule { method, path, body, .. }: Rule| match body.as_str() {
            "" | "*" => format!("`{method} {path}`"),
            field => format!("`{method} {path}` with `{field}` as the body"),
        };
        let routes = rules(method, &self.http).into_iter().map(route);
        routes.collect::<Vec<_>>().join(", ")
    }

    fn message(&self, text: &mut String, message: &MessageDescriptor) {
        if message.is_map_entry() {
            return;
        }
        section(text, "###", &short(message.full_name()), &self.comments.message(message));
        let alone = |field: &FieldDescriptor| real_oneof(field).is_none();
        self.fields(text, &ordered(message.fields().filter(alone)));
        for oneof in message.oneofs().filter(|oneof| !oneof.is_synthetic()) {
            let told = one_line(&self.comments.oneof(&oneof));
            write!(text, "One of these, `{}`: {told}\n\n", oneof.name()).expect(TO_STRING);
            self.fields(text, &ordered(oneof.fields()));
        }
        message.child_messages().for_each(|child| self.message(text, &child));
        message.child_enums().for_each(|child| self.enumeration(text, &child));
    }

    fn fields(&self, text: &mut String, fields: &[FieldDescriptor]) {
        if fields.is_empty() {
            return;
        }
        text.push_str("| field | type | |\n|---|---|---|\n");
        for field in fields {
            let (name, kind) = (field.name(), kind_of(field));
            let told = cell(&self.comments.field(field));
            writeln!(text, "| `{name}` | {kind} | {told} |").expect(TO_STRING);
        }
        text.push('\n');
    }

    fn enumeration(&self, text: &mut String, kind: &EnumDescriptor) {
        section(text, "###", &short(kind.full_name()), &self.comments.enumeration_alone(kind));
        text.push_str("| value | number | |\n|---|---|---|\n");
        for value in kind.values() {
            let told = cell(&self.comments.value(&value));
            writeln!(text, "| `{}` | {} | {told} |", value.name(), value.number())
                .expect(TO_STRING);
        }
        text.push('\n');
    }
}

const TO_STRING: &str = "a String takes all";

fn section(text: &mut String, level: &str, title: &str, body: &str) {
    write!(text, "{level} {title}\n\n{body}\n\n").expect(TO_STRING);
}

/// What a caller needs.
fn needs(method: &MethodDescriptor) -> String {
    let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
    let rule = RULES.iter().find(|rule| rule.method == path).expect("the build wants one");
    let need = match rule.need {
        Need::Nothing => return "needs no token".to_owned(),
        Need::Read => "read",
        Need::Exec => "exec",
        Need::Manage => "manage",
        Need::Admin => "admin",
    };
    format!("needs `{need}`{}", if rule.bound { ", also of one sandbox" } else { "" })
}

/// A field's type, with a link where it is a message or an enum of ours.
fn kind_of(field: &FieldDescriptor) -> String {
    let page = page_of(&field.parent_message().parent_file());
    if let (true, Kind::Message(entry)) = (field.is_map(), field.kind()) {
        let value = name_of(&entry.map_entry_value_field().kind(), &page);
        return format!("map of {:?} to {value}", entry.map_entry_key_field().kind());
    }
    let name = name_of(&field.kind(), &page);
    let optional = field.field_descriptor_proto().proto3_optional();
    match (field.is_list(), optional) {
        (true, _) => format!("list of {name}"),
        (false, true) => format!("{name}, optional"),
        (false, false) => name,
    }
}

fn name_of(kind: &Kind, page: &str) -> String {
    match kind {
        Kind::Message(message) => link(message, page),
        Kind::Enum(kind) => linked(&short(kind.full_name()), &page_of(&kind.parent_file()), page),
        scalar => format!("{scalar:?}"),
    }
}

/// A message's name; a link where it is ours.
fn link(message: &MessageDescriptor, page: &str) -> String {
    match message.package_name().starts_with("google.") {
        true => message.name().to_owned(),
        false => linked(&short(message.full_name()), &page_of(&message.parent_file()), page),
    }
}

fn linked(name: &str, there: &str, here: &str) -> String {
    format!("[{name}]({}#{})", if there == here { "" } else { there }, anchor(name))
}

/// What a heading of this name is found by.
fn anchor(name: &str) -> String {
    name.chars().filter(|letter| *letter != '.').collect::<String>().to_lowercase()
}

/// The name without its package: `InteractExecRequest.Start`.
fn short(full_name: &str) -> String {
    full_name.strip_prefix("skerry.v1.").unwrap_or(full_name).to_owned()
}

fn real_oneof(field: &FieldDescriptor) -> Option<OneofDescriptor> {
    field.containing_oneof().filter(|oneof| !oneof.is_synthetic())
}

/// In the file's order; descriptors have them by their numbers.
fn ordered(fields: impl Iterator<Item = FieldDescriptor>) -> Vec<FieldDescriptor> {
    let mut fields: Vec<FieldDescriptor> = fields.collect();
    fields.sort_by_key(|field| field.path().last().copied());
    fields
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A comment as a table's cell.
fn cell(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(one_line);
    paragraphs.collect::<Vec<_>>().join("<br>").replace('|', "\\|")
}
