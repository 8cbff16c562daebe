//! A connection that is cut at any byte loses no output: who attaches again
//! from the last offset gets all of it, once.

use std::net::SocketAddr;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sha2::{Digest, Sha256};
use skerry_client::{Client, ExecEvent, ExecStream};
use skerry_test_support::{Daemon, needs_root};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};

use crate::steps::{create, start, stdout};

const LENGTH: u64 = 200 << 20;
const CUTS: usize = 50;

/// Forwards one connection to `daemon`, and cuts it when so many bytes of its
/// answers have gone through.
async fn cutting_proxy(daemon: SocketAddr, after: u64) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("it is bound");
    let forward = async move {
        let (caller, _) = listener.accept().await?;
        let server = TcpStream::connect(daemon).await?;
        // Both ends are reset, so that what waits in their buffers is lost.
        caller.set_zero_linger()?;
        server.set_zero_linger()?;
        let (mut from_caller, mut to_caller) = caller.into_split();
        let (from_server, mut to_server) = server.into_split();
        let mut answers = from_server.take(after);
        tokio::select! {
            asked = copy(&mut from_caller, &mut to_server) => asked.map(drop),
            answered = copy(&mut answers, &mut to_caller) => answered.map(drop),
        }?;
        to_caller.flush().await
    };
    // A cut is no failure.
    tokio::spawn(async {
        let _: std::io::Result<()> = forward.await;
    });
    address
}

/// Reads on until the connection is cut or the command has ended; says which.
async fn read(stream: &mut ExecStream, hash: &mut Sha256) -> bool {
    loop {
        match stream.next().await {
            Ok(Some(ExecEvent::Stdout(data))) => hash.update(&data),
            Ok(Some(ExecEvent::Started(_))) => {}
            Ok(Some(ExecEvent::Exited(result))) => {
                assert_eq!(result.exit_code, 0, "{result:?}");
                return true;
            }
            Ok(other) => panic!("at {}: {other:?}", stream.offset()),
            Err(_) => return false,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_cuts_lose_no_byte_and_double_none() {
    needs_root!();
    let seed = rand::random();
    println!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let daemon = Daemon::start().await;
    let address = daemon.address().parse().expect("an address");
    let sandbox = create(daemon.client()).await.id;
    let fill = format!("head -c {LENGTH} /dev/urandom >data; sha256sum <data | cut -d' ' -f1");
    let sum = stdout(daemon.client(), &sandbox, &fill).await;

    let through = async |after| {
        let proxy = cutting_proxy(address, after).await;
        Client::connect(&proxy.to_string(), Some(&daemon.token())).expect("an address")
    };
    let mut hash = Sha256::new();
    // The first one is cut after the caller has learnt the exec's id.
    let first = through(1 << 20).await;
    let (mut stream, exec) = start(&first, &sandbox, "cat data").await;
    assert!(!read(&mut stream, &mut hash).await, "it is cut");
    let mut cuts = 1;
    let mut offset = stream.offset();
    while cuts < CUTS {
        let client = through(random.random_range(0..2 * LENGTH / CUTS as u64)).await;
        // One that is cut before it is answered, is tried again.
        if let Ok(mut stream) = client.attach_exec(&sandbox, &exec, offset).await {
            let ended = read(&mut stream, &mut hash).await;
            offset = stream.offset();
            if ended {
                break;
            }
        }
        cuts += 1;
    }
    println!("{cuts} cuts up to offset {offset}");
    assert!(cuts > CUTS / 2, "the command ended after {cuts} cuts");
    if offset < LENGTH {
        let attached = daemon.client().attach_exec(&sandbox, &exec, offset).await;
        assert!(read(&mut attached.expect("an exec"), &mut hash).await, "nothing cuts it");
    }
    let digits = hash.finalize();
    let digits = digits.iter().map(|byte| format!("{byte:02x}"));
    assert_eq!(digits.collect::<String>(), sum);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_stays_away_is_waited_for_but_not_for_ever() {
    needs_root!();
    let daemon = Daemon::start().await;
    let sandbox = create(daemon.client()).await.id;
    let script = "head -c 8000000 /dev/zero; echo done >&2";
    let (mut stream, exec) = start(daemon.client(), &sandbox, script).await;
    stream.next().await.expect("it writes");
    drop(stream);
    // Its caller is gone; so it ends without one.
    let ended = daemon.client().wait_exec(&sandbox, &exec).await.expect("it ends");
    assert_eq!(ended.result.map(|result| result.exit_code), Some(0));
    let late = daemon.client().attach_exec(&sandbox, &exec, 0).await;
    let mut late = late.expect("its log is kept");
    let mut missing = None;
    while let Some(event) = late.next().await.expect("it is read") {
        if let ExecEvent::Truncated { before } = event {
            missing = Some(before);
        }
    }
    assert!(missing.is_some_and(|before| before > 0), "{missing:?}");
    assert_eq!(late.offset(), 8_000_005);
}
