//! `fs`: the file server. Init starts it as process 2. Its disk is the machine's drive, if there is a file system on that,
//! or else the image in the archive of programs.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

extern crate alloc;

use alloc::boxed::Box;
use alloc::vec::Vec;

use lv6_abi::limits::FS_PID;
use lv6_console::machine::take_over;
use lv6_fs::overlay::Overlay;
use lv6_fs::{Disk, FileSystem, ImageDisk};
use lv6_fs_server::device::{CONSOLE, Devices, NULL, Null};
use lv6_fs_server::drive;
use lv6_fs_server::server::Answer;
use lv6_fs_server::vault::NEW;
use lv6_fs_server::{Clock, KernelConsole, Server, Vault};
use lv6_ulib::message::{Message, MessagePage, recv, reply_wait};
use lv6_ulib::process::{getpid, status, yield_now};
use lv6_ulib::programs::{DISK_IMAGE, find};
use lv6_ulib::sys::archive;
use lv6_ulib::{Args, Errno, cli, println};

lv6_ulib::program!(program);

/// Bytes that a request can need: blocks that are read, what blocks were before a change, blocks on their way to the
/// disk, a pipe.
const ROOM: usize = 1 << 19;

/// How many errors of the disk are worth a line.
const COMPLAINTS: u32 = 20;

fn program(args: Args) -> u8 {
    if let Err(code) = cli::operands(args, 0, "") {
        return code;
    }
    if getpid() != FS_PID {
        println!("fs: only process {FS_PID} is the file server");
        return status::FAILED;
    }
    match start() {
        Ok(server) => serve(server),
        Err(e) => {
            println!("fs: cannot use the disk: {e}");
            status::FAILED
        }
    }
}

/// The disk: the machine's drive; without one, the image in the archive, with changes in memory.
fn disk() -> Result<Box<dyn Disk>, Errno> {
    if let Some(drive) = drive::find()? {
        return Ok(Box::new(drive));
    }
    let image = archive::bytes().and_then(|archive| find(archive, DISK_IMAGE)).ok_or(Errno::ENODEV)?;
    Ok(Box::new(Overlay::new(ImageDisk::new(image)?)))
}

/// Makes sure that so many bytes are free on the heap, so that nothing fails for want of memory half-way. The heap keeps
/// what it has, so others cannot take it.
fn make_room(bytes: usize) -> Result<(), Errno> {
    let mut room = Vec::<u8>::new();
    let made = room.try_reserve_exact(bytes).map_err(|_| Errno::ENOMEM);
    // Nobody uses it, which is no reason not to ask for it.
    core::hint::black_box(&room);
    made
}

type TheServer = Server<Box<dyn Disk>, Vault>;

/// Takes the disk and the devices into use.
fn start() -> Result<TheServer, Errno> {
    make_room(2 * ROOM)?;
    let fs = FileSystem::mount(disk()?)?;
    let mut devices = Devices::default();
    match take_over() {
        Ok(console) => devices.add(CONSOLE, console),
        Err(e) => {
            println!("fs: the kernel keeps the console: {e}");
            devices.add(CONSOLE, KernelConsole::default());
        }
    }
    devices.add(NULL, Null);
    Ok(Server::new(fs, Vault::default(), devices))
}

/// Answers messages for ever.
fn serve(mut server: TheServer) -> ! {
    let clock = Clock::start(server.now());
    let (mut request, mut page) = (MessagePage::new(), MessagePage::new());
    let mut complaints = 0;
    let mut message = wait(&mut request);
    loop {
        let Message { from, value: op, size } = message;
        let bytes = &request[..(size as usize).min(request.len())];
        let (answer, result) = match make_room(ROOM) {
            Ok(()) => server.answer(clock.now(), from, op, bytes, &mut page),
            Err(e) => (Answer::error(e), Err(e)),
        };
        if let Err(e @ (Errno::EIO | Errno::EUCLEAN)) = result
            && complaints < COMPLAINTS
        {
            complaints += 1;
            println!("fs: request {op} of process {from}: {e}");
        }
        let Answer { value, size, brings_file } = answer;
        let fd = brings_file.then_some(NEW);
        // A client that has died, or never waited for an answer, gets none.
        message = match reply_wait(from, value, &page, size, fd, &mut request) {
            Ok(message) => message,
            Err(_) => {
                server.kernel.close_new();
                wait(&mut request)
            }
        };
        server.kernel.close_new();
    }
}

/// Waits for a message of a process; interrupts are none.
fn wait(request: &mut MessagePage) -> Message {
    loop {
        match recv(request, None) {
            Ok(message) => return message,
            Err(_) => yield_now(),
        }
    }
}
