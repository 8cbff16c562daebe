//! What a sandbox tries: a Python program in it makes each attempt and says
//! how it went.

use std::collections::BTreeMap;
use std::fmt;
use std::net::Ipv4Addr;

use skerry_client::Client;

use crate::steps::stdout;

/// Seconds until an attempt counts as unanswered. Whatever is refused says so
/// at once; what passes comes back in less than a millisecond.
const PATIENCE: f64 = 2.0;

const PROGRAM: &str = r#"
import json, socket, ssl, struct, sys
patience, attempts = json.loads(sys.argv[1])
def tcp(host, port, family=socket.AF_INET):
    s = socket.socket(family, socket.SOCK_STREAM); s.settimeout(patience)
    s.connect((host, port)); s.sendall(b'hello'); return s.recv(64) == b'hello'
def udp(host, port, size=5, family=socket.AF_INET):
    s = socket.socket(family, socket.SOCK_DGRAM); s.settimeout(patience)
    s.connect((host, port)); s.send(b'u' * size); return len(s.recv(65535)) == size
def ask(name, kind, server):
    q = struct.pack('>HHHHHH', 7, 0x100, 1, 0, 0, 0)
    q += b''.join(bytes([len(l)]) + l.encode() for l in name.split('.'))
    q += b'\0' + struct.pack('>HH', kind, 1)
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(patience)
    s.connect((server, 53)); s.send(q); a = s.recv(4096)
    if a[3] & 15: raise OSError('%s answers %d' % (server, a[3] & 15))
    return a
def resolve(name, kind=1):
    why = []
    for server in ('10.88.0.1', '93.184.216.34'):
        try:
            a = ask(name, kind, server)
            if struct.unpack('>H', a[6:8])[0]: return socket.inet_ntoa(a[-4:])
            why.append('nothing')
        except OSError as error: why.append(str(error))
    raise OSError(', '.join(why))
def send(address, port, data):
    s = socket.create_connection((address, port), patience); s.settimeout(patience)
    s.sendall(data); return s.recv(4096)
def first_of_tls(name):
    context = ssl.create_default_context(); context.check_hostname = False
    coming, going = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(coming, going, server_hostname=name or None)
    try: tls.do_handshake()
    except ssl.SSLWantReadError: return going.read()
def kinds(kind, host, port):
    if kind == 'connect': socket.create_connection((host, port), patience).close(); return True
    if kind == 'resolver': return bool(resolve(host, port))
    if kind == 'reach': return tcp(resolve(host), port)
    if kind == 'http':
        address, lines = host.split('|')
        return b'the world' in send(address, port, lines.replace('~', '\r\n').encode() + b'\r\n\r\n')
    if kind == 'tls':
        address, name = host.split('|'); return send(address, port, first_of_tls(name)) == b'the world'
    if kind == 'follow':
        address, name = host.split('|')
        answer = send(address, port, ('GET / HTTP/1.1\r\nHost: %s\r\n\r\n' % name).encode())
        there = answer.decode().split('Location: http://')[1].split('/')[0]
        return tcp(resolve(there), 80)
    if kind == 'tcp': return tcp(host, port)
    if kind == 'udp': return udp(host, port)
    if kind == 'fragments': return udp(host, port, 1600)
    if kind == 'tcp6': return tcp(host, port, socket.AF_INET6)
    if kind == 'udp6': return udp(host, port, 5, socket.AF_INET6)
    if kind == 'sctp':
        s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 132); s.settimeout(patience)
        s.connect((host, port)); return True
    if kind == 'raw': socket.socket(socket.AF_INET, socket.SOCK_RAW, 1); return True
    if kind == 'packet': socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3); return True
    if kind == 'ping':
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 1); s.settimeout(patience)
        s.sendto(b'\x08\x00' + b'\x00' * 6, (host, 0)); return bool(s.recv(64))
    if kind == 'name': return socket.gethostbyname(host)
    raise ValueError(kind)
for kind, host, port in attempts:
    try: said = kinds(kind, host, port)
    except Exception as error: said = 'no: %s' % error
    if said is True: said = 'yes'
    if said is False: said = 'no: garbled'
    print(said)
"#;

/// One thing to try.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Attempt {
    kind: &'static str,
    host: String,
    port: u16,
}

impl fmt::Display for Attempt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}:{}", self.kind, self.host, self.port)
    }
}

pub(crate) fn tcp(host: Ipv4Addr, port: u16) -> Attempt {
    of("tcp", &host.to_string(), port)
}

pub(crate) fn udp(host: Ipv4Addr, port: u16) -> Attempt {
    of("udp", &host.to_string(), port)
}

pub(crate) fn of(kind: &'static str, host: &str, port: u16) -> Attempt {
    Attempt { kind, host: host.to_owned(), port }
}

/// What each attempt came to: `yes`, or `no` and why; for a name, its
/// address.
pub(crate) async fn try_all(
    client: &Client,
    sandbox: &str,
    attempts: &[Attempt],
) -> BTreeMap<Attempt, String> {
    let list: Vec<_> = attempts.iter().map(|one| (one.kind, &one.host, one.port)).collect();
    let list = serde_json::json!([PATIENCE, list]).to_string();
    let text = format!("python3 - '{list}' <<'EOF'\n{PROGRAM}\nEOF");
    let said = stdout(client, sandbox, &text).await;
    let lines: Vec<_> = said.lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), attempts.len(), "{said}");
    attempts.iter().cloned().zip(lines).collect()
}

/// Those that came through.
pub(crate) async fn passed(client: &Client, sandbox: &str, attempts: &[Attempt]) -> Vec<Attempt> {
    let results = try_all(client, sandbox, attempts).await;
    attempts.iter().filter(|attempt| results[*attempt] == "yes").cloned().collect()
}
