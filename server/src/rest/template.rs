//! Path templates, as `google.api.http` has them: `/v1/{a}/b`,
//! `/v1/{a=x/*}`, `/v1/{a=**}`, `/v1/b:verb`.
//!
//! A path is split before it is decoded: `%2F` is never a separator and `%3A`
//! never begins a verb.

use std::cmp::Ordering;

use percent_encoding::percent_decode_str;

/// A path that is no template, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{template} is no path template: {why}")]
pub struct BadTemplate {
    /// What was to be one.
    pub template: String,
    /// What is wrong with it.
    pub why: &'static str,
}

/// A path that a template took, and that can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NotUtf8 {
    /// The field whose value it would have been.
    pub(super) field: String,
}

/// One segment, from the most to the least particular.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    /// This text.
    Literal(String),
    /// One segment that is not empty.
    One,
    /// One or more of them; the last.
    Rest,
}

/// Segments that are a field's value.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Variable {
    field: String,
    first: usize,
    end: usize,
}

/// A parsed template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    segments: Vec<Segment>,
    variables: Vec<Variable>,
    verb: Option<String>,
}

/// The values of a template's fields, each with its path of field names.
pub(super) type Bound = Vec<(String, String)>;

impl Template {
    /// Reads one.
    pub(super) fn parse(template: &str) -> Result<Self, BadTemplate> {
        let bad = |why| BadTemplate { template: template.to_owned(), why };
        let mut rest = template.strip_prefix('/').ok_or_else(|| bad("it starts with no slash"))?;
        let mut parsed = Self { segments: Vec::new(), variables: Vec::new(), verb: None };
        loop {
            rest = parsed.take(rest).map_err(bad)?;
            match rest.chars().next() {
                None => break,
                Some('/') => rest = &rest[1..],
                Some(':') if rest.len() > 1 && !rest[1..].contains(['/', ':', '{']) => {
                    parsed.verb = Some(rest[1..].to_owned());
                    break;
                }
                Some(_) => return Err(bad("something follows a segment")),
            }
        }
        let last = parsed.segments.len() - 1;
        match parsed.segments[..last].contains(&Segment::Rest) {
            true => Err(bad("`**` is not the last")),
            false => Ok(parsed),
        }
    }

    /// Takes one segment or variable off the front.
    fn take<'a>(&mut self, rest: &'a str) -> Result<&'a str, &'static str> {
        let Some(variable) = rest.strip_prefix('{') else {
            let end = rest.find(['/', ':']).unwrap_or(rest.len());
            self.segments.push(segment(&rest[..end])?);
            return Ok(&rest[end..]);
        };
        let (inside, rest) = variable.split_once('}').ok_or("a brace is not closed")?;
        let (field, pattern) = inside.split_once('=').unwrap_or((inside, "*"));
        if field.is_empty() {
            return Err("a variable has no name");
        }
        let first = self.segments.len();
        for text in pattern.split('/') {
            self.segments.push(segment(text)?);
        }
        self.variables.push(Variable { field: field.to_owned(), first, end: self.segments.len() });
        Ok(rest)
    }

    /// The fields that it binds.
    pub(super) fn fields(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(|variable| variable.field.as_str())
    }

    /// The values of its fields in a path; `None` where the path is another's.
    pub(super) fn matches(&self, path: &str) -> Option<Result<Bound, NotUtf8>> {
        let path = path.strip_prefix('/')?;
        let path = match &self.verb {
            None => path,
            Some(verb) => path.strip_suffix(verb.as_str())?.strip_suffix(':')?,
        };
        let parts: Vec<&str> = path.split('/').collect();
        let open = self.segments.last() == Some(&Segment::Rest);
        let enough =
            parts.len() == self.segments.len() || (open && parts.len() > self.segments.len());
        if !enough || parts.iter().any(|part| part.is_empty()) {
            return None;
        }
        let fits = self.segments.iter().zip(&parts).all(|(segment, part)| match segment {
            Segment::Literal(text) => text == part,
            Segment::One | Segment::Rest => true,
        });
        fits.then(|| self.variables.iter().map(|variable| self.value(variable, &parts)).collect())
    }

    fn value(&self, variable: &Variable, parts: &[&str]) -> Result<(String, String), NotUtf8> {
        let to_the_end =
            variable.end == self.segments.len() && self.segments.last() == Some(&Segment::Rest);
        let end = if to_the_end { parts.len() } else { variable.end };
        let raw = parts[variable.first..end].join("/");
        match percent_decode_str(&raw).decode_utf8() {
            Ok(value) => Ok((variable.field.clone(), value.into_owned())),
            Err(_) => Err(NotUtf8 { field: variable.field.clone() }),
        }
    }

    /// The more particular one is less: it is asked first.
    pub(super) fn precedence(&self, other: &Self) -> Ordering {
        let verbs = other.verb.is_some().cmp(&self.verb.is_some());
        verbs.then_with(|| self.segments.cmp(&other.segments))
    }

    /// Whether it ends with a verb.
    pub(super) fn has_verb(&self) -> bool {
        self.verb.is_some()
    }

    /// As OpenAPI writes it: variables by name alone.
    pub(super) fn open_api(&self) -> String {
        let mut path = String::new();
        let mut at = 0;
        while at < self.segments.len() {
            path.push('/');
            let variable = self.variables.iter().find(|variable| variable.first == at);
            match (variable, &self.segments[at]) {
                (Some(variable), _) => {
                    path.push_str(&format!("{{{}}}", leaf(&variable.field)));
                    at = variable.end;
                    continue;
                }
                (None, Segment::Literal(text)) => path.push_str(text),
                (None, Segment::One) => path.push('*'),
                (None, Segment::Rest) => path.push_str("**"),
            }
            at += 1;
        }
        if let Some(verb) = &self.verb {
            path.push(':');
            path.push_str(verb);
        }
        path
    }
}

fn segment(text: &str) -> Result<Segment, &'static str> {
    match text {
        "" => Err("a segment is empty"),
        "*" => Ok(Segment::One),
        "**" => Ok(Segment::Rest),
        text if text.contains(['*', '{', '}']) => Err("a segment is half a pattern"),
        text => Ok(Segment::Literal(text.to_owned())),
    }
}

/// The last name of a field's path: what the document calls it, since a dot in
/// a path's name means more to some readers of such documents.
pub(super) fn leaf(field: &str) -> &str {
    field.rsplit('.').next().unwrap_or(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(template: &str, path: &str) -> Option<Vec<String>> {
        let bound = Template::parse(template).unwrap().matches(path)?.unwrap();
        Some(bound.into_iter().map(|(field, value)| format!("{field}={value}")).collect())
    }

    #[test]
    fn a_path_binds_what_its_template_names() {
        for (template, path, wanted) in [
            ("/v1/a", "/v1/a", vec![]),
            ("/v1/{a}", "/v1/x", vec!["a=x"]),
            ("/v1/{a.b}/c/{d}", "/v1/x/c/y", vec!["a.b=x", "d=y"]),
            ("/v1/{a=x/*}", "/v1/x/y", vec!["a=x/y"]),
            ("/v1/{a=**}", "/v1/x/y:z", vec!["a=x/y:z"]),
            ("/v1/{a=**}:go", "/v1/x/y:go", vec!["a=x/y"]),
            ("/v1/{a}:go", "/v1/x:y:go", vec!["a=x:y"]),
            ("/v1/{a}", "/v1/x%2Fy%3Ago", vec!["a=x/y:go"]),
            ("/v1/{a}", "/v1/..%2F..", vec!["a=../.."]),
            ("/v1/{a}", "/v1/%F0%9F%A6%80", vec!["a=🦀"]),
        ] {
            let wanted: Vec<String> = wanted.into_iter().map(str::to_owned).collect();
            assert_eq!(bound(template, path), Some(wanted), "{template} {path}");
        }
    }

    #[test]
    fn another_path_is_not_taken() {
        for (template, path) in [
            ("/v1/a", "/v1/b"),
            ("/v1/a", "/v1/a/"),
            ("/v1/a", "/v1//a"),
            ("/v1/a", "v1/a"),
            ("/v1/{a}", "/v1/"),
            ("/v1/{a}", "/v1/x/y"),
            ("/v1/{a=**}", "/v1"),
            ("/v1/{a=**}", "/v1/"),
            ("/v1/{a}:go", "/v1/:go"),
            ("/v1/{a}:go", "/v1/x%3Ago"),
            ("/v1/{a=x/*}", "/v1/y/x"),
        ] {
            assert_eq!(bound(template, path), None, "{template} {path}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_named_by_their_field() {
        let template = Template::parse("/v1/{a.b}").unwrap();
        let refused = template.matches("/v1/%ff%fe").unwrap();
        assert_eq!(refused, Err(NotUtf8 { field: "a.b".to_owned() }));
    }

    #[test]
    fn a_template_that_is_none_is_refused() {
        for template in [
            "",
            "a",
            "/",
            "/a//b",
            "/{a",
            "/{}",
            "/a}b",
            "/**/a",
            "/{a=**}/b",
            "/a:",
            "/a:b/c",
            "/x*",
        ] {
            assert!(Template::parse(template).is_err(), "{template}");
        }
    }

    #[test]
    fn the_more_particular_comes_first() {
        let parse = |text| Template::parse(text).unwrap();
        for (first, second) in [
            ("/v1/a", "/v1/{b}"),
            ("/v1/{b}", "/v1/{b=**}"),
            ("/v1/{b}:go", "/v1/{b}"),
            ("/v1/{b}/c", "/v1/{b}/{c}"),
        ] {
            assert_eq!(parse(first).precedence(&parse(second)), Ordering::Less, "{first} {second}");
        }
    }
}
