//! Holds JSON to a message's names, before it is read.

use std::collections::HashSet;
use std::fmt;

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// 2 to the power of 63.
const BEYOND: f64 = 9_223_372_036_854_775_808.0;

/// A name, or a number, that is wrong.
pub(super) struct Wrong {
    /// Where, from the top: `spec.env`.
    pub(super) path: String,
    pub(super) why: &'static str,
}

/// What may stand in a place.
enum Place {
    /// An object with these fields.
    Message(MessageDescriptor),
    /// An object whose keys are the caller's, or a list, of these.
    Of(Box<Place>),
    /// A value, or what has a form of its own in JSON.
    Value,
}

/// Walks through the JSON of one place, without keeping any of it.
pub(super) struct Shape<'a> {
    place: &'a Place,
    path: &'a str,
    wrong: &'a mut Option<Wrong>,
}

/// A walk from the top.
pub(super) struct Top<'a> {
    place: Place,
    wrong: &'a mut Option<Wrong>,
}

impl Shape<'_> {
    pub(super) fn of<'a>(kind: &MessageDescriptor, wrong: &'a mut Option<Wrong>) -> Top<'a> {
        Top { place: of_message(kind), wrong }
    }
}

impl<'de> DeserializeSeed<'de> for Top<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        Shape { place: &self.place, path: "", wrong: self.wrong }.deserialize(reader)
    }
}

impl<'de> DeserializeSeed<'de> for Shape<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Shape<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    /// An integer that no 64 bits hold is one of these as well, and would be
    /// read as the nearest that fits. No field of the API holds more.
    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        if number.abs() < BEYOND {
            return Ok(());
        }
        let why = "must fit 64 bits";
        *self.wrong = Some(Wrong { path: self.path.to_owned(), why });
        Err(E::custom(why))
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let item = match self.place {
            Place::Of(item) => item,
            other => other,
        };
        let mut number = 0;
        loop {
            let path = format!("{}[{number}]", self.path);
            let seed = Shape { place: item, path: &path, wrong: &mut *self.wrong };
            if list.next_element_seed(seed)?.is_none() {
                return Ok(());
            }
            number += 1;
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            let path =
                if self.path.is_empty() { key.clone() } else { format!("{}.{key}", self.path) };
            let mut fail = |why| {
                *self.wrong = Some(Wrong { path: path.clone(), why });
                A::Error::custom(why)
            };
            let (name, place) = match self.place {
                Place::Message(kind) => {
                    let field = field(kind, &key).ok_or_else(|| fail("there is no such field"))?;
                    (field.name().to_owned(), of_field(&field))
                }
                Place::Of(item) => {
                    let place = match &**item {
                        Place::Message(kind) => of_message(kind),
                        _ => Place::Value,
                    };
                    (key, place)
                }
                Place::Value => (key, Place::Value),
            };
            if !seen.insert(name) {
                return Err(fail("is there twice"));
            }
            map.next_value_seed(Shape { place: &place, path: &path, wrong: &mut *self.wrong })?;
        }
        Ok(())
    }
}

/// A field by either of its names.
pub(in super::super) fn field(kind: &MessageDescriptor, name: &str) -> Option<FieldDescriptor> {
    kind.get_field_by_name(name).or_else(|| kind.get_field_by_json_name(name))
}

fn of_message(kind: &MessageDescriptor) -> Place {
    match has_own_form(kind) {
        true => Place::Value,
        false => Place::Message(kind.clone()),
    }
}

fn of_field(field: &FieldDescriptor) -> Place {
    let of_kind = |kind: Kind| match kind {
        Kind::Message(message) => of_message(&message),
        _ => Place::Value,
    };
    match field.kind() {
        Kind::Message(entry) if field.is_map() => {
            Place::Of(Box::new(of_kind(entry.map_entry_value_field().kind())))
        }
        kind if field.is_list() => Place::Of(Box::new(of_kind(kind))),
        kind => of_kind(kind),
    }
}

/// Whether canonical JSON writes a message as something else than its fields.
pub(in super::super) fn has_own_form(kind: &MessageDescriptor) -> bool {
    kind.package_name() == "google.protobuf" && kind.name() != "Empty"
}
