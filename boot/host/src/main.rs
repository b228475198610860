//! `lv6`, the one command: boots the kernel, checks its proofs, and the rest.

use std::process::ExitCode;

fn main() -> ExitCode {
    lv6_host::cli::main()
}
