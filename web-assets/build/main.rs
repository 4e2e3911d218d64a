//! Builds the wasm modules and everything the pages need into one table to embed. Knows no server and no page.

mod bundle;
mod documents;
mod modules;
mod nested;
mod sources;

use std::{env, path::PathBuf, process::ExitCode};

/// A sentence for the person who runs the build.
pub type Failure = String;

fn main() -> ExitCode {
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("bytebiota-web-assets: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), Failure> {
    let package = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(variable("OUT_DIR")?);
    let root = package
        .parent()
        .ok_or("the package has no folder above it")?
        .to_path_buf();
    sources::watch(&root);

    let built = if env::var("BYTEBIOTA_SKIP_WEB").is_ok_and(|value| value == "1") {
        None
    } else {
        let wasm = nested::build(&root, &out)?;
        Some(modules::bind(&wasm, &out)?)
    };
    let mut files = sources::read(&root.join("web"))?;
    files.html.extend(documents::parts(&root.join("docs"))?);
    bundle::write(&files, built.as_ref(), &out)
}

/// An environment variable that cargo always sets.
pub fn variable(name: &str) -> Result<String, Failure> {
    env::var(name).map_err(|_| format!("cargo did not set {name}"))
}
