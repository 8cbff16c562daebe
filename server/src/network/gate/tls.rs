//! What a TLS client says first, in the clear.

use std::io;

use rustls::server::Acceptor;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

/// Bytes of a client's first message; they need a few hundred.
const MAX_HELLO: usize = 64 << 10;

/// A client's first message.
pub(super) struct Hello {
    /// The server's name, in lower case.
    pub(super) name: Option<String>,
    /// What it offers to speak then.
    pub(super) protocols: Vec<Vec<u8>>,
}

/// Reads a client's first message to its end into `read`.
pub(super) async fn hello(stream: &mut TcpStream, read: &mut Vec<u8>) -> io::Result<Hello> {
    let mut acceptor = Acceptor::default();
    let mut given = 0;
    loop {
        while given < read.len() {
            given += acceptor.read_tls(&mut &read[given..])?;
        }
        match acceptor.accept() {
            Ok(Some(accepted)) => {
                let hello = accepted.client_hello();
                let name = hello.server_name().map(str::to_ascii_lowercase);
                let protocols = hello.alpn().map(|all| all.map(<[u8]>::to_vec).collect());
                return Ok(Hello { name, protocols: protocols.unwrap_or_default() });
            }
            Ok(None) if read.len() < MAX_HELLO => {}
            Ok(None) => return Err(bad("its first message is too long")),
            Err((error, _)) => return Err(bad(&error.to_string())),
        }
        if stream.read_buf(read).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

fn bad(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
