//! What OpenSSH added to version 3.

use bytes::{Buf, BufMut, Bytes};
use russh_sftp::protocol::{Extended, ExtendedReply, Packet, StatusCode};

use super::{Answer, MAX_DATA, MAX_MESSAGE, MAX_OPEN, Refusal, Sftp};

impl Sftp {
    pub(super) async fn extended(&mut self, extended: Extended) -> Answer {
        let Extended { id, request, data } = extended;
        let mut data = Bytes::from(data);
        match request.as_str() {
            "posix-rename@openssh.com" => {
                let (from, to) = (text(&mut data)?, text(&mut data)?);
                self.rename(id, &from, &to, true).await
            }
            "fsync@openssh.com" => {
                let handle = text(&mut data)?;
                self.sync(id, &handle).await
            }
            "limits@openssh.com" => Ok(limits(id)),
            other => Err(Refusal(StatusCode::OpUnsupported, format!("{other} is not known"))),
        }
    }
}

fn limits(id: u32) -> Packet {
    let mut data = Vec::with_capacity(4 * size_of::<u64>());
    data.put_u64(MAX_MESSAGE as u64);
    data.put_u64(MAX_DATA.into());
    data.put_u64(MAX_DATA.into());
    data.put_u64(MAX_OPEN as u64);
    Packet::ExtendedReply(ExtendedReply { id, data })
}

/// Takes one text off.
fn text(data: &mut Bytes) -> Result<String, Refusal> {
    let bad = |why: &str| Refusal(StatusCode::BadMessage, why.to_owned());
    let length = data.try_get_u32().map_err(|_| bad("a text is missing"))? as usize;
    if length > data.remaining() {
        return Err(bad("a text is cut"));
    }
    String::from_utf8(data.split_to(length).into()).map_err(|_| bad("a name must be UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_taken_off_one_by_one() {
        let mut data = Bytes::from_static(b"\0\0\0\x02ab\0\0\0\0\0\0\0\x09x");
        assert_eq!(text(&mut data).unwrap(), "ab");
        assert_eq!(text(&mut data).unwrap(), "");
        assert!(text(&mut data).is_err());
        assert!(text(&mut Bytes::from_static(b"\0\0\0\x01\xff")).is_err());
        assert!(text(&mut Bytes::from_static(b"\0")).is_err());
    }
}
