//! `nvme info`: what the first NVMe drive is. `nvme read BLOCK`: what is in one of its blocks of 4096 bytes.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

use lv6_nvme::{BLOCK_SIZE, Drive, Error};
use lv6_ulib::hex::Dump;
use lv6_ulib::process::status;
use lv6_ulib::{Args, cli, println};

lv6_ulib::program!(program);

const USAGE: &str = " info | read BLOCK";

/// What to do.
enum Job {
    Info,
    Read(u64),
}

fn program(args: Args) -> u8 {
    let job = match cli::operands(args, 2, USAGE) {
        Ok(operands) => match operands[..] {
            ["info"] => Job::Info,
            ["read", block] => match block.parse() {
                Ok(block) => Job::Read(block),
                Err(_) => return cli::refuse(args, "not the number of a block", block, USAGE),
            },
            ["read"] => return cli::refuse(args, "missing argument", "BLOCK", USAGE),
            ["info", more] => return cli::refuse(args, "unexpected argument", more, USAGE),
            [what, ..] => return cli::refuse(args, "no such command", what, USAGE),
            [] => return cli::refuse(args, "missing argument", "info or read", USAGE),
        },
        Err(code) => return code,
    };
    match lv6_nvme::open().and_then(|drive| work(drive, job)) {
        Ok(()) => status::OK,
        Err(error) => {
            println!("{}: {error}", args.program());
            status::FAILED
        }
    }
}

fn work(mut drive: Drive, job: Job) -> Result<(), Error> {
    match job {
        Job::Info => info(&drive),
        Job::Read(number) => {
            let mut block = [0; BLOCK_SIZE];
            drive.read(number, &mut block)?;
            let mut dump = Dump::default();
            dump.feed(&block, |line| println!("{line}"));
            dump.finish(|line| println!("{line}"));
        }
    }
    drive.shut_down()
}

fn info(drive: &Drive) {
    let (identity, namespace) = (drive.identity(), drive.namespace());
    println!("model:    {}", identity.model.as_str());
    println!("serial:   {}", identity.serial.as_str());
    println!("firmware: {}", identity.firmware.as_str());
    println!("units:    {} bytes", namespace.unit_size());
    println!("blocks:   {} of {BLOCK_SIZE} bytes", drive.blocks());
    println!("cache:    {}", if identity.volatile_cache { "volatile" } else { "none" });
}
