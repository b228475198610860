//! Processes, their descriptors, and the open files.

use lv6_abi::limits::NFILE;

use super::counted;
use crate::page::is_page_of;
use crate::state::{FileType, Kernel, PageType, Proc, ProcState, is_fd, is_fn, is_pid};

/// Slot 0 is nobody's.
pub(super) fn null(k: &Kernel) -> bool {
    k.procs[0].state.is(ProcState::Unused)
}

/// The current process is one.
pub(super) fn current(k: &Kernel) -> bool {
    is_pid(k.current)
}

/// Exactly the current process is running.
pub(super) fn running(k: &Kernel) -> bool {
    k.procs.iter().zip(0u64..).all(|(proc, pid)| proc.state.is(ProcState::Running) == (pid == k.current))
}

/// A process that was killed is dead, or still running.
pub(super) fn killed(k: &Kernel) -> bool {
    k.procs.iter().all(|proc| {
        proc.killed <= 1
            && (proc.killed == 0 || proc.state.is(ProcState::Running) || proc.state.is(ProcState::Zombie))
    })
}

/// Whether a process in this state can run now or later.
pub(super) fn is_live(proc: &Proc) -> bool {
    !proc.state.is(ProcState::Unused) && !proc.state.is(ProcState::Zombie)
}

/// Every number in an unused slot is 0.
pub(super) fn unused(k: &Kernel) -> bool {
    k.procs.iter().all(|proc| !proc.state.is(ProcState::Unused) || is_blank(proc))
}

fn is_blank(proc: &Proc) -> bool {
    let numbers = [
        proc.ppid,
        proc.page_table_root,
        proc.stack,
        proc.hvm,
        proc.io_bitmap_a,
        proc.io_bitmap_b,
        proc.nr_children,
        proc.nr_fds,
        proc.nr_pages,
        proc.nr_dmapages,
        proc.nr_devs,
        proc.nr_ports,
        proc.nr_vectors,
        proc.nr_intremaps,
        proc.killed,
        proc.use_io_bitmap,
        proc.ipc_from,
        proc.ipc_val,
        proc.ipc_page,
        proc.ipc_size,
        proc.ipc_fd,
        proc.ready_prev,
        proc.ready_next,
    ];
    numbers.iter().chain(&proc.ofile).chain(&proc.intr).chain(&proc.name).chain(&proc.reserved).all(|&n| n == 0)
}

/// A slot in use, and no other, has a parent; each process has as many children as its counter says.
pub(super) fn nr_children(k: &Kernel) -> bool {
    k.procs.iter().all(|proc| is_pid(proc.ppid) != proc.state.is(ProcState::Unused))
        && counted(k, k.procs.iter().map(|proc| proc.ppid), |proc| proc.nr_children)
}

/// Whether `pn` is a page of the given type that `pid` owns.
pub(super) fn owns(k: &Kernel, pid: u64, pn: u64, kind: PageType) -> bool {
    is_page_of(k, pn, kind) && k.page_desc[pn as usize].owner == pid
}

fn has_its_pages(k: &Kernel, pid: u64) -> bool {
    let proc = &k.procs[pid as usize];
    owns(k, pid, proc.page_table_root, PageType::X86Pml4)
        && owns(k, pid, proc.stack, PageType::ProcData)
        && owns(k, pid, proc.hvm, PageType::ProcData)
        && proc.stack != proc.hvm
}

/// A live process owns its root table, and two different pages for its registers and its control block.
pub(super) fn live(k: &Kernel) -> bool {
    k.procs.iter().zip(0u64..).all(|(proc, pid)| !is_live(proc) || has_its_pages(k, pid))
}

/// [`live`] for the current process.
pub(super) fn live_current(k: &Kernel) -> bool {
    has_its_pages(k, k.current)
}

/// Each descriptor is empty or names an open-file slot, and each process uses as many as its counter says.
pub(super) fn nr_fds(k: &Kernel) -> bool {
    k.procs.iter().all(|proc| {
        proc.ofile.iter().all(|&file| file == 0 || is_fn(file))
            && proc.nr_fds == proc.ofile.iter().filter(|&&file| file != 0).count() as u64
    })
}

/// Each open file is referred to by as many descriptors as its counter says; one without is free and blank.
pub(super) fn files(k: &Kernel) -> bool {
    let mut refcnt = [0u64; NFILE];
    for file in k.procs.iter().flat_map(|proc| &proc.ofile) {
        if *file != 0 {
            refcnt[*file as usize] += 1;
        }
    }
    k.files.iter().zip(refcnt).all(|(file, n)| {
        file.refcnt == n
            && file.kind.is(FileType::None) == (n == 0)
            && (n != 0 || (file.value == 0 && file.omode == 0 && file.offset == 0))
    })
}

/// A sleeping process owns the frame that receives its message, and the descriptor that receives a file is empty.
pub(super) fn sleeping(k: &Kernel) -> bool {
    k.procs.iter().zip(0u64..).all(|(proc, pid)| {
        !proc.state.is(ProcState::Sleeping)
            || (owns(k, pid, proc.ipc_page, PageType::Frame)
                && (!is_fd(proc.ipc_fd) || proc.ofile[proc.ipc_fd as usize] == 0))
    })
}
