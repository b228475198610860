//! What runs before everything else: the file server, and the console as the input and output of all programs.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use lv6_abi::limits::FS_PID;
use lv6_kernel::state::ProcState;
use lv6_ulib::fs::{OpenOptions, STDERR, STDIN, STDOUT};
use lv6_ulib::process::{is_alive, try_wait, yield_now};
use lv6_ulib::sys::tables::proc;
use lv6_ulib::{Errno, files, println, programs};

/// The file server's program.
const FILE_SERVER: &str = "fs";
/// The console's name.
const CONSOLE: &str = "/dev/console";

/// Starts the file server and opens the console. If that fails it says so, and programs come from the archive and use
/// the kernel's console.
pub fn start() {
    match start_file_server() {
        Ok(()) => match open_console() {
            Ok(()) => {}
            Err(e) => println!("init: {CONSOLE}: {e}"),
        },
        Err(e) => {
            let why = if e == Errno::ESRCH { String::new() } else { format!(" ({e})") };
            let names: Vec<String> = programs::all().map(|name| String::from(name.as_str())).collect();
            let names = names.iter().filter(|name| ![FILE_SERVER, programs::DISK_IMAGE].contains(&name.as_str()));
            let names: String = names.flat_map(|name| [" ", name]).collect();
            println!("init: no file server{why}, and so no files; there are the programs{names}");
        }
    }
}

/// Starts the file server, and waits until it waits for requests. ESRCH if it dies.
fn start_file_server() -> Result<(), Errno> {
    let pid = programs::spawn(&[FILE_SERVER])?;
    assert_eq!(pid, FS_PID, "the first child of init gets the file server's number");
    while !proc(pid).state.is(ProcState::Sleeping) {
        if !is_alive(pid) {
            try_wait()?;
            return Err(Errno::ESRCH);
        }
        yield_now();
    }
    Ok(())
}

/// Opens the console for input, output and complaints.
fn open_console() -> Result<(), Errno> {
    let console = OpenOptions::new().read(true).write(true).open(CONSOLE)?;
    for fd in [STDIN, STDOUT, STDERR] {
        files::dup_to(console.fd(), fd)?;
    }
    if console.fd() <= STDERR {
        // It is one of the three itself, and stays.
        console.into_fd();
    }
    Ok(())
}
