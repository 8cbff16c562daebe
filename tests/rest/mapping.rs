//! A service that the daemon does not have: it is served by its descriptors
//! alone, in every way that these can say.

use std::convert::Infallible;
use std::path::Path;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use bytes::{BufMut, Bytes, BytesMut};
use serde_json::{Value, json};
use skerry_server::rest::{self, BytesCodec, Origins};
use tower::{ServiceExt, service_fn};

/// Answers with what came, as the field 1, and with a text as the field 2.
async fn echo(book: tonic::Request<Bytes>) -> Result<tonic::Response<Bytes>, tonic::Status> {
    let book = book.into_inner();
    let mut reply = BytesMut::new();
    reply.put_u8(1 << 3 | 2);
    reply.put_u8(u8::try_from(book.len()).expect("it is short"));
    reply.put(book);
    reply.put_slice(&[2 << 3 | 2, 1, b'x']);
    Ok(tonic::Response::new(reply.freeze()))
}

async fn grpc(request: Request<tonic::body::Body>) -> Result<Response<Body>, Infallible> {
    assert_eq!(request.uri().path(), "/mapping.Shelf/Put");
    let answer = tonic::server::Grpc::new(BytesCodec).unary(service_fn(echo), request).await;
    Ok(answer.map(Body::new))
}

fn router() -> Router {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut compiler =
        protox::Compiler::new([root.join("tests/rest"), root.join("proto")]).expect("folders");
    compiler.include_imports(true).open_file("mapping.proto").expect("it compiles");
    let descriptors = compiler.encode_file_descriptor_set();
    rest::router(&descriptors, service_fn(grpc), Origins::default()).expect("they can be served")
}

async fn call(router: &Router, line: &str, body: &str) -> (u16, Value) {
    let (method, path) = line.split_once(' ').expect("a method and a path");
    let request = Request::builder().method(method).uri(path);
    let request = request.header("content-type", "application/json");
    let request = request.body(Body::from(body.to_owned())).expect("a request");
    let response = router.clone().oneshot(request).await.expect("it never fails");
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    (status, serde_json::from_slice(&body).expect("JSON"))
}

#[tokio::test]
async fn a_method_is_served_at_each_of_its_paths() {
    let router = router();
    let place = |shelf: &str, note: &str| json!({ "shelf": shelf, "note": note });
    let (status, book) =
        call(&router, "PUT /v1/shelves/a%2Fb/books/n?tags=1&tags=2&pages=7", r#"{"note": "x"}"#)
            .await;
    assert_eq!(status, 200, "{book}");
    let wanted = json!({
        "name": "n", "place": place("shelves/a/b", ""), "tags": ["1", "2"], "pages": "7",
        "other": place("", "x"),
    });
    assert_eq!(book, wanted);
    // The others answer with the whole message.
    for (line, body, pages) in
        [("POST /v1/books/a/b:put", r#"{"pages": 3}"#, "3"), ("SHELVE /v1/a%2Fb?pages=4", "", "4")]
    {
        let (status, reply) = call(&router, line, body).await;
        assert_eq!(status, 200, "{line}: {reply}");
        assert_eq!((&reply["book"]["name"], &reply["leftOut"]), (&json!("a/b"), &json!("x")));
        assert_eq!(reply["book"]["pages"], pages, "{line}: {reply}");
    }
}

#[tokio::test]
async fn what_belongs_elsewhere_is_refused_and_named() {
    let router = router();
    for (line, body, code, field) in [
        ("PUT /v1/shelves/a/books/n?other.note=y", "{}", 400, "other"),
        ("PUT /v1/shelves/a/books/n?nosuch=y", "{}", 400, "nosuch"),
        ("PUT /v1/shelves/a/books/n", r#"{"nosuch": 1}"#, 400, "nosuch"),
        ("PUT /v1/shelves/a/books/n?name=m", "{}", 400, "name"),
        ("POST /v1/books/a:put?pages=1", "{}", 400, "pages"),
        ("POST /v1/books/a:put", r#"{"name": "b"}"#, 400, "name"),
        ("SHELVE /v1/a", "{}", 415, ""),
        ("PUT /v1/desks/a/books/n", "{}", 404, ""),
        ("GET /v1/a", "", 405, ""),
    ] {
        let (status, answer) = call(&router, line, body).await;
        assert_eq!(status, code, "{line} {body}: {answer}");
        let details = answer["error"]["details"].as_array().expect("details");
        let named =
            details.iter().find_map(|detail| detail["fieldViolations"][0]["field"].as_str());
        assert_eq!(named.unwrap_or_default(), field, "{line} {body}: {answer}");
    }
}
