//! Interrupts of devices: vectors, the routes that lead to them, and what has arrived.

use lv6_abi::limits::{FIRST_VECTOR, LAST_VECTOR, NINTREMAP};

use crate::errno::Errno;
use crate::message::{self, MessagePage};
use crate::process::{me, yield_now};
use crate::sys::call;

/// Claims a vector that nobody has. ENOMEM if there is none.
pub fn claim_vector() -> Result<u8, Errno> {
    (FIRST_VECTOR..=LAST_VECTOR)
        .find(|&vector| call::alloc_vector(vector).is_ok())
        .map(|vector| vector as u8)
        .ok_or(Errno::ENOMEM)
}

/// Leads the interrupts of this process's device to its vector; returns the number of the route. The kernel tells the
/// device to send them, if it can: see [`crate::device::Device::interrupt_to`]. ENOMEM if there is no free route.
pub fn route(device: u64, vector: u8) -> Result<u64, Errno> {
    (0..NINTREMAP as u64)
        .find_map(|index| match call::alloc_intremap(index, device, u64::from(vector)) {
            Ok(()) => Some(Ok(index)),
            // This one is in use.
            Err(Errno::EINVAL) => None,
            Err(e) => Some(Err(e)),
        })
        .unwrap_or(Err(Errno::ENOMEM))
}

/// Whether an interrupt has arrived at the vector since it was last acknowledged.
pub fn is_pending(vector: u8) -> bool {
    me().intr[usize::from(vector) / 64] >> (vector % 64) & 1 == 1
}

/// The lowest vector at which an interrupt has arrived since it was last acknowledged.
pub fn pending() -> Option<u8> {
    (0..=u8::MAX).find(|&vector| is_pending(vector))
}

/// Forgets the interrupt that has arrived at the vector.
pub fn acknowledge(vector: u8) {
    call::ack_intr(u64::from(vector)).expect("a vector can be acknowledged");
}

/// Waits until an interrupt has arrived at the vector, and acknowledges it. Others run meanwhile.
pub fn wait(vector: u8) {
    while !is_pending(vector) {
        yield_now();
    }
    acknowledge(vector);
}

/// Sleeps until an interrupt has arrived at the vector, and acknowledges it. One that is pending already is taken at
/// once. EAGAIN if a message or the interrupt of another vector has come instead, or if no other process can run.
pub fn sleep(vector: u8) -> Result<(), Errno> {
    if !is_pending(vector) {
        message::recv(&mut MessagePage::new(), None)?;
    }
    if !is_pending(vector) {
        return Err(Errno::EAGAIN);
    }
    acknowledge(vector);
    Ok(())
}
