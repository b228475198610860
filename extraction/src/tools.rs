//! Charon and Aeneas: where they are, which versions will do, and how they are called.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::error::Error;

/// The version that `charon version` must print.
pub const CHARON_VERSION: &str = "0.1.240";
/// The commit of github.com/AeneasVerif/charon that the pinned Aeneas asks for.
pub const CHARON_COMMIT: &str = "a1d989057b50b0429ccd96c5b4c4428b9b218b21";
/// The commit of github.com/AeneasVerif/aeneas that `aeneas -version` must print, in full or shortened.
pub const AENEAS_COMMIT: &str = "74a460a2f80ecea481bbdf1a08f881633c3bb097";

/// Names of the environment variables that can say where the tools are.
const CHARON_VARIABLE: &str = "LV6_CHARON";
const AENEAS_VARIABLE: &str = "LV6_AENEAS";

/// Options of `charon cargo`: Aeneas's own set, with the constants of `lv6-abi` taken along.
pub const CHARON_OPTIONS: [&str; 3] = ["--preset=aeneas", "--include", "lv6_abi"];
/// Options of `aeneas`: Lean, loops as recursive functions, and the namespace of the tree.
pub const AENEAS_OPTIONS: [&str; 5] = ["-backend", "lean", "-loops-to-rec", "-namespace", "Lv6.Code"];

/// The two programs, found and of the right version.
pub struct Tools {
    charon: PathBuf,
    aeneas: PathBuf,
    /// Version of the Rust compiler inside Charon.
    pub rustc: String,
}

/// Finds both tools, through the environment variables or PATH, and checks their versions against the pins.
pub fn find() -> Result<Tools, Error> {
    let charon = locate("charon", CHARON_VARIABLE)?;
    let aeneas = locate("aeneas", AENEAS_VARIABLE)?;
    let found = first_line(&charon, &["version"])?;
    if found != CHARON_VERSION {
        return Err(Error::ToolVersion { tool: "charon", found, pinned: CHARON_VERSION });
    }
    let found = first_line(&aeneas, &["-version"])?;
    if !found.strip_prefix("aeneas ").is_some_and(|commit| commit.len() >= 8 && AENEAS_COMMIT.starts_with(commit)) {
        return Err(Error::ToolVersion { tool: "aeneas", found, pinned: AENEAS_COMMIT });
    }
    let rustc = first_line(&charon, &["toolchain-version"])?;
    Ok(Tools { charon, aeneas, rustc })
}

/// Extracts the core below `root` in the scratch folder `work`, and returns the Lean text as Aeneas wrote it.
pub fn run(tools: &Tools, root: &Path, work: &Path) -> Result<String, Error> {
    let lean = work.join("lean");
    if lean.exists() {
        fs::remove_dir_all(&lean).map_err(|e| Error::io(&lean, e))?;
    }
    fs::create_dir_all(&lean).map_err(|e| Error::io(&lean, e))?;
    let llbc = work.join("lv6_kernel.llbc");

    let mut charon = Command::new(&tools.charon);
    charon.arg("cargo").args(CHARON_OPTIONS).arg("--dest-file").arg(&llbc);
    charon.current_dir(root.join("rust/kernel")).env("CARGO_TARGET_DIR", work.join("target"));
    // Cargo tells its children which compiler and flags to use; Charon brings its own.
    for name in ["RUSTUP_TOOLCHAIN", "RUSTC", "RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"] {
        charon.env_remove(name);
    }
    succeed(&mut charon)?;

    let mut aeneas = Command::new(&tools.aeneas);
    aeneas.args(AENEAS_OPTIONS).arg("-dest").arg(&lean).arg(&llbc).current_dir(work);
    succeed(&mut aeneas)?;

    let mut written = Vec::new();
    for entry in fs::read_dir(&lean).map_err(|e| Error::io(&lean, e))? {
        let path = entry.map_err(|e| Error::io(&lean, e))?.path();
        if path.extension().is_some_and(|e| e == "lean") {
            written.push(path);
        }
    }
    match written.as_slice() {
        [path] => fs::read_to_string(path).map_err(|e| Error::io(path, e)),
        _ => Err(Error::Shape(format!("Aeneas wrote {} Lean files instead of one", written.len()))),
    }
}

fn locate(tool: &'static str, variable: &'static str) -> Result<PathBuf, Error> {
    if let Some(path) = env::var_os(variable) {
        let path = PathBuf::from(path);
        return if path.is_file() { Ok(path) } else { Err(Error::ToolMissing { tool, variable }) };
    }
    on_path(tool, env::var_os("PATH")).ok_or(Error::ToolMissing { tool, variable })
}

fn on_path(tool: &str, path: Option<OsString>) -> Option<PathBuf> {
    env::split_paths(&path?).map(|folder| folder.join(tool)).find(|file| file.is_file())
}

fn first_line(program: &Path, arguments: &[&str]) -> Result<String, Error> {
    let output = succeed(Command::new(program).args(arguments))?;
    Ok(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().trim().to_owned())
}

fn succeed(command: &mut Command) -> Result<Output, Error> {
    let shown = format!("{command:?}");
    let failed = |status: String, output: String| Error::ToolFailed { command: shown.clone(), status, output };
    let output = command.output().map_err(|e| failed("could not be started".into(), e.to_string()))?;
    if output.status.success() {
        return Ok(output);
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    Err(failed(output.status.to_string(), text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_that_is_not_on_the_path_is_not_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = env::join_paths([folder.path()]).unwrap();
        assert_eq!(on_path("charon", Some(path.clone())), None);
        fs::write(folder.path().join("charon"), "").unwrap();
        assert_eq!(on_path("charon", Some(path)), Some(folder.path().join("charon")));
    }

    #[test]
    fn a_failing_tool_is_reported_with_what_it_printed() {
        let error = succeed(Command::new("sh").args(["-c", "echo reason >&2; exit 3"])).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("reason") && text.contains('3'), "{text}");
    }
}
