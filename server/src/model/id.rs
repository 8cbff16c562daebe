//! Ids: a prefix and 26 characters of Crockford's base 32, lower case, of a
//! version 7 UUID, so that ids sort by the time they were made.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Crockford's base 32: no i, l, o, u.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 26 characters of 5 bits hold a UUID's 128.
const LENGTH: usize = 26;

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id: want `{prefix}` and {LENGTH} characters of a-z and 0-9")]
pub struct IdError {
    prefix: &'static str,
}

fn encode(prefix: &str, uuid: u128) -> String {
    let mut text = String::with_capacity(prefix.len() + LENGTH);
    text.push_str(prefix);
    for place in (0..LENGTH).rev() {
        let digit = (uuid >> (place * 5)) & 31;
        text.push(char::from(ALPHABET[digit as usize]));
    }
    text
}

fn check(prefix: &'static str, text: &str) -> Result<(), IdError> {
    let digits = text.strip_prefix(prefix).ok_or(IdError { prefix })?;
    let valid = digits.len() == LENGTH && digits.bytes().all(|byte| ALPHABET.contains(&byte));
    if valid { Ok(()) } else { Err(IdError { prefix }) }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// What every id of this kind starts with.
            pub const PREFIX: &'static str = $prefix;

            /// Makes an id from a version 7 UUID's bits.
            pub fn from_uuid(uuid: u128) -> Self {
                Self(encode($prefix, uuid))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                check($prefix, text).map(|()| Self(text.to_owned()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                check($prefix, &text).map(|()| Self(text))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

id!(
    /// A volume's id, which also names its tree.
    VolumeId,
    "vol_"
);
id!(
    /// A snapshot's id, which also names its trees.
    SnapshotId,
    "snap_"
);
id!(
    /// A sandbox's id. Safe as a file name: it is checked wherever one enters.
    SandboxId,
    "sbx_"
);
id!(
    /// An exec's id.
    ExecId,
    "exec_"
);
id!(
    /// An imported image's id.
    ImageId,
    "img_"
);

id!(
    /// The id of a token that a caller is known by.
    TokenId,
    "tkn_"
);

id!(
    /// The id of a public SSH key that a token has.
    SshKeyId,
    "sshkey_"
);
id!(
    /// The id of a short-lived SSH access to a sandbox.
    SshAccessId,
    "ssh_"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_its_prefix_and_26_digits() {
        assert_eq!(SandboxId::from_uuid(0).as_str(), "sbx_00000000000000000000000000");
        assert_eq!(SandboxId::from_uuid(u128::MAX).as_str(), "sbx_7zzzzzzzzzzzzzzzzzzzzzzzzz");
    }

    #[test]
    fn ids_sort_as_their_uuids_do() {
        assert!(ExecId::from_uuid(1 << 80) < ExecId::from_uuid(1 << 81));
    }

    #[test]
    fn what_is_not_an_id_is_refused() {
        for text in [
            "",
            "sbx_",
            "sbx_0000000000000000000000000",
            "sbx_000000000000000000000000000",
            "sbx_0000000000000000000000000/",
            "sbx_0000000000000000000000000L",
            "exec_00000000000000000000000000",
            "sbx_../../../../../../etc/pass",
        ] {
            assert!(text.parse::<SandboxId>().is_err(), "{text}");
        }
    }
}
