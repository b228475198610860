//! Segment descriptors and the task state, whose only use is to name the stacks of three exceptions.

use core::ops::Range;

use spin::Once;
use x86_64::VirtAddr;
use x86_64::instructions::segmentation::{CS, DS, ES, SS, Segment};
use x86_64::instructions::tables::load_tss;
use x86_64::structures::gdt::{Descriptor, GlobalDescriptorTable};
use x86_64::structures::tss::TaskStateSegment;

use crate::machine::stack::{DOUBLE_FAULT_STACK, MACHINE_CHECK_STACK, NMI_STACK};

/// Index of the stack of the non-maskable interrupt.
pub const NMI_INDEX: u16 = 0;
/// Index of the stack of the double fault.
pub const DOUBLE_FAULT_INDEX: u16 = 1;
/// Index of the stack of the machine check.
pub const MACHINE_CHECK_INDEX: u16 = 2;

static TASK: Once<TaskStateSegment> = Once::new();
static TABLE: Once<GlobalDescriptorTable> = Once::new();

/// Where the task state lies.
pub fn task() -> Range<u64> {
    let start = TASK.get().map_or(0, |task| core::ptr::from_ref(task) as u64);
    start..start + if start == 0 { 0 } else { size_of::<TaskStateSegment>() as u64 }
}

/// Loads the kernel's own descriptors.
pub fn init() {
    let task = TASK.call_once(|| {
        let mut task = TaskStateSegment::new();
        task.interrupt_stack_table[NMI_INDEX as usize] = VirtAddr::new(NMI_STACK.top());
        task.interrupt_stack_table[DOUBLE_FAULT_INDEX as usize] = VirtAddr::new(DOUBLE_FAULT_STACK.top());
        task.interrupt_stack_table[MACHINE_CHECK_INDEX as usize] = VirtAddr::new(MACHINE_CHECK_STACK.top());
        task
    });
    let mut table = GlobalDescriptorTable::new();
    let code = table.append(Descriptor::kernel_code_segment());
    let data = table.append(Descriptor::kernel_data_segment());
    let state = table.append(Descriptor::tss_segment(task));
    TABLE.call_once(|| table).load();
    // SAFETY: the selectors are those of the table just loaded: flat ring-0 code and data, and a free task state.
    unsafe {
        CS::set_reg(code);
        SS::set_reg(data);
        DS::set_reg(data);
        ES::set_reg(data);
        load_tss(state);
    }
}
