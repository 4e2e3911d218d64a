//! What stands behind the question mark of an address, word by word, so that a page can be shared as it is seen. Knows no page.

/// The value of a key; none if it is not there.
pub fn get<'a>(query: &'a str, key: &str) -> Option<&'a str> {
    pairs(query).find_map(|(name, value)| (name == key).then_some(value))
}

/// The query with another value for a key, or without it; with its question mark, or empty.
pub fn with(query: &str, key: &str, value: Option<&str>) -> String {
    let mut parts: Vec<String> = pairs(query)
        .filter(|(name, _)| *name != key)
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    parts.extend(value.map(|value| format!("{key}={value}")));
    match parts.is_empty() {
        true => String::new(),
        false => format!("?{}", parts.join("&")),
    }
}

/// Whether a word stands in the list of a key.
pub fn is_listed(query: &str, key: &str, word: &str) -> bool {
    words(query, key).any(|listed| listed == word)
}

/// The query with a word put into the list of a key, or taken out.
pub fn with_listed(query: &str, key: &str, word: &str, is_in: bool) -> String {
    let mut list: Vec<&str> = words(query, key).filter(|listed| *listed != word).collect();
    if is_in {
        list.push(word);
    }
    let list = list.join(",");
    with(
        query,
        key,
        Some(list.as_str()).filter(|list| !list.is_empty()),
    )
}

/// A title as a word of an address or a file: small letters and digits, dashes between.
pub fn slug(title: &str) -> String {
    let plain = |c: char| match c.is_ascii_alphanumeric() {
        true => c.to_ascii_lowercase(),
        false => ' ',
    };
    let words: String = title.chars().map(plain).collect();
    words.split_whitespace().collect::<Vec<_>>().join("-")
}

fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    let parts = query.trim_start_matches('?').split('&');
    parts.filter_map(|part| part.split_once('='))
}

fn words<'a>(query: &'a str, key: &str) -> impl Iterator<Item = &'a str> {
    let list = get(query, key).unwrap_or_default();
    list.split(',').filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_changed_and_the_others_stay() {
        let query = "?island=3&range=day";
        assert_eq!(get(query, "range"), Some("day"));
        assert_eq!(get(query, "land"), None);
        assert_eq!(with(query, "island", Some("4")), "?range=day&island=4");
        assert_eq!(with(query, "island", None), "?range=day");
        assert_eq!(with("?range=day", "range", None), "");
        assert_eq!(with("", "a", Some("b")), "?a=b");
    }

    #[test]
    fn lists_hold_each_word_once() {
        let query = with_listed("?log=births", "log", "deaths", true);
        assert_eq!(query, "?log=births,deaths");
        assert_eq!(with_listed(&query, "log", "deaths", true), query);
        assert!(is_listed(&query, "log", "births") && !is_listed(&query, "log", "birth"));
        let query = with_listed(&query, "log", "births", false);
        assert_eq!(with_listed(&query, "log", "deaths", false), "");
        assert_eq!(slug("Births & deaths, by cause"), "births-deaths-by-cause");
    }
}
