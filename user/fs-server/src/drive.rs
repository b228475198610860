//! An NVMe drive as the file server's disk.

use lv6_fs::layout::{SUPERBLOCK, Superblock};
use lv6_fs::{BLOCK_SIZE, Block, Disk};
use lv6_nvme::{Drive, Error, device};
use lv6_ulib::process::{exit, fork, wait_for};
use lv6_ulib::process_name::Ended;
use lv6_ulib::{Errno, println};

/// A drive. What is wrong with it is said on the console, since an error number says little.
#[derive(Debug)]
pub struct DriveDisk {
    drive: Drive,
    /// How many errors have been said.
    said: u32,
}

/// How many errors of a drive are worth a line.
const COMPLAINTS: u32 = 20;

impl DriveDisk {
    fn say<T>(&mut self, result: Result<T, Error>) -> Result<T, Errno> {
        result.map_err(|error| {
            if !matches!(error, Error::NoSuchBlock(_)) && self.said < COMPLAINTS {
                self.said += 1;
                println!("fs: {error}");
            }
            error.into()
        })
    }
}

impl Disk for DriveDisk {
    fn blocks(&self) -> u64 {
        self.drive.blocks()
    }

    fn read(&mut self, number: u64, to: &mut Block) -> Result<(), Errno> {
        let result = self.drive.read(number, to);
        self.say(result)
    }

    fn write(&mut self, number: u64, from: &Block) -> Result<(), Errno> {
        let result = self.drive.write(number, from);
        self.say(result)
    }

    fn flush(&mut self) -> Result<(), Errno> {
        let result = self.drive.flush();
        self.say(result)
    }
}

/// What a look at a drive has shown, as the exit status of the process that has looked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    FileSystem = 0,
    Nothing = 1,
}

/// Looks whether there is a file system on the drive. One that is damaged counts.
fn look() -> Found {
    let mut block = [0; BLOCK_SIZE];
    match lv6_nvme::open().and_then(|mut drive| drive.read(SUPERBLOCK.into(), &mut block)) {
        Ok(()) if Superblock::decode(&block).err() != Some(Errno::EINVAL) => return Found::FileSystem,
        Ok(()) | Err(Error::NoSuchBlock(_)) => println!("fs: there is no file system on the drive"),
        Err(error) => println!("fs: {error}"),
    }
    Found::Nothing
}

/// The machine's drive, if there is a file system on it. A drive without one stays free for others.
pub fn find() -> Result<Option<DriveDisk>, Errno> {
    if !device::is_present() {
        return Ok(None);
    }
    // A process keeps what it has claimed, so another one looks.
    let child = fork(false)?;
    if child == 0 {
        exit(look() as u8);
    }
    if wait_for(child)? != Ended::Exited(Found::FileSystem as u8) {
        println!("fs: the drive is not used; what is written to files stays in memory");
        return Ok(None);
    }
    match lv6_nvme::open() {
        Ok(drive) => Ok(Some(DriveDisk { drive, said: 0 })),
        Err(error) => {
            println!("fs: {error}");
            Err(error.into())
        }
    }
}
