//! What a drive says of itself (section 5.15.2). It is read from a copy, so that it cannot change in between.

use core::fmt;

use crate::error::Error;
use crate::{BLOCK_SIZE, Block};

/// Text of the drive, shortened and made printable.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Text {
    bytes: [u8; 40],
    len: usize,
}

impl Text {
    fn new(field: &[u8]) -> Text {
        let mut text = Text { bytes: [0; 40], len: 0 };
        for (to, from) in text.bytes.iter_mut().zip(field) {
            *to = if from.is_ascii_graphic() || *from == b' ' { *from } else { b'?' };
        }
        let used = &text.bytes[..field.len().min(40)];
        text.len = used.iter().rposition(|byte| *byte != b' ').map_or(0, |last| last + 1);
        text
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

/// What the controller says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The model.
    pub model: Text,
    /// The serial number.
    pub serial: Text,
    /// The version of its program.
    pub firmware: Text,
    /// Whether it keeps what is written in memory that a loss of power clears.
    pub volatile_cache: bool,
}

/// Reads what the controller says of itself.
pub fn controller(page: &Block) -> Result<Identity, Error> {
    /// Kinds of controller: not said, one for blocks.
    const KINDS: [u8; 2] = [0, 1];
    let (submission, completion) = (page[512] & 15, page[513] & 15);
    if !KINDS.contains(&page[111]) {
        return Err(Error::Unsupported("it is no controller for blocks"));
    }
    if submission > 6 || completion > 4 {
        return Err(Error::Unsupported("the entries of its queues are too large"));
    }
    Ok(Identity {
        serial: Text::new(&page[4..24]),
        model: Text::new(&page[24..64]),
        firmware: Text::new(&page[64..72]),
        volatile_cache: page[525] & 1 == 1,
    })
}

/// The number of the first namespace. An error if there is none.
pub fn first_namespace(page: &Block) -> Result<u32, Error> {
    match word(page, 0) as u32 {
        0 => Err(Error::Unsupported("it has no namespace")),
        u32::MAX => Err(Error::Nonsense("it has a namespace with the number of all")),
        number => Ok(number),
    }
}

/// A namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Namespace {
    /// Its number.
    pub number: u32,
    /// The drive's units in a block.
    pub units: u16,
    /// How many blocks it has.
    pub blocks: u64,
}

/// Reads what the drive says of a namespace.
pub fn namespace(page: &Block, number: u32) -> Result<Namespace, Error> {
    /// The last of the formats that a namespace can have, and where they are listed.
    const LAST_FORMAT: u8 = 15;
    const FORMATS: usize = 128;
    let (size, last, current) = (word(page, 0), page[25].min(LAST_FORMAT), page[26] & 15);
    if current > last {
        return Err(Error::Nonsense("its format is not among its formats"));
    }
    let at = FORMATS + 4 * usize::from(current);
    let (metadata, shift) = (u16::from_le_bytes([page[at], page[at + 1]]), page[at + 2]);
    if metadata != 0 {
        return Err(Error::Unsupported("its blocks carry metadata"));
    }
    let units = match shift {
        9 => 8,
        12 => 1,
        _ => return Err(Error::Unsupported("its units are neither 512 nor 4096 bytes long")),
    };
    if size == 0 {
        return Err(Error::Unsupported("its namespace is empty"));
    }
    Ok(Namespace { number, units, blocks: size / u64::from(units) })
}

impl Namespace {
    /// Bytes of the drive's own unit.
    pub fn unit_size(&self) -> usize {
        BLOCK_SIZE / usize::from(self.units)
    }
}

/// The number of 8 bytes at a place.
fn word(page: &Block, at: usize) -> u64 {
    u64::from_le_bytes(core::array::from_fn(|n| page[at + n]))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::string::ToString;

    /// What a controller for blocks says of itself.
    pub fn controller_page() -> Block {
        let mut page = [0; BLOCK_SIZE];
        page[4..24].fill(b' ');
        page[4..7].copy_from_slice(b"lv6");
        page[24..64].fill(b' ');
        page[24..34].copy_from_slice(b"A drive\xff 2");
        page[64..72].copy_from_slice(b"1.0     ");
        (page[111], page[512], page[513], page[525]) = (1, 0x66, 0x44, 1);
        page
    }

    /// What a namespace of so many units of 2^`shift` bytes says of itself.
    pub fn namespace_page(size: u64, shift: u8) -> Block {
        let mut page = [0; BLOCK_SIZE];
        page[..8].copy_from_slice(&size.to_le_bytes());
        (page[25], page[26], page[128 + 8 + 2]) = (3, 0x12, shift);
        page
    }

    #[test]
    fn a_controller() {
        let identity = controller(&controller_page()).unwrap();
        assert_eq!(identity.model.as_str(), "A drive? 2");
        assert_eq!(identity.serial.as_str(), "lv6");
        assert_eq!(identity.firmware.as_str(), "1.0");
        assert!(identity.volatile_cache);
        let full = Text::new(&[b'x'; 40]);
        assert_eq!(full.as_str().len(), 40);
        assert_eq!(Text::new(b"    ").as_str(), "");
    }

    #[test]
    fn other_controllers_are_refused() {
        for (at, value, why) in [(111, 2, "controller"), (512, 0x67, "entries"), (513, 0x55, "entries")] {
            let mut page = controller_page();
            page[at] = value;
            let error = controller(&page).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }

    #[test]
    fn namespaces() {
        let wide = Namespace { number: 5, units: 1, blocks: 1000 };
        assert_eq!(namespace(&namespace_page(1000, 12), 5), Ok(wide));
        let narrow = Namespace { number: 1, units: 8, blocks: 1 };
        assert_eq!(namespace(&namespace_page(15, 9), 1), Ok(narrow));
        assert_eq!((wide.unit_size(), narrow.unit_size()), (4096, 512));
        assert_eq!(namespace(&namespace_page(u64::MAX, 9), 1).unwrap().blocks, u64::MAX / 8);
    }

    #[test]
    fn other_namespaces_are_refused() {
        let change = |at: usize, value: u8| {
            let mut page = namespace_page(1000, 12);
            page[at] = value;
            namespace(&page, 1)
        };
        assert!(matches!(change(25, 1), Err(Error::Nonsense(_))), "a format that is not listed");
        assert!(matches!(change(136, 8), Err(Error::Unsupported(_))), "metadata");
        for shift in [0, 8, 10, 13, 64, 255] {
            assert!(matches!(change(138, shift), Err(Error::Unsupported(_))), "units of 2^{shift}");
        }
        assert!(matches!(namespace(&namespace_page(0, 9), 1), Err(Error::Unsupported(_))));
    }

    #[test]
    fn a_drive_without_a_namespace_is_refused() {
        let mut page = [0; BLOCK_SIZE];
        assert!(matches!(first_namespace(&page), Err(Error::Unsupported(_))));
        page[0] = 7;
        assert_eq!(first_namespace(&page), Ok(7));
        page[..4].fill(0xff);
        assert!(matches!(first_namespace(&page), Err(Error::Nonsense(_))));
    }
}
