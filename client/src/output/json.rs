//! The API's messages in the canonical JSON of proto3: lowerCamelCase names,
//! 64-bit integers as strings, times in RFC 3339, enums by name. Fields that
//! are not set appear with their defaults, so that every object of a kind has
//! the same keys.
//!
//! It is made from the API's descriptors, so that a new field is there
//! without a line here.

use std::sync::LazyLock;

use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, SerializeOptions};
use serde_json::Serializer;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};
use skerry_client::v1;

static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(skerry_api::DESCRIPTOR_SET).expect("the build encoded the descriptors")
});

/// A message of the API by its full name.
pub(crate) trait ApiMessage: Message {
    /// As in the proto files.
    const NAME: &'static str;
}

macro_rules! api_messages {
    ($($message:ident),+) => {
        $(impl ApiMessage for v1::$message {
            const NAME: &'static str = concat!("skerry.v1.", stringify!($message));
        })+
    };
}

api_messages!(
    CheckTunnelResponse,
    CoalesceSandboxesResponse,
    EgressCounts,
    GetPreviewUrlResponse,
    ExecInfo,
    FileInfo,
    Image,
    CreateTokenResponse,
    Pairing,
    PortUrls,
    PruneImagesResponse,
    Token,
    Sandbox,
    SandboxStats,
    Snapshot,
    StorageInfo,
    SystemInfo,
    Tunnel,
    Volume,
    WatchEgressResponse,
    WatchSandboxesResponse
);

/// An object, indented.
pub(crate) fn object<M: ApiMessage>(message: &M) -> String {
    render(&dynamic(message), PrettyFormatter::new())
}

/// An object on one line.
pub(super) fn line<M: ApiMessage>(message: &M) -> String {
    render(&dynamic(message), CompactFormatter)
}

/// An array of objects, indented.
pub(crate) fn array<M: ApiMessage>(messages: &[M]) -> String {
    let objects: Vec<_> = messages.iter().map(object).collect();
    if objects.is_empty() {
        return "[]".to_owned();
    }
    format!("[\n  {}\n]", objects.join(",\n").replace('\n', "\n  "))
}

/// An object of several values that are JSON by now, indented.
pub(super) fn fields(fields: &[(&str, String)]) -> String {
    let lines: Vec<_> = fields
        .iter()
        .map(|(name, value)| format!("  \"{name}\": {}", value.replace('\n', "\n  ")))
        .collect();
    format!("{{\n{}\n}}", lines.join(",\n"))
}

fn dynamic<M: ApiMessage>(message: &M) -> DynamicMessage {
    let descriptor = POOL.get_message_by_name(M::NAME).expect("the message is of the API");
    let mut dynamic = DynamicMessage::new(descriptor);
    dynamic.transcode_from(message).expect("both sides are of the same proto files");
    dynamic
}

fn render<F: Formatter>(message: &DynamicMessage, formatter: F) -> String {
    let options = SerializeOptions::new().skip_default_fields(false);
    let mut bytes = Vec::new();
    message
        .serialize_with_options(&mut Serializer::with_formatter(&mut bytes, formatter), &options)
        .expect("a message without Any has a JSON form");
    String::from_utf8(bytes).expect("JSON is UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_canonical_json_with_all_its_keys() {
        let sandbox = v1::Sandbox {
            id: "sbx_1".to_owned(),
            state: v1::SandboxState::Running.into(),
            limits: Some(v1::Limits { memory_bytes: Some(1 << 40), ..Default::default() }),
            create_time: Some(prost_types::Timestamp { seconds: 1, nanos: 500_000_000 }),
            ..Default::default()
        };
        let text = line(&sandbox);
        assert!(text.starts_with(r#"{"id":"sbx_1","name":"","state":"SANDBOX_STATE_RUNNING""#));
        assert!(text.contains(r#""limits":{"memoryBytes":"1099511627776"}"#), "{text}");
        assert!(text.contains(r#""createTime":"1970-01-01T00:00:01.500Z""#), "{text}");
        assert!(text.contains(r#""oomKills":"0""#), "{text}");
    }

    #[test]
    fn fields_are_one_object() {
        let image = v1::Image { name: "a\nb".to_owned(), ..Default::default() };
        let text = fields(&[("one", object(&image)), ("none", array::<v1::Image>(&[]))]);
        let parsed: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(parsed["one"]["name"], "a\nb");
        assert_eq!(parsed["none"], serde_json::json!([]));
        assert!(text.starts_with("{\n  \"one\": {\n    \"id\""), "{text}");
    }

    #[test]
    fn a_list_is_an_array_even_when_empty() {
        assert_eq!(array::<v1::Image>(&[]), "[]");
        let image = v1::Image { name: "a\nb".to_owned(), ..Default::default() };
        let text = array(&[image.clone(), image]);
        let parsed: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(parsed[1]["name"], "a\nb");
    }
}
