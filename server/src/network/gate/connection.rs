//! One connection at the gate.

use std::io::{self, Cursor};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::http::Other;
use super::secure::{Roots, Secure};
use super::{Judge, Knock, PATIENCE, Way, http, tls};
use crate::model::{Credential, Credentials};

/// The first byte of a TLS handshake; no HTTP request begins so.
const HANDSHAKE: u8 = 22;
/// Who may pass freely and says nothing for so long waits for the other side
/// to begin.
const SILENCE: Duration = Duration::from_millis(500);

/// What a connection says of itself, and who judges it.
#[derive(Clone)]
pub(super) struct Said {
    pub(super) way: Way,
    /// As it was let in.
    pub(super) knock: Knock,
    pub(super) judge: Arc<dyn Judge>,
    pub(super) passed: Arc<Mutex<Passed>>,
}

/// What a connection was let through for.
#[derive(Default)]
pub(super) struct Passed {
    pub(super) names: Vec<String>,
    /// The credentials that its requests had.
    used: Vec<Credential>,
    /// It is TLS that passes as it is.
    whole: bool,
}

impl Passed {
    /// Whether it still has what its sandbox has a credential for, and no more.
    pub(super) fn is_as_credentials_say(&self, way: Way, judge: &dyn Judge) -> bool {
        let has = |used: &Credential| {
            let credentials = judge.credentials(way, &used.host);
            credentials.is_some_and(|credentials| credentials.all.contains(used))
        };
        let passes_by =
            self.whole && self.names.iter().any(|name| judge.credentials(way, name).is_some());
        self.used.iter().all(has) && !passes_by
    }
}

impl Said {
    /// Whether it may pass under a name. The name is noted first: a policy
    /// that changes just now judges it, too.
    pub(super) fn may_pass(&self, name: Option<&str>) -> bool {
        let Some(name) = name else {
            return self.knock == Knock::Freely || self.judge.may_pass(self.way, None);
        };
        let mut passed = self.passed.lock();
        let known = passed.names.iter().any(|known| known == name);
        if !known {
            passed.names.push(name.to_owned());
        }
        drop(passed);
        let may = self.knock == Knock::Freely || self.judge.may_pass(self.way, Some(name));
        if !may {
            self.passed.lock().names.retain(|known| known != name);
        }
        may
    }

    /// The credentials for a request. They are noted first, as a name is: those
    /// that go just now are not sent, or the connection that has them ends.
    pub(super) fn credentials(&self, request: &Target<'_>) -> Vec<Credential> {
        let find = || {
            let all = self.judge.credentials(self.way, request.host);
            all.map_or_else(Vec::new, |all| request.those_for(&all))
        };
        let found = find();
        if found.is_empty() {
            return found;
        }
        let mut passed = self.passed.lock();
        for credential in &found {
            if !passed.used.contains(credential) {
                passed.used.push(credential.clone());
            }
        }
        drop(passed);
        if find() == found { found } else { Vec::new() }
    }
}

/// What a request is for.
pub(super) struct Target<'a> {
    pub(super) host: &'a str,
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    /// By TLS.
    pub(super) secure: bool,
}

impl Target<'_> {
    fn those_for(&self, credentials: &Credentials) -> Vec<Credential> {
        let is_for = |one: &&Credential| {
            one.host == self.host && one.is_for(self.method, self.path, self.secure)
        };
        credentials.all.iter().filter(is_for).cloned().collect()
    }
}

/// Passes a connection on, where it may.
pub(super) async fn pass(mut stream: TcpStream, said: Said, roots: &Roots) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let freely = said.knock == Knock::Freely;
    let mut read = Vec::with_capacity(2048);
    let patience = if freely { SILENCE } else { PATIENCE };
    match timeout(patience, stream.read_buf(&mut read)).await {
        Err(_) if freely => return pass_freely(stream, read, said.way).await,
        spoke => {
            if spoke?? == 0 {
                return Ok(());
            }
        }
    }
    if read[0] != HANDSHAKE {
        if freely && !is_request(&read) {
            return pass_freely(stream, read, said.way).await;
        }
        return http::pass(again(stream, read), said, Other::Plain).await;
    }
    let hello = match timeout(PATIENCE, tls::hello(&mut stream, &mut read)).await? {
        Err(_) if freely => return pass_freely(stream, read, said.way).await,
        hello => hello?,
    };
    if !said.may_pass(hello.name.as_deref()) {
        return Ok(());
    }
    let signer = hello.name.as_deref().and_then(|name| said.judge.credentials(said.way, name));
    let signer = signer.as_ref().and_then(|credentials| credentials.authority.as_ref());
    if let Some((host, signer)) = hello.name.zip(signer) {
        let there = Secure::open(said.way, host, &hello.protocols, roots).await;
        let here = there.accept(again(stream, read), signer).await?;
        return http::pass(here, said, Other::Secure(Arc::new(there))).await;
    }
    said.passed.lock().whole = true;
    pass_freely(stream, read, said.way).await
}

/// Passes a connection on, whatever it says. `read` was read already.
pub(super) async fn pass_freely(mut stream: TcpStream, read: Vec<u8>, way: Way) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut there = connect(way).await?;
    there.write_all(&read).await?;
    copy_bidirectional(&mut stream, &mut there).await?;
    Ok(())
}

/// A stream with what was read of it in front.
fn again(stream: TcpStream, read: Vec<u8>) -> impl AsyncRead + AsyncWrite + Send + Unpin {
    let (from, to) = stream.into_split();
    tokio::io::join(Cursor::new(read).chain(from), to)
}

/// Whether it begins like a request of HTTP: a method, then a space.
fn is_request(read: &[u8]) -> bool {
    let method = read.iter().take_while(|byte| byte.is_ascii_uppercase() || **byte == b'-');
    let length = method.count();
    (1..=32).contains(&length) && read.get(length).is_none_or(|byte| *byte == b' ')
}

pub(super) async fn connect(way: Way) -> io::Result<TcpStream> {
    let there = timeout(PATIENCE, TcpStream::connect(way.asked)).await??;
    there.set_nodelay(true)?;
    Ok(there)
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};

    use rustls::pki_types::ServerName;
    use rustls::{ClientConfig, ClientConnection, RootCertStore};
    use tokio::net::TcpListener;

    use super::*;

    /// Lets `a.test` pass.
    struct OnlyA;

    impl Judge for OnlyA {
        fn may_pass(&self, _way: Way, name: Option<&str>) -> bool {
            name == Some("a.test")
        }

        fn knock(&self, _way: Way) -> Knock {
            Knock::ByName
        }

        fn credentials(&self, _way: Way, _host: &str) -> Option<Arc<Credentials>> {
            None
        }

        fn has_credentials(&self, _sandbox: Ipv4Addr) -> bool {
            false
        }
    }

    /// A client at the gate, and the listener that it wants to reach.
    async fn at_the_gate() -> (TcpStream, TcpListener) {
        let bind = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let (gate, there) = (bind().await.unwrap(), bind().await.unwrap());
        let SocketAddr::V4(asked) = there.local_addr().unwrap() else { panic!("it is IPv4") };
        let client = TcpStream::connect(gate.local_addr().unwrap()).await.unwrap();
        let (stream, _) = gate.accept().await.unwrap();
        let way = Way { sandbox: Ipv4Addr::LOCALHOST, asked };
        let (knock, passed) = (Knock::ByName, Arc::default());
        let said = Said { way, knock, judge: Arc::new(OnlyA), passed };
        tokio::spawn(async move { pass(stream, said, &Roots::default()).await });
        (client, there)
    }

    /// What a TLS client says first.
    fn hello(name: &str) -> Vec<u8> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth();
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let mut client = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut said = Vec::new();
        client.write_tls(&mut said).unwrap();
        said
    }

    /// What comes to the other side of what a client sends in two pieces.
    async fn arrives(said: &[u8]) -> Option<Vec<u8>> {
        let (mut client, there) = at_the_gate().await;
        let (first, second) = said.split_at(said.len() / 2);
        client.write_all(first).await.unwrap();
        tokio::task::yield_now().await;
        let _refused = client.write_all(second).await;
        let mut rest = Vec::new();
        tokio::select! {
            arrived = there.accept() => {
                let (mut stream, _) = arrived.unwrap();
                let mut read = vec![0; said.len()];
                stream.read_exact(&mut read).await.unwrap();
                Some(read)
            }
            _ended = client.read_to_end(&mut rest) => None,
        }
    }

    #[tokio::test]
    async fn tls_passes_as_it_is_where_its_name_may() {
        let hello_a = hello("A.test");
        assert_eq!(arrives(&hello_a).await, Some(hello_a));
        for refused in [
            hello("b.test"),
            hello("a.test.b.test"),
            // An address is no name.
            hello("93.184.216.34"),
            [&[HANDSHAKE][..], &[0xff; 400]].concat(),
            b"SSH-2.0-client\r\n\r\n".to_vec(),
            vec![0; 64],
        ] {
            assert_eq!(arrives(&refused).await, None);
        }
    }

    async fn ask(client: &mut TcpStream, host: &str) -> String {
        let request = format!("GET /x HTTP/1.1\r\nHost: {host}\r\n\r\n");
        client.write_all(request.as_bytes()).await.unwrap();
        let mut answer = vec![0; 4096];
        let length = client.read(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer[..length]).into_owned()
    }

    #[tokio::test]
    async fn each_request_of_a_connection_is_judged() {
        let (mut client, there) = at_the_gate().await;
        tokio::spawn(async move {
            let (mut stream, _) = there.accept().await.unwrap();
            let mut request = vec![0; 4096];
            while let Ok(length @ 1..) = stream.read(&mut request).await {
                let text = String::from_utf8_lossy(&request[..length]).to_lowercase();
                assert!(text.contains("host: a.test\r\n"), "{text}");
                stream
                    .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
                    .await
                    .unwrap();
            }
        });
        for (host, wanted) in [("a.test", "200 OK"), ("b.test", "403"), ("a.test", "200 OK")] {
            let answer = ask(&mut client, host).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {wanted}")), "{host}: {answer}");
        }
    }
}
