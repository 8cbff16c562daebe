//! What comes over the wire, good and bad, below the API's messages.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use skerry_api::v1::{ExecRequest, ExecSpec, GetSystemInfoRequest};
use tonic::codegen::Service;
use tonic::codegen::http::{self, HeaderMap};
use tonic::{Code, Status};

use crate::api::{Api, reason, refused};

/// Sends bytes as the body of a gRPC call; answers with its status.
async fn raw(api: &Api, path: &str, body: &str, token: bool) -> Status {
    let mut request = http::Request::post(format!("http://{}{path}", api.address))
        .header("content-type", "application/grpc")
        .header("te", "trailers");
    if let (true, Some(token)) = (token, &api.token) {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request.body(tonic::body::Body::new(body.to_owned())).expect("a request");
    let mut channel = api.channel.clone();
    std::future::poll_fn(|context| Service::poll_ready(&mut channel, context))
        .await
        .expect("ready");
    let response = channel.call(request).await.expect("an answer");
    let headers: &HeaderMap = response.headers();
    Status::from_header_map(headers).expect("a status before any message")
}

const GET: &str = "/skerry.v1.SandboxService/GetSandbox";

#[tokio::test]
async fn bytes_that_are_no_message_are_refused() {
    let api = Api::start().await;
    for body in [
        // A message of 5 bytes that is no protobuf.
        "\0\0\0\0\x05\x0aaaaa",
        // A flag of a framing that there is not.
        "\x02\0\0\0\0",
        // No message at all.
        "",
    ] {
        let status = raw(&api, GET, body, true).await;
        assert_eq!(status.code(), Code::InvalidArgument, "{body:?} {status:?}");
        assert_eq!(reason(&status), "BAD_MESSAGE", "{body:?}");
    }
}

#[tokio::test]
async fn a_method_that_is_not_there_is_unimplemented() {
    let api = Api::start().await;
    for path in ["/skerry.v1.SandboxService/Nothing", "/skerry.v2.SandboxService/GetSandbox", "/x"]
    {
        let status = raw(&api, path, "\0\0\0\0\0", true).await;
        assert_eq!(
            (status.code(), reason(&status).as_str()),
            (Code::Unimplemented, "UNKNOWN_METHOD")
        );
        let status = raw(&api, path, "\0\0\0\0\0", false).await;
        assert_eq!(status.code(), Code::Unauthenticated, "a stranger learns nothing of {path}");
    }
}

#[tokio::test]
async fn a_message_of_100_megabytes_is_refused_and_the_connection_goes_on() {
    let api = Api::start().await;
    let command = vec!["x".repeat(100 << 20)];
    let spec = Some(ExecSpec { command, ..Default::default() });
    let request = ExecRequest { sandbox_id: "a".to_owned(), spec, max_output_bytes: 0 };
    refused(api.execs().exec(request).await, Code::OutOfRange, "MESSAGE_TOO_BIG");
    api.system().get_system_info(GetSystemInfoRequest {}).await.expect("it still answers");
}

fn http1(api: &Api, request: &str) -> String {
    let mut stream = TcpStream::connect(&api.address).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a socket");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers and closes");
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_is_answered_in_its_own_language() {
    let api = Api::start().await;
    let get = |path: &str, header: &str| {
        http1(&api, &format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{header}\r\n"))
    };
    let about = get("/", "");
    assert!(about.starts_with("HTTP/1.1 200") && about.contains("gRPC"), "{about}");
    let stranger = get("/api/v1/sandboxes", "");
    assert!(
        stranger.starts_with("HTTP/1.1 401") && stranger.contains("TOKEN_MISSING"),
        "{stranger}"
    );
    let token = api.token.clone().expect("a token was made");
    let nothing = get("/nothing", &format!("authorization: Bearer {token}\r\n"));
    assert!(nothing.starts_with("HTTP/1.1 404") && nothing.contains("UNKNOWN_PATH"), "{nothing}");
    let wrong = http1(&api, "GARBAGE\r\n\r\n");
    assert!(wrong.starts_with("HTTP/1.1 400"), "{wrong}");
}

#[tokio::test]
async fn health_and_reflection_ask_for_no_token() {
    let api = Api::start().await;
    // HealthCheckRequest { service: "skerry.v1.ExecService" }; a good answer
    // has its status after the message, not among the headers.
    let service = "skerry.v1.ExecService";
    let message = format!("\x0a{}{service}", char::from(service.len() as u8));
    let body = format!("\0\0\0\0{}{message}", char::from(message.len() as u8));
    let mut channel = api.channel.clone();
    for (path, body) in [
        ("/grpc.health.v1.Health/Check", body.as_str()),
        // ServerReflectionRequest { list_services: "" }
        ("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", "\0\0\0\0\x02\x3a\0"),
        ("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", "\0\0\0\0\x02\x3a\0"),
    ] {
        let request = http::Request::post(format!("http://{}{path}", api.address))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(tonic::body::Body::new(body.to_owned()))
            .expect("a request");
        std::future::poll_fn(|context| Service::poll_ready(&mut channel, context))
            .await
            .expect("ready");
        let response = channel.call(request).await.expect("an answer");
        assert!(Status::from_header_map(response.headers()).is_none(), "{path} {response:?}");
    }
}

#[tokio::test]
async fn a_connection_that_says_nothing_or_half_a_request_is_closed() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let api = Api::start().await;
    for beginning in ["", "PRI * HTTP/2.0\r\n", "GET / HTTP/1.1\r\nhost:"] {
        let mut stream = tokio::net::TcpStream::connect(&api.address).await.expect("it listens");
        stream.write_all(beginning.as_bytes()).await.expect("it reads");
        // From here on the clock goes to the next timer when all tasks wait.
        tokio::time::pause();
        let mut answer = Vec::new();
        // Closed with bytes that were never read, it is a reset.
        let read = tokio::time::timeout(Duration::from_secs(60), stream.read_to_end(&mut answer));
        match read.await.expect("it is closed") {
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset),
            Ok(_) => {}
        }
        assert!(!answer.starts_with(b"HTTP/1.1 200"), "{beginning:?}");
        tokio::time::resume();
    }
}
