//! Pipes: bytes on their way from one open file to another.

use alloc::collections::VecDeque;

use lv6_ulib::Errno;

/// Bytes that a pipe holds: a request's data always fits into an empty one.
pub const CAPACITY: usize = 4096;

/// One end of a pipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Nobody has asked for it yet.
    Unborn,
    Open,
    Closed,
}

/// A pipe.
#[derive(Debug)]
pub struct Pipe {
    bytes: VecDeque<u8>,
    reader: End,
    writer: End,
}

impl Pipe {
    /// An empty pipe with an open reading end, or none if there is no memory for it.
    pub fn new() -> Result<Pipe, Errno> {
        let mut bytes = VecDeque::new();
        bytes.try_reserve_exact(CAPACITY).map_err(|_| Errno::ENOMEM)?;
        Ok(Pipe { bytes, reader: End::Open, writer: End::Unborn })
    }

    /// Opens the writing end. EINVAL if that was done before: an end that is closed stays so.
    pub fn open_writer(&mut self) -> Result<(), Errno> {
        if self.writer != End::Unborn {
            return Err(Errno::EINVAL);
        }
        self.writer = End::Open;
        Ok(())
    }

    /// Closes the reading end.
    pub fn close_reader(&mut self) {
        self.reader = End::Closed;
        if self.writer == End::Unborn {
            self.writer = End::Closed;
        }
    }

    /// Closes the writing end.
    pub fn close_writer(&mut self) {
        self.writer = End::Closed;
    }

    /// Whether nobody can use it any more.
    pub fn is_dead(&self) -> bool {
        self.reader == End::Closed && self.writer == End::Closed
    }

    /// Takes bytes out. Returns how many; 0 at the end. EAGAIN if there are none yet.
    pub fn read(&mut self, to: &mut [u8]) -> Result<usize, Errno> {
        if to.is_empty() {
            return Ok(0);
        }
        if self.bytes.is_empty() {
            return if self.writer == End::Closed { Ok(0) } else { Err(Errno::EAGAIN) };
        }
        let len = to.len().min(self.bytes.len());
        to.iter_mut().zip(self.bytes.drain(..len)).for_each(|(to, byte)| *to = byte);
        Ok(len)
    }

    /// Puts bytes in, all at once, so that those of several writers do not mix. EPIPE if nobody can read them; EAGAIN if
    /// there is no room for them yet.
    pub fn write(&mut self, from: &[u8]) -> Result<usize, Errno> {
        if self.reader == End::Closed {
            return Err(Errno::EPIPE);
        }
        let len = from.len().min(CAPACITY);
        if self.bytes.len() + len > CAPACITY {
            return Err(Errno::EAGAIN);
        }
        self.bytes.extend(&from[..len]);
        Ok(len)
    }

    /// How many bytes are in it.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether no bytes are in it.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open() -> Pipe {
        let mut pipe = Pipe::new().unwrap();
        pipe.open_writer().unwrap();
        pipe
    }

    #[test]
    fn bytes_come_out_in_order() {
        let mut pipe = open();
        let mut bytes = [0; 5];
        assert_eq!(pipe.read(&mut bytes), Err(Errno::EAGAIN));
        assert_eq!((pipe.write(b"abc"), pipe.write(b"def")), (Ok(3), Ok(3)));
        assert_eq!((pipe.read(&mut bytes), &bytes), (Ok(5), b"abcde"));
        assert_eq!((pipe.read(&mut bytes), bytes[0]), (Ok(1), b'f'));
    }

    #[test]
    fn a_full_pipe_waits_for_its_reader() {
        let mut pipe = open();
        assert_eq!(pipe.write(&[1; CAPACITY - 1]), Ok(CAPACITY - 1));
        assert_eq!((pipe.write(&[2; 2]), pipe.write(&[2; 1])), (Err(Errno::EAGAIN), Ok(1)));
        assert_eq!(pipe.read(&mut [0; 1]), Ok(1));
        assert_eq!((pipe.write(&[3; 1]), pipe.len()), (Ok(1), CAPACITY));
    }

    #[test]
    fn the_reader_finds_the_end_and_the_writer_that_nobody_reads() {
        let mut pipe = open();
        pipe.write(b"x").unwrap();
        pipe.close_writer();
        assert_eq!((pipe.read(&mut [0; 9]), pipe.read(&mut [0; 9])), (Ok(1), Ok(0)));
        let mut pipe = open();
        pipe.close_reader();
        assert_eq!((pipe.write(b"x"), pipe.is_dead()), (Err(Errno::EPIPE), false));
        pipe.close_writer();
        assert!(pipe.is_dead());
    }

    #[test]
    fn there_is_one_writing_end_and_it_may_never_come() {
        let mut pipe = Pipe::new().unwrap();
        assert_eq!(pipe.read(&mut [0; 9]), Err(Errno::EAGAIN));
        assert_eq!((pipe.open_writer(), pipe.open_writer()), (Ok(()), Err(Errno::EINVAL)));
        pipe.close_writer();
        assert_eq!(pipe.open_writer(), Err(Errno::EINVAL));
        let mut pipe = Pipe::new().unwrap();
        pipe.close_reader();
        assert!(pipe.is_dead());
    }
}
