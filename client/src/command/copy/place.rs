//! Where a copy comes from, or goes to.

use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// A place as it is written on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// `SANDBOX:PATH`.
    Sandbox { sandbox: String, path: String },
    /// A path of this machine.
    Here(PathBuf),
    /// `-`.
    Stream,
}

impl FromStr for Place {
    type Err = Infallible;

    /// As `scp` has it: a colon that comes before any slash divides.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        let sandbox = |(sandbox, path): (&str, &str)| {
            let names_one = !sandbox.is_empty() && !sandbox.contains('/');
            names_one.then(|| Self::Sandbox { sandbox: sandbox.to_owned(), path: path.to_owned() })
        };
        Ok(match text.split_once(':').and_then(sandbox) {
            Some(place) => place,
            None if text == "-" => Self::Stream,
            None => Self::Here(PathBuf::from(text)),
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sandbox { sandbox, path } => write!(f, "{sandbox}:{path}"),
            Self::Here(path) => write!(f, "{}", path.display()),
            Self::Stream => write!(f, "-"),
        }
    }
}

/// A path in a sandbox, where an empty one is /workspace.
pub(super) fn or_workspace(path: &str) -> String {
    if path.is_empty() { "/workspace".to_owned() } else { path.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colon_before_any_slash_divides() {
        let place = |text: &str| text.parse::<Place>().expect("anything is a place");
        let sandbox = |sandbox: &str, path: &str| Place::Sandbox {
            sandbox: sandbox.to_owned(),
            path: path.to_owned(),
        };
        assert_eq!(place("web:/a:b"), sandbox("web", "/a:b"));
        assert_eq!(place("web:"), sandbox("web", ""));
        assert_eq!(place("./a:b"), Place::Here("./a:b".into()));
        assert_eq!(place(":x"), Place::Here(":x".into()));
        assert_eq!(place("-"), Place::Stream);
    }
}
