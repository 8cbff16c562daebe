//! Messages as canonical proto3 JSON, both ways.
//!
//! What goes out has every field that has no presence, so that an exit code
//! of 0 is seen. What comes in is held to the message's shape first, where
//! unknown and repeated names are found with their whole path, and then read.

mod shape;

use prost_reflect::{DeserializeOptions, DynamicMessage, MessageDescriptor, SerializeOptions};
use serde::de::DeserializeSeed;

pub(super) use shape::{field, has_own_form};

use super::failure::Failure;

const OUT: SerializeOptions = SerializeOptions::new().skip_default_fields(false);
const IN: DeserializeOptions = DeserializeOptions::new().deny_unknown_fields(true);

/// Reads a message out of a body or a frame.
pub(super) fn read(kind: &MessageDescriptor, body: &[u8]) -> Result<DynamicMessage, Failure> {
    let mut wrong = None;
    let mut reader = serde_json::Deserializer::from_slice(body);
    let held = shape::Shape::of(kind, &mut wrong).deserialize(&mut reader);
    if let Some(wrong) = wrong {
        return Err(Failure::invalid(&wrong.path, wrong.why));
    }
    held.and_then(|()| reader.end()).map_err(|error| Failure::malformed(text(&error)))?;
    convert(kind, &mut serde_json::Deserializer::from_slice(body))
}

/// Reads a message out of values that were made here.
pub(super) fn from_value(
    kind: &MessageDescriptor,
    value: serde_json::Value,
) -> Result<DynamicMessage, Failure> {
    convert(kind, value)
}

fn convert<'de, D>(kind: &MessageDescriptor, reader: D) -> Result<DynamicMessage, Failure>
where
    D: serde::Deserializer<'de>,
    D::Error: std::fmt::Display,
{
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(reader, &mut track);
    DynamicMessage::deserialize_with_options(kind.clone(), tracked, &IN).map_err(|error| {
        let text = error.to_string();
        let text = text.split(" at line ").next().unwrap_or_default();
        let path = track.path().to_string();
        Failure::invalid(if path == "." { "" } else { &path }, text)
    })
}

/// A message as a JSON value.
pub(super) fn to_value(message: &DynamicMessage) -> Result<serde_json::Value, Failure> {
    message.serialize_with_options(serde_json::value::Serializer, &OUT).map_err(Failure::internal)
}

/// A message as JSON text, on one line.
pub(super) fn write(message: &DynamicMessage) -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    append(&mut text, message)?;
    Ok(text)
}

/// The same at the end of what there is.
pub(super) fn append(text: &mut Vec<u8>, message: &DynamicMessage) -> Result<(), Failure> {
    let mut writer = serde_json::Serializer::new(text);
    message.serialize_with_options(&mut writer, &OUT).map_err(Failure::internal)
}

fn text(error: &serde_json::Error) -> String {
    format!("the body is not JSON: {error}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::{TestCaseError, TestRunner};
    use prost_reflect::prost::Message;
    use prost_reflect::{DescriptorPool, FieldDescriptor, Kind, MapKey, Value};

    use super::*;

    /// Levels of messages in one that is made up.
    const LEVELS: u32 = 3;

    fn message(kind: MessageDescriptor, levels: u32) -> BoxedStrategy<DynamicMessage> {
        match kind.full_name() {
            "google.protobuf.Timestamp" => return seconds(kind, 0..253_402_300_799),
            "google.protobuf.Duration" => return seconds(kind, 0..315_576_000_000),
            "google.protobuf.FieldMask" => return mask(kind),
            _ => {}
        }
        let fields: Vec<_> = kind
            .fields()
            .map(|field| {
                let value = field_value(&field, levels);
                proptest::option::of(value).prop_map(move |value| (field.clone(), value))
            })
            .collect();
        fields
            .prop_map(move |fields| {
                let mut message = DynamicMessage::new(kind.clone());
                for (field, value) in fields {
                    if let Some(value) = value {
                        // Of a oneof the last one stays.
                        message.set_field(&field, value);
                    }
                }
                message
            })
            .boxed()
    }

    fn seconds(
        kind: MessageDescriptor,
        range: std::ops::Range<i64>,
    ) -> BoxedStrategy<DynamicMessage> {
        (range, 0..1_000_000_000i32)
            .prop_map(move |(seconds, nanos)| {
                let mut message = DynamicMessage::new(kind.clone());
                message.set_field_by_name("seconds", Value::I64(seconds));
                message.set_field_by_name("nanos", Value::I32(nanos));
                message
            })
            .boxed()
    }

    fn mask(kind: MessageDescriptor) -> BoxedStrategy<DynamicMessage> {
        proptest::collection::vec("[a-z]{1,8}(_[a-z]{1,4})?(\\.[a-z]{1,4})?", 0..3)
            .prop_map(move |paths| {
                let mut message = DynamicMessage::new(kind.clone());
                let paths = paths.into_iter().map(Value::String).collect();
                message.set_field_by_name("paths", Value::List(paths));
                message
            })
            .boxed()
    }

    fn field_value(field: &FieldDescriptor, levels: u32) -> BoxedStrategy<Value> {
        match field.kind() {
            Kind::Message(entry) if field.is_map() => {
                let value = value(entry.map_entry_value_field().kind(), levels);
                proptest::collection::hash_map(any::<String>(), value, 0..3)
                    .prop_map(|map| {
                        let map = map.into_iter().map(|(key, value)| (MapKey::String(key), value));
                        Value::Map(map.collect())
                    })
                    .boxed()
            }
            kind if field.is_list() => {
                proptest::collection::vec(value(kind, levels), 0..3).prop_map(Value::List).boxed()
            }
            kind => value(kind, levels),
        }
    }

    fn value(kind: Kind, levels: u32) -> BoxedStrategy<Value> {
        match kind {
            Kind::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
            Kind::String => any::<String>().prop_map(Value::String).boxed(),
            Kind::Bytes => any::<Vec<u8>>().prop_map(|bytes| Value::Bytes(bytes.into())).boxed(),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
                any::<i32>().prop_map(Value::I32).boxed()
            }
            Kind::Uint32 | Kind::Fixed32 => any::<u32>().prop_map(Value::U32).boxed(),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
                any::<i64>().prop_map(Value::I64).boxed()
            }
            Kind::Uint64 | Kind::Fixed64 => any::<u64>().prop_map(Value::U64).boxed(),
            Kind::Double => any::<f64>().prop_map(Value::F64).boxed(),
            Kind::Float => any::<f32>().prop_map(Value::F32).boxed(),
            Kind::Enum(kind) => {
                let numbers: Vec<i32> = kind.values().map(|value| value.number()).collect();
                proptest::sample::select(numbers).prop_map(Value::EnumNumber).boxed()
            }
            Kind::Message(kind) if levels == 0 => {
                Just(Value::Message(DynamicMessage::new(kind))).boxed()
            }
            Kind::Message(kind) => message(kind, levels - 1).prop_map(Value::Message).boxed(),
        }
    }

    #[test]
    fn every_message_of_the_api_is_the_same_after_json() {
        let pool = DescriptorPool::decode(skerry_api::DESCRIPTOR_SET).unwrap();
        let kinds = pool.all_messages().filter(|kind| kind.package_name() == "skerry.v1");
        let kinds: Vec<_> = kinds.filter(|kind| !kind.is_map_entry()).collect();
        assert!(kinds.len() > 100);
        let config = ProptestConfig { cases: 16, failure_persistence: None, ..Default::default() };
        for kind in kinds {
            let made = message(kind.clone(), LEVELS);
            let mut runner = TestRunner::new(config.clone());
            let ran = runner.run(&made, |made| {
                let json =
                    write(&made).map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
                let again = read(&kind, &json);
                let again = again.map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
                // Maps have no order on the wire.
                let wire = |message: &DynamicMessage| {
                    DynamicMessage::decode(kind.clone(), &*message.encode_to_vec())
                };
                prop_assert_eq!(wire(&made).unwrap(), wire(&again).unwrap());
                Ok(())
            });
            ran.unwrap_or_else(|error| panic!("{}: {error}", kind.full_name()));
        }
    }
}
