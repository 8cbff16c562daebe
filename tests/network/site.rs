//! A web site in the world, with certificates of an authority of the test's:
//! it answers each request with what came, and remembers it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::world::Namespace;

/// Answers on ports 80 and 443 of an address. A request is answered with its
/// first line and its headers; /redirect leads to another host, /ws becomes
/// an echo, and a body's bytes are counted.
const SERVER: &str = r#"
import http.server, ssl, sys, threading
address, folder = sys.argv[1], sys.argv[2]
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def log_message(self, *arguments): pass
    def answer(self):
        said = self.requestline + '\n' + ''.join('%s: %s\n' % pair for pair in self.headers.items())
        with open(folder + '/requests', 'a') as file: file.write(said + '\n')
        if self.headers.get('Upgrade', '').lower() == 'websocket':
            self.send_response(101); self.send_header('Upgrade', 'websocket')
            self.send_header('Connection', 'Upgrade'); self.end_headers(); self.wfile.flush()
            self.wfile.write(said.encode() + b'\n'); self.wfile.flush()
            while True:
                data = self.connection.recv(4096)
                if not data: break
                self.connection.sendall(data)
            self.close_connection = True
            return
        length = 0
        if self.headers.get('Transfer-Encoding') == 'chunked':
            while True:
                size = int(self.rfile.readline(), 16)
                self.rfile.read(size + 2); length += size
                if size == 0: break
        else:
            left = int(self.headers.get('Content-Length', 0))
            while left:
                piece = self.rfile.read(min(left, 65536)); left -= len(piece); length += len(piece)
        body = (said + 'body: %d\n' % length).encode()
        if self.path.startswith('/redirect'):
            self.send_response(302); self.send_header('Location', 'https://other.test/echo')
        else:
            self.send_response(200)
        self.send_header('Content-Length', str(len(body))); self.end_headers()
        if self.command != 'HEAD': self.wfile.write(body)
    do_GET = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_TRACE = do_HEAD = answer
def serve(port):
    server = http.server.ThreadingHTTPServer((address, port), Handler)
    if port == 443:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder + '/site.pem', folder + '/site.key')
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever).start()
serve(80); serve(443)
print('ready', flush=True)
"#;

/// Answers by HTTP/2 alone, with the headers of the request.
const SERVER_OF_TWO: &str = r#"
const [address, folder] = process.argv.slice(1), fs = require('fs');
const [key, cert] = ['/site.key', '/site.pem'].map(name => fs.readFileSync(folder + name));
const server = require('http2').createSecureServer({ key, cert });
server.on('stream', (stream, headers) => {
  let length = 0;
  stream.on('data', piece => { length += piece.length; });
  stream.on('end', () => {
    stream.respond({ ':status': 200 });
    stream.end(JSON.stringify(headers) + ' body: ' + length + '\n');
  });
  stream.resume();
});
server.listen(443, address, () => console.log('ready'));
"#;

/// The site; it ends with this.
pub(crate) struct Site {
    server: Child,
    folder: tempfile::TempDir,
}

impl Site {
    /// Serves these names at an address of the world.
    pub(crate) fn serve(world: &Namespace, address: Ipv4Addr, names: &[&str]) -> Self {
        Self::run(world, address, names, ["python3", "-c", SERVER])
    }

    /// The same by HTTP/2 on port 443 alone.
    pub(crate) fn serve_two(world: &Namespace, address: Ipv4Addr, names: &[&str]) -> Self {
        Self::run(world, address, names, ["node", "-e", SERVER_OF_TWO])
    }

    fn run(world: &Namespace, address: Ipv4Addr, names: &[&str], program: [&str; 3]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        certify(folder.path(), names);
        world.must(&format!("ip addr add {address}/32 dev lo"));
        let _inside = world.enter();
        let [name, option, text] = program;
        let mut server = Command::new(name)
            .args([option, text, &address.to_string()])
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect(name);
        let mut line = String::new();
        let stdout = server.stdout.take().expect("it was asked for");
        BufReader::new(stdout).read_line(&mut line).expect("it says a line");
        assert_eq!(line, "ready\n");
        Self { server, folder }
    }

    /// The authority's certificate.
    pub(crate) fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// All requests since the last time this was asked.
    pub(crate) fn requests(&self) -> String {
        let path = self.folder.path().join("requests");
        let text = fs::read_to_string(&path).unwrap_or_default();
        fs::write(&path, "").expect("the folder is the test's own");
        text
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Makes an authority, and a certificate of these names by it.
fn certify(folder: &Path, names: &[&str]) {
    let names: Vec<_> = names.iter().map(|name| format!("DNS:{name}")).collect();
    let script = format!(
        "set -e
        key='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
        openssl req -x509 $key -keyout ca.key -out ca.pem -days 2 -subj /CN=world
        openssl req $key -keyout site.key -out site.csr -subj /CN=site
        echo 'subjectAltName={}' >extensions
        openssl x509 -req -in site.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
            -extfile extensions -out site.pem",
        names.join(",")
    );
    let made = Command::new("sh").args(["-c", &script]).current_dir(folder).output();
    let made = made.expect("sh can be run");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}
