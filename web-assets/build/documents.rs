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
    let mut paper = Paper {
        name: name.to_owned(),
        title: String::new(),
        lead: String::new(),
        html: String::new(),
    };
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let (mut in_title, mut in_lead, mut level) = (false, false, None);
    let mut heading = String::new();
    let mut events: Vec<Event<'_>> = Vec::new();
    let mut opened = 0;
    for event in Parser::new_ext(text, options) {
        match &event {
            Event::Start(Tag::Heading { level: found, .. }) => {
                in_title = *found == HeadingLevel::H1 && paper.title.is_empty();
                (level, opened) = (Some(*found), events.len());
                heading.clear();
            }
            Event::End(TagEnd::Heading(_)) => {
                if let (Some(level), Some(Event::Start(Tag::Heading { id, .. }))) =
                    (level.take(), events.get_mut(opened))
                    && level != HeadingLevel::H1
                {
                    *id = Some(CowStr::from(anchor(&heading)));
                }
                in_title = false;
            }
            Event::Start(Tag::Paragraph) => in_lead = paper.lead.is_empty(),
            Event::End(TagEnd::Paragraph) => in_lead = false,
            Event::Text(words) | Event::Code(words) => {
                heading.push_str(words);
                if in_title {
                    paper.title.push_str(words);
                }
                if in_lead {
                    paper.lead.push_str(words);
                }
            }
            Event::SoftBreak if in_lead => paper.lead.push(' '),
            _ => {}
        }
        match event {
            Event::Start(Tag::Link {
                dest_url,
                title,
                link_type,
                id,
            }) => {
                let dest_url = CowStr::from(address(&dest_url));
                events.push(Event::Start(Tag::Link {
                    link_type,
                    dest_url,
                    title,
                    id,
                }));
            }
            // Nothing but what Markdown itself says comes into a page.
            Event::Html(_) | Event::InlineHtml(_) => {}
            // A wide table scrolls by itself, not the page.
            Event::Start(Tag::Table(alignment)) => {
                events.push(Event::Html("<div class=\"wide\" tabindex=\"0\">".into()));
                events.push(Event::Start(Tag::Table(alignment)));
            }
            Event::End(TagEnd::Table) => {
                events.push(Event::End(TagEnd::Table));
                events.push(Event::Html("</div>".into()));
            }
            event => events.push(event),
        }
    }
    html::push_html(&mut paper.html, events.into_iter());
    // Marks of the shell and inline styles have no place in a document.
    paper.html = paper
        .html
        .replace("{{", "&#123;&#123;")
        .replace(" style=\"text-align: right\"", " class=\"right\"")
        .replace(" style=\"text-align: center\"", "")
        .replace(" style=\"text-align: left\"", "");
    paper
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
