//! Calls by the names of methods alone, over gRPC and as JSON over HTTP.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use futures::stream;
use prost_reflect::prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, MethodDescriptor, Value};
use serde_json::Value as Json;
use skerry_api::access::{Named, RULES, Rule};
use skerry_server::rest::BytesCodec;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;
use tonic::client::Grpc;
use tonic::{Request, Status};

use crate::stage::{Caller, reason};

/// Until an answer's head is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// A method of the API with its rule.
pub(crate) struct Method {
    pub(crate) descriptor: MethodDescriptor,
    pub(crate) rule: &'static Rule,
    /// Verb and template.
    pub(crate) http: (String, String),
}

/// Every method that the descriptors have.
pub(crate) fn methods() -> Vec<Method> {
    let pool = DescriptorPool::decode(skerry_api::DESCRIPTOR_SET).expect("descriptors");
    let http = pool.get_extension_by_name("google.api.http").expect("it is imported");
    let services = pool.services().filter(|service| service.package_name() == "skerry.v1");
    let methods = services.flat_map(|service| service.methods().collect::<Vec<_>>());
    methods
        .map(|descriptor| {
            let path =
                format!("/{}/{}", descriptor.parent_service().full_name(), descriptor.name());
            let rule = RULES.iter().find(|rule| rule.method == path);
            let options = descriptor.options();
            let option = options.get_extension(&http);
            let option = option.as_message().expect("a mapping");
            let verbs = ["get", "put", "post", "delete", "patch"].into_iter();
            let mut paths = verbs.filter_map(|verb| {
                let path = option.get_field_by_name(verb)?.as_str()?.to_owned();
                (!path.is_empty()).then(|| (verb.to_ascii_uppercase(), path))
            });
            let http = paths.next().expect("a path");
            Method { rule: rule.unwrap_or_else(|| panic!("{path} has no rule")), descriptor, http }
        })
        .collect()
}

impl Method {
    pub(crate) fn name(&self) -> &str {
        self.descriptor.name()
    }

    /// A first message that names this by each of these.
    pub(crate) fn message(&self, names: &[(&Named, &str)]) -> DynamicMessage {
        let mut message = DynamicMessage::new(self.descriptor.input());
        for (name, text) in names {
            set(&mut message, name.path, text);
        }
        message
    }

    /// Calls it over gRPC: how the call begins to be answered.
    pub(crate) async fn grpc(&self, caller: Caller, message: &DynamicMessage) -> Outcome {
        let mut grpc = Grpc::new(caller);
        grpc.ready().await.expect("it connects");
        let sent = stream::iter([Bytes::from(message.encode_to_vec())]);
        let path = self.rule.method.parse().expect("a path");
        let answering = grpc.streaming(Request::new(sent), path, BytesCodec);
        let answer = tokio::time::timeout(PATIENCE, answering).await;
        match answer.unwrap_or_else(|_| panic!("{}: no answer", self.rule.method)) {
            Ok(_) => Outcome::Answered,
            Err(status) => Outcome::of(&status),
        }
    }

    /// Calls it as JSON over HTTP/1.1.
    pub(crate) async fn rest(
        &self,
        to: SocketAddr,
        from: IpAddr,
        headers: &str,
        message: &DynamicMessage,
    ) -> Outcome {
        let mut message = message.clone();
        let mut path = String::new();
        let mut rest = self.http.1.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let (field, after) = after.split_once('}').expect("a template");
            let field = field.split_once('=').map_or(field, |(field, _)| field);
            path.push_str(before);
            path.push_str(&taken(&mut message, field));
            rest = after;
        }
        path.push_str(rest);
        let content = serde_json::to_value(&message).expect("it is JSON");
        let verb = self.http.0.as_str();
        let (query, body, kind) = match verb {
            "GET" | "DELETE" => (query(&content, ""), String::new(), "application/json"),
            _ if self.descriptor.is_client_streaming() => {
                (String::new(), String::new(), "application/octet-stream")
            }
            _ => (String::new(), content.to_string(), "application/json"),
        };
        let mark = if query.is_empty() { "" } else { "?" };
        let request = format!(
            "{verb} {path}{mark}{query} HTTP/1.1\r\nhost: {to}\r\ncontent-type: {kind}\r\n\
             content-length: {}\r\n{headers}connection: close\r\n\r\n{body}",
            body.len()
        );
        let (code, body) = http(to, from, &request).await;
        Outcome::of_http(code, &body)
    }
}

fn query(content: &Json, prefix: &str) -> String {
    let Json::Object(fields) = content else { return String::new() };
    let parts = fields.iter().map(|(name, value)| match value {
        Json::Object(_) => query(value, &format!("{prefix}{name}.")),
        Json::String(text) => format!("{prefix}{name}={text}"),
        other => format!("{prefix}{name}={other}"),
    });
    parts.collect::<Vec<_>>().join("&")
}

/// One request from this address, and the answer: its code, and its body as
/// far as it comes at once.
pub(crate) async fn http(to: SocketAddr, from: IpAddr, request: &str) -> (u16, String) {
    let exchange = async {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind(SocketAddr::new(from, 0)).expect("an address of this machine");
        let mut stream = socket.connect(to).await.expect("it listens");
        stream.write_all(request.as_bytes()).await.expect("it is sent");
        let mut answer = Vec::new();
        let mut piece = [0; 64 << 10];
        loop {
            let text = String::from_utf8_lossy(&answer);
            let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
                let length = head.to_ascii_lowercase();
                let length = length.split("content-length: ").nth(1).map(str::to_owned);
                let length = length.and_then(|rest| rest.lines().next()?.trim().parse().ok());
                // A stream that is answered at all is answered well.
                head.starts_with("HTTP/1.1 2")
                    || length.is_some_and(|length: usize| body.len() >= length)
            });
            if whole {
                break;
            }
            match stream.read(&mut piece).await {
                Ok(0) | Err(_) => break,
                Ok(count) => answer.extend_from_slice(&piece[..count]),
            }
        }
        String::from_utf8_lossy(&answer).into_owned()
    };
    let answer = tokio::time::timeout(PATIENCE, exchange).await.expect("it answers");
    let code = answer.split(' ').nth(1).and_then(|code| code.parse().ok());
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    (code.unwrap_or_else(|| panic!("no answer to {request}: {answer}")), body.to_owned())
}

/// Sets a text by the numbers of its fields.
fn set(message: &mut DynamicMessage, path: &[u32], text: &str) {
    let (number, rest) = path.split_first().expect("a path");
    let field = message.descriptor().get_field(*number).expect("a field");
    let inner = |kind: MessageDescriptor, old: Option<DynamicMessage>| {
        let mut inner = old.unwrap_or_else(|| DynamicMessage::new(kind));
        set(&mut inner, rest, text);
        Value::Message(inner)
    };
    let value = match (rest.is_empty(), field.is_list(), field.kind()) {
        (true, false, _) => Value::String(text.to_owned()),
        (true, true, _) => Value::List(vec![Value::String(text.to_owned())]),
        (false, true, kind) => {
            Value::List(vec![inner(kind.as_message().expect("a message").clone(), None)])
        }
        (false, false, kind) => {
            let old = message.get_field(&field).as_message().cloned();
            inner(kind.as_message().expect("a message").clone(), old)
        }
    };
    message.set_field(&field, value);
}

use prost_reflect::ReflectMessage as _;

/// Takes a field's text out; of what is not set, one that is none's.
fn taken(message: &mut DynamicMessage, path: &str) -> String {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let field = message.descriptor().get_field_by_name(name).expect("a field");
    let text = match rest {
        None => message.get_field(&field).as_str().map(str::to_owned),
        Some(rest) => {
            let mut inner = message.get_field(&field).as_message().cloned().expect("a message");
            Some(taken(&mut inner, rest))
        }
    };
    message.clear_field(&field);
    text.filter(|text| !text.is_empty()).unwrap_or_else(|| "80".to_owned())
}

/// How a call went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was let through and answered.
    Answered,
    /// It was refused: HTTP's code for it, and the reason.
    Refused(u16, String),
}

impl Outcome {
    fn of(status: &Status) -> Self {
        use tonic::Code;
        let code = match status.code() {
            Code::Unauthenticated => 401,
            Code::PermissionDenied => 403,
            Code::NotFound => 404,
            Code::ResourceExhausted => 429,
            _ => 400,
        };
        Self::Refused(code, reason(status))
    }

    fn of_http(code: u16, body: &str) -> Self {
        if code < 300 {
            return Self::Answered;
        }
        let body = body.split_once('{').map_or(String::new(), |(_, rest)| format!("{{{rest}"));
        let json: Json = serde_json::from_str(body.trim_end_matches(['\r', '\n', '0']))
            .unwrap_or_else(|error| panic!("{code} {body}: {error}"));
        let details = json["error"]["details"].as_array().expect("details");
        let reason = details.iter().find_map(|detail| detail["reason"].as_str());
        Self::Refused(code, reason.expect("a reason").to_owned())
    }

    /// Whether it was refused for who called.
    pub(crate) fn is_denied(&self) -> bool {
        match self {
            Self::Answered => false,
            Self::Refused(code, reason) => {
                matches!(code, 401 | 403 | 429)
                    || (*code == 404 && reason.ends_with("_NOT_FOUND") && is_kind(reason))
            }
        }
    }
}

fn is_kind(reason: &str) -> bool {
    ["SANDBOX", "VOLUME", "SNAPSHOT", "SSH_KEY", "SSH_ACCESS"]
        .iter()
        .any(|kind| reason == format!("{kind}_NOT_FOUND"))
}
