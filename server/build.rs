//! A new migration is a reason to build the server again.

fn main() {
    println!("cargo::rerun-if-changed=../migrations");
}
