//! Gives every file its address, lets files refer to one another, compresses, writes the table. Knows no wasm.
//!
//! A text refers to another file as `{{asset:NAME}}` and takes in another page part as `{{include:NAME}}`.

use crate::{Failure, modules::Module, sources::Sources};
use std::{collections::BTreeMap, fmt::Write as _, fs, io::Write as _, path::Path};

/// Where hashed files are served.
const FOLDER: &str = "/assets/";
/// Compression that saves less is not worth a second copy.
const WORTHWHILE_BYTES: usize = 64;

struct File {
    address: String,
    source: String,
    bytes: Vec<u8>,
    immutable: bool,
}

#[derive(Default)]
struct Bundle {
    files: Vec<File>,
    addresses: BTreeMap<String, String>,
}

/// Writes `assets.rs` and the files it embeds into `out`.
pub fn write(sources: &Sources, modules: Option<&Vec<Module>>, out: &Path) -> Result<(), Failure> {
    let mut bundle = Bundle::default();
    for module in modules.into_iter().flatten() {
        bundle.add_module(module);
    }
    // Scripts may refer to modules and images, so what refers to nothing comes first.
    let (scripts, plain): (Vec<_>, Vec<_>) = sources
        .hashed
        .iter()
        .partition(|(name, _)| name.ends_with(".js"));
    for (name, bytes) in plain {
        bundle.add_hashed(name, bytes.clone());
    }
    for (name, bytes) in scripts.into_iter().filter(|_| modules.is_some()) {
        let text = String::from_utf8(bytes.clone()).map_err(|_| format!("{name} is not UTF-8"))?;
        let text = bundle.resolve(&text, name)?;
        bundle.add_hashed(name, text.into_bytes());
    }
    for (name, bytes) in &sources.fixed {
        bundle.files.push(File {
            address: format!("/{name}"),
            source: name.clone(),
            bytes: bytes.clone(),
            immutable: false,
        });
    }
    let pages = pages(sources, &bundle, modules.is_some())?;
    let table = table(&bundle, &pages, modules.is_some(), out)?;
    save(&out.join("assets.rs"), table.as_bytes())
}

impl Bundle {
    fn add_module(&mut self, module: &Module) {
        let asked = format!("{}_bg.wasm", module.name);
        let wasm = self.add_hashed(&asked, module.wasm.clone());
        let glue = module.glue.replace(&asked, wasm.trim_start_matches(FOLDER));
        self.add_hashed(&format!("{}.js", module.name), glue.into_bytes());
    }

    fn add_hashed(&mut self, name: &str, bytes: Vec<u8>) -> String {
        let hash = blake3::hash(&bytes).to_hex();
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "bin"));
        let address = format!("{FOLDER}{stem}-{}.{ending}", &hash[..16]);
        self.addresses.insert(name.to_owned(), address.clone());
        self.files.push(File {
            address: address.clone(),
            source: name.to_owned(),
            bytes,
            immutable: true,
        });
        address
    }

    fn resolve(&self, text: &str, place: &str) -> Result<String, Failure> {
        replace_marks(text, "{{asset:", |name| {
            let known = self.addresses.get(name).cloned();
            known.ok_or_else(|| format!("{place} refers to the unknown asset {name}"))
        })
    }
}

/// Every page part by name, with inclusions and addresses filled in; the shell is `index`.
fn pages(
    sources: &Sources,
    bundle: &Bundle,
    complete: bool,
) -> Result<BTreeMap<String, String>, Failure> {
    let parts: BTreeMap<&str, &str> = sources
        .html
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let mut pages = BTreeMap::new();
    for (&name, &text) in &parts {
        let text = replace_marks(text, "{{include:", |part| {
            let known = parts.get(part).map(|text| text.to_string());
            known.ok_or_else(|| format!("{name}.html includes the unknown part {part}"))
        })?;
        // Lines between these marks load the modules, which a build without them does not have.
        let text = if complete {
            text
        } else {
            without_modules(&text)
        };
        pages.insert(name.to_owned(), bundle.resolve(&text, name)?);
    }
    Ok(pages)
}

fn without_modules(text: &str) -> String {
    match (
        text.find("<!-- modules -->"),
        text.find("<!-- /modules -->"),
    ) {
        (Some(begin), Some(end)) if begin < end => format!("{}{}", &text[..begin], &text[end..]),
        _ => text.to_owned(),
    }
}

fn replace_marks(
    text: &str,
    mark: &str,
    mut with: impl FnMut(&str) -> Result<String, Failure>,
) -> Result<String, Failure> {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(mark) {
        let (name, after) = after
            .split_once("}}")
            .ok_or_else(|| format!("`{mark}` is not closed"))?;
        result.push_str(before);
        result.push_str(&with(name)?);
        rest = after;
    }
    result.push_str(rest);
    Ok(result)
}

fn table(
    bundle: &Bundle,
    pages: &BTreeMap<String, String>,
    complete: bool,
    out: &Path,
) -> Result<String, Failure> {
    let folder = out.join("files");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)
        .map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    let mut text = format!(
        "pub const COMPLETE: bool = {complete};\npub static ASSETS: &[(&str, Asset)] = &[\n"
    );
    let mut files: Vec<&File> = bundle.files.iter().collect();
    files.sort_by(|a, b| a.address.cmp(&b.address));
    for (index, file) in files.iter().enumerate() {
        let entry = entry(file, &folder.join(index.to_string()))?;
        let _ = writeln!(text, "    ({:?}, {entry}),", file.address);
    }
    text.push_str("];\npub static ADDRESSES: &[(&str, &str)] = &[\n");
    for (name, address) in &bundle.addresses {
        let _ = writeln!(text, "    ({name:?}, {address:?}),");
    }
    text.push_str("];\npub static PAGES: &[(&str, &str)] = &[\n");
    for (name, page) in pages {
        let _ = writeln!(text, "    ({name:?}, {page:?}),");
    }
    text.push_str("];\n");
    Ok(text)
}

fn entry(file: &File, stem: &Path) -> Result<String, Failure> {
    save(stem, &file.bytes)?;
    let brotli = smaller(file, brotli(&file.bytes)?, stem, "br")?;
    let gzip = smaller(file, gzip(&file.bytes)?, stem, "gz")?;
    let hash = blake3::hash(&file.bytes).to_hex();
    Ok(format!(
        "Asset {{ mime: {:?}, raw: {}, brotli: {brotli}, gzip: {gzip}, etag: {:?}, immutable: {} }}",
        mime(&file.source),
        embedded(stem),
        format!("\"{}\"", &hash[..32]),
        file.immutable,
    ))
}

fn smaller(file: &File, packed: Vec<u8>, stem: &Path, ending: &str) -> Result<String, Failure> {
    if packed.len() + WORTHWHILE_BYTES > file.bytes.len() {
        return Ok("None".into());
    }
    let path = stem.with_extension(ending);
    save(&path, &packed)?;
    Ok(format!("Some({})", embedded(&path)))
}

fn embedded(path: &Path) -> String {
    format!("include_bytes!({:?})", path.display().to_string())
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut packed = Vec::new();
    let settings = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &bytes[..], &mut packed, &settings)
        .map_err(|error| format!("brotli failed: {error}"))?;
    Ok(packed)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .map_err(|error| format!("gzip failed: {error}"))
}

fn mime(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

fn save(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes).map_err(|error| format!("cannot write {}: {error}", path.display()))
}
