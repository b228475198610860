//! System calls: the instruction, and one typed function per call.
//!
//! A call is a safe function here unless it can take memory from under the feet of the running program, or change
//! memory that the program may hold references to.

use core::arch::asm;

use lv6_abi::syscall::*;

use crate::errno::Errno;

/// Makes the system call `nr`; returns `rax` as it comes back.
///
/// # Safety
///
/// The call must not free or change memory that the program goes on using, and must not be `SYS_CLONE`, which returns
/// twice.
pub unsafe fn raw(nr: u64, args: [u64; 6]) -> u64 {
    let result: u64;
    // SAFETY: the instruction changes no register but rax and leaves the stack alone; what the kernel does to memory is
    // the caller's promise.
    unsafe {
        asm!(
            "vmmcall",
            inlateout("rax") nr => result,
            in("rdi") args[0],
            in("rsi") args[1],
            in("rdx") args[2],
            in("rcx") args[3],
            in("r8") args[4],
            in("r9") args[5],
            options(nostack),
        );
    }
    result
}

/// Declares a function per call that takes words and returns success or an error number.
macro_rules! calls {
    ($($(#[$doc:meta])* fn $name:ident($($arg:ident),*) = $nr:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name($($arg: u64),*) -> Result<(), Errno> {
            // SAFETY: this call takes nothing from the running program: it adds mappings where there are none, or acts
            // on other processes, or on entries of kernel tables.
            let result = unsafe { raw($nr, padded([$($arg),*])) };
            Errno::check(result).map(|_| ())
        }
    )*};
}

/// Declares a function per call that can hurt the running program.
macro_rules! unsafe_calls {
    ($($(#[$doc:meta])* fn $name:ident($($arg:ident),*) = $nr:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// # Safety
        ///
        /// The program must hold no reference to the memory that goes away or changes.
        pub unsafe fn $name($($arg: u64),*) -> Result<(), Errno> {
            // SAFETY: the caller's promise.
            let result = unsafe { raw($nr, padded([$($arg),*])) };
            Errno::check(result).map(|_| ())
        }
    )*};
}

/// Fills the arguments that a call does not have with 0.
fn padded<const N: usize>(args: [u64; N]) -> [u64; 6] {
    let mut all = [0; 6];
    all[..N].copy_from_slice(&args);
    all
}

calls! {
    /// Maps the `n`-th page of the page descriptors at `pt[index]` of `pid`.
    fn map_page_desc(pid, pt, index, n, perm) = SYS_MAP_PAGE_DESC;
    /// Maps the root table of `pid` into itself.
    fn map_pml4(pid, index, perm) = SYS_MAP_PML4;
    /// Maps the `n`-th page of the process table at `pt[index]` of `pid`.
    fn map_proc(pid, pt, index, n, perm) = SYS_MAP_PROC;
    /// Maps the `n`-th page of the device table at `pt[index]` of `pid`.
    fn map_dev(pid, pt, index, n, perm) = SYS_MAP_DEV;
    /// Maps the `n`-th page of the file table at `pt[index]` of `pid`.
    fn map_file(pid, pt, index, n, perm) = SYS_MAP_FILE;
    /// Names the caller.
    fn set_proc_name(name0, name1) = SYS_SET_PROC_NAME;
    /// Puts the caller's embryo child on the ready list.
    fn set_runnable(pid) = SYS_SET_RUNNABLE;
    /// Gives the processor to the runnable process `pid`.
    fn switch(pid) = SYS_SWITCH;
    /// Kills `pid`, at once or, if it is the caller, at its next switch.
    fn kill(pid) = SYS_KILL;
    /// Frees the slot of the caller's zombie child.
    fn reap(pid) = SYS_REAP;
    /// Makes init the parent of `pid`, whose parent is a zombie.
    fn reparent(pid) = SYS_REPARENT;
    /// Gives `pid` the free page `page` as a level-3 table.
    fn alloc_pdpt(pid, pml4, index, page, perm) = SYS_ALLOC_PDPT;
    /// Gives `pid` the free page `page` as a level-2 table.
    fn alloc_pd(pid, pdpt, index, page, perm) = SYS_ALLOC_PD;
    /// Gives `pid` the free page `page` as a level-1 table.
    fn alloc_pt(pid, pd, index, page, perm) = SYS_ALLOC_PT;
    /// Gives `pid` the free page `page` as memory.
    fn alloc_frame(pid, pt, index, page, perm) = SYS_ALLOC_FRAME;
    /// Frees a page of a zombie.
    fn reclaim_page(page) = SYS_RECLAIM_PAGE;
    /// Frees a DMA page of a zombie.
    fn reclaim_iommu_frame(page) = SYS_RECLAIM_IOMMU_FRAME;
    /// Takes a device from a zombie.
    fn reclaim_iommu_root(device) = SYS_RECLAIM_IOMMU_ROOT;
    /// Takes a vector from a zombie.
    fn reclaim_vector(vector) = SYS_RECLAIM_VECTOR;
    /// Takes an interrupt route from a zombie.
    fn reclaim_intremap(index) = SYS_RECLAIM_INTREMAP;
    /// Takes an I/O port from a zombie.
    fn reclaim_port(port) = SYS_RECLAIM_PORT;
    /// Closes a descriptor of the caller or of a zombie.
    fn close(pid, fd) = SYS_CLOSE;
    /// Copies the caller's descriptor `old` to the empty slot `new` of `pid`.
    fn dup(old, pid, new) = SYS_DUP;
    /// Copies the caller's descriptor `old` to the slot `new` of `pid`, and closes what was there.
    fn dup2(old, pid, new) = SYS_DUP2;
    /// Makes the unused open-file slot `file` a file, opened at the caller's descriptor `fd`.
    fn create(fd, file, kind, value, mode) = SYS_CREATE;
    /// Sets the offset of the file at the caller's descriptor `fd`.
    fn lseek(fd, offset) = SYS_LSEEK;
    /// Sends the number `value`, the first `size` bytes of the caller's `page` and its descriptor `fd` to the sleeping
    /// process `pid`, which runs at once.
    fn send(pid, value, page, size, fd) = SYS_SEND;
    /// Maps a page of the caller's device at `pt[index]`.
    fn map_pcipage(pt, index, pcipage, perm) = SYS_MAP_PCIPAGE;
    /// Claims a device, with the free page `page` as the root of its tables.
    fn alloc_iommu_root(device, page) = SYS_ALLOC_IOMMU_ROOT;
    /// Adds the free page `page` as a level-3 table at `root[index]`.
    fn alloc_iommu_pdpt(root, index, page, perm) = SYS_ALLOC_IOMMU_PDPT;
    /// Adds the free page `page` as a level-2 table at `pdpt[index]`.
    fn alloc_iommu_pd(pdpt, index, page, perm) = SYS_ALLOC_IOMMU_PD;
    /// Adds the free page `page` as a level-1 table at `pd[index]`.
    fn alloc_iommu_pt(pd, index, page, perm) = SYS_ALLOC_IOMMU_PT;
    /// Gives the caller a free DMA page, filled with zeros, at `pt[index]` of a level-1 IOMMU table.
    fn alloc_iommu_frame(pt, index, dmapage, perm) = SYS_ALLOC_IOMMU_FRAME;
    /// Maps the caller's DMA page at `pt[index]` of its own tables.
    fn map_iommu_frame(pt, index, dmapage, perm) = SYS_MAP_IOMMU_FRAME;
    /// Claims an interrupt vector.
    fn alloc_vector(vector) = SYS_ALLOC_VECTOR;
    /// Routes the interrupts of the caller's device to the caller's vector, with entry `index` of the remapping table.
    fn alloc_intremap(index, device, vector) = SYS_ALLOC_INTREMAP;
    /// Forgets that an interrupt has arrived at the caller's vector.
    fn ack_intr(vector) = SYS_ACK_INTR;
    /// Gives the caller an I/O bitmap in three free pages that follow each other; all ports are denied.
    fn alloc_io_bitmap(page1, page2, page3) = SYS_ALLOC_IO_BITMAP;
    /// Claims an I/O port.
    fn alloc_port(port) = SYS_ALLOC_PORT;
    /// Prints memory of the caller, given by its physical address.
    fn debug_print_console(address, len) = SYS_DEBUG_PRINT_CONSOLE;
    /// Shows memory of the caller, given by its physical address, on the text screen.
    fn debug_print_screen(address, len) = SYS_DEBUG_PRINT_SCREEN;
}

unsafe_calls! {
    /// Copies the caller's frame `from` to the frame `to` of `pid`.
    fn copy_frame(from, pid, to) = SYS_COPY_FRAME;
    /// Changes the permissions of the caller's `frame`, mapped at `pt[index]`.
    fn protect_frame(pt, index, frame, perm) = SYS_PROTECT_FRAME;
    /// Frees the caller's level-3 table `page`.
    fn free_pdpt(pml4, index, page) = SYS_FREE_PDPT;
    /// Frees the caller's level-2 table `page`.
    fn free_pd(pdpt, index, page) = SYS_FREE_PD;
    /// Frees the caller's level-1 table `page`.
    fn free_pt(pd, index, page) = SYS_FREE_PT;
    /// Frees the caller's frame `page`.
    fn free_frame(pt, index, page) = SYS_FREE_FRAME;
    /// Sleeps until a message comes, which the kernel writes to the caller's frame `page` and descriptor slot `fd`, and
    /// runs the runnable process `pid`.
    fn recv(pid, page, fd) = SYS_RECV;
    /// Sends to the sleeping process `pid`, and sleeps until a message comes, which the kernel writes to the caller's
    /// frame `receive`.
    fn reply_wait(pid, value, page, size, fd, receive) = SYS_REPLY_WAIT;
    /// Sends to the sleeping process `pid`, and sleeps until it answers; the kernel writes the answer to the caller's
    /// frame `receive` and descriptor slot `fd`.
    fn call(pid, value, page, size, receive, fd) = SYS_CALL;
}

/// Reads waiting console input into memory of the caller, given by its physical address. Returns the bytes read.
///
/// # Safety
///
/// The program must hold no reference to that memory other than to atomics.
pub unsafe fn debug_read_console(address: u64, len: u64) -> Result<u64, Errno> {
    // SAFETY: the caller's promise.
    Errno::check(unsafe { raw(SYS_DEBUG_READ_CONSOLE, padded([address, len])) })
}

/// Reads the kernel's log from byte `offset` on into memory of the caller, given by its physical address. Returns the
/// bytes read, 0 at the end.
///
/// # Safety
///
/// The program must hold no reference to that memory other than to atomics.
pub unsafe fn debug_dmesg(address: u64, len: u64, offset: u64) -> Result<u64, Errno> {
    // SAFETY: the caller's promise.
    Errno::check(unsafe { raw(SYS_DEBUG_DMESG, padded([address, len, offset])) })
}

/// Asks the kernel for a number that only it knows.
pub fn debug_sysctl(id: u64) -> Result<u64, Errno> {
    // SAFETY: the call only returns a number.
    Errno::check(unsafe { raw(SYS_DEBUG_SYSCTL, padded([id])) })
}

/// Leaves the emulator with a status, or switches the machine off.
pub fn debug_exit(status: u64) {
    // SAFETY: the call stops the machine or does nothing.
    unsafe { raw(SYS_DEBUG_EXIT, padded([status])) };
}

/// Makes a system call that must fail, with any arguments, and returns its error.
///
/// A call that fails has changed nothing, so this is safe. Should it succeed, the memory of this process can no longer
/// be trusted, and the process dies on the spot.
pub fn must_fail(nr: u64, args: [u64; 6]) -> Errno {
    // SAFETY: if the call fails, it changed nothing; otherwise nothing of this program runs any more.
    match Errno::check(unsafe { raw(nr, args) }) {
        Err(e) => e,
        Ok(_) => super::regs::die(),
    }
}
