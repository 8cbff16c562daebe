//! Holding JSON to what is wanted of it, field for field.

use serde_json::Value;

/// What a text in what is wanted stands for; any other is itself.
fn is_a(got: &Value, wanted: &str) -> Option<bool> {
    let text = got.as_str().unwrap_or_default();
    let digits = |length: usize| {
        text.len() == length && text.bytes().all(|byte| b"0123456789abcdef".contains(&byte))
    };
    Some(match wanted {
        "<any>" => true,
        "<text>" => !text.is_empty(),
        "<number>" => got.is_number(),
        "<whole>" => got.is_i64() || got.is_u64(),
        "<8 hex>" => digits(8),
        "<millis>" => got.as_u64().is_some_and(|millis| millis > 1_600_000_000_000),
        "<time>" => text.len() == 24 && text.ends_with('Z') && text.as_bytes()[10] == b'T',
        _ => return None,
    })
}

/// Panics where they differ: every field that is wanted is there, and no other.
#[track_caller]
pub(crate) fn same(got: &Value, wanted: &Value) {
    if let Err(why) = compare("", got, wanted) {
        panic!("{why}\ngot:    {got}\nwanted: {wanted}");
    }
}

fn compare(path: &str, got: &Value, wanted: &Value) -> Result<(), String> {
    let differs = || Err(format!("{path} is {got}, want {wanted}"));
    match (got, wanted) {
        (_, Value::String(text)) => match is_a(got, text) {
            Some(true) => Ok(()),
            Some(false) => differs(),
            None if got == wanted => Ok(()),
            None => differs(),
        },
        (Value::Object(fields), Value::Object(names)) => {
            let more: Vec<_> = fields.keys().filter(|name| !names.contains_key(*name)).collect();
            if !more.is_empty() {
                return Err(format!("{path} has {more:?}, which nobody asked for"));
            }
            names.iter().try_for_each(|(name, wanted)| {
                let path = format!("{path}.{name}");
                let got = fields.get(name).ok_or_else(|| format!("{path} is not there"))?;
                compare(&path, got, wanted)
            })
        }
        (Value::Array(items), Value::Array(wanted)) if items.len() == wanted.len() => {
            let mut pairs = items.iter().zip(wanted).enumerate();
            pairs.try_for_each(|(index, (got, wanted))| {
                compare(&format!("{path}[{index}]"), got, wanted)
            })
        }
        _ if got == wanted => Ok(()),
        _ => differs(),
    }
}

#[test]
fn what_differs_is_found() {
    use serde_json::json;
    let wanted = json!({ "id": "<8 hex>", "a": [1, { "b": null }] });
    same(&json!({ "id": "0123abcd", "a": [1, { "b": null }] }), &wanted);
    for got in [
        json!({ "id": "0123abcd", "a": [1, { "b": null }], "c": 1 }),
        json!({ "id": "0123abcd" }),
        json!({ "id": "0123abc", "a": [1, { "b": null }] }),
        json!({ "id": "0123abcd", "a": [1] }),
        json!({ "id": "0123abcd", "a": [2, { "b": null }] }),
        json!({ "id": "0123abcd", "a": [1, { "b": false }] }),
    ] {
        assert!(compare("", &got, &wanted).is_err(), "{got}");
    }
}
