//! All that touches hardware.
//!
//! [`entry`] brings the processor into 64-bit mode, [`boot`] sets everything up and loads init, and [`process`] runs one
//! process after the other for ever. What a process asks for goes to the core; what the core leaves to be done to the
//! hardware is done here. Decisions and formats are in the library, where the host tests them.

mod apic;
mod boot;
mod boot_info;
mod console;
mod cpu;
mod descriptors;
mod devices;
mod entry;
mod exception;
mod firmware;
mod fixed;
mod fpu;
mod interrupt;
mod iommu;
mod kernel_state;
mod logger;
mod paging;
mod pci;
mod power;
mod process;
mod serial;
mod stack;
mod stop;
mod svm;
mod tsc;
