//! Links the image as a static executable at a fixed physical address.
//!
//! The arguments are given here, so that a plain `cargo build --target x86_64-unknown-none` makes a bootable file.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=image.ld");
    println!("cargo::rerun-if-env-changed=LV6_INIT");
    println!("cargo::rerun-if-env-changed=LV6_ARCHIVE");
    if env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("none") {
        return;
    }
    let dir = env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    println!("cargo::rustc-link-arg-bins=-T{dir}/image.ld");
    println!("cargo::rustc-link-arg-bins=--no-pie");
    println!("cargo::rustc-link-arg-bins=--build-id=none");
    println!("cargo::rustc-link-arg-bins=-z");
    println!("cargo::rustc-link-arg-bins=max-page-size=4096");
}
