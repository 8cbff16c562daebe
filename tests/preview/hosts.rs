//! Which host leads where: never from a preview to the API, nor the other way.

use crate::app::{App, OK};
use crate::stage::{Stage, body, host, status};

#[tokio::test]
async fn a_preview_host_never_leads_to_the_api() {
    let stage = Stage::start().await;
    let app = App::start(OK).await;
    let sandbox = stage.public(&app).await;
    let name = host(&sandbox, 80);
    for spelled in [
        name.clone(),
        name.to_uppercase(),
        format!("{name}."),
        format!("{name}.:80"),
        format!("{name}:4000"),
    ] {
        for path in ["/", "/skerry.v1.SandboxService/ListSandboxes", "/api/v1/sandboxes"] {
            let request = format!(
                "GET {path} HTTP/1.1\r\nHost: {spelled}\r\nConnection: close\r\n\
                 Authorization: Bearer {}\r\n\r\n",
                stage.token
            );
            let answer = stage.say(&request).await;
            assert_eq!((status(&answer), body(&answer)), (200, "hi"), "{spelled} {path}");
        }
    }
}

#[tokio::test]
async fn a_host_that_leads_nowhere_is_not_the_apis_either() {
    let stage = Stage::start().await;
    let app = App::start(OK).await;
    let sandbox = stage.public(&app).await;
    let name = host(&sandbox, 80);
    for wrong in [
        "preview.localhost".to_owned(),
        "x.preview.localhost".to_owned(),
        format!("a@{name}"),
        format!("a.{name}"),
        name.replace("-80.", "-080."),
        name.replace("-80.", "-65616."),
    ] {
        let request = format!(
            "GET / HTTP/1.1\r\nHost: {wrong}\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\r\n",
            stage.token
        );
        let answer = stage.say(&request).await;
        assert!(matches!(status(&answer), 400 | 404), "{wrong}: {answer}");
        assert!(!answer.contains("skerryd"), "{wrong}: {answer}");
    }
    assert!(app.seen().is_empty());
}

#[tokio::test]
async fn other_hosts_lead_to_the_api_whatever_else_they_claim() {
    let stage = Stage::start().await;
    let app = App::start(OK).await;
    let name = host(&stage.public(&app).await, 80);
    for (host, header) in [
        ("localhost".to_owned(), format!("X-Forwarded-Host: {name}")),
        (format!("evil-{name}"), "X: 1".to_owned()),
        (format!("{name}.evil.example"), "X: 1".to_owned()),
        ("127.0.0.1:4000".to_owned(), format!("X-Host: {name}")),
    ] {
        let host = host.replace(".preview.localhost", ".xpreview.localhost");
        let request =
            format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{header}\r\n\r\n");
        let answer = stage.say(&request).await;
        assert!(answer.contains("skerryd"), "{host}: {answer}");
    }
    assert!(app.seen().is_empty());
}

#[tokio::test]
async fn a_request_that_names_two_hosts_is_refused() {
    let stage = Stage::start().await;
    let app = App::start(OK).await;
    let name = host(&stage.public(&app).await, 80);
    for request in [
        format!("GET / HTTP/1.1\r\nHost: {name}\r\nHost: localhost\r\n"),
        format!("GET / HTTP/1.1\r\nHost: localhost\r\nHost: {name}\r\n"),
        format!("GET http://{name}/ HTTP/1.1\r\nHost: localhost\r\n"),
        format!("GET http://localhost/ HTTP/1.1\r\nHost: {name}\r\n"),
        format!("CONNECT {name}:80 HTTP/1.1\r\nHost: {name}:80\r\n"),
    ] {
        let answer = stage.say(&format!("{request}Connection: close\r\n\r\n")).await;
        assert_eq!(status(&answer), 400, "{request}: {answer}");
    }
    assert!(app.seen().is_empty());
    let whole =
        format!("GET http://{name}/x HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n");
    assert_eq!(status(&stage.say(&whole).await), 200);
    assert!(app.last().starts_with("GET /x HTTP/1.1\r\n"));
}

#[tokio::test]
async fn a_listener_of_their_own_has_previews_alone() {
    // Port 0 is what a test must ask for, and a link must name what it became.
    let stage = Stage::start_with(&["--preview-listen", "127.0.0.1:0"]).await;
    let app = App::start(OK).await;
    let sandbox = stage.public(&app).await;
    let url = stage.client.preview_url(&sandbox.id, 80, None).await.expect("it works").url;
    let port = url.trim_end_matches('/').rsplit_once(':').expect("a port").1;
    assert_ne!(stage.address.rsplit_once(':').expect("it works").1, port);
    let ask = async |host: &str| {
        let address = format!("127.0.0.1:{port}");
        let mut stream = tokio::net::TcpStream::connect(address).await.expect("it listens");
        let request = format!(
            "GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\r\n",
            stage.token
        );
        tokio::io::AsyncWriteExt::write_all(&mut stream, request.as_bytes())
            .await
            .expect("it works");
        status(&crate::stage::read_all(&mut stream).await)
    };
    assert_eq!(ask(&host(&sandbox, 80)).await, 200);
    assert_eq!(ask("localhost").await, 404);
}
