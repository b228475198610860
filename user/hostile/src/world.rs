//! What an attack must leave as it was: everything that is not the attacker's.

use lv6_abi::limits::{FS_PID, NFILE, NPAGE};
use lv6_abi::syscall::{SYSCTL_CHECK, SYSCTL_FIXED};
use lv6_kernel::state::PageType;
use lv6_ulib::process::{is_used, pids};
use lv6_ulib::sys::call::debug_sysctl;
use lv6_ulib::sys::tables::{Table, file, page_desc, proc, words};

/// Sums of what must not change, by what it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct World {
    fixed: u64,
    processes: u64,
    files: u64,
    devices: u64,
    pages: u64,
}

/// Adds words to a checksum.
fn sum(words: impl Iterator<Item = u64>) -> u64 {
    words.fold(0, |sum, word| (sum.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// What the kernel knows of a process and no other process can change.
fn process(pid: u64) -> impl Iterator<Item = u64> {
    let p = proc(pid);
    let own = [pid, p.ppid, p.page_table_root, p.stack, p.hvm, p.use_io_bitmap, p.io_bitmap_a, p.io_bitmap_b];
    let counters = [p.nr_children, p.nr_fds, p.nr_dmapages, p.nr_devs, p.nr_ports, p.nr_vectors, p.nr_intremaps];
    own.into_iter().chain(counters).chain([p.killed]).chain(p.ofile)
}

/// Free pages. The file server may take some as it pleases.
pub fn free_pages() -> u64 {
    let free = (1..NPAGE as u64).filter(|&pn| page_desc(pn).kind.is(PageType::Free)).count();
    free as u64 + proc(FS_PID).nr_pages
}

impl World {
    /// Looks at everything.
    pub fn now() -> Result<World, &'static str> {
        if debug_sysctl(SYSCTL_CHECK) != Ok(0) {
            return Err("the kernel's invariant is broken");
        }
        let fixed = debug_sysctl(SYSCTL_FIXED).map_err(|_| "the kernel cannot sum up its memory")?;
        let owned = |pn: &u64| {
            let desc = page_desc(*pn);
            !desc.kind.is(PageType::Free) && desc.owner != FS_PID
        };
        Ok(World {
            fixed,
            processes: sum(pids().filter(|&pid| is_used(pid)).flat_map(process)),
            files: sum((0..NFILE as u64).map(file).flat_map(|f| [f.kind.code(), f.refcnt, f.value, f.omode])),
            devices: sum(words(Table::Devices)),
            pages: sum((0..NPAGE as u64).filter(owned).flat_map(|pn| {
                let desc = page_desc(pn);
                [pn, desc.kind.code(), desc.owner]
            })),
        })
    }

    /// Says what has changed since.
    pub fn compare(self, now: World) -> Result<(), &'static str> {
        let same = [
            (self.fixed == now.fixed, "the kernel's code, constants or tables have changed"),
            (self.processes == now.processes, "other processes have changed"),
            (self.files == now.files, "open files have changed"),
            (self.devices == now.devices, "the device table has changed"),
            (self.pages == now.pages, "pages of other processes have changed hands"),
        ];
        same.into_iter().find(|(same, _)| !same).map_or(Ok(()), |(_, what)| Err(what))
    }
}
