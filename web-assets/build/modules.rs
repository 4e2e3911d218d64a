//! Turns the compiled modules into wasm and glue a browser can load. Knows no addresses.

use crate::Failure;
use std::{fs, path::Path};
use wasm_bindgen_cli_support::Bindgen;

/// A module and the JavaScript that loads it.
pub struct Module {
    /// Its name, such as `worker_wasm`: the glue is `NAME.js` and asks for `NAME_bg.wasm`.
    pub name: &'static str,
    /// The glue.
    pub glue: String,
    /// The module.
    pub wasm: Vec<u8>,
}

/// Package and name of each module.
pub const MODULES: [(&str, &str); 6] = [
    ("bytebiota-web-donate", "web_donate"),
    ("bytebiota-web-first", "web_first"),
    ("bytebiota-web-lab", "web_lab"),
    ("bytebiota-web-more", "web_more"),
    ("bytebiota-worker-wasm", "worker_wasm"),
    ("bytebiota-lab-wasm", "lab_wasm"),
];

/// Runs bindgen over all modules.
pub fn bind(compiled: &Path, out: &Path) -> Result<Vec<Module>, Failure> {
    MODULES
        .iter()
        .map(|&(package, name)| {
            let file = format!("{}.wasm", package.replace('-', "_"));
            bind_one(&compiled.join(file), name, &out.join("bindgen"))
        })
        .collect()
}

fn bind_one(wasm: &Path, name: &'static str, out: &Path) -> Result<Module, Failure> {
    let failed =
        |error: &dyn std::fmt::Display| format!("bindgen cannot read {}: {error}", wasm.display());
    let folder = out.join(name);
    let _ = fs::remove_dir_all(&folder);
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(wasm)
        .out_name(name)
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        // The library's default differs from the program's; without it `init()` does not find its module.
        .omit_default_module_path(false);
    bindgen
        .web(true)
        .and_then(|bindgen| bindgen.generate(&folder))
        .map_err(|error| failed(&format!("{error:#}")))?;
    if folder.join("snippets").exists() {
        return Err(format!(
            "{name} brings JavaScript snippets of its own, which are not bundled"
        ));
    }
    Ok(Module {
        name,
        glue: fs::read_to_string(folder.join(format!("{name}.js"))).map_err(|e| failed(&e))?,
        wasm: fs::read(folder.join(format!("{name}_bg.wasm"))).map_err(|e| failed(&e))?,
    })
}
