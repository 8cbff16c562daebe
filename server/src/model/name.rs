//! Names that callers choose.

/// The longest sandbox or host name, that of a DNS label.
const MAX_NAME: usize = 63;
/// The longest image name, with a registry, a repository and a digest.
const MAX_IMAGE_NAME: usize = 255;

/// Why a text is not a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// No characters.
    #[error("must not be empty")]
    Empty,
    /// Too many characters.
    #[error("must have at most {max} characters, has {length}")]
    TooLong {
        /// The bound.
        max: usize,
        /// What was given.
        length: usize,
    },
    /// A character that may not stand where it does.
    #[error("must not have {character:?} at position {position}; use {allowed}")]
    BadCharacter {
        /// The character.
        character: char,
        /// Counted from 1.
        position: usize,
        /// What may stand there.
        allowed: &'static str,
    },
    /// Nothing, or dots alone, between two slashes.
    #[error("must have more than dots between two slashes")]
    BadPart,
    /// Looks like an id.
    #[error("must not start with `sbx_`, which begins an id")]
    LooksLikeId,
}

/// Checks a sandbox's name or host name: a DNS label in lower case.
pub fn check_name(text: &str) -> Result<(), NameError> {
    if text.starts_with("sbx_") {
        return Err(NameError::LooksLikeId);
    }
    check(text, MAX_NAME, "a-z, 0-9 and, between them, -", |character, _, edge| {
        character.is_ascii_lowercase() || character.is_ascii_digit() || (character == '-' && !edge)
    })
}

/// Checks an image's name: one word, or a reference as registries have them.
/// Only its tag may have capitals.
pub fn check_image_name(text: &str) -> Result<(), NameError> {
    let tag = text.rfind([':', '/']).filter(|at| text[*at..].starts_with(':'));
    let tag = tag.map_or(usize::MAX, |at| text[..at].chars().count());
    check(text, MAX_IMAGE_NAME, "a-z, 0-9 and, between them, -_.:/@", |character, index, edge| {
        character.is_ascii_lowercase()
            || character.is_ascii_digit()
            || (character.is_ascii_uppercase() && index > tag)
            || (!edge && matches!(character, '-' | '_' | '.' | ':' | '/' | '@'))
    })?;
    let is_dots = |part: &str| part.chars().all(|character| character == '.');
    if text.split('/').any(is_dots) { Err(NameError::BadPart) } else { Ok(()) }
}

/// `allowed(character, index, edge)` says whether it may stand there; the edges
/// are the first and the last.
fn check(
    text: &str,
    max: usize,
    allowed_text: &'static str,
    allowed: impl Fn(char, usize, bool) -> bool,
) -> Result<(), NameError> {
    let length = text.chars().count();
    if length == 0 {
        return Err(NameError::Empty);
    }
    if length > max {
        return Err(NameError::TooLong { max, length });
    }
    for (index, character) in text.chars().enumerate() {
        let edge = index == 0 || index + 1 == length;
        if !allowed(character, index, edge) {
            return Err(NameError::BadCharacter {
                character,
                position: index + 1,
                allowed: allowed_text,
            });
        }
    }
    Ok(())
}

/// Whether a text may stand between the dots of a host's name (RFC 1123): 1 to
/// 63 letters, digits and hyphens, none of these first or last.
pub fn is_host_label(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=63).contains(&text.len())
        && text.bytes().all(allowed)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_dns_labels() {
        for good in ["a", "web", "web-1", "0", &"a".repeat(63)] {
            assert_eq!(check_name(good), Ok(()), "{good}");
        }
        for bad in ["", "-a", "a-", "A", "a/b", "..", "a\0", "a\n", "a b", "é", &"a".repeat(300)] {
            assert!(check_name(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn image_names_are_words_or_references() {
        let pinned = format!("localhost:5000/a/b@sha256:{}", "0".repeat(64));
        for good in ["host", "debian:12", "my_image-1.0", "ghcr.io/a/b:V1.0-RC", &pinned] {
            assert_eq!(check_image_name(good), Ok(()), "{good}");
        }
        for bad in
            ["", ".", "..", ":x", "/a", "a/", "a//b", "a/../b", "a/./b", "a\n", "a b", "é", "A"]
        {
            assert!(check_image_name(bad).is_err(), "{bad:?}");
        }
        for bad in ["A/b:c", "a:B/c", "a@", "a:", &"a".repeat(256)] {
            assert!(check_image_name(bad).is_err(), "{bad:?}");
        }
    }
}
