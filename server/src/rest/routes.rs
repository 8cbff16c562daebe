//! The table of paths: which method answers what.

use axum::http::Method;
use axum::http::uri::PathAndQuery;
use prost_reflect::{DescriptorPool, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor};

use super::failure::Failure;
use super::query::NOT_UTF8;
use super::rule::{Rule, rules};
use super::shape::{self, Input, Output};
use super::template::{BadTemplate, Bound, Template};

/// Why descriptors can't be served.
#[derive(Debug, thiserror::Error)]
pub enum BadDescriptors {
    /// They are no descriptors.
    #[error("the descriptor set can't be read: {0}")]
    Set(#[from] prost_reflect::DescriptorError),
    /// Nothing in them is mapped to HTTP.
    #[error("the descriptor set has no google.api.http")]
    NoMappings,
    /// A path is no template.
    #[error("{method}: {error}")]
    Template {
        /// The method.
        method: String,
        /// Why.
        error: BadTemplate,
    },
    /// A mapping names a field that is not there.
    #[error("{method} has no field {field}")]
    Field {
        /// The method.
        method: String,
        /// The field.
        field: String,
    },
    /// A stream of requests that HTTP has no form for.
    #[error("{0} has no form over HTTP")]
    Shape(String),
}

/// Where a request's message comes from.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Source {
    /// Path and query alone.
    Query,
    /// The body, and the path.
    Body,
    /// The body for this field, path and query for the others.
    Field(FieldDescriptor, MessageDescriptor),
}

/// A method at a path.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) http: Method,
    pub(super) template: Template,
    pub(super) source: Source,
    pub(super) response_body: Option<FieldDescriptor>,
    pub(super) method: MethodDescriptor,
    pub(super) grpc_path: PathAndQuery,
    pub(super) input: Input,
    pub(super) output: Output,
    /// Its own path, not one of the additional bindings.
    pub(super) first: bool,
}

/// All of them, the more particular first.
#[derive(Debug)]
pub(super) struct Routes(Vec<Route>);

impl Routes {
    /// Of every method of a set of descriptors.
    pub(super) fn of(pool: &DescriptorPool) -> Result<Self, BadDescriptors> {
        let http = pool.get_extension_by_name("google.api.http");
        let http = http.ok_or(BadDescriptors::NoMappings)?;
        let mut routes = Vec::new();
        for method in pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()) {
            for (number, rule) in rules(&method, &http).into_iter().enumerate() {
                routes.push(route(&method, rule, number == 0)?);
            }
        }
        routes.sort_by(|one, other| one.template.precedence(&other.template));
        Ok(Self(routes))
    }

    /// The route of a request, and what its path says.
    pub(super) fn find(&self, method: &Method, path: &str) -> Result<(&Route, Bound), Failure> {
        // What reads may be asked without its body.
        let wanted = if method == Method::HEAD { &Method::GET } else { method };
        let mut others: Vec<&str> = Vec::new();
        let mut verb = false;
        for route in &self.0 {
            let Some(bound) = route.template.matches(path) else { continue };
            if route.http == *wanted {
                let bound = bound.map_err(|error| Failure::invalid(&error.field, NOT_UTF8))?;
                return Ok((route, bound));
            }
            // Those with a verb come first; what it hides is another's.
            if verb && !route.template.has_verb() {
                break;
            }
            verb = route.template.has_verb();
            others.push(route.http.as_str());
            if route.http == Method::GET {
                others.push("HEAD");
            }
        }
        others.sort_unstable();
        others.dedup();
        match others.is_empty() {
            true => Err(Failure::unknown_path(path)),
            false => Err(Failure::method_not_allowed(method, path, &others.join(", "))),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Route> {
        self.0.iter()
    }
}

fn route(method: &MethodDescriptor, rule: Rule, first: bool) -> Result<Route, BadDescriptors> {
    let name = || method.full_name().to_owned();
    let no_field = |field: &str| BadDescriptors::Field { method: name(), field: field.to_owned() };
    let template = Template::parse(&rule.path)
        .map_err(|error| BadDescriptors::Template { method: name(), error })?;
    for field in template.fields() {
        field_at(&method.input(), field).ok_or_else(|| no_field(field))?;
    }
    let source = match rule.body.as_str() {
        "" => Source::Query,
        "*" => Source::Body,
        body => {
            let field = method.input().get_field_by_name(body);
            match field.as_ref().map(FieldDescriptor::kind) {
                Some(Kind::Message(kind)) => {
                    Source::Field(field.ok_or_else(|| no_field(body))?, kind)
                }
                _ => return Err(no_field(body)),
            }
        }
    };
    let response_body = match rule.response_body.as_str() {
        "" => None,
        body => Some(method.output().get_field_by_name(body).ok_or_else(|| no_field(body))?),
    };
    let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
    let input = shape::input(method).ok_or_else(|| BadDescriptors::Shape(name()))?;
    if matches!(input, Input::Frames { .. })
        != (method.is_client_streaming() && rule.method == Method::GET)
    {
        return Err(BadDescriptors::Shape(name()));
    }
    Ok(Route {
        http: rule.method,
        template,
        source,
        response_body,
        method: method.clone(),
        grpc_path: path.parse().map_err(|_| BadDescriptors::Shape(name()))?,
        input,
        output: shape::output(method),
        first,
    })
}

/// A field by its path of names.
pub(super) fn field_at(kind: &MessageDescriptor, path: &str) -> Option<FieldDescriptor> {
    match path.split_once('.') {
        None => kind.get_field_by_name(path),
        Some((name, rest)) => {
            let field = kind.get_field_by_name(name)?;
            field_at(field.kind().as_message()?, rest)
        }
    }
}
