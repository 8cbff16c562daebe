//! Credentials: from messages, and to them without their secrets.

use skerry_api::v1;

use super::check::Checks;
use crate::model::{
    Credential, Credentials, HostPattern, MAX_CREDENTIALS, Secret, check_credential_path,
    check_header, check_methods, check_name, check_value,
};

/// Whether a value may be left out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Value {
    Needed,
    Kept,
}

/// Those of a new sandbox. `path` is where they stand.
pub(super) fn new(checks: &mut Checks, path: &str, given: Vec<v1::Credential>) -> Vec<Credential> {
    all(checks, path, given, Value::Needed)
}

/// Those of a sandbox that has some: an empty value is that which it has.
pub(super) fn patched(
    checks: &mut Checks,
    path: &str,
    given: Vec<v1::Credential>,
) -> Vec<Credential> {
    all(checks, path, given, Value::Kept)
}

fn all(
    checks: &mut Checks,
    path: &str,
    given: Vec<v1::Credential>,
    value: Value,
) -> Vec<Credential> {
    let mut all: Vec<Credential> = Vec::new();
    if given.len() > MAX_CREDENTIALS {
        checks.fail(path, format!("must be at most {MAX_CREDENTIALS}, are {}", given.len()));
        return all;
    }
    for (index, given) in given.into_iter().enumerate() {
        let credential = one(checks, &format!("{path}[{index}]"), given, value);
        if all.iter().any(|other| other.name == credential.name) {
            let message = format!("{:?} is another one's name", credential.name);
            checks.fail(format!("{path}[{index}].name"), message);
        }
        all.push(credential);
    }
    all
}

fn one(checks: &mut Checks, path: &str, given: v1::Credential, value: Value) -> Credential {
    let mut take = Take { checks, path };
    let name = take.field("name", check_name(&given.name).map(|()| given.name));
    let host = take.field("host", one_host(&given.host));
    let credential_path = take.field("path", check_credential_path(&given.path));
    let methods = take.field("methods", check_methods(given.methods));
    let header = take.field("header", check_header(&given.header));
    let value = match given.value.is_empty() && value == Value::Kept {
        true => Secret::default(),
        false => take.field("value", check_value(given.value)),
    };
    Credential {
        name,
        host,
        path: credential_path,
        methods,
        header,
        value,
        plain_http: given.plain_http,
    }
}

/// Notes what is wrong about the fields of one.
struct Take<'a> {
    checks: &'a mut Checks,
    path: &'a str,
}

impl Take<'_> {
    fn field<T: Default, E: ToString>(&mut self, name: &str, read: Result<T, E>) -> T {
        read.unwrap_or_else(|error| {
            self.checks.fail(format!("{}.{name}", self.path), error.to_string());
            T::default()
        })
    }
}

fn one_host(text: &str) -> Result<String, String> {
    let host: HostPattern = text.parse().map_err(|error| format!("{error}"))?;
    let one = host.one().map(str::to_owned);
    one.ok_or_else(|| "must be one host: a secret is not for all below a name".to_owned())
}

/// As they are shown.
pub(super) fn messages(credentials: &Credentials) -> Vec<v1::Credential> {
    let shown = |credential: &Credential| v1::Credential {
        name: credential.name.clone(),
        host: credential.host.clone(),
        path: credential.path.clone(),
        methods: credential.methods.clone(),
        header: credential.header.clone(),
        value: String::new(),
        plain_http: credential.plain_http,
    };
    credentials.all.iter().map(shown).collect()
}
