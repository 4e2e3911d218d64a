//! The pages, embedded: files with their compressed forms, and HTML documents around a main part. Knows no server.
//!
//! Built by `build/`: one nested wasm build, bindgen, compression, names by content hash. With
//! `BYTEBIOTA_SKIP_WEB=1` in the environment the modules are left out and every document says so.

mod document;

pub use document::{Document, around, document};

/// A file as it goes over the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Asset {
    /// Content-Type.
    pub mime: &'static str,
    /// The bytes as they are.
    pub raw: &'static [u8],
    /// The bytes for `Content-Encoding: br`, where that is smaller.
    pub brotli: Option<&'static [u8]>,
    /// The bytes for `Content-Encoding: gzip`, where that is smaller.
    pub gzip: Option<&'static [u8]>,
    /// ETag with its quotes; of the raw bytes.
    pub etag: &'static str,
    /// Whether the address names the content, so that it may be kept for ever.
    pub immutable: bool,
}

mod table {
    use super::Asset;
    include!(concat!(env!("OUT_DIR"), "/assets.rs"));
}

/// Whether the modules were built; without them documents are readable but not alive.
pub const COMPLETE: bool = table::COMPLETE;

/// The file at an address such as `/assets/style-0123456789abcdef.css` or `/favicon.svg`.
pub fn get(path: &str) -> Option<Asset> {
    find(table::ASSETS, path).copied()
}

/// The address of a file by its source name, such as `style.css`.
pub fn address(name: &str) -> Option<&'static str> {
    find(table::ADDRESSES, name).copied()
}

/// Every address there is, in order.
pub fn addresses() -> impl Iterator<Item = &'static str> {
    table::ASSETS.iter().map(|(address, _)| *address)
}

/// Whether there is such a part of a page.
pub fn has_page(name: &str) -> bool {
    part(name).is_some()
}

/// The words of the first heading of a page, without its marks.
pub fn heading(name: &str) -> Option<String> {
    let (_, rest) = part(name)?.split_once("<h1>")?;
    let (words, _) = rest.split_once("</h1>")?;
    let mut text = String::new();
    let mut in_mark = false;
    for character in words.chars() {
        match character {
            '<' => in_mark = true,
            '>' => in_mark = false,
            _ if !in_mark => text.push(character),
            _ => {}
        }
    }
    Some(
        text.replace("&amp;", "&")
            .replace("&lt;", "<")
            .replace("&gt;", ">"),
    )
}

/// A part of a page by its name in `web/pages`, or the shell `index`.
fn part(name: &str) -> Option<&'static str> {
    find(table::PAGES, name).copied()
}

fn find<T>(table: &'static [(&'static str, T)], key: &str) -> Option<&'static T> {
    let index = table.binary_search_by(|(name, _)| (*name).cmp(key)).ok()?;
    table.get(index).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_address_and_by_source_name() {
        let style = address("style.css").expect("the style has an address");
        let asset = get(style).expect("the address has a file");
        assert!(asset.immutable && asset.mime.starts_with("text/css"));
        assert!(
            asset
                .brotli
                .is_some_and(|packed| packed.len() < asset.raw.len())
        );
        assert!(get("/favicon.svg").is_some_and(|icon| !icon.immutable));
        assert_eq!(get("/assets/style.css"), None);
        assert_eq!(get("/index.html"), None);
    }

    #[test]
    fn compressed_forms_hold_the_raw_bytes() {
        use std::io::Read;
        for path in addresses() {
            let asset = get(path).expect("listed");
            if let Some(packed) = asset.gzip {
                let mut raw = Vec::new();
                flate2::read::GzDecoder::new(packed)
                    .read_to_end(&mut raw)
                    .expect("gzip");
                assert!(raw == asset.raw, "{path}");
            }
            if let Some(packed) = asset.brotli {
                let mut raw = Vec::new();
                brotli::BrotliDecompress(&mut &packed[..], &mut raw).expect("brotli");
                assert!(raw == asset.raw, "{path}");
            }
        }
    }

    #[test]
    fn documents_are_pages_that_lead_to_each_other() {
        assert_eq!(heading("docs").as_deref(), Some("How it works"));
        assert!(has_page("docs-simulation") && !has_page("docs-nothing"));
        let list = part("docs").expect("a list");
        for link in list.split("href=\"/docs/").skip(1) {
            let name = link.split('"').next().expect("a name");
            let page = part(&format!("docs-{name}")).expect("a page");
            assert!(page.contains("<h1>") && !page.contains("style="), "{name}");
            for link in page.split("href=\"/docs/").skip(1) {
                let target = link.split(['"', '#']).next().expect("a name");
                assert!(
                    has_page(&format!("docs-{target}")),
                    "{name} leads to {target}"
                );
            }
        }
    }

    /// Bytes of all that giving takes: the page, its module, and the worker's.
    const MOST_TO_GIVE: usize = 300_000;

    #[test]
    fn who_gives_downloads_little() {
        let page = document(&Document {
            page: "donate",
            module: "web_donate",
            path: "/donate",
            title: "t",
            description: "d",
            origin: "",
            picture: "/picture.png",
        });
        let files = [
            "style.css",
            "main.js",
            "web_donate.js",
            "web_donate_bg.wasm",
            "worker.js",
            "worker_wasm.js",
            "worker_wasm_bg.wasm",
        ];
        let asset = |name: &&str| get(address(name)?);
        let packed = |asset: Asset| asset.brotli.map_or(asset.raw.len(), <[u8]>::len);
        let assets: Vec<Asset> = files.iter().filter_map(asset).collect();
        // A build without modules has the style alone.
        assert_eq!(assets.len(), if COMPLETE { files.len() } else { 1 });
        let bytes = page.len() + assets.into_iter().map(packed).sum::<usize>();
        assert!(bytes <= MOST_TO_GIVE, "{bytes} bytes");
    }

    #[test]
    fn modules_are_there_exactly_when_they_were_built() {
        assert_eq!(address("worker.js").is_some(), COMPLETE);
        assert_eq!(address("worker_wasm_bg.wasm").is_some(), COMPLETE);
        if COMPLETE {
            let script = get(address("worker.js").expect("built")).expect("embedded");
            let glue = address("worker_wasm.js").expect("built");
            let text = std::str::from_utf8(script.raw).expect("text");
            assert!(
                text.contains(glue),
                "the worker loads its glue by its hashed address"
            );
        }
    }
}
