//! Private previews: links, the cookies that they become, and their end.

use skerry_client::v1::Sandbox;
use tokio::io::AsyncWriteExt;

use crate::app::{App, OK};
use crate::stage::{Stage, body, host, read_all, read_until, status};

/// The path and query of a link.
async fn link(stage: &Stage, sandbox: &Sandbox) -> String {
    let url = stage.client.preview_url(&sandbox.id, 80, None).await.expect("a link").url;
    let start = format!("http://{}:", host(sandbox, 80));
    let rest = url.strip_prefix(&start).unwrap_or_else(|| panic!("{url}"));
    rest[rest.find('/').expect("a path")..].to_owned()
}

fn cookie(answer: &str) -> String {
    let line = answer.lines().find_map(|line| line.strip_prefix("set-cookie: "));
    line.expect("a cookie").split(';').next().expect("its value").to_owned()
}

#[tokio::test]
async fn a_private_preview_opens_by_a_link_that_becomes_a_cookie() {
    let stage = Stage::start().await;
    let app = App::start(OK).await;
    let sandbox = stage.private(&app).await;
    assert_eq!(status(&stage.get(&sandbox, "/", "").await), 401);
    let link = link(&stage, &sandbox).await;
    let answer = stage.get(&sandbox, &format!("/deep{}&x=1", &link[1..]), "").await;
    let answer_of_link = stage.get(&sandbox, &link, "").await;
    assert_eq!((status(&answer), status(&answer_of_link)), (303, 303));
    assert!(answer.contains("\r\nlocation: /deep?x=1\r\n"), "{answer}");
    assert!(answer.contains("; HttpOnly; SameSite=Lax\r\n"), "{answer}");
    assert!(!answer.to_lowercase().contains("domain="), "{answer}");
    assert!(app.seen().is_empty(), "the app saw the link");
    let cookie = cookie(&answer);
    let answer = stage.get(&sandbox, "/page", &format!("Cookie: a=1; {cookie}\r\n")).await;
    assert_eq!((status(&answer), body(&answer)), (200, "hi"));
    let seen = app.last();
    assert!(seen.contains("\r\ncookie: a=1\r\n") && !seen.contains("skerry_"), "{seen}");
    // What can't follow a redirect comes in at once, and its token goes.
    let name = host(&sandbox, 80);
    let posted = format!(
        "POST {link} HTTP/1.1\r\nHost: {name}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    assert_eq!(status(&stage.say(&posted).await), 200);
    assert!(app.last().starts_with("POST / HTTP/1.1\r\n"));
    // The daemon's token opens it, and goes no further.
    let bearer = format!("Authorization: Bearer {}\r\n", stage.token);
    assert_eq!(status(&stage.get(&sandbox, "/", &bearer).await), 200);
    assert!(!app.last().contains("authorization"));
}

#[tokio::test]
async fn a_link_opens_its_own_port_of_its_own_sandbox() {
    let stage = Stage::start().await;
    let app = App::start(OK).await;
    let (first, second) = (stage.private(&app).await, stage.private(&app).await);
    let link = link(&stage, &first).await;
    let cookie = cookie(&stage.get(&first, &link, "").await);
    for headers in [format!("Cookie: {cookie}\r\n"), "Cookie: skerry_preview=x\r\n".to_owned()] {
        assert_eq!(status(&stage.get(&second, "/", &headers).await), 401);
    }
    assert_eq!(status(&stage.get(&second, &link, "").await), 401);
    assert_eq!(status(&stage.get(&first, &format!("{link}x"), "").await), 401);
    assert_eq!(status(&stage.get(&first, "/?skerry_token=", "").await), 401);
    let name = host(&first, 80);
    // Another sandbox's page is of the same site for a browser.
    let foreign = format!(
        "POST / HTTP/1.1\r\nHost: {name}\r\nOrigin: http://{}\r\nCookie: {cookie}\r\n\
         Content-Length: 0\r\nConnection: close\r\n\r\n",
        host(&second, 80)
    );
    assert_eq!(status(&stage.say(&foreign).await), 403);
    assert!(app.seen().is_empty());
}

#[tokio::test]
async fn revoked_links_end_at_once_and_so_does_what_is_open() {
    let stage = Stage::start().await;
    let app = App::with(|mut stream| async move {
        let mut bytes = Vec::new();
        let request = crate::app::read_request(&mut stream, &mut bytes).await.unwrap_or_default();
        let head: &[u8] = match request.contains("upgrade: websocket") {
            true => b"HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
            false => b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n",
        };
        let _ = stream.write_all(head).await;
        let _ = stream.write_all(b"data: 1\n\n").await;
        // Open until the other end goes.
        let _ = read_all(&mut stream).await;
    })
    .await;
    let sandbox = stage.private(&app).await;
    let link = link(&stage, &sandbox).await;
    let cookie = cookie(&stage.get(&sandbox, &link, "").await);
    let name = host(&sandbox, 80);
    let (mut socket, mut events) = (stage.connect().await, stage.connect().await);
    let head = format!("GET / HTTP/1.1\r\nHost: {name}\r\nCookie: {cookie}\r\n");
    let upgrade = format!("{head}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    socket.write_all(upgrade.as_bytes()).await.expect("it works");
    events.write_all(format!("{head}\r\n").as_bytes()).await.expect("it works");
    assert_eq!(status(&read_until(&mut socket, "data: 1\n\n").await), 101);
    assert_eq!(status(&read_until(&mut events, "data: 1\n\n").await), 200);
    stage.client.revoke_previews(&sandbox.id, Some(80)).await.expect("it works");
    // Both end; a test that waited for ever would fail here.
    read_all(&mut socket).await;
    read_all(&mut events).await;
    let answer = stage.get(&sandbox, "/", &format!("Cookie: {cookie}\r\n")).await;
    assert_eq!(status(&answer), 401, "{answer}");
    assert_eq!(status(&stage.get(&sandbox, &link, "").await), 401);
    let fresh = self::link(&stage, &sandbox).await;
    assert_eq!(status(&stage.get(&sandbox, &fresh, "").await), 303);
    let unknown = stage.client.revoke_previews(&sandbox.id, Some(81)).await;
    assert_eq!(unknown.expect_err("it is not open").reason.as_deref(), Some("PORT_NOT_OPEN"));
}

#[tokio::test]
async fn a_public_port_has_an_address_and_no_link() {
    let stage = Stage::start().await;
    let app = App::start(OK).await;
    let sandbox = stage.public(&app).await;
    let url = stage.client.preview_url(&sandbox.id, 80, None).await.expect("it works");
    assert!(url.url.ends_with('/') && url.expire_time.is_none(), "{url:?}");
    let closed = stage.client.preview_url(&sandbox.id, 81, None).await;
    assert_eq!(closed.expect_err("it is not open").reason.as_deref(), Some("PORT_NOT_OPEN"));
}
