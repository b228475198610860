//! Whether the kernel's tables, as processes see them, are consistent.

use lv6_abi::limits::{INIT_PID, NFILE, NPAGE, NPROC};
use lv6_kernel::state::{FileType, PageType, ProcState};
use lv6_ulib::process::{getpid, is_used, pids};
use lv6_ulib::sys::tables::{file, page_desc, proc};
use lv6_ulib::{lists, memory};

/// Checks everything; says what is wrong.
pub fn check() -> Result<(), &'static str> {
    free_list()?;
    ready_list()?;
    processes()?;
    files()
}

/// The free list is a ring through exactly the free pages, in both directions.
fn free_list() -> Result<(), &'static str> {
    let (mut listed, mut last) = (0, 0);
    for pn in lists::free_ring() {
        if !memory::is_free(pn) {
            return Err("a page on the free list is not free");
        }
        if page_desc(pn).free_prev != last {
            return Err("the free list is not the same backwards");
        }
        last = pn;
        listed += 1;
    }
    if page_desc(0).free_prev != last {
        return Err("the free list is not a ring");
    }
    if listed == lists::free_pages().count() { Ok(()) } else { Err("a free page is not on the free list") }
}

/// The ready list is a ring through exactly the processes that run or can run, in both directions.
fn ready_list() -> Result<(), &'static str> {
    let me = getpid();
    let (mut listed, mut last) = (0, proc(me).ready_prev);
    for pid in lists::ready_ring() {
        let process = proc(pid);
        let expected = if pid == me { ProcState::Running } else { ProcState::Runnable };
        if !process.state.is(expected) {
            return Err("a process on the ready list cannot run");
        }
        if process.ready_prev != last {
            return Err("the ready list is not the same backwards");
        }
        last = pid;
        listed += 1;
    }
    if proc(me).ready_prev != last {
        return Err("the ready list is not a ring");
    }
    if listed == lists::ready_processes().count() { Ok(()) } else { Err("a ready process is not on the ready list") }
}

/// Every process owns what its counters say.
fn processes() -> Result<(), &'static str> {
    let mut pages = [0u64; NPROC];
    for desc in (0..NPAGE as u64).map(page_desc).filter(|desc| !desc.kind.is(PageType::Free)) {
        pages[desc.owner as usize] += 1;
    }
    if pages[0] != 1 {
        return Err("a page that is not free has no owner");
    }
    for pid in pids() {
        let process = proc(pid);
        if process.nr_pages != pages[pid as usize] {
            return Err("a process owns another number of pages than its counter says");
        }
        if process.nr_children != pids().filter(|&child| is_used(child) && proc(child).ppid == pid).count() as u64 {
            return Err("a process has another number of children than its counter says");
        }
        if is_used(pid) && !is_used(process.ppid) {
            return Err("a process has no parent");
        }
        if !is_used(pid) && (process.ppid != 0 || process.nr_pages != 0) {
            return Err("an unused slot owns something");
        }
    }
    if proc(INIT_PID).ppid == INIT_PID { Ok(()) } else { Err("init is not its own parent") }
}

/// Every descriptor is counted, by its process and by its file.
fn files() -> Result<(), &'static str> {
    let mut refs = [0u64; NFILE];
    for process in pids().map(proc) {
        let open = process.ofile.iter().filter(|&&number| number != 0);
        if process.nr_fds != open.clone().count() as u64 {
            return Err("a process has another number of descriptors than its counter says");
        }
        open.for_each(|&number| refs[number as usize] += 1);
    }
    for (number, refs) in refs.into_iter().enumerate() {
        let file = file(number as u64);
        if file.refcnt != refs {
            return Err("a file has another number of descriptors than its counter says");
        }
        if file.kind.is(FileType::None) != (refs == 0) {
            return Err("an open file has no type, or an unused slot has one");
        }
    }
    Ok(())
}
