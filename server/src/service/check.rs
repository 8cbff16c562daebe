//! Checks what callers send, by the bounds that the proto comments state, and
//! names every field that is wrong by its path in the request.

mod process;

use std::collections::BTreeMap;
use std::time::Duration;

use tonic::Status;
use tonic_types::FieldViolation;

use super::status::invalid;
use crate::model::{ImageId, NameError, SandboxId, check_image_name, check_name};

/// Bytes of all keys and values of an environment, and with the arguments of
/// a command.
const MAX_ENV_BYTES: usize = 1 << 20;
/// Bytes of one argument: the kernel's own bound, its final NUL included.
const MAX_ARGUMENT_BYTES: usize = (128 << 10) - 1;
/// Labels of one sandbox.
const MAX_LABELS: usize = 64;
const MAX_LABEL_KEY_BYTES: usize = 63;
const MAX_LABEL_VALUE_BYTES: usize = 255;
/// Bytes of a working directory: the kernel's bound of a path.
const MAX_PATH_BYTES: usize = 4095;
/// Bytes of `user:group`.
const MAX_USER_BYTES: usize = 255;
const MAX_REQUEST_ID_BYTES: usize = 128;
/// Violations that one answer names; the first ones tell enough.
const MAX_VIOLATIONS: usize = 16;
/// The most of a key that a field's path repeats.
const SHOWN_KEY_CHARACTERS: usize = 64;

/// A single field that is wrong.
pub(super) fn field(field: impl Into<String>, message: impl Into<String>) -> Status {
    invalid(vec![FieldViolation::new(field, message)])
}

/// Collects what is wrong with a request.
#[derive(Default)]
pub(super) struct Checks {
    violations: Vec<FieldViolation>,
}

impl Checks {
    /// Notes a field that is wrong.
    pub(super) fn fail(&mut self, field: impl Into<String>, message: impl Into<String>) {
        if self.violations.len() < MAX_VIOLATIONS {
            self.violations.push(FieldViolation::new(field, message));
        }
    }

    /// Ends the checks: an error where anything was wrong.
    pub(super) fn finish(self) -> Result<(), Status> {
        if self.violations.is_empty() { Ok(()) } else { Err(invalid(self.violations)) }
    }

    fn named(&mut self, field: &str, result: Result<(), NameError>) {
        if let Err(error) = result {
            self.fail(field, error.to_string());
        }
    }

    /// A sandbox's id or name.
    pub(super) fn sandbox_ref(&mut self, text: &str) {
        self.reference::<SandboxId>("sandbox_id", text);
    }

    /// An id of a kind, or a name.
    pub(super) fn reference<Id: std::str::FromStr>(&mut self, field: &str, text: &str) {
        if text.parse::<Id>().is_err() {
            self.named(field, check_name(text));
        }
    }

    /// A new sandbox's name or host name; empty leaves it to the daemon.
    pub(super) fn name(&mut self, field: &str, text: &str) {
        if !text.is_empty() {
            self.named(field, check_name(text));
        }
    }

    /// An image's id or name.
    pub(super) fn image_ref(&mut self, field: &str, text: &str) {
        self.named(field, check_image_name(text));
    }

    /// A new image's name.
    pub(super) fn image_name(&mut self, field: &str, text: &str) {
        self.image_ref(field, text);
        if text.starts_with(ImageId::PREFIX) {
            self.fail(
                field,
                format!("must not start with `{}`, which begins an id", ImageId::PREFIX),
            );
        }
    }

    /// A `request_id`; empty for none.
    pub(super) fn request_id(&mut self, text: &str) {
        let printable = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if !printable || text.len() > MAX_REQUEST_ID_BYTES {
            let message =
                format!("must be at most {MAX_REQUEST_ID_BYTES} printable ASCII characters");
            self.fail("request_id", message);
        }
    }

    /// Labels, also those of a filter.
    pub(super) fn labels(&mut self, path: &str, labels: &BTreeMap<String, String>) {
        if labels.len() > MAX_LABELS {
            self.fail(path, format!("must be at most {MAX_LABELS}, are {}", labels.len()));
        }
        for (key, value) in labels {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
            if !(1..=MAX_LABEL_KEY_BYTES).contains(&key.len()) || !key.bytes().all(allowed) {
                let message =
                    format!("the key must be 1 to {MAX_LABEL_KEY_BYTES} of A-Z, a-z, 0-9 and -_./");
                self.fail(entry(path, key), message);
            }
            if value.len() > MAX_LABEL_VALUE_BYTES {
                let message =
                    format!("must have at most {MAX_LABEL_VALUE_BYTES} bytes, has {}", value.len());
                self.fail(entry(path, key), message);
            }
        }
    }

    /// An environment; answers with its bytes.
    pub(super) fn env(&mut self, path: &str, env: &BTreeMap<String, String>) -> usize {
        for (key, value) in env {
            if key.is_empty() || key.contains(['=', '\0']) {
                self.fail(entry(path, key), "the key must not be empty, nor have = or NUL");
            }
            if value.contains('\0') {
                self.fail(entry(path, key), "must not have NUL");
            }
        }
        let bytes = env.iter().map(|(key, value)| key.len() + value.len() + 2).sum();
        if bytes > MAX_ENV_BYTES {
            self.fail(path, format!("must have at most {MAX_ENV_BYTES} bytes in all, has {bytes}"));
        }
        bytes
    }

    /// A program and its arguments, which share the kernel's room with the
    /// environment.
    pub(super) fn command(&mut self, path: &str, command: &[String], env_bytes: usize) {
        match command.first() {
            None => self.fail(path, "must name a program"),
            Some(program) if program.is_empty() => {
                self.fail(format!("{path}[0]"), "must name a program")
            }
            Some(_) => {}
        }
        for (index, argument) in command.iter().enumerate() {
            if argument.contains('\0') {
                self.fail(format!("{path}[{index}]"), "must not have NUL");
            }
            if argument.len() > MAX_ARGUMENT_BYTES {
                let message =
                    format!("must have at most {MAX_ARGUMENT_BYTES} bytes, has {}", argument.len());
                self.fail(format!("{path}[{index}]"), message);
            }
        }
        let bytes: usize = command.iter().map(|argument| argument.len() + 1).sum();
        if env_bytes <= MAX_ENV_BYTES && bytes + env_bytes > MAX_ENV_BYTES {
            let message = format!(
                "must have at most {MAX_ENV_BYTES} bytes with the environment, has {}",
                bytes + env_bytes
            );
            self.fail(path, message);
        }
    }

    /// A working directory; empty leaves it to the daemon.
    pub(super) fn cwd(&mut self, path: &str, cwd: &str) {
        if cwd.is_empty() {
            return;
        }
        if !cwd.starts_with('/') {
            self.fail(path, "must be an absolute path");
        } else if cwd.contains('\0') || cwd.len() > MAX_PATH_BYTES {
            self.fail(path, format!("must have no NUL and at most {MAX_PATH_BYTES} bytes"));
        }
    }

    /// `user`, `user:group`, by name or id; empty leaves it to the daemon.
    pub(super) fn user(&mut self, path: &str, user: &str) {
        let parts = user.split(':').count();
        let empty_part = !user.is_empty() && user.split(':').any(str::is_empty);
        let control = user.chars().any(char::is_control);
        if parts > 2 || empty_part || control || user.len() > MAX_USER_BYTES {
            let message = format!(
                "must be `user` or `user:group`, at most {MAX_USER_BYTES} bytes without control characters"
            );
            self.fail(path, message);
        }
    }

    /// A span within bounds; `None` where it is unset or wrong.
    pub(super) fn duration(
        &mut self,
        path: &str,
        span: Option<prost_types::Duration>,
        min: Duration,
        max: Duration,
    ) -> Option<Duration> {
        let given = span?;
        // Also refuses what is negative, or has nanoseconds beyond a second.
        let read = match (u64::try_from(given.seconds), u32::try_from(given.nanos)) {
            (Ok(seconds), Ok(nanos @ ..=999_999_999)) => Some(Duration::new(seconds, nanos)),
            _ => None,
        };
        let within = read.filter(|read| (min..=max).contains(read));
        if within.is_none() {
            let message = format!(
                "must be {} to {} seconds, is {}.{:09}",
                min.as_secs(),
                max.as_secs(),
                given.seconds,
                given.nanos.unsigned_abs()
            );
            self.fail(path, message);
        }
        within
    }
}

/// The path of a map's entry: `env["KEY"]`.
fn entry(path: &str, key: &str) -> String {
    let shown: String = key.chars().take(SHOWN_KEY_CHARACTERS).collect();
    format!("{path}[{shown:?}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(check: impl FnOnce(&mut Checks)) -> Vec<String> {
        let mut checks = Checks::default();
        check(&mut checks);
        checks.violations.into_iter().map(|violation| violation.field).collect()
    }

    #[test]
    fn an_environment_is_named_by_its_key() {
        let env = |key: &str, value: &str| {
            let env = BTreeMap::from([(key.to_owned(), value.to_owned())]);
            fields(|checks| {
                checks.env("env", &env);
            })
        };
        assert!(env("A", "=\n").is_empty());
        assert_eq!(env("A=B", ""), ["env[\"A=B\"]"]);
        assert_eq!(env("", "x"), ["env[\"\"]"]);
        assert_eq!(env("A\0", "x"), ["env[\"A\\0\"]"]);
        assert_eq!(env("A", "x\0"), ["env[\"A\"]"]);
        assert_eq!(env("A", &"x".repeat(1 << 20)), ["env"]);
    }

    #[test]
    fn a_command_has_a_program_and_no_nul() {
        let command = |words: &[&str]| {
            let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
            fields(|checks| checks.command("spec.command", &words, 0))
        };
        assert!(command(&["ls", ""]).is_empty());
        assert_eq!(command(&[]), ["spec.command"]);
        assert_eq!(command(&["", "x"]), ["spec.command[0]"]);
        assert_eq!(command(&["ls", "a\0"]), ["spec.command[1]"]);
        assert_eq!(command(&["ls", &"x".repeat(128 << 10)]), ["spec.command[1]"]);
        assert_eq!(command(&["x".repeat(100 << 10).as_str(); 11]), ["spec.command"]);
    }

    #[test]
    fn a_span_is_neither_negative_nor_absurd() {
        let span = |seconds, nanos| {
            let span = Some(prost_types::Duration { seconds, nanos });
            fields(|checks| {
                checks.duration("t", span, Duration::from_secs(1), Duration::from_secs(10));
            })
        };
        assert!(span(1, 0).is_empty() && span(10, 0).is_empty());
        for (seconds, nanos) in [
            (0, 0),
            (-1, 0),
            (0, 999_999_999),
            (10, 1),
            (i64::MAX, 0),
            (i64::MIN, 0),
            (2, -1),
            (2, i32::MAX),
        ] {
            assert_eq!(span(seconds, nanos), ["t"], "{seconds} {nanos}");
        }
    }

    #[test]
    fn a_user_is_one_or_two_parts() {
        let user = |text: &str| fields(|checks| checks.user("spec.user", text));
        for good in ["", "root", "1000", "www-data:33"] {
            assert!(user(good).is_empty(), "{good}");
        }
        for bad in [":", "a:", ":b", "a:b:c", "a\n", "a\0"] {
            assert_eq!(user(bad), ["spec.user"], "{bad:?}");
        }
    }

    #[test]
    fn an_answer_names_no_more_than_it_must() {
        let labels = (0..1000).map(|index| (format!("é{index}"), String::new())).collect();
        assert_eq!(fields(|checks| checks.labels("labels", &labels)).len(), MAX_VIOLATIONS);
    }
}
