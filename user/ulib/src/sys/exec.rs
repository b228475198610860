//! Exec: the next program is built beside this one, in the other slot, and then jumped to.

use core::arch::asm;

use lv6_abi::startup::{ARCHIVE, SLOT_A, SLOT_B, STACK_SIZE, STACK_TOP_OFFSET, Startup};

use super::entry::startup;
use super::space::{free_root_entry, protect};
use super::{archive, call};
use crate::errno::Errno;
use crate::image::{Image, Segment};
use crate::memory::{DATA, map_zeroed};
use crate::paging::index;
use crate::startup_block::Block;

/// A slot that this program does not use, being filled with the next one.
struct Slot {
    base: u64,
}

impl Slot {
    /// The slot that this program is not in.
    fn other() -> Slot {
        Slot { base: if startup().image == SLOT_A { SLOT_B } else { SLOT_A } }
    }

    /// Maps `len` bytes of zeros at an offset.
    fn map(&self, start: u64, end: u64) -> Result<(), Errno> {
        (start..end).step_by(4096).try_for_each(|at| map_zeroed(self.base + at, DATA))
    }

    /// Writes bytes to pages that [`Slot::map`] has mapped.
    ///
    /// # Safety
    ///
    /// All of them must be mapped.
    unsafe fn write(&self, at: u64, bytes: &[u8]) {
        // SAFETY: the pages are mapped, as the caller promises, and nothing in this program refers to them.
        unsafe { core::ptr::copy_nonoverlapping(bytes.as_ptr(), (self.base + at) as *mut u8, bytes.len()) };
    }

    /// Maps and fills the parts of an image; all are still writable.
    fn load(&self, image: &Image) -> Result<(), Errno> {
        for Segment { start, end, data_at, data, .. } in &image.segments {
            self.map(*start, *end)?;
            // SAFETY: the image's reader checked that the data lies in the segment, which was just mapped.
            unsafe { self.write(*data_at, data) };
        }
        for relocation in &image.relocations {
            let word = self.base.wrapping_add(relocation.value).to_le_bytes();
            // SAFETY: the image's reader checked that the word lies in a segment, and all are mapped.
            unsafe { self.write(relocation.at, &word) };
        }
        Ok(())
    }

    /// Gives the pages of an image their final permissions.
    fn protect(&self, image: &Image) -> Result<(), Errno> {
        let readonly = image.segments.iter().filter(|segment| segment.perm != DATA);
        for Segment { start, end, perm, .. } in readonly {
            for at in (*start..*end).step_by(4096) {
                // SAFETY: this program does not use these pages any more.
                unsafe { protect(self.base + at, *perm)? };
            }
        }
        Ok(())
    }

    /// Maps the stack and writes the start-up block to its end.
    fn stack(&self, block: &Block) -> Result<(), Errno> {
        self.map(STACK_TOP_OFFSET - STACK_SIZE, STACK_TOP_OFFSET)?;
        // SAFETY: a block is shorter than the stack, whose pages were just mapped.
        unsafe { self.write(block.address() - self.base, block.bytes()) };
        Ok(())
    }

    /// Frees all of the slot.
    fn clear(&self) {
        // SAFETY: this program lies in the other slot, and keeps no reference into this one.
        unsafe { free_root_entry(index(self.base, 4)) };
    }
}

/// Replaces this program by the image, with the arguments given, and with the archive of programs if asked. Returns
/// only if that fails; then nothing has changed.
pub fn exec(image: &Image, args: &[&str], keep_archive: bool, name: [u64; 2]) -> Errno {
    let slot = Slot::other();
    let old = startup();
    let (archive, archive_len) = match archive::bytes() {
        Some(bytes) if keep_archive => (ARCHIVE, bytes.len() as u64),
        _ => (0, 0),
    };
    let start = Startup {
        image: slot.base,
        image_len: image.len,
        old_slot: old.image,
        archive,
        archive_len,
        tables: 1,
        ..Startup::default()
    };
    let block = match Block::new(start, args, slot.base + STACK_TOP_OFFSET) {
        Ok(block) => block,
        Err(e) => return e,
    };
    let built = slot.load(image).and_then(|()| slot.protect(image)).and_then(|()| slot.stack(&block));
    if let Err(e) = built {
        slot.clear();
        return e;
    }
    let _ = call::set_proc_name(name[0], name[1]);
    let entry = slot.base + image.entry;
    if !keep_archive {
        // SAFETY: the image, which may refer to the archive, was used for the last time above.
        unsafe { archive::release() };
    }
    // SAFETY: the image and its stack are in place; this program ends here.
    unsafe {
        asm!(
            "mov rsp, {block}",
            "jmp {entry}",
            block = in(reg) block.address(),
            entry = in(reg) entry,
            in("rdi") block.address(),
            options(noreturn),
        )
    }
}
