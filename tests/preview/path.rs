//! Ports below the API's own address, for who has its token.

use crate::app::App;
use crate::stage::{Stage, body, status};

const ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nset-cookie: a=1\r\ncontent-security-policy: x\r\n\r\nhi";

#[tokio::test]
async fn a_port_is_reached_below_the_api_by_its_token_alone() {
    let stage = Stage::start().await;
    let app = App::start(ANSWER).await;
    let sandbox = stage.private(&app).await;
    let ask = async |path: &str, headers: &str| {
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: api:1\r\nConnection: close\r\n{headers}\r\n");
        stage.say(&request).await
    };
    let base = format!("/api/v1/sandboxes/{}/proxy/80", sandbox.id);
    assert_eq!(status(&ask(&format!("{base}/"), "").await), 401);
    let token = format!("Authorization: Bearer {}\r\nX: y\r\n", stage.token);
    let answer = ask(&format!("{base}/a%2Fb//c?d=1"), &token).await;
    assert_eq!((status(&answer), body(&answer)), (200, "hi"));
    assert!(answer.contains("\r\ncontent-security-policy: sandbox\r\n"), "{answer}");
    assert!(!answer.contains("set-cookie"), "{answer}");
    let seen = app.last();
    assert!(seen.starts_with("GET /a%2Fb//c?d=1 HTTP/1.1\r\n"), "{seen}");
    assert!(seen.contains(&format!("\r\nx-forwarded-prefix: {base}\r\n")), "{seen}");
    assert!(!seen.contains("authorization") && !seen.contains(&stage.token), "{seen}");
    for (path, app_path) in [("", "/"), ("/", "/"), ("?q=1", "/?q=1")] {
        assert_eq!(status(&ask(&format!("{base}{path}"), &token).await), 200, "{path}");
        assert!(app.last().starts_with(&format!("GET {app_path} HTTP/1.1\r\n")), "{path}");
    }
    let named = format!("/api/v1/sandboxes/{}/proxy/80/x", sandbox.name);
    assert_eq!(status(&ask(&named, &token).await), 200);
    for wrong in ["81/", "0/", "x/", "65616/", "-1/"] {
        let path = format!("/api/v1/sandboxes/{}/proxy/{wrong}", sandbox.id);
        assert_eq!(status(&ask(&path, &token).await), 404, "{wrong}");
    }
}
