//! Turns `docs/*.md` into parts of pages: one for each document, and a list of all. Knows no address but theirs.

use crate::Failure;
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use std::{fmt::Write as _, path::Path};

/// Where documents are served.
const FOLDER: &str = "/docs";

/// A document as it is read.
struct Paper {
    name: String,
    title: String,
    lead: String,
    html: String,
}

/// The parts by name: `docs`, and `docs-NAME` for each document.
pub fn parts(folder: &Path) -> Result<Vec<(String, String)>, Failure> {
    let mut papers: Vec<Paper> = crate::sources::folder(folder)?
        .into_iter()
        .filter_map(|(file, bytes)| {
            let name = file.strip_suffix(".md")?.to_owned();
            Some(String::from_utf8(bytes).map(|text| paper(&name, &text)))
        })
        .collect::<Result<_, _>>()
        .map_err(|_| format!("{} holds text that is not UTF-8", folder.display()))?;
    papers.sort_by_key(|paper| rank(&paper.name));
    let mut parts = vec![("docs".to_owned(), list(&papers))];
    for paper in &papers {
        let side = side(&papers, &paper.name);
        let html = format!(
            "<div class=\"paper-frame\"><nav class=\"paper-list\" aria-label=\"Documents\">{side}</nav>\
             <article class=\"paper\">{}</article></div>",
            paper.html
        );
        parts.push((format!("docs-{}", paper.name), html));
    }
    Ok(parts)
}

/// For people first, then how it works, then the tables; what is not named here stands between.
fn rank(name: &str) -> (usize, String) {
    const ORDER: [&str; 6] = [
        "volunteering",
        "simulation",
        "verification",
        "experiments",
        "operating",
        "api",
    ];
    let place = ORDER.iter().position(|known| *known == name);
    (place.unwrap_or(ORDER.len()), name.to_lowercase())
}

fn paper(name: &str, text: &str) -> Paper {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let events: Vec<Event<'_>> = Parser::new_ext(text, options).collect();
    let mut page = String::new();
    html::push_html(
        &mut page,
        events
            .iter()
            .enumerate()
            .flat_map(|(at, event)| shown(&events, at, event)),
    );
    Paper {
        name: name.to_owned(),
        title: first(&events, |tag| matches!(tag, Tag::Heading { .. })),
        lead: first(&events, |tag| matches!(tag, Tag::Paragraph)),
        // Marks of the shell and inline styles have no place in a document.
        html: page
            .replace("{{", "&#123;&#123;")
            .replace(" style=\"text-align: right\"", " class=\"right\"")
            .replace(" style=\"text-align: center\"", "")
            .replace(" style=\"text-align: left\"", ""),
    }
}

/// The words between the start of something and its end.
fn words(events: &[Event<'_>], start: usize) -> String {
    let inside = events[start + 1..]
        .iter()
        .take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_) | TagEnd::Paragraph)));
    inside
        .map(|event| match event {
            Event::Text(words) | Event::Code(words) => words.to_string(),
            Event::SoftBreak => " ".to_owned(),
            _ => String::new(),
        })
        .collect()
}

/// The words of the first thing of a kind.
fn first(events: &[Event<'_>], is_it: impl Fn(&Tag<'_>) -> bool) -> String {
    let found = events
        .iter()
        .position(|event| matches!(event, Event::Start(tag) if is_it(tag)));
    found.map_or_else(String::new, |start| words(events, start))
}

/// An event as a page shows it: headings can be led to, documents lead to one another, wide tables and listings scroll by
/// themselves, also by keys, and nothing but what Markdown itself says comes in.
fn shown<'a>(events: &[Event<'a>], at: usize, event: &Event<'a>) -> Vec<Event<'a>> {
    match event.clone() {
        Event::Html(_) | Event::InlineHtml(_) => Vec::new(),
        Event::Start(Tag::Heading {
            level,
            classes,
            attrs,
            ..
        }) if level != HeadingLevel::H1 => {
            let id = Some(CowStr::from(anchor(&words(events, at))));
            vec![Event::Start(Tag::Heading {
                level,
                id,
                classes,
                attrs,
            })]
        }
        Event::Start(Tag::Link {
            dest_url,
            title,
            link_type,
            id,
        }) => {
            let dest_url = CowStr::from(address(&dest_url));
            vec![Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                id,
            })]
        }
        Event::Start(Tag::Table(alignment)) => {
            let place = region(
                "Table",
                place(events, at, |tag| matches!(tag, Tag::Table(_))),
            );
            let wide = format!("<div class=\"wide\" {place}>");
            vec![
                Event::Html(wide.into()),
                Event::Start(Tag::Table(alignment)),
            ]
        }
        Event::Start(Tag::CodeBlock(_)) => {
            let place = place(events, at, |tag| matches!(tag, Tag::CodeBlock(_)));
            let pre = format!("<pre {}><code>", region("Listing", place));
            vec![Event::Html(pre.into())]
        }
        Event::End(TagEnd::CodeBlock) => vec![Event::Html("</code></pre>\n".into())],
        Event::End(TagEnd::Table) => vec![Event::End(TagEnd::Table), Event::Html("</div>".into())],
        event => vec![event],
    }
}

/// The number of a thing among those of its kind, from 1.
fn place(events: &[Event<'_>], at: usize, is_it: impl Fn(&Tag<'_>) -> bool) -> usize {
    let before = events[..=at].iter();
    before
        .filter(|event| matches!(event, Event::Start(tag) if is_it(tag)))
        .count()
}

/// What scrolls by itself can be reached by keys, and has a name of its own.
fn region(kind: &str, place: usize) -> String {
    format!("tabindex=\"0\" role=\"region\" aria-label=\"{kind} {place}\"")
}

/// Documents lead to one another; what lies elsewhere in the source is named and not linked.
fn address(url: &str) -> String {
    let (path, mark) = url
        .split_once('#')
        .map_or((url, ""), |(path, mark)| (path, mark));
    let mark = if mark.is_empty() {
        String::new()
    } else {
        format!("#{mark}")
    };
    match path.strip_suffix(".md") {
        Some(name) if !name.contains('/') => format!("{FOLDER}/{name}{mark}"),
        _ if path.starts_with("http") || path.is_empty() => url.to_owned(),
        _ => FOLDER.to_owned(),
    }
}

/// As the usual readers of Markdown make it.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase();
    let kept = kept
        .chars()
        .filter(|c| c.is_alphanumeric() || *c == ' ' || *c == '-');
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn list(papers: &[Paper]) -> String {
    let mut html = String::from(
        "<p class=\"eyebrow\">Documents</p><h1>How it works</h1>\
         <p class=\"lead\">What runs, why it can be trusted, and how to look into it, as it is built.</p><ul class=\"islands papers\">",
    );
    for paper in papers {
        let _ = write!(
            html,
            "<li><a href=\"{FOLDER}/{}\"><strong>{}</strong><div class=\"facts\">{}</div></a></li>",
            paper.name,
            escape(&paper.title),
            escape(&first_sentence(&paper.lead)),
        );
    }
    html.push_str("</ul>");
    html
}

fn side(papers: &[Paper], current: &str) -> String {
    let mut html = format!("<a href=\"{FOLDER}\">All documents</a>");
    for paper in papers {
        let mark = if paper.name == current {
            " aria-current=\"page\""
        } else {
            ""
        };
        let title = paper.title.split([':', ',']).next().unwrap_or(&paper.title);
        let _ = write!(
            html,
            "<a href=\"{FOLDER}/{}\"{mark}>{}</a>",
            paper.name,
            escape(title)
        );
    }
    html
}

fn first_sentence(text: &str) -> String {
    let end = text.find(". ").map_or(text.len(), |end| end + 1);
    text[..end].to_owned()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('{', "&#123;")
}
