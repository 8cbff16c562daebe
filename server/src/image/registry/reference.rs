//! References: which image of which registry.

use std::fmt;
use std::str::FromStr;

use crate::archive::digest::Digest;

/// Where a reference without a registry is.
const DEFAULT_REGISTRY: &str = "docker.io";
/// Where its API is.
const DEFAULT_REGISTRY_HOST: &str = "registry-1.docker.io";
/// Before a repository of one part there.
const DEFAULT_NAMESPACE: &str = "library";
const DEFAULT_TAG: &str = "latest";
/// Characters of a registry and a repository.
const MAX_REPOSITORY: usize = 255;
/// Characters of a tag.
const MAX_TAG: usize = 128;

/// An image of a registry: `docker.io/library/alpine:latest`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reference {
    registry: String,
    repository: String,
    tag: Option<String>,
    digest: Option<Digest>,
}

/// Not a reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// The registry is no host, with or without a port.
    #[error("the registry must be a host's name or address, with or without a port")]
    Registry,
    /// The repository has something else than parts.
    #[error("the repository must be parts of a-z, 0-9 and, between them, -_. with slashes between")]
    Repository,
    /// The tag is none.
    #[error("the tag must be 1 to 128 of A-Z, a-z, 0-9 and, after the first, -_.")]
    Tag,
    /// The digest is none.
    #[error("the digest must be sha256: and 64 digits of 0-9a-f")]
    Digest,
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let (text, digest) = match text.split_once('@') {
            None => (text, None),
            Some((text, digest)) => {
                (text, Some(digest.parse().map_err(|_| ReferenceError::Digest)?))
            }
        };
        let (registry, rest) = match text.split_once('/') {
            Some((first, rest)) if is_registry(first) => (first, rest),
            _ => (DEFAULT_REGISTRY, text),
        };
        let slash = rest.rfind('/').map_or(0, |slash| slash + 1);
        let (repository, tag) = match rest[slash..].split_once(':') {
            Some((_, tag)) => (&rest[..rest.len() - tag.len() - 1], Some(tag)),
            None => (rest, None),
        };
        check_registry(registry)?;
        check_repository(repository)?;
        tag.map_or(Ok(()), check_tag)?;
        let repository = match registry == DEFAULT_REGISTRY && !repository.contains('/') {
            true => format!("{DEFAULT_NAMESPACE}/{repository}"),
            false => repository.to_owned(),
        };
        let tag = match (tag, &digest) {
            (None, None) => Some(DEFAULT_TAG.to_owned()),
            (tag, _) => tag.map(str::to_owned),
        };
        Ok(Self { registry: registry.to_owned(), repository, tag, digest })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.registry, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(formatter, ":{tag}")?;
        }
        self.digest.as_ref().map_or(Ok(()), |digest| write!(formatter, "@{digest}"))
    }
}

impl Reference {
    /// The registry, as it is called.
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// Where the registry's API is.
    pub(super) fn host(&self) -> &str {
        match self.registry.as_str() {
            DEFAULT_REGISTRY => DEFAULT_REGISTRY_HOST,
            other => other,
        }
    }

    /// The repository in it.
    pub(super) fn repository(&self) -> &str {
        &self.repository
    }

    /// The digest that its manifest must have.
    pub(in crate::image) fn digest(&self) -> Option<&Digest> {
        self.digest.as_ref()
    }

    /// What the manifest is asked for by.
    pub(in crate::image) fn version(&self) -> &str {
        match (&self.digest, &self.tag) {
            (Some(digest), _) => digest.as_str(),
            (None, Some(tag)) => tag,
            (None, None) => DEFAULT_TAG,
        }
    }

    /// Whether the registry is on this machine.
    pub(super) fn is_loopback(&self) -> bool {
        let host = host_of(&self.registry);
        let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.to_canonical().is_loopback())
    }
}

/// As Docker tells a registry from the first part of a repository.
fn is_registry(first: &str) -> bool {
    first == "localhost" || first.contains(['.', ':', '['])
}

fn host_of(registry: &str) -> &str {
    match registry.rfind(':') {
        Some(colon) if !registry[colon..].contains(']') => &registry[..colon],
        _ => registry,
    }
}

fn check_registry(registry: &str) -> Result<(), ReferenceError> {
    let host = host_of(registry);
    let port = &registry[host.len()..];
    let port = port.is_empty() || port[1..].parse::<u16>().is_ok_and(|port| port != 0);
    let host = match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => host.split('.').all(|label| {
            let edges = label.starts_with('-') || label.ends_with('-');
            !label.is_empty()
                && !edges
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        }),
    };
    if host && port { Ok(()) } else { Err(ReferenceError::Registry) }
}

fn check_repository(repository: &str) -> Result<(), ReferenceError> {
    let part = |part: &str| {
        let edge = |byte: Option<u8>| {
            byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        edge(part.bytes().next())
            && edge(part.bytes().last())
            && part.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte)
            })
    };
    let good = repository.len() <= MAX_REPOSITORY && repository.split('/').all(part);
    if good { Ok(()) } else { Err(ReferenceError::Repository) }
}

fn check_tag(tag: &str) -> Result<(), ReferenceError> {
    let good = (1..=MAX_TAG).contains(&tag.len())
        && !tag.starts_with(['.', '-'])
        && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if good { Ok(()) } else { Err(ReferenceError::Tag) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_completed_as_docker_does() {
        let digest = Digest::of(b"");
        for (text, whole) in [
            ("alpine", "docker.io/library/alpine:latest"),
            ("a/b", "docker.io/a/b:latest"),
            ("docker.io/alpine:3.20", "docker.io/library/alpine:3.20"),
            ("localhost/a", "localhost/a:latest"),
            ("localhost:5000/a/b:V1", "localhost:5000/a/b:V1"),
            ("[::1]:5000/a", "[::1]:5000/a:latest"),
            ("ghcr.io/a/b-c/d__e:x", "ghcr.io/a/b-c/d__e:x"),
            (&format!("a@{digest}"), &format!("docker.io/library/a@{digest}")),
            (&format!("a:b@{digest}"), &format!("docker.io/library/a:b@{digest}")),
        ] {
            let reference: Reference = text.parse().unwrap();
            assert_eq!(reference.to_string(), whole);
            assert_eq!(whole.parse::<Reference>().unwrap(), reference, "{text}");
        }
        let pinned: Reference = format!("a:b@{digest}").parse().unwrap();
        assert_eq!(pinned.version(), digest.as_str());
        assert_eq!(pinned.host(), "registry-1.docker.io");
    }

    #[test]
    fn what_is_no_reference_is_told_by_its_part() {
        use ReferenceError::{Digest, Registry, Repository, Tag};
        for (text, wanted) in [
            ("", Repository),
            ("a//b", Repository),
            ("a/../b", Repository),
            ("A", Repository),
            ("a b", Repository),
            ("http://a/b", Registry),
            ("a.b:0/c", Registry),
            ("a.b:99999/c", Registry),
            ("user@host/a", Digest),
            ("a.b\r\n/c", Registry),
            ("-a.b/c", Registry),
            ("a:", Tag),
            ("a:b:c", Tag),
            ("a:-b", Tag),
            ("a?x", Repository),
            ("a@sha256:0", Digest),
        ] {
            assert_eq!(text.parse::<Reference>(), Err(wanted), "{text:?}");
        }
    }

    #[test]
    fn this_machine_is_known_by_its_addresses() {
        for (registry, loopback) in [
            ("localhost:5000", true),
            ("127.0.0.1:5000", true),
            ("127.9.9.9", true),
            ("[::1]:5000", true),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("10.0.0.1", false),
        ] {
            let reference: Reference = format!("{registry}/a").parse().unwrap();
            assert_eq!(reference.is_loopback(), loopback, "{registry}");
        }
    }
}
