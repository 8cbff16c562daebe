//! What passes, and what is taken out and put in on the way.

use skerry_client::v1::Port;

use crate::app::{App, OK};
use crate::stage::{Stage, body, host, read_until, status};

#[tokio::test]
async fn a_request_and_its_answer_pass_as_they_are() {
    let stage = Stage::start().await;
    let app = App::start("HTTP/1.1 203 Fine\r\nx-app: 1\r\ncontent-length: 3\r\n\r\nyes").await;
    let sandbox = stage.public(&app).await;
    let name = host(&sandbox, 80);
    let answer = stage
        .say(&format!(
            "POST /a%2Fb/../c?d=%20&e HTTP/1.1\r\nHost: {name}:1\r\nconnection: close\r\n\
             content-length: 5\r\nx-mine: 2\r\n\r\nhello"
        ))
        .await;
    assert_eq!((status(&answer), body(&answer)), (203, "yes"));
    assert!(answer.contains("\r\nx-app: 1\r\n"), "{answer}");
    let seen = app.last();
    assert!(seen.starts_with("POST /a%2Fb/../c?d=%20&e HTTP/1.1\r\n"), "{seen}");
    assert!(seen.ends_with("\r\n\r\nhello"), "{seen}");
    for line in [
        &format!("host: {name}:1"),
        &format!("x-forwarded-host: {name}:1"),
        "x-forwarded-for: 127.0.0.1",
        "x-forwarded-proto: http",
        "content-length: 5",
        "x-mine: 2",
    ] {
        assert!(seen.contains(&format!("\r\n{line}\r\n")), "{line}: {seen}");
    }
}

#[tokio::test]
async fn the_daemons_token_and_what_others_claim_never_reach_an_app() {
    let stage = Stage::start().await;
    let app = App::start(OK).await;
    let sandbox = stage.public(&app).await;
    let token = &stage.token;
    let answer = stage
        .get(
            &sandbox,
            "/",
            &format!(
                "Authorization: Bearer {token}\r\nX-Forwarded-For: 8.8.8.8\r\n\
                 Forwarded: for=8.8.8.8\r\nX-Real-IP: 8.8.8.8\r\nX-Forwarded-Proto: https\r\n\
                 Cookie: skerry_preview=abc; mine=1\r\nProxy-Authorization: Basic eA==\r\n\
                 Connection: x-secret\r\nX-Secret: 1\r\nTE: trailers\r\n"
            ),
        )
        .await;
    assert_eq!(status(&answer), 200);
    let seen = app.last();
    let names =
        ["authorization:", "8.8.8.8", "skerry_preview", "x-secret", "forwarded-proto: https"];
    for part in [token.as_str()].into_iter().chain(names) {
        assert!(!seen.contains(part), "{part}: {seen}");
    }
    assert!(seen.contains("\r\ncookie: mine=1\r\n"), "{seen}");
    stage.get(&sandbox, "/", "Authorization: Bearer the-apps-own\r\n").await;
    assert!(app.last().contains("\r\nauthorization: Bearer the-apps-own\r\n"));
}

#[tokio::test]
async fn an_apps_cookie_stays_on_its_host() {
    let stage = Stage::start().await;
    let app = App::start(
        "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nSet-Cookie: a=1; Domain=preview.localhost\r\n\
         Set-Cookie: skerry_preview=forged; Path=/\r\n\r\n",
    )
    .await;
    let sandbox = stage.public(&app).await;
    let answer = stage.get(&sandbox, "/", "").await;
    assert!(answer.contains("\r\nset-cookie: a=1\r\n"), "{answer}");
    assert!(!answer.contains("forged") && !answer.contains("omain"), "{answer}");
}

#[tokio::test]
async fn a_connection_is_kept_for_the_next_request() {
    let stage = Stage::start().await;
    let accepted = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = std::sync::Arc::clone(&accepted);
    let app = App::with(move |mut stream| {
        counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        async move {
            let mut bytes = Vec::new();
            while crate::app::read_request(&mut stream, &mut bytes).await.is_some() {
                let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, OK.as_bytes()).await;
            }
        }
    })
    .await;
    let sandbox = stage.public(&app).await;
    let mut stream = stage.connect().await;
    for _ in 0..20 {
        let request = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", host(&sandbox, 80));
        tokio::io::AsyncWriteExt::write_all(&mut stream, request.as_bytes())
            .await
            .expect("it works");
        read_until(&mut stream, "\r\n\r\nhi").await;
    }
    // One was the probe.
    assert!(accepted.load(std::sync::atomic::Ordering::SeqCst) < 6);
}

#[tokio::test]
async fn only_ports_in_the_list_are_open_and_the_list_changes() {
    let stage = Stage::start().await;
    let app = App::start(OK).await;
    let sandbox = stage.public(&app).await;
    stage.runtime.listen(81, app.address);
    let ask = async |port: u16| {
        let name = host(&sandbox, port);
        let request = format!("GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n");
        let answer = stage.say(&request).await;
        (status(&answer), body(&answer).to_owned())
    };
    let (code, text) = ask(81).await;
    assert_eq!(code, 404);
    assert!(text.contains("port 81 of this sandbox is not open"), "{text}");
    let values = skerry_client::v1::Sandbox {
        ports: vec![Port { port: 81, public: true, ..Port::default() }],
        ..Default::default()
    };
    let changed = stage.client.update_sandbox(&sandbox.id, values, vec!["ports".to_owned()]).await;
    assert_eq!(changed.expect("it works").ports.len(), 1);
    assert_eq!((ask(80).await.0, ask(81).await.0), (404, 200));
}

#[tokio::test]
async fn bad_ports_are_refused_by_their_field() {
    let stage = Stage::start().await;
    let port = |port| Port { port, ..Port::default() };
    let path = |path: &str| Port { port: 80, ready_path: path.to_owned(), ..Port::default() };
    for (ports, field) in [
        (vec![port(0)], "ports[0].port"),
        (vec![port(80), port(65536)], "ports[1].port"),
        (vec![port(-1)], "ports[0].port"),
        (vec![port(80), port(80)], "ports[1].port"),
        (vec![path("x")], "ports[0].ready_path"),
        (vec![path("/\r\n")], "ports[0].ready_path"),
        ((1..=33).map(port).collect(), "ports"),
    ] {
        let request = skerry_client::v1::CreateSandboxRequest { ports, ..Default::default() };
        let refused = stage.client.create_sandbox(request).await.expect_err("it is refused");
        let fields: Vec<_> = refused.fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(fields, [field]);
    }
}
