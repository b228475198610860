//! From the first Rust instruction to the first process.

use log::{info, warn};
use lv6_abi::limits::{INIT_HVM, INIT_PID, PAGE_SIZE};
use lv6_image::command_line::{self, Slice};
use lv6_image::framebuffer::{Painter, Pixels, Unfit};
use lv6_image::guest::Hypervisor;
use lv6_image::loader::load;
use lv6_image::system_call::Facts;
use lv6_kernel::Kernel;
use lv6_kernel::scan::boot_devices;

use crate::machine::apic::LocalApic;
use crate::machine::boot_info::{self, BootInfo, Display};
use crate::machine::devices::{self, Devices};
use crate::machine::paging::{self, Paging, Use};
use crate::machine::stop::give_up;
use crate::machine::svm::Svm;
use crate::machine::{
    console, cpu, descriptors, exception, firmware, interrupt, kernel_state, logger, power, process, stack, tsc,
};

/// The program of init.
static INIT: &[u8] =
    include_bytes!(env!("LV6_INIT", "`cargo run` builds the programs first and sets LV6_INIT; use it"));
/// The archive of all other programs.
static ARCHIVE: &[u8] =
    include_bytes!(env!("LV6_ARCHIVE", "`cargo run` builds the programs first and sets LV6_ARCHIVE; use it"));

/// Sets everything up and runs init. The entry code comes here with what the boot loader left in `eax` and `ebx`.
pub extern "C" fn boot(magic: u32, info: u32) -> ! {
    console::init_serial();
    logger::init();
    descriptors::init();
    exception::init();
    interrupt::silence_legacy();
    // SAFETY: the entry code passes on what the boot loader left, and the first page tables are in use.
    let info = match unsafe { boot_info::read(magic, info) } {
        Ok(info) => info,
        Err(error) => give_up(format_args!("{error}")),
    };
    let (options, arguments) = match command_line::parse(&info.command_line) {
        Ok(parsed) => parsed,
        Err(error) => give_up(format_args!("{error}")),
    };
    // SAFETY: the boot loader says where the firmware's tables are, and the first page tables are in use.
    let firmware = unsafe { firmware::read(info.firmware) };
    if let Some(power) = firmware.power {
        power::set(power);
    }
    let (mut paging, kernel) = place_kernel(info);
    info!("command line: {}", info.command_line.trim());
    cpu::announce();
    let mut hypervisor = Svm::enable();
    cpu::check();
    let tsc_khz = tsc::khz();
    info!("time-stamp counter: {tsc_khz} kHz");
    let controller = enable_local_controller(&mut paging);
    let devices = devices::find(&firmware, &mut paging, controller.destination());
    let facts = Facts { ecam: devices.scan.ecam, iommu_vendor: devices.iommu_vendor(), tsc_khz };
    start_init(kernel, &devices, &mut hypervisor, arguments);
    match options.preempt {
        Slice::Endless => info!("processes run until they give the processor up"),
        Slice::Milliseconds(_) if tsc_khz == 0 => {
            warn!("processes run until they give the processor up: the speed of this machine's timers is not known");
        }
        Slice::Milliseconds(ms) => interrupt::start_timer(ms, tsc_khz),
    }
    process::run(kernel, &mut hypervisor, devices.hardware, facts)
}

/// Switches the processor's interrupt controller on.
fn enable_local_controller(paging: &mut Paging) -> LocalApic {
    let controller = LocalApic::find();
    if let Some(page) = controller.page() {
        paging.map(page..page + PAGE_SIZE as u64, Use::Device);
    }
    interrupt::enable_local(controller);
    controller
}

/// Replaces the first page tables, and makes an all-zero kernel state.
fn place_kernel(info: &BootInfo) -> (Paging, &'static mut Kernel) {
    let image = paging::image();
    let place = kernel_state::find_place(&info.memory, image.clone());
    let mut paging = Paging::new();
    paging.map(place.clone(), Use::Data);
    assert!(stack::BOOT_STACK.is_intact(), "the boot stack is too small");
    paging.activate();
    start_screen(info.display, &mut paging);
    let mib = |bytes: u64| bytes >> 20;
    let usable: u64 = info.memory.iter().filter(|r| r.usable).map(|r| r.end.saturating_sub(r.start)).sum();
    info!("memory: {} MiB, kernel at {:#x}, its state at {:#x}", mib(usable), image.start, place.start);
    // SAFETY: the place was just found and mapped.
    (paging, unsafe { kernel_state::zeroed(place) })
}

/// Starts the screen, and says what the console is.
fn start_screen(display: Display, paging: &mut Paging) {
    let serial = if console::has_serial() { "serial line" } else { "no serial line" };
    match display {
        Display::None => info!("console: {serial}, no screen"),
        Display::Text => {
            paging.map(console::TEXT_MEMORY..console::TEXT_MEMORY + PAGE_SIZE as u64, Use::Device);
            // SAFETY: the boot loader says that the adapter is in this mode, and the page was just mapped.
            unsafe { console::show_text() };
            info!("console: {serial}, text mode");
        }
        Display::Pixels(pixels) => {
            let Pixels { width, height, .. } = pixels;
            match start_pixels(pixels, paging) {
                Ok(()) => {
                    info!("console: {serial}, framebuffer {width}x{height}, as the boot loader gives no text mode");
                }
                Err(error) => {
                    warn!("console: {serial}, no screen: the framebuffer {width}x{height} cannot be used: {error}");
                }
            }
        }
    }
}

/// Starts the screen on pixels.
fn start_pixels(pixels: Pixels, paging: &mut Paging) -> Result<(), Unfit> {
    let (painter, size) = (Painter::new(pixels)?, pixels.size()?);
    paging.map(pixels.address..pixels.address + size, Use::Pixels);
    // SAFETY: the boot loader says that the pixels are there, and they were just mapped.
    unsafe { console::show_pixels(painter, size) };
    Ok(())
}

/// Evaluates the core's invariant, in debug builds: in others it is known to hold.
fn check(k: &Kernel) {
    if cfg!(debug_assertions)
        && let Err(clause) = k.check()
    {
        panic!("the core's initial state breaks {clause}");
    }
}

/// Makes the core's initial state, and loads init's program.
fn start_init<'a>(
    k: &mut Kernel,
    devices: &Devices,
    hypervisor: &mut impl Hypervisor,
    arguments: impl Iterator<Item = &'a str> + Clone,
) {
    let base = k as *const Kernel as u64 / PAGE_SIZE as u64;
    let error = lv6_kernel::boot::boot(k, base);
    assert!(error == 0, "the core refuses to start at page frame {base:#x}: error {error}");
    let error = boot_devices(k, devices.scan);
    assert!(error == 0, "the core refuses the devices: error {error}");
    let start = load(k, INIT, ARCHIVE, arguments).unwrap_or_else(|error| give_up(format_args!("{error}")));
    hypervisor.reset(&mut k.pages[INIT_HVM as usize], start);
    check(k);
    let pages = k.procs[INIT_PID as usize].nr_pages;
    info!("init: {pages} pages, entry {:#x}", start.rip);
}
