//! Content, whole or in pieces.

use std::fmt;
use std::io;

use bytes::Bytes;
use futures::stream::{self, BoxStream, Stream, StreamExt};
use tokio::io::AsyncRead;

use crate::upload;

/// Well below what one message may have.
const PIECE: usize = 256 << 10;

/// Content that goes to a sandbox: a text, bytes, a reader or a stream.
///
/// ```
/// use skerry_client::Data;
///
/// let text = Data::from("hello\n");
/// let file = async || Ok::<_, std::io::Error>(Data::reader(tokio::fs::File::open("big").await?));
/// # let _ = (text, file);
/// ```
pub struct Data(Kind);

enum Kind {
    Whole(Bytes),
    Pieces(BoxStream<'static, io::Result<Bytes>>),
}

impl Data {
    /// What a stream gives; its error takes the call back.
    pub fn stream(pieces: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Self {
        Self(Kind::Pieces(pieces.boxed()))
    }

    /// What a reader gives; its error takes the call back.
    pub fn reader(reader: impl AsyncRead + Send + Unpin + 'static) -> Self {
        Self::stream(upload::chunks(reader))
    }

    /// All of it, where it is whole: it can be sent again.
    pub(super) fn whole(&self) -> Option<Bytes> {
        match &self.0 {
            Kind::Whole(all) => Some(all.clone()),
            Kind::Pieces(_) => None,
        }
    }

    /// Pieces that fit into a message each.
    pub(super) fn pieces(self) -> BoxStream<'static, io::Result<Bytes>> {
        match self.0 {
            Kind::Whole(all) => stream::iter(split(all)).map(Ok).boxed(),
            Kind::Pieces(pieces) => pieces
                .flat_map(|piece| match piece {
                    Ok(piece) => stream::iter(split(piece)).map(Ok).boxed(),
                    Err(error) => stream::iter([Err(error)]).boxed(),
                })
                .boxed(),
        }
    }
}

fn split(mut all: Bytes) -> impl Iterator<Item = Bytes> {
    std::iter::from_fn(move || (!all.is_empty()).then(|| all.split_to(all.len().min(PIECE))))
}

impl fmt::Debug for Data {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Whole(all) => write!(formatter, "Data({} bytes)", all.len()),
            Kind::Pieces(_) => formatter.write_str("Data(…)"),
        }
    }
}

impl From<Bytes> for Data {
    fn from(all: Bytes) -> Self {
        Self(Kind::Whole(all))
    }
}

impl From<Vec<u8>> for Data {
    fn from(all: Vec<u8>) -> Self {
        Bytes::from(all).into()
    }
}

impl From<String> for Data {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&[u8]> for Data {
    fn from(all: &[u8]) -> Self {
        Bytes::copy_from_slice(all).into()
    }
}

impl From<&str> for Data {
    fn from(text: &str) -> Self {
        text.as_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_long_goes_in_pieces_and_what_is_empty_in_none() {
        let all: Vec<u8> = (0..PIECE * 2 + 5).map(|number| (number % 251) as u8).collect();
        for data in [Data::from(all.clone()), Data::stream(stream::iter([Ok(all.clone().into())]))]
        {
            let (mut sizes, mut joined) = (Vec::new(), Vec::new());
            let mut pieces = data.pieces();
            while let Some(piece) = pieces.next().await {
                let piece = piece.expect("nothing fails");
                sizes.push(piece.len());
                joined.extend_from_slice(&piece);
            }
            assert_eq!(sizes, [PIECE, PIECE, 5]);
            assert!(joined == all);
        }
        assert!(Data::from("").pieces().next().await.is_none());
    }
}
