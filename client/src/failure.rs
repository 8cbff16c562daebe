//! What `skerry` says when it can't do what it was asked, and how it exits.
//!
//! One line: `skerry: <what>: <why>; <what to do next>`.

use std::io::{self, Write};
use std::process::ExitCode;

use skerry_client::{Code, Config, Error, Fault, RetryAdvice, TokenSource};

use crate::output::printable;
use crate::units::show_duration;

/// What a command does not reach because of Skerry itself, as `env` and
/// `docker run` have it.
const EXIT_OWN_FAILURE: u8 = 125;
/// A program that is there and can't be executed.
const EXIT_NOT_EXECUTABLE: u8 = 126;
/// A program that is not there.
const EXIT_NOT_FOUND: u8 = 127;
/// The end by SIGPIPE, as a shell shows it.
const EXIT_BROKEN_PIPE: u8 = 141;
/// Everything else.
const EXIT_FAILURE: u8 = 1;

/// A command that failed.
#[derive(Debug)]
pub(crate) struct Failure {
    line: Option<String>,
    exit: u8,
}

impl Failure {
    /// What was being done, why it failed and what to do next.
    pub(crate) fn new(what: &str, why: &str, next: &str) -> Self {
        let line = format!("{}: {}; {next}", printable(what), printable(why));
        Self { line: Some(line), exit: EXIT_FAILURE }
    }

    /// A call that failed.
    pub(crate) fn call(what: &str, error: &Error, config: &Config) -> Self {
        let (why, next) = explain(error, config);
        let exit = match error.reason.as_deref() {
            Some("COMMAND_NOT_FOUND") => EXIT_NOT_FOUND,
            Some("NOT_EXECUTABLE" | "BAD_INTERPRETER") => EXIT_NOT_EXECUTABLE,
            _ => EXIT_FAILURE,
        };
        Self { exit, ..Self::new(what, &why, &next) }
    }

    /// A part of a call that failed by itself: its reason and message.
    pub(crate) fn answer(what: &str, reason: &str, message: &str) -> Self {
        let next = match reason {
            "INVALID_FIELD" => "correct the name or id",
            _ => step_of_reason(reason).unwrap_or("the daemon's log tells more"),
        };
        Self::new(what, message, next)
    }

    /// Output that could not be written. A reader that has left, as `head`
    /// does, is nothing to speak of.
    pub(crate) fn output(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self { line: None, exit: EXIT_BROKEN_PIPE };
        }
        Self::new("write output", &error.to_string(), "make room for it and try again")
    }

    /// The end by a signal, of which the user knows.
    pub(crate) fn silent(exit: u8) -> Self {
        Self { line: None, exit }
    }

    /// A command line that is wrong; `text` says why and what to do next.
    pub(crate) fn usage(text: &str, exit: u8) -> Self {
        Self { line: Some(printable(text)), exit }
    }

    /// The same with this exit code.
    pub(crate) fn exiting(self, exit: u8) -> Self {
        Self { exit, ..self }
    }

    /// The same of a command that runs another: 125, so that the other's own
    /// exit codes stay apart.
    pub(crate) fn of_exec(self) -> Self {
        let exit = if self.exit == EXIT_FAILURE { EXIT_OWN_FAILURE } else { self.exit };
        Self { exit, ..self }
    }

    /// Says it on stderr and answers with its exit code.
    pub(crate) fn report(self) -> ExitCode {
        self.say();
        ExitCode::from(self.exit)
    }

    /// Says it on stderr.
    pub(crate) fn say(&self) {
        if let Some(line) = &self.line {
            // Where stderr is closed there is nobody to tell.
            writeln!(io::stderr(), "skerry: {line}").ok();
        }
    }
}

/// The exit code for a wrong command line of this subcommand.
pub(crate) fn usage_exit(subcommand: Option<&str>) -> u8 {
    match subcommand {
        Some("run" | "exec" | "ssh") => EXIT_OWN_FAILURE,
        _ => 2,
    }
}

/// Why a call failed, and what to do next.
fn explain(error: &Error, config: &Config) -> (String, String) {
    if error.unreachable {
        return unreachable(error, config);
    }
    if error.code == Code::Unauthenticated {
        return unauthenticated(config);
    }
    if is_lost(error) {
        let why = format!("the connection to {} was lost: {}", config.address, error.message);
        return (why, "see whether skerryd runs there, and try again".to_owned());
    }
    let why = match error.fields.as_slice() {
        // The daemon's message names a single thing, fields may be several.
        fields if !fields.is_empty() && error.code == Code::InvalidArgument => {
            let said: Vec<_> =
                fields.iter().map(|v| format!("{}: {}", v.field, v.description)).collect();
            said.join(", ")
        }
        _ => error.message.clone(),
    };
    (why, next_step(error))
}

/// Whether the connection was lost: the daemon's own errors have a reason.
fn is_lost(error: &Error) -> bool {
    let code = matches!(error.code, Code::Unavailable | Code::Internal | Code::Unknown);
    code && error.reason.is_none()
}

fn unreachable(error: &Error, config: &Config) -> (String, String) {
    if let Some(fault) = &error.fault {
        return faulty(fault, error, config);
    }
    let why = format!("no daemon answers at {}: {}", config.address, error.message);
    let next = if config.address.is_loopback() {
        "start it with `skerryd`, or name another with --address"
    } else {
        "check --address or SKERRY_ADDRESS, and that skerryd listens there"
    };
    (why, next.to_owned())
}

/// Something is there, and the two do not come to speak.
fn faulty(fault: &Fault, error: &Error, config: &Config) -> (String, String) {
    let address = &config.address;
    let (why, next) = match fault {
        Fault::UnknownAuthority if config.ca.is_some() => (
            "its certificate is not signed by the authority that was given".to_owned(),
            "give the one that has signed it with --tls-ca or SKERRY_TLS_CA",
        ),
        Fault::UnknownAuthority => (
            "its certificate is signed by nobody whom this system trusts".to_owned(),
            "give the authority that has signed it with --tls-ca or SKERRY_TLS_CA",
        ),
        Fault::OtherName { names } if names.is_empty() => {
            ("its certificate names no host".to_owned(), "give skerryd one for this host")
        }
        Fault::OtherName { names } => (
            format!("its certificate is for {}", show_names(names)),
            "use that name in --address, or give skerryd a certificate for this one",
        ),
        Fault::OutOfDate => (
            "its certificate has expired, or begins later".to_owned(),
            "renew it, or set the clock of this machine",
        ),
        Fault::AuthorityItself => (
            "its certificate is an authority's own".to_owned(),
            "sign one for the host with it, and give skerryd that",
        ),
        Fault::NoTls => (
            "what answers does not speak TLS".to_owned(),
            "use http:// in --address, or give skerryd --tls-cert and --tls-key",
        ),
        Fault::NoHttp2 => (
            "what answers does not speak HTTP/2 without TLS".to_owned(),
            "use https:// in --address, or check its port",
        ),
        _ => (error.message.clone(), "check --address, and the certificate of what answers there"),
    };
    (format!("can't speak to {address}: {why}"), next.to_owned())
}

/// `DnsName("a.example")`, as the library has it, as `a.example`.
fn show_names(names: &[String]) -> String {
    let plain = |name: &String| {
        let inner = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
        inner.unwrap_or(name).trim_matches('"').to_owned()
    };
    names.iter().map(plain).collect::<Vec<_>>().join(", ")
}

fn unauthenticated(config: &Config) -> (String, String) {
    let another = "give the daemon's token with --token or SKERRY_TOKEN";
    match &config.token_source {
        TokenSource::Given | TokenSource::Environment => (
            "the daemon refused the token".to_owned(),
            "the right one is in admin.token of the daemon's data directory".to_owned(),
        ),
        TokenSource::File(path) => (
            format!("the daemon refused the token in {}", path.display()),
            "set SKERRY_DATA_DIR to the daemon's data directory, or give --token".to_owned(),
        ),
        TokenSource::Unreadable { path, kind: io::ErrorKind::PermissionDenied } => (
            format!("the daemon wants a token, and {} is not readable for you", path.display()),
            format!("run as the daemon's user, or {another}"),
        ),
        TokenSource::Unreadable { path, kind: io::ErrorKind::NotFound } => (
            format!("the daemon wants a token, and there is no {}", path.display()),
            format!("set SKERRY_DATA_DIR to the daemon's data directory, or {another}"),
        ),
        TokenSource::Unreadable { path, kind } => (
            format!("the daemon wants a token, and {} can't be read: {kind}", path.display()),
            format!("set SKERRY_DATA_DIR to the daemon's data directory, or {another}"),
        ),
        TokenSource::Malformed(path) => (
            format!("the daemon wants a token, and {} holds none", path.display()),
            another.to_owned(),
        ),
        TokenSource::Saved(path) => (
            format!("the daemon refused the token in {}", path.display()),
            "`skerry pair` where the daemon runs and `skerry login` here get another".to_owned(),
        ),
        TokenSource::Socket => (
            "the daemon wants a token of who is not its own user".to_owned(),
            format!("run as the daemon's user, or {another}"),
        ),
        TokenSource::Remote => ("the daemon wants a token".to_owned(), another.to_owned()),
    }
}

/// What to do about an error, by its reason, else by its code.
fn next_step(error: &Error) -> String {
    if let Some(next) = error.reason.as_deref().and_then(step_of_reason) {
        return next.to_owned();
    }
    if let Some(option) = error.fields.iter().find_map(|v| option_of(&v.field)) {
        return format!("correct {option}");
    }
    match (error.code, error.retry) {
        (_, RetryAdvice::After(delay)) => format!("try again in {}", show_duration(delay)),
        (Code::InvalidArgument, _) => "correct it; --help tells more".to_owned(),
        (Code::AlreadyExists, _) => "choose another name, or remove the other first".to_owned(),
        (Code::FailedPrecondition, _) => "`skerry inspect` shows its state".to_owned(),
        (Code::PermissionDenied, _) => "use a token that allows it".to_owned(),
        (Code::ResourceExhausted, _) => "remove what is not needed and try again".to_owned(),
        (Code::Unimplemented, _) => "`skerry info` shows what this daemon can do".to_owned(),
        (_, RetryAdvice::Later) => "try again".to_owned(),
        _ => "the daemon's log tells more".to_owned(),
    }
}

/// What to do about an error by its reason.
fn step_of_reason(reason: &str) -> Option<&'static str> {
    Some(match reason {
        "SANDBOX_NOT_FOUND" => "`skerry ls` shows what is there",
        "IMAGE_NOT_FOUND" => {
            "`skerry image ls` shows what is there, `skerry image pull` brings one"
        }
        "EXEC_NOT_FOUND" => "`skerry ps SANDBOX` shows what is there",
        "SANDBOX_NAME_TAKEN" => "choose another, or remove it with `skerry rm`",
        "IMAGE_NAME_TAKEN" => "choose another, or remove it with `skerry image rm`",
        "IMAGE_IN_USE" => "remove the sandboxes made from it first",
        "REGISTRY_DENIED" => "check the reference, --username and --password-stdin",
        "IMAGE_NOT_IN_REGISTRY" => "check the repository and the tag",
        "IMAGE_PLATFORM_NOT_FOUND" => "give another --platform",
        "REGISTRY_UNAVAILABLE" => "check the registry, --plain-http and --ca, and try again",
        "COMMAND_NOT_FOUND" => "check its name, the image and PATH",
        "NOT_EXECUTABLE" => "give a program with the right to execute",
        "BAD_INTERPRETER" => "check the program's format and its #! line",
        "FILE_NOT_FOUND" => "check the path",
        "CWD_NOT_FOUND" | "CWD_NOT_ACCESSIBLE" => "give another --cwd",
        "USER_NOT_FOUND" => "give a --user of the sandbox's /etc/passwd",
        "OUT_OF_MEMORY" => "raise it with `skerry update --memory`",
        "OUT_OF_PIDS" => "raise it with `skerry update --pids`",
        "VOLUME_NOT_FOUND" => "`skerry volume ls` shows what is there",
        "VOLUME_NAME_TAKEN" => "choose another, or remove it with `skerry volume rm`",
        "VOLUME_IN_USE" => "remove the sandboxes that have it first, or give --force",
        "SNAPSHOT_NOT_FOUND" => "`skerry snapshot ls` shows what is there",
        "SNAPSHOT_NAME_TAKEN" => "choose another, or remove it with `skerry snapshot rm`",
        "NOT_A_FORK" => "`skerry tree` shows what was forked from what",
        "DISK_LIMIT_UNSUPPORTED" => "leave the size out; `skerry df` shows the storage",
        "CLOUDFLARED_MISSING" => "install it, or start skerryd with --cloudflared FILE",
        "TUNNEL_NOT_FOUND" => "make one with `skerry tunnel create`",
        "TUNNEL_EXISTS" => "end it with `skerry tunnel rm`",
        "TUNNEL_FAILED" => "see to the token and the network, and try again",
        "TUNNEL_UNHEALTHY" => "see to the app, or try again: a new host takes a while",
        "TLS_WANTED" => "use https:// in --address",
        "DISK_FULL" => "`skerry df` shows what to remove",
        _ => return None,
    })
}

/// The option that sets a field of a request.
fn option_of(field: &str) -> Option<&'static str> {
    let field = ["sandbox.", "spec.", "volume."]
        .iter()
        .fold(field, |field, prefix| field.strip_prefix(prefix).unwrap_or(field));
    let head = field.split(['[', '{']).next().unwrap_or(field);
    Some(match head {
        "sandbox_id" | "image_id" | "volume_id" | "volume_ids" | "keep_id" => "the name or id",
        "snapshot_id" => "the snapshot",
        "name" | "start.name" => "the name",
        "image" => "the image",
        "hostname" => "--hostname",
        "limits.memory_bytes" | "memory_bytes" => "--memory",
        "limits.cpu_millis" | "cpu_millis" => "--cpus",
        "limits.pids" | "pids" => "--pids",
        "limits.disk_bytes" | "disk_bytes" => "--disk",
        "size_bytes" => "--size",
        "count" => "--count",
        "mounts" => "--volume",
        "timeouts.idle_timeout" => "--idle-timeout",
        "timeouts.max_lifetime" => "--max-lifetime",
        "timeouts.auto_delete" => "--auto-delete",
        "grace_period" => "--time",
        "cwd" => "--cwd",
        "user" => "--user",
        "command" => "the command",
        _ if head.starts_with("storage.") => "--storage",
        _ if head.starts_with("labels") => "--label",
        _ if head.starts_with("env") => "--env",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> Config {
        Config {
            address: "127.0.0.1:4000".parse().expect("an address"),
            token: None,
            token_source: TokenSource::Remote,
            ca: None,
        }
    }

    fn line(failure: Failure) -> String {
        failure.line.expect("a line")
    }

    #[test]
    fn an_error_is_one_line_whatever_the_daemon_says() {
        let failure = Failure::new("create x\ny", "bad\u{1b}[31m\nworse", "mend it");
        assert_eq!(line(failure), "create x\\ny: bad\\u{1b}[31m\\nworse; mend it");
    }

    #[test]
    fn a_closed_pipe_is_silent() {
        let failure = Failure::output(&io::ErrorKind::BrokenPipe.into());
        assert_eq!((failure.line, failure.exit), (None, 141));
    }

    #[test]
    fn a_missing_token_says_where_one_is_found() {
        let unreadable = |kind| Config {
            token_source: TokenSource::Unreadable { path: "/d/admin.token".into(), kind },
            ..config()
        };
        let (why, next) = unauthenticated(&unreadable(io::ErrorKind::PermissionDenied));
        assert_eq!(why, "the daemon wants a token, and /d/admin.token is not readable for you");
        assert!(next.starts_with("run as the daemon's user"), "{next}");
        let (why, next) = unauthenticated(&unreadable(io::ErrorKind::NotFound));
        assert_eq!(why, "the daemon wants a token, and there is no /d/admin.token");
        assert!(next.contains("SKERRY_DATA_DIR") && next.contains("SKERRY_TOKEN"), "{next}");
    }

    #[test]
    fn a_field_leads_to_its_option() {
        for (field, option) in [
            ("limits.memory_bytes", "--memory"),
            ("sandbox.limits.pids", "--pids"),
            ("spec.env[A=]", "--env"),
            ("labels[a b]", "--label"),
            ("volume.size_bytes", "--size"),
            ("mounts[0].path", "--volume"),
            ("storage.path", "--storage"),
        ] {
            assert_eq!(option_of(field), Some(option), "{field}");
        }
        assert_eq!(option_of("page_token"), None);
    }
}
