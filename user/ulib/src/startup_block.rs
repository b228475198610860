//! The block at the top of a new program's stack: what it is told, and its arguments.

use lv6_abi::startup::{STARTUP_MAX, Startup, StartupArg};

use crate::errno::Errno;

/// A block and where it goes.
pub struct Block {
    /// The last `len` bytes of this go to the addresses below the end of the stack.
    bytes: [u8; STARTUP_MAX as usize],
    len: usize,
    top: u64,
}

/// The bytes of a record of words, which is what both records of [`lv6_abi::startup`] are.
fn put_words<const N: usize>(to: &mut [u8], words: [u64; N]) {
    for (bytes, word) in to.chunks_exact_mut(8).zip(words) {
        bytes.copy_from_slice(&word.to_le_bytes());
    }
}

impl Block {
    /// Lays out `start`, whose `argc` and `argv` are filled in, and the arguments, below the address `top`. E2BIG if
    /// there is no room.
    ///
    /// From the top down: the texts, the argument records, the start-up record, at a multiple of 16.
    pub fn new(start: Startup, args: &[&str], top: u64) -> Result<Block, Errno> {
        let texts: usize = args.iter().map(|arg| arg.len()).sum();
        let argv = texts.next_multiple_of(8) + args.len() * size_of::<StartupArg>();
        let len = (argv + size_of::<Startup>()).next_multiple_of(16);
        let mut block = Block { bytes: [0; STARTUP_MAX as usize], len, top };
        let Some(first) = block.bytes.len().checked_sub(len) else { return Err(Errno::E2BIG) };
        let end = block.bytes.len();
        let address_of = |at: usize| top - (end - at) as u64;
        let (mut text, mut record) = (end - texts, end - argv);
        let start = Startup { argc: args.len() as u64, argv: address_of(record), ..start };
        for arg in args {
            block.bytes[text..text + arg.len()].copy_from_slice(arg.as_bytes());
            put_words(&mut block.bytes[record..record + size_of::<StartupArg>()], [address_of(text), arg.len() as u64]);
            text += arg.len();
            record += size_of::<StartupArg>();
        }
        let words = [
            start.argc,
            start.argv,
            start.image,
            start.image_len,
            start.old_slot,
            start.archive,
            start.archive_len,
            start.tables,
        ];
        const { assert!(size_of::<Startup>() == 8 * 8) };
        put_words(&mut block.bytes[first..first + size_of::<Startup>()], words);
        Ok(block)
    }

    /// Address of the block, which is the new program's first stack pointer.
    pub fn address(&self) -> u64 {
        self.top - self.len as u64
    }

    /// The bytes from that address up to the end of the stack.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[self.bytes.len() - self.len..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;
    use std::vec::Vec;

    const TOP: u64 = 0x40_0000;

    fn word(block: &Block, address: u64) -> u64 {
        let at = (address - block.address()) as usize;
        u64::from_le_bytes(block.bytes()[at..at + 8].try_into().unwrap())
    }

    fn arguments(block: &Block) -> Vec<String> {
        let argv = word(block, block.address() + 8);
        (0..word(block, block.address()))
            .map(|i| {
                let text = (word(block, argv + 16 * i) - block.address()) as usize;
                let len = word(block, argv + 16 * i + 8) as usize;
                String::from_utf8(block.bytes()[text..text + len].to_vec()).unwrap()
            })
            .collect()
    }

    #[test]
    fn arguments_come_out_as_they_went_in() {
        for args in [&[][..], &["echo"], &["echo", "", "a b", "é"], &["x"; 33]] {
            let start = Startup {
                image: 7,
                image_len: 8,
                old_slot: 9,
                archive: 10,
                archive_len: 11,
                tables: 1,
                ..Startup::default()
            };
            let block = Block::new(start, args, TOP).unwrap();
            assert_eq!(block.address() % 16, 0);
            assert_eq!(block.address() + block.bytes().len() as u64, TOP);
            assert_eq!(arguments(&block), args);
            let rest: Vec<u64> = (2..8).map(|i| word(&block, block.address() + 8 * i)).collect();
            assert_eq!(rest, [7, 8, 9, 10, 11, 1]);
        }
    }

    #[test]
    fn too_much_is_refused() {
        let long = "x".repeat(STARTUP_MAX as usize - 80);
        assert!(Block::new(Startup::default(), &[&long], TOP).is_ok());
        let longer = "x".repeat(STARTUP_MAX as usize - 79);
        assert_eq!(Block::new(Startup::default(), &[&longer], TOP).err(), Some(Errno::E2BIG));
        assert_eq!(Block::new(Startup::default(), &["x"; 300], TOP).err(), Some(Errno::E2BIG));
    }
}
