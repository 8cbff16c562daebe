//! Every SDK, and the command line, in the same plights: what their users see
//! is what docs/errors.md has.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use serde_json::Value;
use skerry_client::Client;
use skerry_client::v1::{
    CreateSandboxRequest, CreateTokenRequest, CreateVolumeRequest, Permission, Role, TokenScope,
    VolumeMount,
};
use skerry_test_support::{Daemon, needs_root, skip};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::task::JoinSet;

use crate::certificate::Certificate;
use crate::contract::{Runner, kept_scenarios};
use crate::errors::{Seen, hold, plain_text};
use crate::language::{root, run};
use crate::proxy::Proxy;

/// The languages, and how a page names them.
pub(crate) const LANGUAGES: [(&str, &str); 4] =
    [("python", "Python"), ("typescript", "TypeScript"), ("go", "Go"), ("java", "Java")];

/// What the command line is asked for in a plight, with what address and token.
const COMMANDS: &[(&str, &str, &str, &[&str])] = &[
    ("an address that is none", "ftp://example.org", "$TOKEN", &["ls"]),
    ("nothing listens there", "$NOWHERE", "$TOKEN", &["ls"]),
    ("another server listens there", "$HTTP1", "$TOKEN", &["ls"]),
    ("without TLS against TLS", "$SECURE", "$TOKEN", &["ls"]),
    ("TLS against a daemon without", "https://$PLAIN", "$TOKEN", &["ls"]),
    ("an authority that is not trusted", "https://$SECURE", "$TOKEN", &["ls"]),
    (
        "a certificate for another name",
        "https://localhost:$PORT",
        "$TOKEN",
        &["ls", "--tls-ca", "$CA"],
    ),
    ("a wrong token", "$PLAIN", "tok_wrong", &["ls"]),
    ("a token that may not", "$PLAIN", "$READER", &["create"]),
    (
        "a daemon that is gone in mid-stream",
        "$GONE",
        "$TOKEN",
        &["exec", "taken", "--", "sh", "-c", "while sleep 0.02; do seq 1 1000; done"],
    ),
    ("a sandbox that is not there", "$PLAIN", "$TOKEN", &["inspect", "no-such"]),
    ("a name that is taken", "$PLAIN", "$TOKEN", &["create", "--name", "taken"]),
    ("a field that is wrong", "$PLAIN", "$TOKEN", &["create", "--name", "A/b"]),
    ("an image that is not there", "$PLAIN", "$TOKEN", &["create", "--pull", "never", "no-such"]),
    (
        "more sandboxes than the daemon takes",
        "https://$SECURE",
        "$SECURE_TOKEN",
        &["create", "--tls-ca", "$CA"],
    ),
    (
        "a command in a sandbox that is stopped",
        "$PLAIN",
        "$TOKEN",
        &["exec", "stopped", "--", "true"],
    ),
    (
        "a program that is not there",
        "$PLAIN",
        "$TOKEN",
        &["exec", "taken", "--", "no-such-program"],
    ),
    ("a file that is not there", "$PLAIN", "$TOKEN", &["cp", "taken:no-such", "/dev/null"]),
    ("a snapshot that is not there", "$PLAIN", "$TOKEN", &["create", "--snapshot", "no-such"]),
    ("a volume that is in use", "$PLAIN", "$TOKEN", &["volume", "rm", "data"]),
];

/// A server that knows no HTTP/2. It leaves it to callers to go, so that none
/// sees a connection that is broken off.
async fn other_server(serving: &mut JoinSet<()>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("it is bound");
    serving.spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((mut caller, _)) = listener.accept().await {
            connections.spawn(async move {
                let mut asked = [0; 4096];
                let answer = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
                let mut answered = false;
                while caller.read(&mut asked).await.is_ok_and(|read| read > 0) {
                    // Who is gone needs no answer.
                    answered = answered || caller.write_all(answer).await.is_ok();
                }
            });
        }
    });
    address
}

/// A port that was free a moment ago and that nothing listens on.
fn nowhere() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("it is bound")
}

/// What the plights need to be there.
async fn furnish(client: &Client) -> String {
    let sandbox = |name: &str| CreateSandboxRequest { name: name.to_owned(), ..Default::default() };
    let volume = CreateVolumeRequest { name: "data".to_owned(), ..Default::default() };
    client.create_volume(volume).await.expect("a volume");
    let mount =
        VolumeMount { volume_id: "data".into(), path: "/data".into(), ..Default::default() };
    let taken = CreateSandboxRequest { mounts: vec![mount], ..sandbox("taken") };
    client.create_sandbox(taken).await.expect("a sandbox");
    client.create_sandbox(sandbox("stopped")).await.expect("a sandbox");
    client.stop_sandbox("stopped", None).await.expect("it stops");
    let scope = TokenScope {
        role: Role::Tenant.into(),
        tenant: "readers".to_owned(),
        permissions: vec![Permission::Read.into()],
        ..TokenScope::default()
    };
    let token = CreateTokenRequest { scope: Some(scope), ..Default::default() };
    client.create_token(token).await.expect("a token").secret
}

/// What one asked for sees: by the name of the plight.
type Sight = Vec<(String, Seen)>;

/// Runs the failures in a language.
async fn sight_of(mut command: Command) -> Sight {
    // Nobody is trusted but the system's authorities.
    command.env_remove("SKERRY_TLS_CA");
    let printed = run(command).await;
    // Each of them is held to its code and reason.
    kept_scenarios(&printed);
    let mut told = None;
    let mut sight = Vec::new();
    for line in printed.stdout.lines() {
        if let Some(json) = line.strip_prefix("told\t") {
            told = Some(serde_json::from_str::<Value>(json).expect("it is JSON"));
        } else if let Some(name) = line.strip_prefix("ok\t") {
            let seen = told.take().unwrap_or_else(|| panic!("{name}: no error was seen"));
            sight.push((name.to_owned(), Seen::of(&seen)));
        }
    }
    sight
}

/// What the command line says.
async fn said_by_command_line(text: impl Fn(&str) -> String) -> Sight {
    let mut sight = Vec::new();
    for (name, address, token, arguments) in COMMANDS {
        let mut command = Command::new(skerry_test_support::skerry());
        command.args(arguments.iter().map(|argument| text(argument)));
        command.env("SKERRY_ADDRESS", text(address)).env("SKERRY_TOKEN", text(token));
        command.env_remove("SKERRY_TLS_CA");
        let printed = run(command).await;
        assert!(!printed.ok, "{name}: {}", printed.stdout);
        let last = printed.stderr.lines().last().unwrap_or_default();
        let seen = Seen { class: "skerry".into(), message: last.into(), ..Seen::default() };
        sight.push(((*name).to_owned(), seen));
    }
    sight
}

#[tokio::test(flavor = "multi_thread")]
async fn every_language_says_what_to_do_next() {
    needs_root!();
    let mut runners = Vec::new();
    for (language, name) in LANGUAGES {
        match Runner::of(language) {
            Ok(runner) => runners.push((language, name, runner)),
            Err(reason) => skip!("{reason}"),
        }
    }
    let Some(certificate) = Certificate::make() else { skip!("openssl is not installed") };
    let plain = Daemon::start().await;
    let reader = furnish(plain.client()).await;
    let secure = Daemon::start_with(certificate.options(&["--max-sandboxes", "1"])).await;
    secure.client().create_sandbox(CreateSandboxRequest::default()).await.expect("a sandbox");
    let mut serving = JoinSet::new();
    let daemon: SocketAddr = plain.address().parse().expect("an address");
    let (other, nowhere) = (other_server(&mut serving).await, nowhere());
    let cuts = Proxy::cutting(daemon).await;
    let secure_address: SocketAddr = secure.address().parse().expect("an address");
    let replaced = |text: &str, who: &str, gone: SocketAddr| {
        [
            ("$UNIQUE", format!("sdk-{who}")),
            ("$NOWHERE", nowhere.to_string()),
            ("$HTTP1", other.to_string()),
            ("$SECURE_TOKEN", secure.token()),
            ("$SECURE", secure_address.to_string()),
            ("$PORT", secure_address.port().to_string()),
            ("$PLAIN", daemon.to_string()),
            ("$CUTS", cuts.address.to_string()),
            ("$GONE", gone.to_string()),
            ("$READER", reader.clone()),
            ("$TOKEN", plain.token()),
            ("$CA", certificate.ca().display().to_string()),
        ]
        .iter()
        .fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    };

    let scenarios = fs::read_to_string(root().join("sdk/contract/failures.json")).expect("there");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut proxies = Vec::new();
    let mut asked = Vec::new();
    for (language, name, runner) in &runners {
        let proxy = Proxy::of_a_daemon_that_goes(daemon).await;
        let file = folder.path().join(language);
        fs::write(&file, replaced(&scenarios, language, proxy.address)).expect("it is writable");
        proxies.push(proxy);
        asked.push((*name, tokio::spawn(sight_of(runner.command(Path::new(&file), &plain)))));
    }
    let gone = Proxy::of_a_daemon_that_goes(daemon).await;
    let by_hand = said_by_command_line(|text| replaced(text, "cli", gone.address)).await;
    let mut sights = Vec::new();
    for (name, sight) in asked {
        sights.push((name, sight.await.expect("it is waited for")));
    }
    sights.push(("`skerry`", by_hand));
    let names: Vec<Value> = serde_json::from_str(&scenarios).expect("it is JSON");
    let names: Vec<&str> = names.iter().filter_map(|each| each["name"].as_str()).collect();
    hold(&plain_text(&names, &sights));
}
