//! A credential for logs and panics: without its secret.

use std::fmt;

use crate::v1::Credential;

impl fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = if self.value.is_empty() { "" } else { "…" };
        formatter
            .debug_struct("Credential")
            .field("name", &self.name)
            .field("host", &self.host)
            .field("path", &self.path)
            .field("methods", &self.methods)
            .field("header", &self.header)
            .field("value", &value)
            .field("plain_http", &self.plain_http)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_of_a_credential_has_no_secret() {
        let credential = Credential {
            name: "api".to_owned(),
            value: "Bearer hush".to_owned(),
            ..Credential::default()
        };
        let text = format!("{credential:?}");
        assert!(text.contains("api") && !text.contains("hush"), "{text}");
    }
}
