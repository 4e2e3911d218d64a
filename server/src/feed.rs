//! Events as an Atom feed (RFC 4287). Knows no source of events.

use crate::events::EventView;
use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

/// Entries of the feed, at most.
const MAX_ENTRIES: usize = 50;

/// The feed of a world; `origin` is where its server is, and `since_ms` when it was made.
pub fn atom(world: &str, origin: &str, since_ms: u64, events: &[EventView]) -> String {
    let updated_ms = events.first().map_or(since_ms, |event| event.time_ms);
    let origin = escape(origin);
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n\
         <id>urn:bytebiota:{world}</id>\n<title>ByteBiota: what happened in the world</title>\n\
         <updated>{}</updated>\n<author><name>ByteBiota</name></author>\n\
         <link rel=\"self\" type=\"application/atom+xml\" href=\"{origin}/feed.xml\"/>\n<link href=\"{origin}/\"/>\n",
        moment(updated_ms)
    );
    for event in events.iter().take(MAX_ENTRIES) {
        // A String takes everything.
        let _ = write!(
            text,
            "<entry>\n<id>urn:bytebiota:{world}:{}</id>\n<title>{}</title>\n<updated>{}</updated>\n\
             <category term=\"{}\"/>\n<link href=\"{origin}{}\"/>\n<summary>{}</summary>\n</entry>\n",
            escape(&event.id),
            escape(&event.title),
            moment(event.time_ms),
            event.kind,
            escape(&event.page),
            escape(&event.text),
        );
    }
    text.push_str("</feed>\n");
    text
}

/// A moment as RFC 3339 writes it; one beyond the year 9999 is the beginning of time.
fn moment(time_ms: u64) -> String {
    let moment = SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(time_ms));
    let mut text = String::new();
    let moment = moment.unwrap_or(SystemTime::UNIX_EPOCH);
    if write!(text, "{}", humantime::format_rfc3339_seconds(moment)).is_err() {
        return "1970-01-01T00:00:00Z".into();
    }
    text
}

fn escape(text: &str) -> String {
    let plain = text.chars().filter(|c| !c.is_control());
    let plain: String = plain.collect();
    plain
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events;

    #[test]
    fn a_feed_has_an_entry_for_each_event_and_nothing_that_breaks_it() {
        let events = events::told(&events::tests::sources());
        let text = atom("00ff", "https://world.example", 0, &events);
        assert_eq!(text.matches("<entry>").count(), events.len());
        assert_eq!(
            text.matches("<entry>").count(),
            text.matches("</entry>").count()
        );
        assert!(
            text.contains("<title>Opifex &lt;agrestis&gt; is the commonest on island 3</title>")
        );
        assert!(text.contains("href=\"https://world.example/genome/0101"));
        // It is as new as its newest entry.
        assert_eq!(
            text.matches("<updated>1970-01-01T00:00:05Z</updated>")
                .count(),
            2
        );
    }

    #[test]
    fn moments_are_written_as_feeds_want_them() {
        assert_eq!(moment(1_795_776_653_515), "2026-11-27T10:50:53Z");
        assert_eq!(moment(u64::MAX), "1970-01-01T00:00:00Z");
        let empty = atom("00ff", "", 1_000, &[]);
        assert!(empty.contains("<updated>1970-01-01T00:00:01Z</updated>"));
    }
}
