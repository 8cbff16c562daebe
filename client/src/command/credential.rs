//! Options for secrets that are added to a sandbox's requests outside it.

use std::fs::File;
use std::io::{self, Read};

use clap::Args;
use skerry_client::v1::Credential;

/// Bytes of a file with a secret: more than the daemon takes.
const MAX_SECRET: u64 = 64 << 10;
/// What most APIs want, where no header is named.
const HEADER: &str = "authorization";
const SCHEME: &str = "Bearer ";
/// Characters of a credential's name.
const MAX_NAME: usize = 63;

/// Secrets that the sandbox uses and never has.
#[derive(Debug, Args)]
pub(super) struct CredentialOptions {
    /// Add a secret to its requests to one host, outside it, so that nothing in
    /// it can read the secret: host=NAME, then with commas between env=VARIABLE
    /// or file=PATH (`-` is stdin) for where the secret is, and if wanted
    /// header=NAME and prefix=TEXT [default: authorization, `Bearer `],
    /// path=PREFIX, method=METHOD (again for more), name=NAME, plain-http. The
    /// secret itself does not stand here, where everybody on this machine reads it
    #[arg(long, value_name = "SPEC", value_parser = parse)]
    pub(super) credential: Vec<Credential>,
}

/// `api: authorization to api.example.com/v1, GET`.
pub(super) fn show(credential: &Credential) -> String {
    let path = if credential.path == "/" { "" } else { credential.path.as_str() };
    let mut text =
        format!("{}: {} to {}{path}", credential.name, credential.header, credential.host);
    for method in &credential.methods {
        text.push_str(", ");
        text.push_str(method);
    }
    if credential.plain_http {
        text.push_str(", also without TLS");
    }
    text
}

/// Puts some in the place of those of their names, and takes others away.
pub(super) fn change(present: &mut Vec<Credential>, new: &[Credential], remove: &[String]) {
    let replaced = |name: &String| new.iter().any(|new| new.name == *name);
    present.retain(|one| !replaced(&one.name) && !remove.contains(&one.name));
    present.extend_from_slice(new);
}

fn parse(text: &str) -> Result<Credential, String> {
    let mut credential = Credential::default();
    let (mut secret, mut prefix) = (None, None);
    for part in text.split(',') {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        match key {
            "host" => credential.host = value.to_owned(),
            "name" => credential.name = value.to_owned(),
            "path" => credential.path = value.to_owned(),
            "method" => credential.methods.push(value.to_owned()),
            "header" => credential.header = value.to_owned(),
            "prefix" => prefix = Some(value),
            "env" => secret = Some(from_environment(value)?),
            "file" => secret = Some(from_file(value)?),
            "plain-http" if part == key => credential.plain_http = true,
            "value" => {
                return Err("give env=VARIABLE or file=PATH instead: who lists this \
                machine's processes reads what stands here"
                    .to_owned());
            }
            _ => {
                return Err(format!(
                    "{key:?} is none of host, env, file, header, prefix, path, method, name and plain-http"
                ));
            }
        }
    }
    if credential.host.is_empty() {
        return Err("host= is missing".to_owned());
    }
    let secret = secret.ok_or("env= or file= is missing: where the secret is")?;
    if credential.name.is_empty() {
        credential.name = name_of(&credential.host);
    }
    let scheme = if credential.header.is_empty() { SCHEME } else { "" };
    if credential.header.is_empty() {
        HEADER.clone_into(&mut credential.header);
    }
    credential.value = format!("{}{secret}", prefix.unwrap_or(scheme));
    Ok(credential)
}

/// A host as a credential's name: api-example-com.
fn name_of(host: &str) -> String {
    let name: String = host
        .chars()
        .map(
            |letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' },
        )
        .take(MAX_NAME)
        .collect();
    name.trim_matches('-').to_owned()
}

fn from_environment(name: &str) -> Result<String, String> {
    match std::env::var(name) {
        Ok(secret) if !secret.is_empty() => Ok(secret),
        _ => Err(format!("the variable {name} is not set here")),
    }
}

fn from_file(path: &str) -> Result<String, String> {
    let read = |source: &mut dyn Read| {
        let mut text = String::new();
        source.take(MAX_SECRET).read_to_string(&mut text).map(|_| text)
    };
    let text = match path {
        "-" => read(&mut io::stdin()),
        path => File::open(path).and_then(|mut file| read(&mut file)),
    };
    let text = text.map_err(|error| format!("{path}: {error}"))?;
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(format!("{path} is empty")),
        secret => Ok(secret.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with a secret, and its path.
    fn file(text: &str) -> (tempfile::TempDir, String) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secret");
        std::fs::write(&path, text).expect("it is written");
        let path = path.to_str().expect("it is text").to_owned();
        (folder, path)
    }

    #[test]
    fn a_credential_has_its_secret_from_elsewhere() {
        let (_folder, path) = file("hush\n");
        let credential = parse(&format!("host=api.Example.com,file={path}")).expect("it is whole");
        let got = (credential.name.as_str(), credential.header.as_str(), &*credential.value);
        assert_eq!(got, ("api-example-com", "authorization", "Bearer hush"));
        let text = format!(
            "name=k,host=a.test,header=X-Key,path=/v1,method=GET,method=PUT,plain-http,file={path}"
        );
        let credential = parse(&text).expect("it is whole");
        let got = (credential.name.as_str(), credential.path.as_str(), &*credential.value);
        assert_eq!(got, ("k", "/v1", "hush"));
        assert_eq!(show(&credential), "k: X-Key to a.test/v1, GET, PUT, also without TLS");
        let credential = parse(&format!("host=a.test,prefix=token ,file={path}"));
        assert_eq!(credential.map(|one| one.value).as_deref(), Ok("token hush"));
    }

    #[test]
    fn what_is_missing_or_on_the_command_line_is_refused() {
        let (_folder, empty) = file("\n");
        for (text, wanted) in [
            ("host=a.test", "env= or file="),
            ("env=PATH", "host="),
            ("host=a.test,value=hush", "instead"),
            ("host=a.test,env=SKERRY_NO_SUCH", "not set"),
            ("host=a.test,file=/no/such", "/no/such"),
            ("host=a.test,secret=x", "none of"),
            (&format!("host=a.test,file={empty}"), "is empty"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.contains(wanted), "{text}: {error}");
        }
    }

    #[test]
    fn an_update_replaces_by_name() {
        let named = |name: &str, host: &str| Credential {
            name: name.to_owned(),
            host: host.to_owned(),
            ..Credential::default()
        };
        let mut all = vec![named("a", "1"), named("b", "1"), named("c", "1")];
        change(&mut all, &[named("b", "2")], &["c".to_owned()]);
        assert_eq!(all, [named("a", "1"), named("b", "2")]);
    }
}
