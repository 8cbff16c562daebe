//! The images that a Containerfile builds on: those of the daemon are given to
//! the build ahead, which finds them as if they had been pulled.

use std::collections::{HashMap, HashSet};

use parse_dockerfile::{ArgInstruction, Flag, Instruction};

/// What FROM and `COPY --from=` name, each once, in their order, but for stages
/// of the file itself. What can't be read is for the builder to complain about.
pub(super) fn named(containerfile: &str, args: &[(String, String)]) -> Vec<String> {
    let Ok(file) = parse_dockerfile::parse(containerfile) else { return Vec::new() };
    let mut values = HashMap::new();
    for arg in file.global_args() {
        define(&mut values, arg, args);
    }
    let mut stages = HashSet::new();
    let mut names: Vec<String> = Vec::new();
    for instruction in &file.instructions {
        let name = match instruction {
            Instruction::From(from) => {
                let name = expanded(&from.image.value, &values);
                let stage = from.as_.as_ref().map(|(_, stage)| stage.value.to_lowercase());
                let known = name.as_ref().is_some_and(|name| is_stage(&stages, name));
                stages.extend(stage);
                name.filter(|_| !known)
            }
            Instruction::Copy(copy) => {
                copied_from(&copy.options).filter(|name| !is_stage(&stages, name))
            }
            _ => None,
        };
        names.extend(name.filter(|name| !names.contains(name)));
    }
    names
}

/// Adds the values that one ARG before the first FROM gives: the caller's, else
/// its own.
fn define(
    values: &mut HashMap<String, String>,
    arg: &ArgInstruction<'_>,
    given: &[(String, String)],
) {
    for word in shlex::split(&arg.arguments.value).unwrap_or_default() {
        let (key, default) = word.split_once('=').map_or((&*word, None), |(k, v)| (k, Some(v)));
        let given = given.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone());
        let default = || default.and_then(|default| expanded(default, values));
        if let Some(value) = given.or_else(default) {
            values.insert(key.to_owned(), value);
        }
    }
}

/// A text with its variables, `$X`, `${X}` and `${X:-else}`; `None` where one
/// has no value.
fn expanded(text: &str, values: &HashMap<String, String>) -> Option<String> {
    let value = |name: &str| values.get(name).ok_or(()).map(Some);
    let text = text.trim_matches(['"', '\'']);
    shellexpand::env_with_context(text, value).ok().map(|text| text.into_owned())
}

fn copied_from(options: &[Flag<'_>]) -> Option<String> {
    let from = options.iter().find(|option| option.name.value == "from")?;
    from.value.as_ref().map(|value| value.value.to_string())
}

/// Stages go by their names and numbers.
fn is_stage(stages: &HashSet<String>, name: &str) -> bool {
    name.parse::<u16>().is_ok() || stages.contains(&name.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(containerfile: &str, args: &[(&str, &str)], wanted: &[&str]) {
        let own = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        let args: Vec<_> = args.iter().map(own).collect();
        assert_eq!(named(containerfile, &args), wanted, "{containerfile}");
    }

    #[test]
    fn images_are_told_from_stages() {
        check("FROM scratch\n", &[], &["scratch"]);
        check(
            "# a\nfrom --platform=linux/amd64 a/b:1 as X\nFROM x\nFROM c\n",
            &[],
            &["a/b:1", "c"],
        );
        check(
            "FROM a AS one\nCOPY --from=one / /\nCOPY --chown=1 --from=b / /\n",
            &[],
            &["a", "b"],
        );
        check("FROM a\nFROM a\nCOPY --from=0 / /\n", &[], &["a"]);
        check("FROM \\\n  a\nRUN echo FROM b\n", &[], &["a"]);
    }

    #[test]
    fn names_are_made_of_arguments() {
        let steps = "ARG V=1 W\nARG N=\"app:$V\"\nFROM $N\nFROM ${W:-other}\nFROM x-$MISSING\n";
        check(steps, &[], &["app:1", "other"]);
        check(steps, &[("V", "2"), ("W", "w")], &["app:2", "w"]);
        check("FROM a\nARG B=c\nFROM $B\n", &[], &["a"]);
    }

    #[test]
    fn what_is_no_containerfile_names_nothing() {
        for text in ["", "RUN x\n", "FROM\n", "NONSENSE a\n", "\0"] {
            check(text, &[], &[]);
        }
    }
}
