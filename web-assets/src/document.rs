//! A whole HTML document: the shell with a title, a description and the main part of one page. Knows no route.

use crate::{COMPLETE, address, part};

/// What one document is made of. All texts are plain and are escaped here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Document<'a> {
    /// The main part: a file of `web/pages` without its ending (`home`, `donate`, `world`, `island`, `not-found`).
    pub page: &'a str,
    /// The module that brings the page to life: `web_donate`, `web_first`, `web_lab`, `web_more`, or nothing for one that only stands there.
    pub module: &'a str,
    /// The path asked for; the matching link of the navigation is marked as current.
    pub path: &'a str,
    /// For the tab and for search engines.
    pub title: &'a str,
    /// A sentence or two for search engines and previews.
    pub description: &'a str,
    /// Where this server is for whoever asks, such as `https://world.example`: previews want whole addresses.
    pub origin: &'a str,
    /// The path of the picture that previews show.
    pub picture: &'a str,
}

const WITHOUT_MODULES: &str = "<p class=\"notice\" role=\"status\">This server was built without its live pages \
    (BYTEBIOTA_SKIP_WEB=1). Build it again without that setting to see them and to donate computing time.</p>";

/// The HTML of a document; an unknown page name gives the page for unknown addresses.
pub fn document(document: &Document<'_>) -> String {
    let main = part(document.page)
        .or_else(|| part("not-found"))
        .unwrap_or_default();
    around(document, main)
}

/// The HTML of a document around a main part that no file holds.
pub fn around(document: &Document<'_>, main: &str) -> String {
    let shell = part("index").unwrap_or_default();
    let lives = !document.module.is_empty();
    let notice = if COMPLETE || !lives {
        ""
    } else {
        WITHOUT_MODULES
    };
    let glue = address(&format!("{}.js", document.module)).unwrap_or_default();
    let wasm = address(&format!("{}_bg.wasm", document.module)).unwrap_or_default();
    let shell = if lives {
        shell.to_owned()
    } else {
        without_modules(shell)
    };
    let link = format!("href=\"{}\"", escape(document.path));
    // The main part goes in last: nothing that it says is taken for a mark.
    shell
        .replace("{{title}}", &escape(document.title))
        .replace("{{description}}", &escape(document.description))
        .replace("{{origin}}", &escape(document.origin))
        .replace("{{path}}", &escape(document.path))
        .replace("{{picture}}", &escape(document.picture))
        .replace(
            &format!("<a {link}"),
            &format!("<a aria-current=\"page\" {link}"),
        )
        .replace("{{module}}", glue)
        .replace("{{wasm}}", wasm)
        .replace("{{notice}}", notice)
        .replace("{{main}}", main)
}

/// The shell without the lines that load a module.
fn without_modules(shell: &str) -> String {
    let (begin, end) = (
        shell.find("<!-- modules -->"),
        shell.find("<!-- /modules -->"),
    );
    match (begin, end) {
        (Some(begin), Some(end)) if begin < end => format!("{}{}", &shell[..begin], &shell[end..]),
        _ => shell.to_owned(),
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // A title cannot smuggle in a mark of the shell.
            '{' => escaped.push_str("&#123;"),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home(title: &str) -> String {
        document(&Document {
            page: "home",
            module: "web_first",
            path: "/",
            title,
            description: "words",
            origin: "https://world.example",
            picture: "/picture.png",
        })
    }

    #[test]
    fn a_document_is_complete_and_leaves_no_mark() {
        for page in [
            "home",
            "donate",
            "world",
            "island",
            "not-found",
            "no such part",
        ] {
            let html = document(&Document {
                page,
                module: "web_more",
                path: "/x",
                title: "t",
                description: "d",
                origin: "",
                picture: "/picture.png",
            });
            assert!(
                html.starts_with("<!doctype html>") && html.contains("<h1"),
                "{page}"
            );
            assert!(!html.contains("{{"), "{page} leaves a mark");
        }
    }

    #[test]
    fn texts_are_escaped_and_the_current_page_is_marked() {
        let html = home("a <b> & \"c\" {{main}}");
        assert!(html.contains("a &lt;b&gt; &amp; &quot;c&quot; &#123;&#123;main}}"));
        assert_eq!(html.matches("aria-current").count(), 1);
        assert!(html.contains("content=\"https://world.example/picture.png\""));
    }

    #[test]
    fn no_document_needs_an_inline_script_or_style() {
        for page in ["home", "donate", "world", "island", "not-found"] {
            let html = document(&Document {
                page,
                module: "web_first",
                path: "/",
                title: "t",
                description: "d",
                origin: "",
                picture: "/picture.png",
            });
            assert!(
                !html.contains("style=") && !html.contains("<style"),
                "{page}"
            );
            assert!(
                !html.contains("javascript:") && !html.contains(" onclick"),
                "{page}"
            );
            let scripts = html.matches("<script").count();
            assert_eq!(
                scripts,
                html.matches("<script type=\"module\" src=\"/assets/")
                    .count(),
                "{page}"
            );
        }
    }

    #[test]
    fn what_scrolls_by_itself_is_reached_by_keys_and_named_apart() {
        let mut regions = 0;
        for page in ["docs-operating", "docs-api", "docs-life"] {
            let html = part(page).expect(page);
            let wide = html.matches("<pre").count() + html.matches("class=\"wide\"").count();
            let marked = "tabindex=\"0\" role=\"region\" aria-label=\"";
            let mut names: Vec<_> = html.split(marked).skip(1).collect();
            assert_eq!(names.len(), wide, "{page}");
            names
                .iter_mut()
                .for_each(|rest| *rest = rest.split('"').next().unwrap_or(""));
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), wide, "{page}");
            regions += wide;
        }
        assert!(regions > 10, "{regions}");
    }
}
