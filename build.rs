//! Skills and migrations are built into the program: a change of theirs must rebuild it.

fn main() {
    println!("cargo::rerun-if-changed=skills");
    println!("cargo::rerun-if-changed=migrations");
}
