//! A device in a network of its own: paired over it, and let go.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use skerry_client::v1::{CreatePairingRequest, CreateSandboxRequest, ExecSpec};
use skerry_test_support::{Daemon, Options, eventually, needs_root, skerry, skip};

/// A network namespace, and a pair of interfaces that leads there.
struct Network {
    name: String,
    link: String,
    host: String,
}

fn ip(arguments: &str) -> bool {
    let run = Command::new("ip").args(arguments.split(' ')).stdin(Stdio::null()).output();
    run.is_ok_and(|output| output.status.success())
}

impl Network {
    /// `None` where this machine makes none.
    fn make() -> Option<Self> {
        // Of the range for trials; four addresses for each process.
        let number = std::process::id() % 0x8000;
        let address = |host: u32| {
            let bits = number * 4 + host;
            format!("198.{}.{}.{}", 18 + (bits >> 16), (bits >> 8) & 0xff, bits & 0xff)
        };
        let id = std::process::id();
        let network = Self { name: format!("skt{id}"), link: format!("skt{id}"), host: address(1) };
        let Self { name, link, host } = &network;
        let (far, there) = (format!("skf{id}"), address(2));
        let made = ip(&format!("netns add {name}"))
            && ip(&format!("link add {link} type veth peer name {far} netns {name}"))
            && ip(&format!("addr add {host}/30 dev {link}"))
            && ip(&format!("link set {link} up"))
            && ip(&format!("-n {name} addr add {there}/30 dev {far}"))
            && ip(&format!("-n {name} link set {far} up"));
        made.then_some(network)
    }

    /// The client, in that network, with a home of its own.
    fn skerry(&self, home: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new("ip");
        command
            .args(["netns", "exec", &self.name])
            .arg(skerry())
            .args(arguments)
            .env("HOME", home)
            .env("SKERRY_DATA_DIR", home)
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("SKERRY_ADDRESS")
            .env_remove("SKERRY_TOKEN")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // The other end goes with it.
        ip(&format!("link del {}", self.link));
        ip(&format!("netns del {}", self.name));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_on_the_network_is_paired_and_let_go() {
    needs_root!();
    let Some(network) = Network::make() else { skip!("this host makes no network namespaces") };
    let listen = ["--listen", "0.0.0.0:0"].map(str::to_owned).to_vec();
    let daemon = Daemon::start_with(Options { arguments: listen, ..Options::default() }).await;
    let port = daemon.address().rsplit_once(':').expect("a port").1;
    let address = format!("{}:{port}", network.host);
    let sandbox = daemon.client().create_sandbox(CreateSandboxRequest::default()).await;
    let sandbox = sandbox.expect("a sandbox").id;
    let pairing = daemon.client().create_pairing(CreatePairingRequest::default()).await;
    let code = pairing.expect("a code").code;
    let home = tempfile::tempdir().expect("a home");
    let run = |arguments: &[&str]| {
        let output = network.skerry(home.path(), arguments).output().expect("ip runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code(), text + &String::from_utf8_lossy(&output.stderr))
    };
    let (status, said) = run(&["--address", &address, "ls"]);
    assert!(status != Some(0) && said.contains("wants a token"), "{said}");
    let (status, said) = run(&["login", &address, &code, "--name", "far"]);
    assert!(status == Some(0) && said.contains("knows far as tkn_"), "{said}");
    let (status, said) = run(&["--address", &address, "exec", &sandbox, "--", "echo", "hello"]);
    assert_eq!((status, said.as_str()), (Some(0), "hello\n"));
    let line = ["--address", &address, "exec", &sandbox, "--", "sleep", "100000"];
    let live = network.skerry(home.path(), &line).spawn().expect("ip runs");
    eventually("the command runs", async || {
        let execs = daemon.client().list_execs(&sandbox).await.ok()?;
        let sleeps = |spec: &ExecSpec| spec.command.first().is_some_and(|word| word == "sleep");
        execs.iter().any(|exec| exec.spec.as_ref().is_some_and(sleeps)).then_some(())
    })
    .await;
    let tokens = daemon.client().list_tokens().await.expect("a list");
    let far = tokens.iter().find(|token| token.device_name == "far").expect("it is listed");
    daemon.client().revoke_token(&far.id).await.expect("revoked");
    let ended = tokio::task::spawn_blocking(move || live.wait_with_output());
    let ended = ended.await.expect("it is waited for").expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(!ended.status.success() && said.contains("refused the token"), "{said}");
    let (status, said) = run(&["--address", &address, "ls"]);
    assert!(status != Some(0) && said.contains("refused the token"), "{said}");
    let left = daemon.client().list_sandboxes(BTreeMap::new()).await.expect("a list");
    assert_eq!(left.len(), 1);
}
