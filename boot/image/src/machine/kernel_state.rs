//! Where the core's state lies.

use core::mem::offset_of;
use core::ops::Range;

use lv6_abi::layout::{
    DEVICE_FRAME, DEVICE_FRAMES, DMA_FRAME, FILE_FRAME, FILE_FRAMES, PAGE_DESC_FRAME, PAGE_DESC_FRAMES, PAGES_FRAME,
    PCI_START_FRAME, PROC_FRAME, PROC_FRAMES, SHARED_FRAMES,
};
use lv6_abi::limits::{NDMAPAGE, NPAGE, PAGE_SIZE};
use lv6_image::memory_map::{Region, Wanted, place};
use lv6_kernel::Kernel;

use crate::machine::stop::give_up;

/// Is the core's record laid out as user space is told?
const _: () = {
    const fn at(frame: u64, offset: usize) -> bool {
        frame as usize * PAGE_SIZE == offset
    }
    assert!(at(PAGES_FRAME, offset_of!(Kernel, pages)));
    assert!(at(DMA_FRAME, offset_of!(Kernel, dma_pages)));
    assert!(at(PAGE_DESC_FRAME, offset_of!(Kernel, page_desc)));
    assert!(at(PROC_FRAME, offset_of!(Kernel, procs)));
    assert!(at(FILE_FRAME, offset_of!(Kernel, files)));
    assert!(at(DEVICE_FRAME, offset_of!(Kernel, devices)));
    assert!(DMA_FRAME - PAGES_FRAME == NPAGE as u64);
    assert!(PAGE_DESC_FRAME - DMA_FRAME == NDMAPAGE as u64);
    assert!(at(PAGE_DESC_FRAME + PAGE_DESC_FRAMES, offset_of!(Kernel, procs)));
    assert!(at(PROC_FRAME + PROC_FRAMES, offset_of!(Kernel, files)));
    assert!(at(FILE_FRAME + FILE_FRAMES, offset_of!(Kernel, devices)));
    assert!(at(DEVICE_FRAME + DEVICE_FRAMES, offset_of!(Kernel, dma)));
    assert!(DEVICE_FRAME + DEVICE_FRAMES == SHARED_FRAMES);
};

/// The state is mapped with large pages, and its DMA pages must start at such a boundary for the IOMMU.
const ALIGN: u64 = 2 << 20;
/// Firmware and boot loaders leave their data below.
const LOWEST: u64 = 1 << 20;

/// Finds a place for the state; gives up if there is none. `image` is where the kernel lies.
pub fn find_place(memory: &[Region], image: Range<u64>) -> Range<u64> {
    let highest = PCI_START_FRAME * PAGE_SIZE as u64;
    let size = (size_of::<Kernel>() as u64).next_multiple_of(ALIGN);
    match place(memory, &[image], &Wanted { size, align: ALIGN, within: LOWEST..highest }) {
        Ok(start) => start..start + size,
        Err(error) => give_up(format_args!("{error}")),
    }
}

/// Makes an all-zero state.
///
/// # Safety
/// The range must be one that [`find_place`] found, mapped writable, and not used before.
pub unsafe fn zeroed(place: Range<u64>) -> &'static mut Kernel {
    let kernel = place.start as *mut Kernel;
    // SAFETY: the range is large enough, aligned, free RAM; and all-zero memory is a valid state.
    unsafe {
        kernel.write_bytes(0, 1);
        &mut *kernel
    }
}
