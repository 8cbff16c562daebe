//! Secrets that are added to a sandbox's requests outside it, and which
//! requests those are.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Credentials of one sandbox.
pub const MAX_CREDENTIALS: usize = 32;
/// Methods of one credential.
const MAX_METHODS: usize = 16;
/// Bytes of a method.
const MAX_METHOD: usize = 32;
/// Bytes of a path.
const MAX_PATH: usize = 1024;
/// Bytes of a header's name.
const MAX_HEADER: usize = 256;
/// Bytes of a header's value: what servers take of one line.
const MAX_VALUE: usize = 8192;
/// Headers that say where a message goes, where it ends, or what the
/// connection becomes (RFC 9110, RFC 9112).
const FRAMING: [&str; 13] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-connection",
    "sec-websocket-key",
    "sec-websocket-version",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];
/// Methods that no credential is for: the one makes a tunnel, the other is
/// answered with the request itself.
const NEVER: [&str; 2] = ["CONNECT", "TRACE"];

/// A text that is shown to nobody. It is written to the store as it is.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Takes a text in.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, for where it has to be.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// A header that is added to some requests to one host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// Unique in the sandbox.
    pub name: String,
    /// In lower case, without a final dot.
    pub host: String,
    /// What the path is, or is below of; `/`: any.
    pub path: String,
    /// In upper case; empty: any.
    pub methods: Vec<String>,
    /// The header, in lower case.
    pub header: String,
    /// What it says. Empty in a patch: as it was.
    pub value: Secret,
    /// Also without TLS.
    pub plain_http: bool,
}

/// The authority that one sandbox trusts, and nobody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authority {
    /// What it is called in its certificates.
    pub name: String,
    /// Its certificate, as PEM.
    pub certificate: String,
    /// Its key, as PEM. It never leaves the daemon.
    pub key: Secret,
    /// Where the sandbox was told to trust it; `None`: not yet.
    pub trusted: Option<Trusted>,
}

/// Where a sandbox has its authority's certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trusted {
    /// A list of certificates that had others before; `None`: the sandbox has
    /// no such list.
    pub list: Option<String>,
}

/// The credentials of a sandbox.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// Each with a name of its own.
    pub all: Vec<Credential>,
    /// From the first credential on, as long as the sandbox lives.
    pub authority: Option<Authority>,
}

/// Why a credential can't be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// A path is no path to begin with.
    #[error("must start with / and have at most {MAX_PATH} visible ASCII characters, no ? or #")]
    Path,
    /// A server may read it as another.
    #[error("must have no . or .. between slashes, no \\, and no % before 2e, 2f, 5c or 25")]
    Ambiguous,
    /// Too many methods.
    #[error("must be at most {MAX_METHODS}")]
    Methods,
    /// No method, or one that is never sent.
    #[error("must be a method in upper case, such as GET, and not CONNECT or TRACE")]
    Method,
    /// No name of a header.
    #[error("must be the name of a header: 1 to {MAX_HEADER} of A-Z, a-z, 0-9 and !#$%&'*+-.^_`|~")]
    Header,
    /// It belongs to the message.
    #[error("{0} says where a message goes or ends, and can't be set")]
    Framing(String),
    /// No value of a header. The value is not told.
    #[error(
        "must be 1 to {MAX_VALUE} visible ASCII characters, with spaces between them and no line end"
    )]
    Value,
}

impl Credential {
    /// Whether it is for a request of its host. `secure`: by TLS.
    pub fn is_for(&self, method: &str, path: &str, secure: bool) -> bool {
        (secure || self.plain_http)
            && !NEVER.contains(&method)
            && (self.methods.is_empty() || self.methods.iter().any(|one| one == method))
            && self.covers(path)
    }

    fn covers(&self, path: &str) -> bool {
        if self.is_for_any_path() {
            return true;
        }
        let below = |rest: &str| rest.is_empty() || rest.starts_with('/');
        let within = path
            .strip_prefix(self.path.as_str())
            .is_some_and(|rest| self.path.ends_with('/') || below(rest));
        within && !is_ambiguous(path)
    }

    /// Whether it is for each path.
    pub fn is_for_any_path(&self) -> bool {
        self.path == "/"
    }

    /// Whether nothing differs but the value.
    pub fn is_same_but_for_value(&self, other: &Self) -> bool {
        let value = self.value.clone();
        *self == Self { value, ..other.clone() }
    }
}

impl Credentials {
    /// Whether one is for this host.
    pub fn has_host(&self, host: &str) -> bool {
        self.all.iter().any(|credential| credential.host == host)
    }
}

/// Reads a path; the empty one is each.
pub fn check_credential_path(path: &str) -> Result<String, CredentialError> {
    if path.is_empty() {
        return Ok("/".to_owned());
    }
    let visible = path.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#".contains(&byte));
    if !path.starts_with('/') || path.len() > MAX_PATH || !visible {
        return Err(CredentialError::Path);
    }
    match is_ambiguous(path) {
        true => Err(CredentialError::Ambiguous),
        false => Ok(path.to_owned()),
    }
}

/// Reads methods.
pub fn check_methods(methods: Vec<String>) -> Result<Vec<String>, CredentialError> {
    if methods.len() > MAX_METHODS {
        return Err(CredentialError::Methods);
    }
    let valid = |method: &String| {
        (1..=MAX_METHOD).contains(&method.len())
            && method.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-')
            && !NEVER.contains(&method.as_str())
    };
    match methods.iter().all(valid) {
        true => Ok(methods),
        false => Err(CredentialError::Method),
    }
}

/// Reads a header's name.
pub fn check_header(header: &str) -> Result<String, CredentialError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if !(1..=MAX_HEADER).contains(&header.len()) || !header.bytes().all(allowed) {
        return Err(CredentialError::Header);
    }
    let lower = header.to_ascii_lowercase();
    match FRAMING.contains(&lower.as_str()) {
        true => Err(CredentialError::Framing(lower)),
        false => Ok(lower),
    }
}

/// Reads a header's value.
pub fn check_value(value: String) -> Result<Secret, CredentialError> {
    let allowed = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
    let valid = (1..=MAX_VALUE).contains(&value.len())
        && value.bytes().all(allowed)
        && value.trim_matches(' ') == value;
    if valid { Ok(Secret::new(value)) } else { Err(CredentialError::Value) }
}

/// Whether a server may take a path for one elsewhere: after it has resolved
/// dots, or has decoded what was encoded, once or twice.
fn is_ambiguous(path: &str) -> bool {
    let dots = |segment: &str| {
        // `..;a=b` is `..` with a parameter.
        let segment = segment.split(';').next().unwrap_or_default();
        segment == "." || segment == ".."
    };
    let lower = path.to_ascii_lowercase();
    path.contains('\\')
        || path.split('/').any(dots)
        || ["%2e", "%2f", "%5c", "%25"].iter().any(|code| lower.contains(code))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn credential(path: &str, methods: &[&str]) -> Credential {
        Credential {
            name: "api".to_owned(),
            host: "api.test".to_owned(),
            path: check_credential_path(path).expect(path),
            methods: methods.iter().map(|method| (*method).to_owned()).collect(),
            header: "authorization".to_owned(),
            value: Secret::new("hush".to_owned()),
            plain_http: false,
        }
    }

    #[test]
    fn a_credential_is_for_its_path_and_below() {
        let below = credential("/v1", &[]);
        for path in ["/v1", "/v1/", "/v1/users", "/v1//x", "/v1/a.b", "/v1/..a"] {
            assert!(below.is_for("GET", path, true), "{path}");
        }
        for path in [
            "/",
            "/v10",
            "/V1",
            "/v1.",
            "/v1/../admin",
            "/v1/..",
            "/v1/./x",
            "/v1/..;a=b/admin",
            "/v1/%2e%2e/admin",
            "/v1/.%2E/admin",
            "/v1/..%2fadmin",
            "/v1/%5c..",
            "/v1/%252e%252e/admin",
            "/v1\\..\\admin",
            "*",
        ] {
            assert!(!below.is_for("GET", path, true), "{path}");
        }
        assert!(credential("/v1/", &[]).is_for("GET", "/v1/x", true));
        assert!(!credential("/v1/", &[]).is_for("GET", "/v1", true));
        assert!(credential("", &[]).is_for("GET", "/a/../b", true), "any path is any");
    }

    #[test]
    fn a_credential_is_for_its_methods_and_never_for_an_echo() {
        let some = credential("/", &["GET", "POST"]);
        assert!(some.is_for("GET", "/", true) && some.is_for("POST", "/", true));
        assert!(!some.is_for("DELETE", "/", true) && !some.is_for("get", "/", true));
        let all = credential("/", &[]);
        assert!(all.is_for("PATCH", "/", true));
        assert!(!all.is_for("TRACE", "/", true) && !all.is_for("CONNECT", "/", true));
    }

    #[test]
    fn without_tls_it_is_added_only_where_that_was_said() {
        let mut credential = credential("/", &[]);
        assert!(!credential.is_for("GET", "/", false));
        credential.plain_http = true;
        assert!(credential.is_for("GET", "/", false));
    }

    #[test]
    fn what_is_no_credential_is_refused() {
        for path in ["v1", "/v 1", "/v1?a", "/v1#a", "/é", "/\n"] {
            assert_eq!(check_credential_path(path), Err(CredentialError::Path), "{path:?}");
        }
        for path in ["/v1/..", "/./v1", "/%2e", "/a\\b"] {
            assert_eq!(check_credential_path(path), Err(CredentialError::Ambiguous), "{path}");
        }
        for method in ["", "get", "GET ", "TRACE", "CONNECT", "A\n"] {
            let checked = check_methods(vec![method.to_owned()]);
            assert_eq!(checked, Err(CredentialError::Method), "{method:?}");
        }
        assert_eq!(check_methods(vec!["GET".to_owned(); 17]), Err(CredentialError::Methods));
        for header in ["", "a b", "a:", ":authority", "a\r\nb", "é"] {
            assert_eq!(check_header(header), Err(CredentialError::Header), "{header:?}");
        }
        for header in ["Host", "content-length", "Transfer-Encoding", "CONNECTION"] {
            assert!(matches!(check_header(header), Err(CredentialError::Framing(_))), "{header}");
        }
        assert_eq!(check_header("X-Api-Key").as_deref(), Ok("x-api-key"));
        for value in ["", "a\r\nb: c", "a\n", "\0", " a", "a ", "é", "a\tb"] {
            assert_eq!(check_value(value.to_owned()), Err(CredentialError::Value), "{value:?}");
        }
        assert!(check_value("a".repeat(MAX_VALUE + 1)).is_err());
        assert!(check_value("Bearer a.b-c_d".to_owned()).is_ok());
    }

    #[test]
    fn a_secret_is_not_printed() {
        let text = format!("{:?} {}", credential("/", &[]), CredentialError::Value);
        assert!(!text.contains("hush"), "{text}");
    }

    proptest! {
        /// What a server makes of a path that a credential is for is still
        /// below the credential's own.
        #[test]
        fn no_path_leads_out(path in "/v1[/.%25eEfF2c5;a\\\\]{0,24}") {
            let below = credential("/v1", &[]);
            if below.is_for("GET", &path, true) {
                let mut decoded = path.clone();
                for _ in 0..3 {
                    for (code, byte) in [("%2e", "."), ("%2E", "."), ("%2f", "/"), ("%2F", "/"), ("%5c", "/"), ("%5C", "/"), ("%25", "%")] {
                        decoded = decoded.replace(code, byte);
                    }
                }
                let mut depth = Vec::new();
                for segment in decoded.split(['/', '\\']).map(|s| s.split(';').next().unwrap_or("")) {
                    match segment {
                        ".." => drop(depth.pop()),
                        "" | "." => {}
                        name => depth.push(name),
                    }
                }
                prop_assert_eq!(depth.first().copied(), Some("v1"), "{}", path);
            }
        }
    }
}
