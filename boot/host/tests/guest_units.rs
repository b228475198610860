//! The unit tests of the guest's crates: most of what they do is arithmetic and tables, and runs here as well as there.
//! (They are no default members of the workspace, so that `cargo run` has only one program to run.)

use std::io::{self, Write};

use lv6_host::config::Config;
use lv6_host::image;

/// The guest's crates.
const PACKAGES: [&str; 7] =
    ["lv6-image", "lv6-nvme", "lv6-ulib", "lv6-console", "lv6-shell", "lv6-fs", "lv6-fs-server"];

#[test]
fn the_parts_of_the_guest_that_need_no_hardware() {
    let mut cargo = image::cargo(&Config::find().unwrap());
    let packages = PACKAGES.iter().flat_map(|package| ["--package", package]);
    let output = cargo.args(["test", "--lib"]).args(packages).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let out = text(&output.stdout);
    // Not through the test's own output, which is hidden when it passes.
    let _ = writeln!(io::stderr(), "{out}");
    assert!(output.status.success(), "{}{out}", text(&output.stderr));
    let passed = out.lines().filter(|line| line.starts_with("test ") && line.ends_with(" ... ok")).count();
    assert!(passed > 200, "only {passed} tests");
}
