//! Secrets that are added to a sandbox's requests outside it: to which
//! requests, and that nothing in the sandbox has them.

mod change;

use std::net::Ipv4Addr;

use skerry_client::Client;
use skerry_client::v1::{CreateSandboxRequest, Credential, NetworkPolicy, Sandbox};
use skerry_test_support::Daemon;

use crate::needs_network;
use crate::resolver::Resolver;
use crate::site::Site;
use crate::steps::{allow, open, run, set_policy, stdout};
use crate::world::{PUBLIC, World};

/// Where several names live.
const SHARED: Ipv4Addr = Ipv4Addr::new(151, 101, 65, 69);
const NAMES: [&str; 3] = ["api.test", "other.test", "third.test"];
const SECRET: &str = "sk-7hZq2-very-hush";

/// A world with the site, and a daemon that believes its certificates.
struct Stage {
    // Each goes before what it stands on.
    daemon: Daemon,
    site: Site,
    _world: World,
}

impl Stage {
    async fn set() -> Self {
        let world = World::new();
        let resolver = Resolver::serve(&world.world);
        for name in NAMES {
            resolver.set(name, &[SHARED]);
        }
        let site = Site::serve(&world.world, SHARED, &NAMES);
        let authority = site.authority();
        let authority = authority.to_str().expect("a path of ours");
        let upstream = PUBLIC.to_string();
        let arguments = ["--dns-upstream", &upstream, "--egress-ca", authority, "--log", "trace"];
        let daemon = world.daemon(&arguments).await;
        Self { daemon, site, _world: world }
    }

    fn client(&self) -> &Client {
        self.daemon.client()
    }
}

/// `Authorization: Bearer …` for api.test.
fn bearer() -> Credential {
    Credential {
        name: "api".to_owned(),
        host: "api.test".to_owned(),
        header: "Authorization".to_owned(),
        value: format!("Bearer {SECRET}"),
        ..Credential::default()
    }
}

async fn create(client: &Client, policy: NetworkPolicy, all: &[Credential]) -> Sandbox {
    let request = CreateSandboxRequest {
        network_policy: Some(policy),
        credentials: all.to_vec(),
        ..CreateSandboxRequest::default()
    };
    client.create_sandbox(request).await.expect("a sandbox")
}

async fn set(client: &Client, sandbox: &str, all: &[Credential]) -> Sandbox {
    let values = Sandbox { credentials: all.to_vec(), ..Sandbox::default() };
    let paths = vec!["credentials".to_owned()];
    client.update_sandbox(sandbox, values, paths).await.expect("other credentials")
}

/// What curl in the sandbox gets.
async fn curl(client: &Client, sandbox: &str, arguments: &str) -> String {
    let got = run(client, sandbox, &format!("curl -sS --max-time 20 {arguments} 2>&1")).await;
    String::from_utf8_lossy(&got.stdout).into_owned()
}

fn all_names() -> NetworkPolicy {
    allow(&NAMES, &[], &[])
}

#[tokio::test]
async fn a_secret_comes_to_its_host_by_tls_from_every_program_and_is_nowhere_inside() {
    needs_network!();
    let stage = Stage::set().await;
    let client = stage.client();
    let sandbox = create(client, all_names(), &[bearer()]).await;
    let id = &*sandbox.id;
    let wanted = format!("Authorization: Bearer {SECRET}");
    let lower = wanted.to_lowercase();
    const PYTHON: &str = "import urllib.request
print(urllib.request.urlopen('https://api.test/v1').status)";
    const NODE: &str = "fetch('https://api.test/v1').then(answer => console.log(answer.status))";
    for (program, command) in [
        ("curl", "curl -sS -o /dev/null -w '%{http_code}' https://api.test/v1".to_owned()),
        (
            "curl --http1.1",
            "curl -sS -o /dev/null -w '%{http_code}' --http1.1 https://api.test/".to_owned(),
        ),
        ("python3", format!("python3 -c \"{PYTHON}\"")),
        ("node", format!("node -e \"{NODE}\"")),
        (
            "openssl",
            "printf 'GET / HTTP/1.1\\r\\nHost: api.test\\r\\nConnection: close\\r\\n\\r\\n' | \
             openssl s_client -quiet -verify_return_error -verify_hostname api.test \
             -servername api.test -connect api.test:443 2>/dev/null | grep -o 200"
                .to_owned(),
        ),
    ] {
        let there = format!("command -v {}", program.split(' ').next().unwrap_or_default());
        if run(client, id, &there).await.result.is_none_or(|result| result.exit_code != 0) {
            eprintln!("{program} is not in the image");
            continue;
        }
        let said = stdout(client, id, &command).await;
        assert!(said.contains("200"), "{program}: {said}");
        let came = stage.site.requests().to_lowercase();
        assert!(came.contains(&lower), "{program}: {came}");
    }

    // Nothing inside has it; a host that echoes its requests is not asked here.
    // Nobody is called by this pattern who does not have the secret.
    const LOOK: &str = "
cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' | grep -c 'sk-7hZ[q]2-very-hush'
env | grep -c 'sk-7hZ[q]2-very-hush'
grep -rls 'sk-7hZ[q]2-very-hush' /etc /root /tmp /usr/local /var /workspace /run | wc -l
grep -rls 'PRIVATE KE[Y]' /etc/ssl | wc -l";
    assert_eq!(stdout(client, id, LOOK).await, "0\n0\n0\n0");

    // Nor is it in what the daemon says, to anybody.
    let shown = client.sandbox(id).await.expect("it is there");
    let listed = client.list_sandboxes(Default::default()).await.expect("a list");
    assert_eq!(shown.credentials.len(), 1);
    assert_eq!(shown.credentials[0].header, "authorization");
    assert_eq!(shown.credentials[0].value, "");
    assert!(listed.iter().all(|one| one.credentials.iter().all(|one| one.value.is_empty())));
    let mut watch = client.watch_sandboxes(Default::default()).await.expect("a watch");
    let event = watch.next().await.expect("it goes on").expect("it is there");
    assert_eq!(event.sandbox.map(|one| one.credentials[0].value.clone()).as_deref(), Some(""));
    assert!(!stage.daemon.log().contains(SECRET), "the daemon's log has it");
    assert!(!stage.daemon.log().contains("PRIVATE KEY"), "the log has a key");
    let mode = std::process::Command::new("find")
        .arg(stage.daemon.data_dir())
        .args(["-maxdepth", "0", "-perm", "/077"])
        .output();
    assert!(mode.expect("find can be run").stdout.is_empty(), "others read the store");
}

#[tokio::test]
async fn only_requests_to_its_host_path_and_method_have_it() {
    needs_network!();
    let stage = Stage::set().await;
    let client = stage.client();
    let narrow = Credential {
        path: "/v1".to_owned(),
        methods: vec!["GET".to_owned(), "PUT".to_owned()],
        header: "X-Api-Key".to_owned(),
        value: SECRET.to_owned(),
        ..bearer()
    };
    let sandbox = create(client, all_names(), &[narrow]).await;
    let id = &*sandbox.id;
    for (arguments, wanted) in [
        ("https://api.test/v1", true),
        ("https://api.test/v1/users?x=../..", true),
        ("-X PUT https://api.test/v1/users", true),
        ("https://API.TEST/v1", true),
        ("-X POST https://api.test/v1/users", false),
        ("-X TRACE https://api.test/v1", false),
        ("https://api.test/", false),
        ("https://api.test/v10", false),
        ("--path-as-is https://api.test/v1/../admin", false),
        ("--path-as-is https://api.test/v1/%2e%2e/admin", false),
        // Other hosts of the same address; the last one is an echo of its own.
        ("https://other.test/v1", false),
        ("https://third.test/v1", false),
        // By TLS alone.
        ("http://api.test/v1", false),
    ] {
        let said = curl(client, id, &format!("-k --http1.1 {arguments}")).await;
        let came = stage.site.requests();
        assert!(came.contains("HTTP/1.1"), "{arguments}: {said}");
        assert_eq!(came.contains(SECRET), wanted, "{arguments}: {came}");
        if !wanted {
            assert!(!said.contains(SECRET), "{arguments}: {said}");
        }
    }

    // What the sandbox says in its place does not come there.
    let own = "-H 'X-Api-Key: mine' -H 'x_api_key: mine' -H 'X-HTTP-Method-Override: DELETE'";
    curl(client, id, &format!("--http1.1 {own} https://api.test/v1")).await;
    let came = stage.site.requests();
    assert!(came.contains(SECRET) && !came.contains("mine"), "{came}");
    assert!(!came.contains("DELETE"), "{came}");

    // A redirect to another host is followed without it.
    set(client, id, &[bearer()]).await;
    let said = curl(client, id, "-k -L https://api.test/redirect").await;
    assert!(said.contains("GET /echo") && !said.contains(SECRET), "{said}");
    let came = stage.site.requests();
    assert!(came.contains("GET /redirect") && came.contains(SECRET), "{came}");
}

#[tokio::test]
async fn a_host_of_http_2_is_spoken_to_by_http_2() {
    needs_network!();
    if std::process::Command::new("node").arg("--version").output().is_err() {
        skerry_test_support::skip!("node is not installed, whose server speaks HTTP/2");
    }
    let world = World::new();
    let resolver = Resolver::serve(&world.world);
    resolver.set("api.test", &[SHARED]);
    let site = Site::serve_two(&world.world, SHARED, &["api.test"]);
    let authority = site.authority();
    let authority = authority.to_str().expect("a path of ours");
    let upstream = PUBLIC.to_string();
    let daemon = world.daemon(&["--dns-upstream", &upstream, "--egress-ca", authority]).await;
    let client = daemon.client();
    let sandbox = create(client, all_names(), &[bearer()]).await;
    let id = &*sandbox.id;
    let ask = "-w 'version %{http_version} ' -H 'Authorization: mine' https://api.test/v1";
    let said = curl(client, id, &format!("{ask} https://api.test/v2")).await;
    let wanted = format!("\"authorization\":\"Bearer {SECRET}\"");
    assert_eq!(said.matches(&wanted).count(), 2, "{said}");
    assert!(said.contains("version 2") && !said.contains("mine"), "{said}");
    let said = curl(client, id, "-w '%{http_code}' -H 'Host: other.test' https://api.test/").await;
    assert!(said.contains("421") && !said.contains(SECRET), "{said}");
    let body = "head -c 30M /dev/zero | curl -sS -T - https://api.test/upload";
    let said = stdout(client, id, body).await;
    assert!(said.contains("body: 31457280"), "{said}");
}

/// What is said on a connection whose name is api.test, and the first line of
/// the answer.
const BY_HAND: &str = r#"
import socket, ssl, sys
name, host, target = sys.argv[1:4]
context = ssl.create_default_context(); context.check_hostname = False
stream = socket.create_connection(('api.test', 443), 5)
try:
    tls = context.wrap_socket(stream, server_hostname=name)
    tls.sendall(('GET %s HTTP/1.1\r\n%s\r\nConnection: close\r\n\r\n' % (target, host)).encode())
    answer = b''
    while True:
        piece = tls.recv(65536)
        if not piece: break
        answer += piece
    print(answer.decode().split('\r\n')[0])
except OSError as error: print('cut:', type(error).__name__)
"#;

#[tokio::test]
async fn names_that_differ_get_nothing() {
    needs_network!();
    let stage = Stage::set().await;
    let client = stage.client();
    let sandbox = create(client, allow(&["api.test", "other.test"], &[], &[]), &[bearer()]).await;
    let id = &*sandbox.id;
    stdout(client, id, "getent hosts other.test api.test >/dev/null").await;
    for (name, host, target, wanted) in [
        ("api.test", "Host: api.test", "/", "200"),
        ("api.test", "Host: other.test", "/", "421"),
        ("api.test", "Host: api.test\r\nHost: other.test", "/", "421"),
        ("api.test", "Host: api.test@other.test", "/", "4"),
        ("api.test", "Host: api.test", "https://other.test/", "421"),
        ("api.test", "Host: api.test", "https://api.test/", "400"),
        ("api.test", "X: y", "/", "4"),
        // Not listed.
        ("third.test", "Host: api.test", "/", "cut"),
        // To this one no certificate was made.
        ("other.test", "Host: api.test", "/", "cut: SSLCertVerificationError"),
    ] {
        let text =
            format!("python3 - '{name}' \"$(printf '{host}')\" '{target}' <<'EOF'\n{BY_HAND}\nEOF");
        let said = stdout(client, id, &text).await;
        let status = said.strip_prefix("HTTP/1.1 ").unwrap_or(&said);
        assert!(status.starts_with(wanted), "{name} {host} {target}: {said}");
        let came = stage.site.requests();
        assert_eq!(came.contains(SECRET), wanted == "200", "{name} {host} {target}: {came}");
    }
}

#[tokio::test]
async fn without_tls_streams_and_web_sockets_pass_too() {
    needs_network!();
    let stage = Stage::set().await;
    let client = stage.client();
    let plain = Credential { plain_http: true, ..bearer() };
    let sandbox = create(client, all_names(), &[plain]).await;
    let id = &*sandbox.id;
    curl(client, id, "-H 'Authorization: Basic bWluZQ==' http://api.test/v1").await;
    let came = stage.site.requests();
    assert!(came.contains(SECRET) && !came.contains("Basic"), "{came}");
    curl(client, id, "http://other.test/v1").await;
    assert!(!stage.site.requests().contains(SECRET), "another host of that address");

    // A body of no known length, larger than any buffer on the way.
    let body = "head -c 30M /dev/zero | curl -sS --http1.1 -T - https://api.test/upload";
    let said = stdout(client, id, body).await;
    assert!(said.contains("body: 31457280"), "{said}");
    const SOCKET: &str = "
import socket, ssl
tls = ssl.create_default_context().wrap_socket(
    socket.create_connection(('api.test', 443), 5), server_hostname='api.test')
tls.sendall(b'GET /ws HTTP/1.1\\r\\nHost: api.test\\r\\nUpgrade: websocket\\r\\n'
    b'Connection: Upgrade\\r\\nSec-WebSocket-Version: 13\\r\\n'
    b'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n\\r\\n')
said = b''
while not said.endswith(b'\\n\\n'): said += tls.recv(4096)
tls.sendall(b'over and over'); print(said.split(b'\\r\\n')[0].decode(), tls.recv(4096).decode())
";
    let said = stdout(client, id, &format!("python3 - <<'EOF'\n{SOCKET}\nEOF")).await;
    assert_eq!(said, "HTTP/1.1 101 Switching Protocols over and over");
    assert!(stage.site.requests().contains(SECRET));
}

#[tokio::test]
async fn an_open_sandbox_has_them_and_reaches_all_else_as_before() {
    needs_network!();
    let stage = Stage::set().await;
    let client = stage.client();
    let sandbox = create(client, open(), &[bearer()]).await;
    let id = &*sandbox.id;
    curl(client, id, "https://api.test/v1").await;
    assert!(stage.site.requests().contains(SECRET));
    // Other names of the same address by their own certificates, which the
    // sandbox does not know, and what is no HTTP at all.
    let said = curl(client, id, "-k https://other.test/v1").await;
    assert!(said.contains("GET /v1") && !stage.site.requests().contains(SECRET), "{said}");
    let said = curl(client, id, "http://api.test/v1").await;
    assert!(said.contains("GET /v1") && !stage.site.requests().contains(SECRET), "{said}");
    let silent =
        format!("timeout 10 bash -c 'exec 3<>/dev/tcp/{PUBLIC}/443; echo x >&3; head -c 2 <&3'");
    assert_eq!(stdout(client, id, &silent).await, "x");
    // Without a name, it is nobody's.
    let by_address = format!("-k https://{SHARED}/v1");
    curl(client, id, &by_address).await;
    assert!(!stage.site.requests().contains(SECRET));
    set_policy(client, id, crate::steps::deny()).await;
    let said = curl(client, id, "https://api.test/v1").await;
    assert!(!said.contains("GET /v1"), "{said}");
}

#[tokio::test]
async fn a_host_that_is_not_what_it_says_gets_nothing() {
    needs_network!();
    let world = World::new();
    let resolver = Resolver::serve(&world.world);
    resolver.set("api.test", &[SHARED]);
    let site = Site::serve(&world.world, SHARED, &["elsewhere.test"]);
    // Who signed it is believed, but it is another's certificate; and the
    // other way round.
    let authority = site.authority();
    let upstream = PUBLIC.to_string();
    let believed = ["--dns-upstream", &upstream, "--egress-ca", authority.to_str().expect("ours")];
    for arguments in [&believed[..], &believed[..2]] {
        let daemon = world.daemon(arguments).await;
        let client = daemon.client();
        let sandbox = create(client, all_names(), &[bearer()]).await;
        let said = curl(client, &sandbox.id, "-w '%{http_code}' https://api.test/v1").await;
        assert!(said.contains("502") && said.contains("certificate"), "{said}");
        assert!(!site.requests().contains(SECRET) && !said.contains(SECRET));
    }
}
