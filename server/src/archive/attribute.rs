//! What a file may have in an archive beside its content, by what the archive
//! is of.

use std::borrow::Cow;
use std::io;

use rustix::fs::FileType;

use super::place::PlaceError;

/// What PAX puts before the name of an extended attribute.
const XATTR_PREFIX: &str = "SCHILY.xattr.";
/// Ours, for a name that PAX can't hold: its bytes as `%XX`.
const CODED_PREFIX: &str = "SKERRY.xattr.";
/// A socket, which tar does not know, is an empty file with this record.
const KIND: &str = "SKERRY.kind";
const SOCKET: &[u8] = b"socket";
/// By which overlayfs knows a directory that hides what is below it.
const OPAQUE: &[u8] = b"trusted.overlay.opaque";
/// What makes a disk of a sandbox unreadable without its image's names.
const UNPORTABLE: [&[u8]; 2] = [b"trusted.overlay.redirect", b"trusted.overlay.metacopy"];
/// Owners that a sandbox can show.
const MAX_OWNER: u32 = 65_535;
/// Of an entry of a POSIX ACL that names nobody.
const NO_OWNER: u32 = u32::MAX;

/// What an archive is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contents {
    /// An image's files, or one of its layers.
    Image,
    /// A sandbox's disk: what was changed of the image.
    Disk,
    /// A volume.
    Volume,
}

/// An extended attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) name: Vec<u8>,
    pub(crate) value: Vec<u8>,
}

impl Contents {
    /// Whether sockets, whiteouts and fractions of a second belong to it.
    pub(crate) fn takes_nodes(self) -> bool {
        self != Self::Image
    }

    /// Whether an attribute belongs to it. File capabilities and the user's own
    /// do; of a sandbox's tree also access lists, and of a disk what hides the
    /// image's files. Of an image not those by which an overlay may keep its
    /// books.
    pub(crate) fn takes(self, attribute: &Attribute, directory: bool) -> bool {
        let name = attribute.name.as_slice();
        if name.contains(&0) {
            return false;
        }
        match name.strip_prefix(b"user.") {
            Some(b"") => false,
            Some(rest) => self != Self::Image || !rest.starts_with(b"overlay."),
            None if name == OPAQUE => self == Self::Disk && directory && attribute.value == b"y",
            None if name == b"security.capability" => !directory,
            None if name == b"system.posix_acl_access" => self.takes_list(attribute),
            None if name == b"system.posix_acl_default" => directory && self.takes_list(attribute),
            None => false,
        }
    }

    /// An access list of owners that a sandbox can show.
    fn takes_list(self, attribute: &Attribute) -> bool {
        // Four bytes of version, then entries of a tag, permissions and an id.
        let Some(entries) = attribute.value.get(4..) else { return false };
        let id = |entry: &[u8]| u32::from_le_bytes([entry[4], entry[5], entry[6], entry[7]]);
        let known = |id: u32| id <= MAX_OWNER || id == NO_OWNER;
        let whole = entries.len() % 8 == 0;
        self != Self::Image && whole && entries.chunks(8).all(|entry| known(id(entry)))
    }

    /// Whether a tree with this attribute can be written.
    pub(crate) fn check_written(self, name: &[u8]) -> io::Result<()> {
        if self == Self::Disk && UNPORTABLE.contains(&name) {
            let why = "the host's overlayfs has redirect_dir or metacopy on: \
                       what it has moved can't leave it";
            return Err(io::Error::other(why));
        }
        Ok(())
    }

    /// The record of an attribute; `None` where it can't be one.
    pub(crate) fn record(self, attribute: Attribute) -> Option<(String, Vec<u8>)> {
        let Attribute { name, value } = attribute;
        match String::from_utf8(name) {
            Ok(name) if !name.contains('=') => Some((format!("{XATTR_PREFIX}{name}"), value)),
            _ if self == Self::Image => None,
            Ok(name) => Some((coded(name.as_bytes()), value)),
            Err(error) => Some((coded(error.as_bytes()), value)),
        }
    }

    /// The attribute of a record, where it is one.
    pub(crate) fn attribute(self, key: &[u8], value: &[u8]) -> Option<Attribute> {
        let name = match key.strip_prefix(XATTR_PREFIX.as_bytes()) {
            Some(name) => Cow::Borrowed(name),
            None if self == Self::Image => return None,
            None => Cow::Owned(decoded(key.strip_prefix(CODED_PREFIX.as_bytes())?)?),
        };
        Some(Attribute { name: name.into_owned(), value: value.to_vec() })
    }
}

/// The record that tells a kind which tar does not know.
pub(crate) fn kind_record(kind: FileType) -> Option<(String, Vec<u8>)> {
    (kind == FileType::Socket).then(|| (KIND.to_owned(), SOCKET.to_vec()))
}

/// Whether a record says that an empty file is a socket.
pub(crate) fn is_socket(key: &[u8], value: &[u8]) -> bool {
    key == KIND.as_bytes() && value == SOCKET
}

/// The device without a number, by which an overlay knows what is deleted.
pub(crate) fn is_whiteout(header: &tar::Header) -> Result<bool, PlaceError> {
    let major = header.device_major().map_err(PlaceError::Read)?;
    let minor = header.device_minor().map_err(PlaceError::Read)?;
    Ok((major, minor) == (Some(0), Some(0)))
}

fn coded(name: &[u8]) -> String {
    let bytes = name.iter().map(|byte| format!("%{byte:02X}"));
    format!("{CODED_PREFIX}{}", bytes.collect::<String>())
}

fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    let digits = text.chunks(3).map(|code| match code {
        [b'%', high, low] => {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
        }
        _ => None,
    });
    digits.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(name: &[u8], value: &[u8]) -> Attribute {
        Attribute { name: name.to_vec(), value: value.to_vec() }
    }

    #[test]
    fn a_name_that_pax_can_not_hold_comes_back() {
        for name in [&b"user.plain"[..], b"user.a=b", b"user.\xff", b"user.100%"] {
            let wanted = attribute(name, b"value=\0");
            let (key, value) = Contents::Disk.record(wanted.clone()).unwrap();
            assert_eq!(Contents::Disk.attribute(key.as_bytes(), &value), Some(wanted));
        }
        assert_eq!(Contents::Image.record(attribute(b"user.a=b", b"")), None);
        for bad in [&b"SKERRY.xattr.%4"[..], b"SKERRY.xattr.%GG", b"SKERRY.xattr.aaa"] {
            assert_eq!(Contents::Disk.attribute(bad, b""), None);
        }
    }

    #[test]
    fn only_what_a_sandbox_may_have_is_taken() {
        use Contents::{Disk, Image, Volume};
        let list = |id: u32| [&[2, 0, 0, 0, 2, 0, 7, 0][..], &id.to_le_bytes()].concat();
        for (name, value, directory, takers) in [
            (&b"user.note"[..], vec![], false, &[Image, Disk, Volume][..]),
            (b"user.overlay.opaque", vec![], false, &[Disk, Volume]),
            (b"user.", vec![], false, &[]),
            (b"security.capability", vec![], false, &[Image, Disk, Volume]),
            (b"security.capability", vec![], true, &[]),
            (b"security.selinux", vec![], false, &[]),
            (b"trusted.overlay.opaque", b"y".to_vec(), true, &[Disk]),
            (b"trusted.overlay.opaque", b"x".to_vec(), true, &[]),
            (b"trusted.overlay.opaque", b"y".to_vec(), false, &[]),
            (b"trusted.overlay.redirect", b"/etc".to_vec(), true, &[]),
            (b"trusted.overlay.metacopy", vec![], false, &[]),
            (b"system.posix_acl_access", list(7), false, &[Disk, Volume]),
            (b"system.posix_acl_access", list(65_536), false, &[]),
            (b"system.posix_acl_access", vec![2, 0, 0, 0, 1], false, &[]),
            (b"system.posix_acl_default", list(u32::MAX), true, &[Disk, Volume]),
            (b"system.posix_acl_default", list(7), false, &[]),
        ] {
            for contents in [Image, Disk, Volume] {
                let taken = contents.takes(&attribute(name, &value), directory);
                let name = name.escape_ascii();
                assert_eq!(taken, takers.contains(&contents), "{name} {contents:?}");
            }
        }
    }
}
