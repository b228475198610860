//! Numbers in blocks: little-endian, at fixed offsets.

/// Reads 16 bits.
pub fn get16(from: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(array(from, at))
}

/// Reads 32 bits.
pub fn get32(from: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(array(from, at))
}

/// Reads 64 bits.
pub fn get64(from: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(array(from, at))
}

/// Writes a number's bytes.
pub fn put<const N: usize>(to: &mut [u8], at: usize, bytes: [u8; N]) {
    to[at..at + N].copy_from_slice(&bytes);
}

fn array<const N: usize>(from: &[u8], at: usize) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&from[at..at + N]);
    bytes
}
