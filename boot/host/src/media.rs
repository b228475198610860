//! Images for machines other than the emulator's: an ISO for CD and USB disk, and a folder for booting from the network.
//! GRUB loads the kernel on all of them, on BIOS and on UEFI.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

use crate::cli::Usage;
use crate::config::Config;
use crate::{image, install, step};

/// The parts of GRUB that are used: partition tables of every kind, as its own set-up asks for them, and no fonts or
/// languages.
const PARTS: [&str; 4] = [
    "--install-modules=normal test serial multiboot2 all_video tftp part_acorn part_amiga part_apple part_bsd part_dfly \
     part_dvh part_gpt part_msdos part_plan part_sun part_sunpc",
    "--fonts=",
    "--locales=",
    "--themes=",
];

/// Where the network folder holds what is lv6's.
const NET: &str = "lv6";
/// The files there that firmware asks for first: of BIOS, and of UEFI.
pub const NET_FILES: [&str; 2] = ["lv6/grub/i386-pc/core.0", "lv6/grub/x86_64-efi/core.efi"];

/// How an ISO is known: these bytes at this place.
const ISO_MARK: (u64, [u8; 5]) = (0x8001, *b"CD001");

/// GRUB's instructions: talk on the serial line, too, if there is one, and boot the kernel in this file at once.
///
/// On UEFI the kernel gets pixels, for which GRUB needs its drivers. On BIOS it gets text mode: the setting comes after
/// the command that reads what the kernel would like.
fn instructions(kernel: &str) -> String {
    format!(
        "set timeout=0\n\
         set default=0\n\
         if serial --unit=0 --speed=115200; then\n\
         \x20 terminal_input console serial\n\
         \x20 terminal_output console serial\n\
         fi\n\
         if [ \"$grub_platform\" = efi ]; then\n\
         \x20 insmod all_video\n\
         fi\n\
         menuentry lv6 {{\n\
         \x20 multiboot2 {kernel} lv6\n\
         \x20 if [ \"$grub_platform\" = pc ]; then\n\
         \x20   set gfxpayload=text\n\
         \x20 fi\n\
         }}\n"
    )
}

/// `lv6 iso`: makes the ISO, and says how to write it to a USB disk.
pub fn iso(config: &Config, file: Option<PathBuf>) -> Result<()> {
    let file = file.unwrap_or_else(|| config.guest.join("lv6.iso"));
    make_iso(config, &file)?;
    let path = file.display();
    println!("{path} boots from CD and from a USB disk, on BIOS and UEFI.");
    println!("To write it to a USB disk, which ERASES ALL THAT IS ON THE DISK, with the disk's own name for sdX:");
    println!("    sudo dd if={path} of=/dev/sdX bs=4M conv=fsync");
    Ok(())
}

/// Makes an ISO. An older one in its place is replaced; any other file is left alone.
pub fn make_iso(config: &Config, file: &Path) -> Result<()> {
    check_iso_place(file)?;
    install::boot_loader()?;
    install::guest_target(config)?;
    let kernel = image::build_image(config)?;
    let folder = parent(file);
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let tree = TempDir::new()?;
    let grub = tree.path().join("boot/grub");
    fs::create_dir_all(&grub)?;
    fs::copy(kernel, tree.path().join("boot/lv6"))?;
    fs::write(grub.join("grub.cfg"), instructions("/boot/lv6"))?;
    // Beside its place, so that it can take it in one step when it is complete.
    let made = tempfile::Builder::new().prefix(".lv6-").suffix(".iso").tempfile_in(folder);
    let made = made.with_context(|| format!("cannot write to {}", folder.display()))?;
    let mut command = Command::new("grub-mkrescue");
    command.args(PARTS).arg("-o").arg(made.path()).arg(tree.path());
    step::run("making the ISO", &mut command)?;
    ensure!(is_iso(made.path())?, "grub-mkrescue has made no ISO, though it said nothing");
    world_readable(made.path())?;
    made.persist(file).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(())
}

/// `lv6 pxe`: fills a folder for a TFTP server, and says what firmware must ask it for.
pub fn pxe(config: &Config, folder: &Path) -> Result<()> {
    fill_net_folder(config, folder)?;
    println!("{} is ready to be a TFTP server's folder. The files to boot:", folder.display());
    for (firmware, file) in ["BIOS", "UEFI"].into_iter().zip(NET_FILES) {
        println!("    {firmware}  {file}");
    }
    Ok(())
}

/// Fills a folder that a TFTP server is to offer. All of it goes into a folder of its own there.
pub fn fill_net_folder(config: &Config, folder: &Path) -> Result<()> {
    let own = folder.join(NET);
    check_net_place(folder, &own)?;
    install::boot_loader()?;
    install::guest_target(config)?;
    let kernel = image::build_image(config)?;
    fs::create_dir_all(&own).with_context(|| format!("cannot make {}", own.display()))?;
    let mut command = Command::new("grub-mknetdir");
    command.args(PARTS).arg(format!("--subdir={NET}/grub")).arg("--net-directory").arg(folder);
    step::run("making the network folder", &mut command)?;
    fs::copy(kernel, own.join("kernel"))?;
    fs::write(own.join("grub/grub.cfg"), instructions(&format!("/{NET}/kernel")))?;
    Ok(())
}

fn parent(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// A temporary file is its owner's only; what it becomes is for everyone.
fn world_readable(file: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::set_permissions(file, fs::Permissions::from_mode(0o644))?)
}

/// There must be nothing yet, or an ISO: above all no disk of this machine.
fn check_iso_place(file: &Path) -> Result<()> {
    let old = match fs::metadata(file) {
        Ok(old) => old,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| format!("cannot look at {}", file.display())),
    };
    if !old.is_file() {
        bail!(Usage(format!("{} is no ordinary file: name a new one, and write that to a disk", file.display())));
    }
    if old.len() != 0 && !is_iso(file)? {
        bail!(Usage(format!("{} is there already and is no ISO: name another file", file.display())));
    }
    Ok(())
}

/// What is lv6's in the folder must be from an earlier run.
fn check_net_place(folder: &Path, own: &Path) -> Result<()> {
    if folder.exists() && !folder.is_dir() {
        bail!(Usage(format!("{} is no folder", folder.display())));
    }
    let empty = || fs::read_dir(own).is_ok_and(|mut entries| entries.next().is_none());
    if own.exists() && !own.join("grub/grub.cfg").is_file() && !empty() {
        bail!(Usage(format!("{} is there already and is not from this command: name another folder", own.display())));
    }
    Ok(())
}

fn is_iso(file: &Path) -> Result<bool> {
    let mut file = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut mark = [0; 5];
    file.seek(SeekFrom::Start(ISO_MARK.0))?;
    match file.read_exact(&mut mark) {
        Ok(()) => Ok(mark == ISO_MARK.1),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grub_is_told_where_the_kernel_is() {
        let text = instructions("/boot/lv6");
        assert!(text.contains("\n  multiboot2 /boot/lv6 lv6\n"), "{text}");
        assert_eq!(text.matches("then\n").count(), text.matches("fi\n").count(), "{text}");
    }

    #[test]
    fn an_iso_replaces_nothing_but_an_iso() {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("x");
        check_iso_place(&file).unwrap();
        fs::write(&file, "").unwrap();
        check_iso_place(&file).unwrap();
        fs::write(&file, vec![b'x'; 40_000]).unwrap();
        assert!(check_iso_place(&file).unwrap_err().to_string().contains("is no ISO"));
        let mut bytes = vec![0; 40_000];
        bytes[0x8001..0x8006].copy_from_slice(b"CD001");
        fs::write(&file, bytes).unwrap();
        check_iso_place(&file).unwrap();
        for other in [folder.path(), Path::new("/dev/null")] {
            assert!(check_iso_place(other).unwrap_err().is::<Usage>(), "{}", other.display());
        }
    }

    #[test]
    fn a_network_folder_keeps_what_others_put_there() {
        let folder = TempDir::new().unwrap();
        let own = folder.path().join(NET);
        fs::write(folder.path().join("other"), "").unwrap();
        check_net_place(folder.path(), &own).unwrap();
        fs::create_dir(&own).unwrap();
        check_net_place(folder.path(), &own).unwrap();
        fs::write(own.join("thesis"), "").unwrap();
        assert!(check_net_place(folder.path(), &own).unwrap_err().is::<Usage>());
        fs::create_dir(own.join("grub")).unwrap();
        fs::write(own.join("grub/grub.cfg"), "").unwrap();
        check_net_place(folder.path(), &own).unwrap();
        let file = folder.path().join("other");
        assert!(check_net_place(&file, &file.join(NET)).unwrap_err().is::<Usage>());
    }

    #[test]
    fn a_file_without_folder_is_in_the_present_one() {
        assert_eq!(parent(Path::new("lv6.iso")), Path::new("."));
        assert_eq!(parent(Path::new("a/lv6.iso")), Path::new("a"));
    }
}
