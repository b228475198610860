//! Processes, their descriptors, and the open files.

use lv6_abi::limits::NFILE;

use super::counted;
use crate::page::is_page_of;
use crate::state::{FileType, Kernel, PageType, Proc, ProcState, is_fd, is_fn, is_pid};

/// The current process is a process.
pub(super) fn pid(k: &Kernel) -> bool {
    is_pid(k.current)
}

/// Exactly the current process is running.
pub(super) fn running(k: &Kernel) -> bool {
    k.procs.iter().zip(0u64..).all(|(proc, pid)| proc.state.is(ProcState::Running) == (pid == k.current))
}

/// Slot 0 is free.
pub(super) fn nobody(k: &Kernel) -> bool {
    k.procs[0].state.is(ProcState::Unused)
}

/// A process that was killed is dead, or still running.
pub(super) fn dying(k: &Kernel) -> bool {
    k.procs.iter().all(|proc| proc.killed == 0 || proc.state.is(ProcState::Running) || proc.state.is(ProcState::Zombie))
}

/// A slot in use, and no other, has a parent.
pub(super) fn parent(k: &Kernel) -> bool {
    k.procs.iter().all(|proc| proc.ppid < 64 && (proc.ppid == 0) == proc.state.is(ProcState::Unused))
}

/// Each process has as many children as its counter says.
pub(super) fn children(k: &Kernel) -> bool {
    counted(k, k.procs.iter().map(|proc| proc.ppid), |proc| proc.nr_children)
}

/// The counter of an unused slot is 0.
pub(super) fn unused(k: &Kernel, counter: fn(&Proc) -> u64) -> bool {
    k.procs.iter().all(|proc| !proc.state.is(ProcState::Unused) || counter(proc) == 0)
}

/// Every other number in an unused slot is 0, too.
pub(super) fn blank(k: &Kernel) -> bool {
    k.procs.iter().all(|proc| {
        let numbers = [
            proc.page_table_root,
            proc.stack,
            proc.hvm,
            proc.io_bitmap_a,
            proc.io_bitmap_b,
            proc.killed,
            proc.use_io_bitmap,
            proc.ipc_from,
            proc.ipc_val,
            proc.ipc_page,
            proc.ipc_size,
            proc.ipc_fd,
        ];
        let mut all = numbers.iter().chain(&proc.intr).chain(&proc.name);
        !proc.state.is(ProcState::Unused) || all.all(|&n| n == 0)
    }) && k.procs.iter().all(|proc| proc.reserved == [0; 2] && proc.killed <= 1)
}

/// Whether a process in this state can run now or later.
pub(super) fn is_live(proc: &Proc) -> bool {
    !proc.state.is(ProcState::Unused) && !proc.state.is(ProcState::Zombie)
}

/// Whether `pn` is a page of the given type that `pid` owns.
pub(super) fn owns(k: &Kernel, pid: u64, pn: u64, kind: PageType) -> bool {
    is_page_of(k, pn, kind) && k.page_desc[pn as usize].owner == pid
}

/// The page that each live process names is of the given type and its own.
pub(super) fn own_page(k: &Kernel, page: fn(&Proc) -> u64, kind: PageType) -> bool {
    k.procs.iter().zip(0u64..).all(|(proc, pid)| !is_live(proc) || owns(k, pid, page(proc), kind))
}

/// A live process has two different pages for its registers and its control block.
pub(super) fn distinct(k: &Kernel) -> bool {
    k.procs.iter().all(|proc| !is_live(proc) || proc.stack != proc.hvm)
}

/// Each descriptor is empty or names an open-file slot.
pub(super) fn number(k: &Kernel) -> bool {
    k.procs.iter().flat_map(|proc| &proc.ofile).all(|&file| file == 0 || is_fn(file))
}

/// Each process uses as many descriptors as its counter says.
pub(super) fn fds(k: &Kernel) -> bool {
    k.procs.iter().all(|proc| proc.nr_fds == proc.ofile.iter().filter(|&&file| file != 0).count() as u64)
}

/// Each open file is referred to by as many descriptors as its counter says.
pub(super) fn refs(k: &Kernel) -> bool {
    let mut refcnt = [0u64; NFILE];
    for &file in k.procs.iter().flat_map(|proc| &proc.ofile) {
        refcnt[file as usize] += 1;
    }
    k.files.iter().zip(refcnt).skip(1).all(|(file, n)| file.refcnt == n)
}

/// A file is in use as long as a descriptor refers to it.
pub(super) fn used(k: &Kernel) -> bool {
    k.files.iter().skip(1).all(|file| file.kind.is(FileType::None) == (file.refcnt == 0))
}

/// Every number in a file slot that is not in use is 0, and slot 0 is never in use.
pub(super) fn file_blank(k: &Kernel) -> bool {
    k.files.iter().zip(0u64..).all(|(file, n)| {
        let free = file.kind.is(FileType::None);
        file.reserved == [0; 3]
            && (free || n != 0)
            && (!free || (file.refcnt == 0 && file.value == 0 && file.omode == 0 && file.offset == 0))
    })
}

/// A sleeping process owns the frame that receives its message.
pub(super) fn sleep_page(k: &Kernel) -> bool {
    k.procs
        .iter()
        .zip(0u64..)
        .all(|(proc, pid)| !proc.state.is(ProcState::Sleeping) || owns(k, pid, proc.ipc_page, PageType::Frame))
}

/// No interrupt waits for a sleeping process.
pub(super) fn asleep(k: &Kernel) -> bool {
    k.procs.iter().all(|proc| !proc.state.is(ProcState::Sleeping) || proc.intr == [0; 4])
}

/// The descriptor that receives a sleeping process's file is empty.
pub(super) fn sleep_fd(k: &Kernel) -> bool {
    k.procs
        .iter()
        .all(|proc| !proc.state.is(ProcState::Sleeping) || !is_fd(proc.ipc_fd) || proc.ofile[proc.ipc_fd as usize] == 0)
}
