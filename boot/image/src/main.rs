//! The bootable image of lv6: what lies between the hardware and the verified core.
//!
//! Built for `x86_64-unknown-none` it is a kernel; for a host it is a program that says so.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
mod machine;

/// On a host there is nothing to run.
#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("lv6-image is the bootable image, built for x86_64-unknown-none only; `cargo run` builds and boots it");
    std::process::exit(1);
}
