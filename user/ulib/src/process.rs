//! Processes: who am I, and what becomes of my children.

use alloc::vec::Vec;
use core::sync::atomic::{AtomicU64, Ordering};

use lv6_abi::limits::{FIRST_VECTOR, INIT_PID, LAST_VECTOR, NDMAPAGE, NINTREMAP, NPAGE, NPORT, NPROC};
use lv6_kernel::scan::is_console_port;
use lv6_kernel::state::{PageType, Proc, ProcState};

use crate::device;
use crate::errno::Errno;
use crate::files;
use crate::memory::root_page;
use crate::process_name::{self, Ended, Name};
use crate::report::Process;
use crate::sys::tables::{page_desc, proc};
use crate::sys::{call, regs};

pub use crate::sys::fork::fork;

/// Exit statuses with a meaning. Programs use 0 for success, 1 for failure and others as they like.
pub mod status {
    /// All went well.
    pub const OK: u8 = 0;
    /// The program could not do what it was asked.
    pub const FAILED: u8 = 1;
    /// The program was not asked properly.
    pub const USAGE: u8 = 2;
    /// The program panicked.
    pub const PANIC: u8 = 101;
    /// The program ran into an exception that it does not handle.
    pub const TRAP: u8 = 102;
    /// The process was killed; seen by its parent only.
    pub const KILLED: u8 = 103;
    /// The program could not be started.
    pub const NOT_STARTED: u8 = 104;
    /// The program was found, but is none, or must not be run.
    pub const NOT_RUNNABLE: u8 = 126;
    /// There is no such program.
    pub const NOT_FOUND: u8 = 127;
    /// Ctrl-C ended the program.
    pub const INTERRUPTED: u8 = 130;
    /// Nobody read the program's output any more.
    pub const PIPE: u8 = 141;
}

/// The pids that processes can have.
pub fn pids() -> impl DoubleEndedIterator<Item = u64> {
    1..NPROC as u64
}

/// The pid of this process: the owner of its root table.
pub fn getpid() -> u64 {
    page_desc(root_page()).owner
}

/// What the kernel knows of this process.
pub fn me() -> Proc {
    proc(getpid())
}

/// The name of a process.
pub fn name_of(pid: u64) -> Name {
    Name::decode(proc(pid).name)
}

/// Whether a process slot is in use.
pub fn is_used(pid: u64) -> bool {
    !proc(pid).state.is(ProcState::Unused)
}

/// Whether a process exists and is not a zombie.
pub fn is_alive(pid: u64) -> bool {
    let state = proc(pid).state;
    !state.is(ProcState::Unused) && !state.is(ProcState::Zombie)
}

/// All processes.
pub fn processes() -> Vec<Process> {
    let used = pids().map(|pid| (pid, proc(pid))).filter(|(_, proc)| !proc.state.is(ProcState::Unused));
    used.map(|(pid, proc)| Process { pid, ppid: proc.ppid, state: proc.state, name: Name::decode(proc.name) }).collect()
}

/// The name of this process.
pub fn name() -> Name {
    Name::decode(me().name)
}

/// Names this process.
pub fn set_name(text: &str) {
    set_name_words(process_name::encode(text));
}

/// Names this process by the words of the kernel's table.
pub fn set_name_words(words: [u64; 2]) {
    call::set_proc_name(words[0], words[1]).expect("naming oneself always succeeds");
}

/// A free process slot. Slots are used in turn, so that a pid is not used again soon.
pub fn find_free_pid() -> Result<u64, Errno> {
    static LAST: AtomicU64 = AtomicU64::new(INIT_PID);
    let last = LAST.load(Ordering::Relaxed);
    let first = INIT_PID + 1;
    let slots = NPROC as u64 - first;
    let in_turn = (0..slots).map(|i| first + (last - INIT_PID + i) % slots);
    let free = in_turn.into_iter().find(|&pid| proc(pid).state.is(ProcState::Unused)).ok_or(Errno::ENOMEM)?;
    LAST.store(free, Ordering::Relaxed);
    Ok(free)
}

/// Lets the next process on the ready list run. Does nothing if this is the only one.
pub fn yield_now() {
    // The call fails if the next process is this one.
    let _ = call::switch(me().ready_next);
}

/// Kills a process: this one, a child, or, for init, any.
pub fn kill(pid: u64) -> Result<(), Errno> {
    call::kill(pid)
}

/// Ends this process with a status, which its parent learns from [`wait`]. Its files are closed at once; what else it
/// has goes when its parent waits for it. When init ends, the machine stops.
pub fn exit(status: u8) -> ! {
    let pid = getpid();
    if pid == INIT_PID {
        call::debug_exit(u64::from(status));
    }
    files::close_all();
    set_name_words(process_name::with_status(proc(pid).name, status));
    let _ = call::kill(pid);
    yield_now();
    // Nobody else can run.
    regs::die()
}

/// Takes things of a kind from zombies until `left`, the number that the zombie in question still has, is 0. Which
/// things it has is not in the tables that processes see, so all are tried that a process can have.
fn reclaim(left: impl Fn() -> u64, mut all: impl Iterator<Item = u64>, take: fn(u64) -> Result<(), Errno>) {
    while left() > 0
        && let Some(n) = all.next()
    {
        let _ = take(n);
    }
}

/// Takes away what a zombie has of the machine: devices must be silent before the memory that they write to goes, and
/// vectors can go only when no device is routed to them.
fn reclaim_hardware(pid: u64) {
    reclaim(|| proc(pid).nr_intremaps, 0..NINTREMAP as u64, call::reclaim_intremap);
    reclaim(|| proc(pid).nr_devs, device::functions().map(|function| function.devid), call::reclaim_iommu_root);
    reclaim(|| proc(pid).nr_dmapages, 0..NDMAPAGE as u64, call::reclaim_iommu_frame);
    reclaim(|| proc(pid).nr_vectors, FIRST_VECTOR..=LAST_VECTOR, call::reclaim_vector);
    reclaim(|| proc(pid).nr_ports, (0..NPORT as u64).filter(|&port| is_console_port(port)), call::reclaim_port);
}

/// Frees everything that a zombie child owns, and its slot. ETXTBSY if something cannot be freed.
pub fn bury(pid: u64) -> Result<(), Errno> {
    for orphan in pids().filter(|&orphan| orphan != pid && proc(orphan).ppid == pid) {
        call::reparent(orphan)?;
    }
    reclaim_hardware(pid);
    let files = proc(pid).ofile;
    // Others may take from a zombie too; whether all is gone is seen at the end.
    for fd in (0..files.len()).filter(|fd| files[*fd] != 0) {
        let _ = call::close(pid, fd as u64);
    }
    let owned = |pn: &u64| {
        let desc = page_desc(*pn);
        desc.owner == pid && !desc.kind.is(PageType::Free)
    };
    for pn in (0..NPAGE as u64).filter(owned) {
        let _ = call::reclaim_page(pn);
    }
    call::reap(pid)
}

/// The children of this process.
fn my_children() -> impl Iterator<Item = (u64, Proc)> {
    let parent = getpid();
    pids().map(|pid| (pid, proc(pid))).filter(move |(pid, child)| *pid != parent && child.ppid == parent)
}

/// A dead child of this process.
fn find_zombie() -> Option<u64> {
    my_children().find(|(_, child)| child.state.is(ProcState::Zombie)).map(|(pid, _)| pid)
}

/// The children that this process has made itself, a bit for each pid.
static OWN: AtomicU64 = AtomicU64::new(0);
const _: () = assert!(NPROC <= 64);

/// Remembers that this process has made a child; for fork.
pub fn note_child(pid: u64) {
    OWN.fetch_or(1 << pid, Ordering::Relaxed);
}

/// Remembers that this process has made no child; for a process that was just forked.
pub fn forget_children() {
    OWN.store(0, Ordering::Relaxed);
}

/// Kills the children that this process has not made itself. For init, which inherits the children of the dead: a
/// process does not outlive its parent, and so whoever kills a process ends all that comes of it.
fn kill_inherited() {
    let own = OWN.load(Ordering::Relaxed);
    my_children().filter(|(pid, child)| own >> pid & 1 == 0 && !child.state.is(ProcState::Zombie)).for_each(
        |(pid, _)| {
            let _ = call::kill(pid);
        },
    );
}

/// The descendants of some processes.
pub fn descendants(of: &[u64]) -> Vec<u64> {
    let all = processes();
    let mut found: Vec<u64> = of.to_vec();
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        let children = all.iter().filter(|child| child.ppid == parent && !found.contains(&child.pid));
        let children: Vec<u64> = children.map(|child| child.pid).collect();
        found.extend(children);
        next += 1;
    }
    found.split_off(of.len())
}

/// The number of children of this process, alive or dead. (The kernel counts init as its own child.)
pub fn children() -> u64 {
    me().nr_children - u64::from(getpid() == INIT_PID)
}

/// Buries a child that is dead already, and says how it ended; none if there is no dead child.
pub fn try_wait() -> Result<Option<(u64, Ended)>, Errno> {
    if getpid() == INIT_PID {
        kill_inherited();
    }
    let Some(pid) = find_zombie() else { return Ok(None) };
    let ended = process_name::ended(proc(pid).name);
    bury(pid)?;
    OWN.fetch_and(!(1 << pid), Ordering::Relaxed);
    Ok(Some((pid, ended)))
}

/// Waits for a child to end, buries it, and says how it ended. ECHILD if there is none.
pub fn wait() -> Result<(u64, Ended), Errno> {
    loop {
        if let Some(found) = try_wait()? {
            return Ok(found);
        }
        if children() == 0 {
            return Err(Errno::ECHILD);
        }
        yield_now();
    }
}

/// Waits for one child among others. The others are buried when they end meanwhile.
pub fn wait_for(pid: u64) -> Result<Ended, Errno> {
    loop {
        let (child, ended) = wait()?;
        if child == pid {
            return Ok(ended);
        }
    }
}
