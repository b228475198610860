//! Commands: what is put into a queue (sections 4.2, 5 and 6).

/// A command: 64 bytes. The queue puts the number in by which its end is reported.
pub type Command = [u64; 8];

/// The name of a command in messages, and what is put into the queue.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// Its name.
    pub name: &'static str,
    /// Its bytes.
    pub command: Command,
}

/// What the drive is asked about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A namespace: a set of blocks, which other interfaces would call a disk.
    Namespace = 0,
    /// The controller.
    Controller = 1,
    /// The numbers of the namespaces.
    Namespaces = 2,
}

/// Flag of a queue: its memory is contiguous.
const CONTIGUOUS: u32 = 1;
/// The feature that says how many queues there can be.
const NUMBER_OF_QUEUES: u32 = 7;

/// A command with its three words of its own.
fn request(name: &'static str, opcode: u8, namespace: u32, page: u64, [a, b, c]: [u32; 3]) -> Request {
    let pair = |low: u32, high: u32| u64::from(high) << 32 | u64::from(low);
    let command = [pair(opcode.into(), namespace), 0, 0, page, 0, pair(a, b), c.into(), 0];
    Request { name, command }
}

/// Writes what the drive says of itself to a page.
pub fn identify(subject: Subject, namespace: u32, page: u64) -> Request {
    request("identify", 0x06, namespace, page, [subject as u32, 0, 0])
}

/// Asks for one queue of each kind, besides those for administration.
pub fn one_queue() -> Request {
    request("set the number of queues", 0x09, 0, 0, [NUMBER_OF_QUEUES, 0, 0])
}

/// Makes a queue of completions.
pub fn create_completion_queue(id: u16, entries: u16, page: u64) -> Request {
    let size = u32::from(entries - 1) << 16 | u32::from(id);
    request("create a completion queue", 0x05, 0, page, [size, CONTIGUOUS, 0])
}

/// Makes a queue of submissions, whose ends are reported in the queue of completions with the same number.
pub fn create_submission_queue(id: u16, entries: u16, page: u64) -> Request {
    let size = u32::from(entries - 1) << 16 | u32::from(id);
    request("create a submission queue", 0x01, 0, page, [size, u32::from(id) << 16 | CONTIGUOUS, 0])
}

/// Reads `count` of the drive's units, from `first` on, to a page.
pub fn read(namespace: u32, first: u64, count: u16, page: u64) -> Request {
    request("read", 0x02, namespace, page, [first as u32, (first >> 32) as u32, u32::from(count - 1)])
}

/// Writes a page to `count` of the drive's units.
pub fn write(namespace: u32, first: u64, count: u16, page: u64) -> Request {
    request("write", 0x01, namespace, page, [first as u32, (first >> 32) as u32, u32::from(count - 1)])
}

/// Brings all that was written to the medium.
pub fn flush(namespace: u32) -> Request {
    request("flush", 0x00, namespace, 0, [0; 3])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_laid_out_as_specified() {
        let page = 0x12_3456_7000;
        let words = |request: Request| request.command;
        assert_eq!(words(identify(Subject::Controller, 0, page)), [0x06, 0, 0, page, 0, 1, 0, 0]);
        assert_eq!(words(identify(Subject::Namespace, 3, page)), [0x3_0000_0006, 0, 0, page, 0, 0, 0, 0]);
        assert_eq!(words(one_queue()), [0x09, 0, 0, 0, 0, 7, 0, 0]);
        assert_eq!(words(create_completion_queue(1, 16, page)), [0x05, 0, 0, page, 0, 0x1_000f_0001, 0, 0]);
        assert_eq!(words(create_submission_queue(1, 16, page)), [0x01, 0, 0, page, 0, 0x1_0001_000f_0001, 0, 0]);
        assert_eq!(words(read(1, 0x9_8765_4321, 8, page)), [0x1_0000_0002, 0, 0, page, 0, 0x9_8765_4321, 7, 0]);
        assert_eq!(words(write(1, 5, 1, page)), [0x1_0000_0001, 0, 0, page, 0, 5, 0, 0]);
        assert_eq!(words(flush(2)), [0x2_0000_0000, 0, 0, 0, 0, 0, 0, 0]);
    }
}
