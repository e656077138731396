//! JSON as it comes in from outside, without the one letter that not every database keeps: PostgreSQL takes no U+0000.

use serde_json::Value;

/// Reads JSON; U+0000 is left out of its texts. It is never what somebody means, and kept it would fail much later, where
/// a name or a line of theirs is written down.
pub(super) fn read(text: &str) -> serde_json::Result<Value> {
    let mut value = serde_json::from_str(text)?;
    // Unescaped it is no JSON.
    if text.contains("\\u0000") {
        clean(&mut value);
    }
    Ok(value)
}

fn clean(value: &mut Value) {
    match value {
        Value::String(text) => text.retain(|letter| letter != '\0'),
        Value::Array(items) => items.iter_mut().for_each(clean),
        Value::Object(fields) => {
            let cleaned = std::mem::take(fields).into_iter().map(|(mut name, mut value)| {
                name.retain(|letter| letter != '\0');
                clean(&mut value);
                (name, value)
            });
            *fields = cleaned.collect();
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_letter_is_left_out_wherever_it_stands() {
        let read = read(r#"{"a\u0000b":["c\u0000",{"d":"\u0000e\\u0000"}],"n":1}"#).unwrap();
        assert_eq!(read, serde_json::json!({ "ab": ["c", { "d": "e\\u0000" }], "n": 1 }));
    }
}
