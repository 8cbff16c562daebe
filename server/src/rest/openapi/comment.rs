//! The comments of the API's files.

use std::collections::HashMap;

use prost_reflect::{
    DescriptorPool, EnumDescriptor, EnumValueDescriptor, FieldDescriptor, FileDescriptor,
    MessageDescriptor, MethodDescriptor, OneofDescriptor, ServiceDescriptor,
};

/// Every comment that stands before something, by its file and its path in it.
pub struct Comments(HashMap<(String, Vec<i32>), String>);

impl Comments {
    /// Reads those of every file.
    pub fn of(pool: &DescriptorPool) -> Self {
        let mut comments = HashMap::new();
        for file in pool.files() {
            let file = file.file_descriptor_proto();
            let locations = file.source_code_info.iter().flat_map(|info| &info.location);
            for location in locations.filter(|location| location.leading_comments.is_some()) {
                let lines = location.leading_comments().lines();
                let lines: Vec<&str> =
                    lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
                let key = (file.name().to_owned(), location.path.clone());
                comments.insert(key, lines.join("\n").trim().to_owned());
            }
        }
        Self(comments)
    }

    fn at(&self, file: &FileDescriptor, path: &[i32]) -> String {
        self.0.get(&(file.name().to_owned(), path.to_vec())).cloned().unwrap_or_default()
    }

    /// A service's.
    pub fn service(&self, service: &ServiceDescriptor) -> String {
        self.at(&service.parent_file(), service.path())
    }

    /// A method's.
    pub fn method(&self, method: &MethodDescriptor) -> String {
        self.at(&method.parent_file(), method.path())
    }

    /// A message's.
    pub fn message(&self, message: &MessageDescriptor) -> String {
        self.at(&message.parent_file(), message.path())
    }

    /// A field's.
    pub fn field(&self, field: &FieldDescriptor) -> String {
        self.at(&field.parent_file(), field.path())
    }

    /// An enum's, and its values' as a list.
    pub fn enumeration(&self, enumeration: &EnumDescriptor) -> String {
        let mut text = self.enumeration_alone(enumeration);
        for value in enumeration.values() {
            text.push_str(&format!("\n- `{}`: {}", value.name(), self.value(&value)));
        }
        text
    }

    /// An enum's without its values'.
    pub fn enumeration_alone(&self, enumeration: &EnumDescriptor) -> String {
        self.at(&enumeration.parent_file(), enumeration.path())
    }

    /// That of an enum's value.
    pub fn value(&self, value: &EnumValueDescriptor) -> String {
        self.at(&value.parent_enum().parent_file(), value.path())
    }

    /// A oneof's.
    pub fn oneof(&self, oneof: &OneofDescriptor) -> String {
        self.at(&oneof.parent_message().parent_file(), oneof.path())
    }
}
