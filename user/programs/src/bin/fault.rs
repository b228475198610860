//! `fault`: writes through a null pointer, sees the fault in a handler of its own, and dies of touching an I/O port.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

use lv6_ulib::process::status;
use lv6_ulib::sys::hazard;
use lv6_ulib::sys::trap::PAGE_FAULT;
use lv6_ulib::{Args, TrapFrame, cli, println, set_trap_handler};

lv6_ulib::program!(program);

fn program(args: Args) -> u8 {
    if let Err(code) = cli::operands(args, 0, "") {
        return code;
    }
    set_trap_handler(PAGE_FAULT, Some(page_fault));
    println!("fault: writing to address 0");
    hazard::store(0, status::FAILED)
}

/// Reports the page fault, then executes an instruction that the kernel kills for.
fn page_fault(frame: &mut TrapFrame) {
    println!("fault: page fault at address {:#x}, error code {:#x}", frame.fault_address(), frame.error());
    println!("fault: reading an I/O port");
    hazard::execute("in", status::FAILED)
}
