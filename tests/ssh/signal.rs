//! What OpenSSH's client has no command for: signals, and what is told of how
//! a command ended.

use std::sync::Arc;

use russh::client::{self, Handle};
use russh::keys::{PrivateKey, PrivateKeyWithHashAlg, PublicKeyOrCertificate};
use russh::{Channel, ChannelMsg, Sig};

use crate::steps::Reach;

/// A client that knows the daemon by its key.
struct Known(String);

impl client::Handler for Known {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        key: &PublicKeyOrCertificate,
    ) -> Result<bool, russh::Error> {
        let PublicKeyOrCertificate::PublicKey { key, .. } = key else { return Ok(false) };
        Ok(self.0.ends_with(key.to_openssh().expect("it can be written").trim_end()))
    }
}

async fn connect(reach: &Reach) -> Handle<Known> {
    let known = Known(reach.made.known_hosts_line.clone());
    let port = u16::try_from(reach.access.port).expect("a port");
    let address = (reach.access.host.as_str(), port);
    let connected = client::connect(Arc::new(client::Config::default()), address, known).await;
    let mut connection = connected.expect("a connection");
    let key = PrivateKey::from_openssh(&reach.made.private_key).expect("a key");
    let key = PrivateKeyWithHashAlg::new(Arc::new(key), None);
    let let_in = connection.authenticate_publickey(&reach.access.user, key).await;
    assert!(let_in.expect("an answer").success());
    connection
}

async fn run(connection: &Handle<Known>, line: &str) -> Channel<client::Msg> {
    let channel = connection.channel_open_session().await.expect("a channel");
    channel.exec(true, line).await.expect("it is asked for");
    channel
}

/// All that a channel says, and how its command ended.
async fn hear(channel: &mut Channel<client::Msg>, until: &str) -> (String, Option<ChannelMsg>) {
    let (mut said, mut end) = (Vec::new(), None);
    while let Some(message) = channel.wait().await {
        match message {
            ChannelMsg::Data { data } => said.extend_from_slice(&data),
            ChannelMsg::ExitStatus { .. } | ChannelMsg::ExitSignal { .. } => end = Some(message),
            _ => {}
        }
        if !until.is_empty() && said.ends_with(until.as_bytes()) {
            break;
        }
    }
    (String::from_utf8_lossy(&said).into_owned(), end)
}

#[tokio::test(flavor = "multi_thread")]
async fn signals_arrive_and_an_end_by_one_is_told() {
    skerry_test_support::needs_root!();
    let reach = Reach::start().await;
    let connection = connect(&reach).await;

    let line = "trap 'echo got; exit 4' USR1; echo ready; sleep 1000 >/dev/null 2>&1 & wait";
    let mut caught = run(&connection, line).await;
    hear(&mut caught, "ready\n").await;
    caught.signal(Sig::USR1).await.expect("sent");
    let (said, end) = hear(&mut caught, "").await;
    assert_eq!(said, "got\n");
    assert!(matches!(end, Some(ChannelMsg::ExitStatus { exit_status: 4 })), "{end:?}");

    let mut ended = run(&connection, "echo ready; exec sleep 1000").await;
    hear(&mut ended, "ready\n").await;
    ended.signal(Sig::Custom("NONE".to_owned())).await.expect("sent");
    ended.signal(Sig::TERM).await.expect("sent");
    let (_, end) = hear(&mut ended, "").await;
    let by_term = matches!(end, Some(ChannelMsg::ExitSignal { signal_name: Sig::TERM, .. }));
    assert!(by_term, "{end:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_before_or_beside_a_command_is_bounded() {
    skerry_test_support::needs_root!();
    let reach = Reach::start().await;
    let connection = connect(&reach).await;
    let mut channel = connection.channel_open_session().await.expect("a channel");
    for number in 0..70 {
        let name = format!("SKERRY_{number}");
        channel.set_env(false, name, "x").await.expect("it is asked for");
    }
    channel.set_env(false, "SKERRY_LONG", "x".repeat(5000)).await.expect("it is asked for");
    channel.exec(true, "env | grep -c ^SKERRY_").await.expect("it is asked for");
    let (said, _) = hear(&mut channel, "").await;
    assert_eq!(said, "64\n");

    // A second command on the channel, one that is too long, and subsystems
    // that there are not.
    let refused = async |channel: &mut Channel<client::Msg>| loop {
        match channel.wait().await {
            Some(ChannelMsg::Failure) => return true,
            Some(ChannelMsg::Success) | None => return false,
            Some(_) => {}
        }
    };
    let mut twice = run(&connection, "sleep 1000").await;
    assert!(!refused(&mut twice).await);
    twice.exec(true, "echo no").await.expect("it is asked for");
    assert!(refused(&mut twice).await);
    let mut long = run(&connection, &"x".repeat(200_000)).await;
    assert!(refused(&mut long).await);
    let mut odd = connection.channel_open_session().await.expect("a channel");
    odd.request_subsystem(true, "netconf").await.expect("it is asked for");
    assert!(refused(&mut odd).await);
    let forwarded = connection.channel_open_direct_tcpip("127.0.0.1", 22, "127.0.0.1", 1).await;
    assert!(forwarded.is_err(), "it is refused");
}
