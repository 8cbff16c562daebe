//! The comments of the API's files.

use std::collections::HashMap;

use prost_reflect::{
    DescriptorPool, EnumDescriptor, FieldDescriptor, FileDescriptor, MessageDescriptor,
    MethodDescriptor, ServiceDescriptor,
};

/// Every comment that stands before something, by its file and its path in it.
pub(in super::super) struct Comments(HashMap<(String, Vec<i32>), String>);

impl Comments {
    pub(in super::super) fn of(pool: &DescriptorPool) -> Self {
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

    pub(in super::super) fn service(&self, service: &ServiceDescriptor) -> String {
        self.at(&service.parent_file(), service.path())
    }

    pub(in super::super) fn method(&self, method: &MethodDescriptor) -> String {
        self.at(&method.parent_file(), method.path())
    }

    pub(in super::super) fn message(&self, message: &MessageDescriptor) -> String {
        self.at(&message.parent_file(), message.path())
    }

    pub(in super::super) fn field(&self, field: &FieldDescriptor) -> String {
        self.at(&field.parent_file(), field.path())
    }

    pub(in super::super) fn enumeration(&self, enumeration: &EnumDescriptor) -> String {
        let file = enumeration.parent_file();
        let mut text = self.at(&file, enumeration.path());
        for value in enumeration.values() {
            text.push_str(&format!("\n- `{}`: {}", value.name(), self.at(&file, value.path())));
        }
        text
    }
}
