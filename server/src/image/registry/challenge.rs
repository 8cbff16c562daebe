//! What a registry answers to a caller that it does not know yet: the header
//! `WWW-Authenticate`.

/// How to make oneself known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Challenge {
    /// User and password with each call.
    Basic,
    /// A token, which `realm` gives.
    Bearer { realm: String, service: Option<String>, scope: Option<String> },
}

impl Challenge {
    /// Reads a header. Of several ways a token is taken, which shows the
    /// password to fewer calls.
    pub(super) fn parse(header: &str) -> Option<Self> {
        let mut found = None;
        let mut rest = header.trim();
        while !rest.is_empty() {
            let end = rest.find([' ', ',']).unwrap_or(rest.len());
            let (scheme, after) = rest.split_at(end);
            let (parameters, next) = parameters(after.trim_start());
            rest = next;
            let get = |wanted: &str| {
                let found = parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(wanted));
                found.map(|(_, value)| value.clone())
            };
            if scheme.eq_ignore_ascii_case("bearer")
                && let Some(realm) = get("realm")
            {
                return Some(Self::Bearer { realm, service: get("service"), scope: get("scope") });
            }
            if scheme.eq_ignore_ascii_case("basic") {
                found = Some(Self::Basic);
            }
        }
        found
    }
}

/// `key=value` and `key="value"` with commas between, and what follows them.
fn parameters(mut text: &str) -> (Vec<(String, String)>, &str) {
    let mut found = Vec::new();
    loop {
        text = text.trim_start_matches([' ', ',']);
        let Some(equals) = text.find('=') else { return (found, "") };
        let key = &text[..equals];
        // A word that is no key begins the next way.
        if key.is_empty() || key.contains([' ', ',', '"']) {
            return (found, if key.is_empty() { "" } else { text });
        }
        let (value, rest) = value(&text[equals + 1..]);
        found.push((key.to_owned(), value));
        text = rest;
    }
}

fn value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', ' ']).unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(letters.next().map(|(_, escaped)| escaped)),
            other => value.push(other),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_read_as_registries_write_it() {
        let bearer = |realm: &str, service: Option<&str>, scope: Option<&str>| {
            let owned = |text: &str| text.to_owned();
            let (service, scope) = (service.map(owned), scope.map(owned));
            Some(Challenge::Bearer { realm: realm.to_owned(), service, scope })
        };
        let docker =
            r#"Bearer realm="https://a/token",service="b",scope="repository:x/y:pull,push""#;
        let scope = Some("repository:x/y:pull,push");
        for (header, wanted) in [
            (docker, bearer("https://a/token", Some("b"), scope)),
            ("Basic realm=\"x\"", Some(Challenge::Basic)),
            ("basic", Some(Challenge::Basic)),
            ("Basic realm=\"x\", Bearer realm=\"https://a\"", bearer("https://a", None, None)),
            ("bearer realm=https://a", bearer("https://a", None, None)),
            ("Bearer realm=\"a\\\"b", bearer("a\"b", None, None)),
            ("Bearer service=\"x\"", None),
            ("Negotiate abc==", None),
            ("", None),
            (",,,=", None),
            ("Bearer =\"", None),
        ] {
            assert_eq!(Challenge::parse(header), wanted, "{header}");
        }
    }
}
