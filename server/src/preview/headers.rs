//! What is taken from and put into headers on their way: what belongs to one
//! connection, what is the daemon's own, and who asked.

use std::net::IpAddr;

use axum::http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, COOKIE, EXPECT, FORWARDED, HOST, HeaderMap,
    HeaderName, HeaderValue, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, SET_COOKIE, TE,
    TRANSFER_ENCODING, UPGRADE,
};

use crate::auth::{Access, Token};

/// The cookie that a link to a private preview becomes. Under TLS its name
/// begins with `__Host-`, so that no other host can set it.
pub(super) const COOKIE_NAME: &str = "skerry_preview";
const HOST_PREFIX: &str = "__Host-";
const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");
const X_FORWARDED: &str = "x-forwarded-";
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");

/// They are between two neighbours, never passed on.
const HOP_BY_HOP: [HeaderName; 8] = [
    CONNECTION,
    KEEP_ALIVE,
    PROXY_CONNECTION,
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    TE,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// How a request came.
pub(super) struct Came<'a> {
    pub(super) from: IpAddr,
    pub(super) secure: bool,
    /// The host that was asked for, port and all.
    pub(super) host: &'a str,
    /// The path that leads to the sandbox and that it does not see; mostly
    /// empty.
    pub(super) prefix: &'a str,
}

/// Makes a request's headers those of the request to the sandbox.
pub(super) fn to_sandbox(headers: &mut HeaderMap, came: &Came<'_>, access: &Access) {
    let trailers = headers.get_all(TE).iter().any(|value| value.as_bytes() == b"trailers");
    drop_hop_by_hop(headers);
    headers.remove(EXPECT);
    take_credentials(headers, access);
    drop_forwarded(headers);
    if trailers {
        headers.insert(TE, HeaderValue::from_static("trailers"));
    }
    let proto = if came.secure { "https" } else { "http" };
    headers.insert(FORWARDED_PROTO, HeaderValue::from_static(proto));
    let address = came.from.to_canonical().to_string();
    let texts = [
        (FORWARDED_FOR, address.as_str()),
        (FORWARDED_HOST, came.host),
        (FORWARDED_PREFIX, came.prefix),
        (HOST, came.host),
    ];
    for (name, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
        // What came as a header's value is one.
        if let Ok(value) = HeaderValue::from_str(text) {
            headers.insert(name, value);
        }
    }
}

/// Makes the sandbox's answer's headers those for the caller.
pub(super) fn to_caller(headers: &mut HeaderMap) {
    if headers.contains_key(TRANSFER_ENCODING) {
        // The length that is beside it is not the body's.
        headers.remove(CONTENT_LENGTH);
    }
    drop_hop_by_hop(headers);
    if headers.contains_key(SET_COOKIE) {
        let cookies: Vec<_> = headers.get_all(SET_COOKIE).iter().filter_map(own_cookie).collect();
        headers.remove(SET_COOKIE);
        for cookie in cookies {
            headers.append(SET_COOKIE, cookie);
        }
    }
}

fn drop_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .filter_map(|name| HeaderName::from_bytes(name.trim_ascii()).ok())
        // Who asked is not for the caller to leave out.
        .filter(|name| ![HOST, CONTENT_LENGTH, COOKIE].contains(name))
        .collect();
    for name in named.iter().chain(&HOP_BY_HOP) {
        headers.remove(name);
    }
}

fn drop_forwarded(headers: &mut HeaderMap) {
    headers.remove(FORWARDED);
    headers.remove(REAL_IP);
    let theirs: Vec<HeaderName> =
        headers.keys().filter(|name| name.as_str().starts_with(X_FORWARDED)).cloned().collect();
    for name in theirs {
        headers.remove(name);
    }
}

/// Takes out what opens the daemon; what is the app's own stays.
fn take_credentials(headers: &mut HeaderMap, access: &Access) {
    let ours = |value: &HeaderValue| is_daemons(value.as_bytes(), access);
    if headers.get_all(API_KEY).iter().any(ours) {
        headers.remove(API_KEY);
    }
    if headers.get_all(AUTHORIZATION).iter().any(ours) {
        let kept: Vec<_> =
            headers.get_all(AUTHORIZATION).iter().filter(|value| !ours(value)).cloned().collect();
        headers.remove(AUTHORIZATION);
        for value in kept {
            headers.append(AUTHORIZATION, value);
        }
    }
    let mentions = |value: &HeaderValue| contains(value.as_bytes(), COOKIE_NAME.as_bytes());
    if headers.get_all(COOKIE).iter().any(mentions) {
        let kept: Vec<_> = headers.get_all(COOKIE).iter().filter_map(without_ours).collect();
        headers.remove(COOKIE);
        for value in kept {
            headers.append(COOKIE, value);
        }
    }
}

/// What an `authorization` header bears.
pub(super) fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = value.split_at_checked(b"Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then_some(token)
}

/// A token of this daemon's, or one that looks like any daemon's.
fn is_daemons(value: &[u8], access: &Access) -> bool {
    if [bearer(value), Some(value)].into_iter().flatten().any(|it| access.identify(it).is_some()) {
        return true;
    }
    let text = std::str::from_utf8(value).unwrap_or_default();
    text.split_ascii_whitespace().any(|word| Token::read(word).is_some())
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

fn is_ours(name: &[u8]) -> bool {
    let name = name.trim_ascii();
    name.strip_prefix(HOST_PREFIX.as_bytes()).unwrap_or(name) == COOKIE_NAME.as_bytes()
}

fn name_of(cookie: &[u8]) -> &[u8] {
    cookie.split(|byte| *byte == b'=').next().unwrap_or_default()
}

/// A Cookie header without our own; `None` where nothing is left.
fn without_ours(value: &HeaderValue) -> Option<HeaderValue> {
    let cookies = value.as_bytes().split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
    let kept: Vec<&[u8]> = cookies.filter(|cookie| !is_ours(name_of(cookie))).collect();
    HeaderValue::from_bytes(&kept.join(&b"; "[..])).ok().filter(|value| !value.is_empty())
}

/// The values of our cookie.
pub(super) fn our_cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let all = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';')).filter_map(|cookie| {
        let (name, value) = cookie.split_once('=')?;
        is_ours(name.as_bytes()).then(|| value.trim())
    })
}

/// The Set-Cookie that a link becomes.
pub(super) fn set_our_cookie(token: &str, seconds: u64, secure: bool) -> Option<HeaderValue> {
    let cookie = our_cookie(token, secure);
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{cookie}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&text).ok()
}

/// The cookie that a browser has then.
pub(super) fn our_cookie(token: &str, secure: bool) -> String {
    let prefix = if secure { HOST_PREFIX } else { "" };
    format!("{prefix}{COOKIE_NAME}={token}")
}

/// A sandbox's cookie is for its own host alone, and never ours.
fn own_cookie(value: &HeaderValue) -> Option<HeaderValue> {
    let mut parts = value.as_bytes().split(|byte| *byte == b';');
    let cookie = parts.next().unwrap_or_default();
    if is_ours(name_of(cookie)) {
        return None;
    }
    let mut kept = vec![cookie];
    kept.extend(parts.filter(|part| !name_of(part).trim_ascii().eq_ignore_ascii_case(b"domain")));
    HeaderValue::from_bytes(&kept.join(&b';')).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::{NewToken, Tokens};
    use crate::store::Store;

    fn headers(lines: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            let name: HeaderName = name.parse().unwrap();
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn shown(headers: &HeaderMap) -> Vec<String> {
        let mut lines: Vec<_> = headers
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        lines.sort();
        lines
    }

    fn sent(lines: &[(&str, &str)], access: &Access) -> Vec<String> {
        let mut headers = headers(lines);
        let from = "::ffff:10.0.0.1".parse().unwrap();
        let came = Came { from, secure: false, host: "a:80", prefix: "" };
        to_sandbox(&mut headers, &came, access);
        let ours = ["host: a:80", "x-forwarded-for: 10.0.0.1", "x-forwarded-host: a:80"];
        let mut lines = shown(&headers);
        for line in ours.into_iter().chain(["x-forwarded-proto: http"]) {
            let at = lines.iter().position(|found| found == line).expect(line);
            lines.remove(at);
        }
        lines
    }

    #[test]
    fn what_belongs_to_the_connection_and_what_others_claim_goes() {
        let access = Access::Open;
        let given = [
            ("connection", "keep-alive, X-Mine, host, cookie"),
            ("x-mine", "1"),
            ("keep-alive", "5"),
            ("te", "trailers"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "h2c"),
            ("proxy-authorization", "Basic x"),
            ("expect", "100-continue"),
            ("forwarded", "for=1.2.3.4"),
            ("x-real-ip", "1.2.3.4"),
            ("x-forwarded-for", "1.2.3.4"),
            ("x-forwarded-port", "1"),
            ("host", "a:80"),
            ("cookie", "a=b"),
            ("accept", "*/*"),
        ];
        assert_eq!(sent(&given, &access), ["accept: */*", "cookie: a=b", "te: trailers"]);
    }

    #[tokio::test]
    async fn the_daemons_credentials_are_taken_and_the_apps_own_stay() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("store")).unwrap();
        let secret = "0123456789abcdef";
        let fixed = [format!("ci={secret}").parse().unwrap()];
        let (tokens, _) = Tokens::open(dir.path(), &store, &fixed).await.unwrap();
        let (_, token) = tokens.create(NewToken::default()).await.unwrap();
        let access = Access::Tokens(tokens);
        let bearer = format!("Bearer {}", token.secret());
        let lower = format!("bearer {}", token.secret());
        let foreign = format!("Bearer {}", Token::generate().unwrap().secret());
        for value in [&bearer, &lower, &foreign] {
            for access in [&access, &Access::Open] {
                assert!(sent(&[("authorization", value)], access).is_empty(), "{value}");
            }
        }
        let chosen = format!("Bearer {secret}");
        let lines = [("authorization", &*chosen), ("x-api-key", secret), ("x-api-key", "mine")];
        assert!(sent(&lines, &access).is_empty());
        assert_eq!(sent(&[("x-api-key", "mine")], &access), ["x-api-key: mine"]);
        for value in ["Bearer abc", "Basic dXNlcjpwYXNz", "Bearer tok_1"] {
            let lines = sent(&[("authorization", value), ("authorization", &bearer)], &access);
            assert_eq!(lines, [format!("authorization: {value}")]);
        }
        let cookies = [
            ("cookie", "skerry_preview=x; a=1; __Host-skerry_preview=y"),
            ("cookie", "skerry_preview=z"),
            ("cookie", "b=skerry_preview=1; not_skerry_preview=2"),
        ];
        let kept = ["cookie: a=1", "cookie: b=skerry_preview=1; not_skerry_preview=2"];
        assert_eq!(sent(&cookies, &access), kept);
        let values: Vec<_> = our_cookies(&headers(&cookies)).map(str::to_owned).collect();
        assert_eq!(values, ["x", "y", "z"]);
    }

    #[test]
    fn a_sandboxs_cookie_stays_on_its_host_and_is_never_ours() {
        let mut answer = headers(&[
            ("set-cookie", "a=1; Path=/; Domain=preview.localhost; HttpOnly"),
            ("set-cookie", "b=domain; DOMAIN = x ;Secure"),
            ("set-cookie", "skerry_preview=x; Path=/"),
            ("set-cookie", "__Host-skerry_preview=x"),
        ]);
        to_caller(&mut answer);
        let lines = shown(&answer);
        assert_eq!(lines, ["set-cookie: a=1; Path=/; HttpOnly", "set-cookie: b=domain;Secure"]);
    }

    #[test]
    fn a_length_beside_a_transfer_encoding_is_not_believed() {
        let mut answer = headers(&[("content-length", "3"), ("transfer-encoding", "chunked")]);
        to_caller(&mut answer);
        assert!(answer.is_empty());
        let mut answer = headers(&[("content-length", "3"), ("connection", "close")]);
        to_caller(&mut answer);
        assert_eq!(shown(&answer), ["content-length: 3"]);
    }
}
