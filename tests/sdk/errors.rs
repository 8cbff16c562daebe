//! docs/errors.md, which is made of what was seen.

use std::fmt::Write;
use std::{env, fs};

use serde_json::Value;

use crate::failures::LANGUAGES;
use crate::language::root;

/// Before it is what people wrote.
const MARK: &str =
    "<!-- What follows is what a run showed: SKERRY_UPDATE_SNAPSHOTS=1 makes it anew. -->\n";

/// What a user sees of a failure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) class: String,
    pub(crate) message: String,
    /// Code, reason, and whether another try may help; none of what is no call.
    pub(crate) call: Option<(String, String, bool)>,
}

impl Seen {
    /// Of what an SDK's tests print.
    pub(crate) fn of(told: &Value) -> Self {
        let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
        let call =
            told.get("code").map(|_| (text("code"), text("reason"), told["retryable"] == true));
        Self { class: text("class"), message: text("message"), call }
    }
}

/// The page's second part: a section for each plight.
pub(crate) fn plain_text(names: &[&str], sights: &[(&str, Vec<(String, Seen)>)]) -> String {
    let mut page = String::new();
    for (number, name) in names.iter().enumerate() {
        let seen: Vec<(&str, &Seen)> = sights
            .iter()
            .filter_map(|(who, sight)| Some((*who, &sight.iter().find(|(at, _)| at == name)?.1)))
            .collect();
        let _ = write!(page, "\n### {}. {name}\n\n", number + 1);
        let mut calls: Vec<_> = seen.iter().filter_map(|(_, seen)| seen.call.as_ref()).collect();
        calls.dedup();
        assert!(calls.len() < 2, "{name}: the languages differ: {calls:?}");
        if let Some((code, reason, retryable)) = calls.first() {
            let reason = if reason.is_empty() { String::new() } else { format!(" `{reason}`") };
            let retry = if *retryable { "may pass" } else { "won't pass by itself" };
            let _ = write!(page, "{code}{reason}, {retry}.\n\n");
        }
        page.push_str("| who | class | message |\n|---|---|---|\n");
        let mut messages: Vec<(String, Vec<&str>, Vec<&str>)> = Vec::new();
        for (who, seen) in seen {
            let message = told(&seen.message);
            match messages.iter_mut().find(|(known, ..)| *known == message) {
                Some((_, all, classes)) => {
                    all.push(who);
                    classes.push(&seen.class);
                }
                None => messages.push((message, vec![who], vec![&seen.class])),
            }
        }
        for (message, who, mut classes) in messages {
            classes.retain(|class| *class != "skerry");
            if classes.iter().all(|class| *class == classes[0]) {
                classes.truncate(1);
            }
            let classes: Vec<_> = classes.iter().map(|class| format!("`{class}`")).collect();
            let _ = writeln!(page, "| {} | {} | {message} |", who.join(", "), classes.join(", "));
        }
    }
    page
}

/// A message without what differs by run: ports, ids, offsets, causes of a cut.
fn told(message: &str) -> String {
    let mut text = String::new();
    let mut word = String::new();
    for letter in message.chars().chain(['\0']) {
        if letter.is_ascii_alphanumeric() || letter == '_' {
            word.push(letter);
            continue;
        }
        text.push_str(&known(&word, &text));
        word.clear();
        if letter != '\0' {
            text.push(letter);
        }
    }
    let text = LANGUAGES.iter().fold(text, |text, (language, _)| {
        // What a language's own things are called.
        text.replace(&format!("sdk-{language}"), "NAME")
    });
    without(&text, " was lost: ", "; see").replace('|', "\\|")
}

/// A word that is a number of this run's, as a name.
fn known(word: &str, before: &str) -> String {
    let id = word.split_once('_').filter(|(kind, rest)| {
        ["sbx", "exec", "vol", "snap", "tkn"].contains(kind) && rest.len() > 20
    });
    let number = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    match id {
        Some((kind, _)) => format!("{kind}_…"),
        None if number && (before.ends_with("127.0.0.1:") || before.ends_with("localhost:")) => {
            "PORT".into()
        }
        None if number && before.ends_with("from byte ") => "N".into(),
        None => word.to_owned(),
    }
}

/// The text without what is between two others.
fn without(text: &str, from: &str, to: &str) -> String {
    let Some((before, rest)) = text.split_once(from) else { return text.to_owned() };
    let Some(end) = rest.find(to) else { return text.to_owned() };
    format!("{before}{from}…{}", &rest[end..])
}

/// Holds the page to what was seen, or makes it anew.
pub(crate) fn hold(seen: &str) {
    let path = root().join("docs/errors.md");
    let page = fs::read_to_string(&path).expect("the page is there");
    let (head, kept) = page.split_once(MARK).expect("the page has its mark");
    if env::var_os("SKERRY_UPDATE_SNAPSHOTS").is_some() {
        fs::write(&path, format!("{head}{MARK}{seen}")).expect("the page is writable");
    } else {
        assert_eq!(kept, seen, "SKERRY_UPDATE_SNAPSHOTS=1 makes {} anew", path.display());
    }
}

#[test]
fn what_differs_by_run_is_left_out() {
    let id = "a".repeat(26);
    let message = format!(
        "the output of exec_{id} from byte 17 on: the connection to 127.0.0.1:4242 was lost: reset | 3; see"
    );
    let wanted =
        "the output of exec_… from byte N on: the connection to 127.0.0.1:PORT was lost: …; see";
    assert_eq!(told(&message), wanted);
    assert_eq!(told("exit code 7: why"), "exit code 7: why");
}
