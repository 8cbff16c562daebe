//! Reads `google.api.http` off a method's descriptor.

use axum::http::Method;
use prost_reflect::{DynamicMessage, ExtensionDescriptor, MethodDescriptor, Value};

/// One binding of a method to a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Of HTTP.
    pub method: Method,
    /// With fields in braces: `/api/v1/sandboxes/{sandbox_id}`.
    pub path: String,
    /// `*`, a field, or empty for none.
    pub body: String,
    /// A field, or empty for the whole message.
    pub response_body: String,
}

/// The rules of a method, its own first; none where it has no mapping.
pub fn rules(method: &MethodDescriptor, http: &ExtensionDescriptor) -> Vec<Rule> {
    let options = method.options();
    if !options.has_extension(http) {
        return Vec::new();
    }
    let value = options.get_extension(http);
    let Some(rule) = value.as_message() else { return Vec::new() };
    let additional = rule.get_field_by_name("additional_bindings");
    let additional = additional.iter().flat_map(|list| list.as_list().unwrap_or_default());
    let all = std::iter::once(rule).chain(additional.filter_map(Value::as_message));
    all.filter_map(read).collect()
}

fn read(rule: &DynamicMessage) -> Option<Rule> {
    let (method, path) = pattern(rule)?;
    let (body, response_body) = (text(rule, "body"), text(rule, "response_body"));
    Some(Rule { method, path, body, response_body })
}

fn pattern(rule: &DynamicMessage) -> Option<(Method, String)> {
    const METHODS: [(&str, Method); 5] = [
        ("get", Method::GET),
        ("put", Method::PUT),
        ("post", Method::POST),
        ("delete", Method::DELETE),
        ("patch", Method::PATCH),
    ];
    let plain = METHODS.into_iter().map(|(name, method)| (method, text(rule, name)));
    if let Some(found) = plain.into_iter().find(|(_, path)| !path.is_empty()) {
        return Some(found);
    }
    let custom = rule.get_field_by_name("custom")?;
    let custom = custom.as_message()?;
    let method = Method::from_bytes(text(custom, "kind").as_bytes()).ok()?;
    Some((method, text(custom, "path")))
}

fn text(message: &DynamicMessage, field: &str) -> String {
    let value = message.get_field_by_name(field);
    value.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
