//! Settings from a TOML file: nested tables become paths. Knows no knob by name.

use super::{Settings, Source};
use crate::error::CliError;
use std::path::Path;
use toml::{Table, Value};

/// Sets what the file says.
pub fn apply(settings: &mut Settings, path: &Path) -> Result<(), CliError> {
    let text = std::fs::read_to_string(path).map_err(|error| CliError::file(path, &error))?;
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        CliError::setting(format!(
            "{}: {}",
            path.display(),
            error.to_string().trim_end()
        ))
    })?;
    for (key, value) in flatten("", &table)? {
        settings.set(&key, &value, Source::File(path.to_owned()))?;
    }
    Ok(())
}

fn flatten(prefix: &str, table: &Table) -> Result<Vec<(String, String)>, CliError> {
    let mut flat = Vec::new();
    for (key, value) in table {
        let path = if prefix.is_empty() {
            key.clone()
        } else {
            format!("{prefix}.{key}")
        };
        match value {
            Value::Table(inner) => flat.extend(flatten(&path, inner)?),
            Value::String(text) => flat.push((path, text.clone())),
            Value::Integer(number) => flat.push((path, number.to_string())),
            Value::Boolean(on) => flat.push((path, if *on { "on" } else { "off" }.to_owned())),
            Value::Float(_) | Value::Array(_) | Value::Datetime(_) => {
                let kind = value.type_str();
                let text = format!(
                    "{path}: a {kind} is no value of a setting; whole numbers, words, true and false are"
                );
                return Err(CliError::setting(text));
            }
        }
    }
    Ok(flat)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_become_paths() {
        let table: Table = "[a]\nx = 1\ny = \"w\"\n[a.b]\nz = false\n"
            .parse()
            .expect("toml");
        let flat = flatten("", &table).expect("flat");
        let expected = [("a.b.z", "off"), ("a.x", "1"), ("a.y", "w")];
        let mut flat: Vec<_> = flat.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        flat.sort();
        assert_eq!(flat, expected);
        let wrong: Table = "[a]\nx = 1.5\n".parse().expect("toml");
        assert!(flatten("", &wrong).is_err_and(|e| e.to_string().contains("a.x")));
    }
}
