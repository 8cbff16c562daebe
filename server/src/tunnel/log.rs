//! What `cloudflared` says on its stderr: `<time> <LEVEL> <message>`, a line
//! each. Its own words alone decide what a tunnel is.

use serde::Deserialize;

/// Before the box that holds a quick tunnel's address.
const CREATED: &str = "Your quick Tunnel has been created!";
/// An edge of Cloudflare's leads to us.
const REGISTERED: &str = "Registered tunnel connection";
/// A named tunnel's settings, as they are at Cloudflare.
const CONFIGURED: &str = "Updated to new configuration";
/// Bytes of a host's name.
const MAX_HOST_BYTES: usize = 253;

/// What a line tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// Where the world finds it: `https://` and a host.
    Url(String),
    /// The settings lead no host here.
    NoUrl,
    /// A connection is registered.
    Registered,
    /// Something went wrong, perhaps for good.
    Trouble(String),
}

/// Reads lines in their order.
#[derive(Debug)]
pub(super) struct Reader {
    /// What settings must name as a host's service, so that it leads here.
    local_port: u16,
    /// In the box that holds the address.
    in_box: bool,
}

#[derive(Deserialize)]
struct Settings {
    #[serde(default)]
    ingress: Vec<Rule>,
}

#[derive(Deserialize)]
struct Rule {
    #[serde(default)]
    hostname: String,
    #[serde(default)]
    service: String,
}

impl Reader {
    pub(super) fn new(local_port: u16) -> Self {
        Self { local_port, in_box: false }
    }

    pub(super) fn read(&mut self, line: &str) -> Option<Told> {
        let Some((level, message)) = split(line) else {
            // What is said before there is a log, or instead of it.
            let text = line.trim();
            return (!text.is_empty()).then(|| Told::Trouble(text.to_owned()));
        };
        match level {
            "INF" => self.read_message(message),
            "ERR" | "FTL" => Some(Told::Trouble(message.to_owned())),
            _ => None,
        }
    }

    fn read_message(&mut self, message: &str) -> Option<Told> {
        if let Some(inner) = message.strip_prefix('|').and_then(|rest| rest.strip_suffix('|')) {
            let inner = inner.trim();
            if inner.starts_with(CREATED) {
                self.in_box = true;
            } else if std::mem::take(&mut self.in_box) {
                let host = inner.strip_prefix("https://").filter(|host| is_host(host))?;
                return Some(Told::Url(format!("https://{host}")));
            }
            return None;
        }
        if let Some(rest) = message.strip_prefix(CONFIGURED) {
            return self.read_settings(rest);
        }
        let rest = message.strip_prefix(REGISTERED)?;
        (rest.is_empty() || rest.starts_with(' ')).then_some(Told::Registered)
    }

    /// The host that a named tunnel's settings lead here.
    fn read_settings(&self, rest: &str) -> Option<Told> {
        let quoted = rest.trim_start().strip_prefix("config=")?;
        // Quoted as Go does it, which for JSON's own characters is as JSON does.
        let text: String = serde_json::Deserializer::from_str(quoted).into_iter().next()?.ok()?;
        let settings: Settings = serde_json::from_str(&text).ok()?;
        let here = |rule: &&Rule| is_host(&rule.hostname) && self.leads_here(&rule.service);
        let host = settings.ingress.iter().find(here);
        Some(host.map_or(Told::NoUrl, |rule| Told::Url(format!("https://{}", rule.hostname))))
    }

    fn leads_here(&self, service: &str) -> bool {
        ["localhost", "127.0.0.1"].iter().any(|host| {
            service.trim_end_matches('/') == format!("http://{host}:{}", self.local_port)
        })
    }
}

/// Level and message of a line of the log.
fn split(line: &str) -> Option<(&str, &str)> {
    let (time, rest) = line.trim_end().split_once(' ')?;
    let (level, message) = rest.split_once(' ')?;
    let is_time = time.len() >= 20 && time.as_bytes()[4] == b'-' && time.ends_with('Z');
    (is_time && level.len() == 3).then(|| (level, message.trim_start()))
}

/// A host's name with a dot in it: no address, no port, nothing else.
fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let last = text.rsplit('.').next().unwrap_or_default();
    text.len() <= MAX_HOST_BYTES
        && text.contains('.')
        && text.split('.').all(label)
        && last.bytes().any(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(lines: &[&str]) -> Vec<Told> {
        let mut reader = Reader::new(8080);
        lines.iter().filter_map(|line| reader.read(line)).collect()
    }

    #[test]
    fn a_quick_tunnels_address_is_the_one_in_its_box() {
        let told = told(&[
            "2025-12-02T10:30:44Z INF Thank you for trying Cloudflare Tunnel. Doing so, without a Cloudflare account, see https://developers.cloudflare.com/x",
            "2025-12-02T10:30:45Z INF Requesting new quick Tunnel on trycloudflare.com...",
            "2025-12-02T10:30:46Z INF +------------------------------------------------------------------------------------------+",
            "2025-12-02T10:30:46Z INF |  Your quick Tunnel has been created! Visit it at (it may take some time to be reachable):  |",
            "2025-12-02T10:30:46Z INF |  https://purple-rain-4d7f.trycloudflare.com                                                |",
            "2025-12-02T10:30:46Z INF +------------------------------------------------------------------------------------------+",
            "2025-12-02T10:30:46Z INF Cannot determine default configuration path. No file [config.yml config.yaml] in []",
            "2025-12-02T10:30:46Z INF Generated Connector ID: 6b5e4f3c",
            "2025-12-02T10:30:46Z WRN The user running cloudflared process has a GID that is not within ping_group_range",
            "2025-12-02T10:30:47Z INF Registered tunnel connection connIndex=0 connection=bb527b3a event=0 ip=198.41.200.13 location=fra06 protocol=quic",
        ]);
        let url = "https://purple-rain-4d7f.trycloudflare.com".to_owned();
        assert_eq!(told, [Told::Url(url), Told::Registered]);
    }

    #[test]
    fn a_named_tunnels_address_is_the_host_that_leads_here() {
        let settings = |ingress: &str| {
            let config = format!(r#"{{"ingress":[{ingress}],"warp-routing":{{"enabled":false}}}}"#);
            let line = format!(
                "2026-05-13T00:19:33Z INF Updated to new configuration config={config:?} version=8"
            );
            told(&[&line])
        };
        let ours = r#"{"hostname":"app.example.com","originRequest":{},"service":"http://localhost:8080"}"#;
        let other = r#"{"hostname":"ssh.example.com","service":"ssh://127.0.0.1:22"}"#;
        let rest = r#"{"service":"http_status:404"}"#;
        let url = Told::Url("https://app.example.com".to_owned());
        assert_eq!(settings(&format!("{other},{ours},{rest}")), [url]);
        assert_eq!(settings(&format!("{other},{rest}")), [Told::NoUrl]);
        assert_eq!(told(&["2026-05-13T00:19:33Z INF Updated to new configuration config=\"x"]), []);
    }

    #[test]
    fn only_its_own_line_makes_it_ready() {
        for line in [
            "2026-05-13T00:19:33Z INF Initial protocol quic",
            "2026-05-13T00:19:33Z INF Tunnel connection curve preferences: [X25519MLKEM768 CurveP256] connIndex=0 event=0 ip=198.41.192.227",
            "2026-05-13T00:19:33Z INF Connection 8a9 registered connIndex=0",
            "2026-05-13T00:19:33Z DBG Registered tunnel connection connIndex=0",
            "2026-05-13T00:19:33Z INF Registered tunnel connections=4",
            "2026-05-13T00:19:33Z INF |  https://evil.example  |",
        ] {
            assert_eq!(told(&[line]), [], "{line}");
        }
    }

    #[test]
    fn trouble_is_what_went_wrong_and_what_is_no_log() {
        let failed = "failed to request quick Tunnel: Post \"https://api.trycloudflare.com/tunnel\": dial tcp: lookup api.trycloudflare.com: no such host";
        assert_eq!(told(&[failed]), [Told::Trouble(failed.to_owned())]);
        let line = "2026-05-13T00:19:33Z ERR Unable to establish connection with Cloudflare edge error=\"DialContext error\"";
        let text =
            "Unable to establish connection with Cloudflare edge error=\"DialContext error\"";
        assert_eq!(told(&[line, "", "  "]), [Told::Trouble(text.to_owned())]);
    }

    #[test]
    fn an_address_is_a_name_in_dots() {
        for host in ["a.example", "x-1.trycloudflare.com"] {
            assert!(is_host(host), "{host}");
        }
        for host in [
            "",
            "localhost",
            "127.0.0.1",
            "a..b",
            "a.b:80",
            "a.b/c",
            "u@a.b",
            ".a",
            "[::1]",
            "é.com",
        ] {
            assert!(!is_host(host), "{host}");
        }
    }
}
