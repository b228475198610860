use super::*;
use crate::device::{NULL, Null};
use lv6_fs::{MemoryDisk, mkfs};
use lv6_ulib::fs::protocol::{O_APPEND, O_CREAT, O_DIRECTORY, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY};
use std::boxed::Box;
use std::collections::BTreeMap;
use std::string::String;
use std::vec;
use std::vec::Vec;

/// A kernel in which clients are numbers.
#[derive(Default)]
struct FakeKernel {
    /// The files that the server has made and still has a descriptor of.
    held: Vec<u64>,
    /// The descriptors of clients.
    descriptors: BTreeMap<(u64, u64), u64>,
    last: u64,
    /// How many files there can be.
    limit: usize,
}

impl Kernel for FakeKernel {
    fn file_at(&self, client: u64, fd: u64) -> Option<u64> {
        self.descriptors.get(&(client, fd)).copied()
    }
    fn create(&mut self, _: FileType, _: u64, _: u64) -> Result<u64, Errno> {
        if self.held.len() == self.limit {
            return Err(Errno::ENFILE);
        }
        self.last += 1;
        self.held.push(self.last);
        Ok(self.last)
    }
    fn is_in_use(&self, number: u64) -> bool {
        self.held.contains(&number) && self.descriptors.values().any(|&open| open == number)
    }
    fn release(&mut self, number: u64) {
        self.held.retain(|&held| held != number);
    }
}

/// A server with clients.
struct World(Server<MemoryDisk, FakeKernel>);

fn world() -> World {
    let mut fs = FileSystem::mount(mkfs::format(MemoryDisk::new(300), 32, 7).unwrap()).unwrap();
    fs.make_device(ROOT, "null", NULL, 0).unwrap();
    fs.make_device(ROOT, "nobody", 9, 0).unwrap();
    let mut devices = Devices::default();
    devices.add(NULL, Null);
    World(Server::new(fs, FakeKernel { limit: 20, ..FakeKernel::default() }, devices))
}

impl World {
    /// Makes a request as a client; a file arrives at its first free descriptor, which is the number then.
    fn ask(&mut self, client: u64, request: Request) -> Result<(u64, Vec<u8>), Errno> {
        let mut page = Box::new([0; 4096]);
        let (op, len) = request.encode(&mut page).unwrap();
        self.send(client, op, &page[..len])
    }

    fn send(&mut self, client: u64, op: u64, bytes: &[u8]) -> Result<(u64, Vec<u8>), Errno> {
        let mut page = Box::new([0; 4096]);
        let (answer, _) = self.0.answer(1 << 40, client, op, bytes, &mut page);
        let mut value = Errno::check(answer.value)?;
        if answer.brings_file {
            value = (0..).find(|&fd| !self.0.kernel.descriptors.contains_key(&(client, fd))).unwrap();
            self.0.kernel.descriptors.insert((client, value), self.0.kernel.last);
        }
        Ok((value, page[..answer.size].to_vec()))
    }

    fn open(&mut self, client: u64, path: &str, flags: u64) -> Result<u64, Errno> {
        self.ask(client, Request::Open { dir: NO_DIR, flags, path }).map(|(fd, _)| fd)
    }

    fn read(&mut self, client: u64, fd: u64) -> Result<Vec<u8>, Errno> {
        self.ask(client, Request::Read { fd, offset: 0, count: 4096 }).map(|(_, bytes)| bytes)
    }

    fn write(&mut self, client: u64, fd: u64, data: &[u8]) -> Result<u64, Errno> {
        self.ask(client, Request::Write { fd, offset: 0, data }).map(|(len, _)| len)
    }

    fn close(&mut self, client: u64, fd: u64) {
        assert!(self.0.kernel.descriptors.remove(&(client, fd)).is_some());
    }

    fn pipe(&mut self, client: u64) -> (u64, u64) {
        let (reader, _) = self.ask(client, Request::Pipe {}).unwrap();
        (reader, self.ask(client, Request::PipeWriter { reader }).unwrap().0)
    }

    fn free(&mut self) -> (u64, u64) {
        let info = self.0.fs.info().unwrap();
        (info.free_blocks, info.free_inodes)
    }
}

#[test]
fn a_file_is_written_and_read_by_descriptors() {
    let mut w = world();
    let fd = w.open(5, "/f", O_CREAT | O_RDWR).unwrap();
    assert_eq!((w.write(5, fd, b"hello"), w.read(5, fd)), (Ok(5), Ok(b"hello".to_vec())));
    let append = w.open(5, "/f", O_WRONLY | O_APPEND).unwrap();
    let answer = w.ask(5, Request::Write { fd: append, offset: 0, data: b" all" });
    assert_eq!(answer, Ok((4, 9u64.to_le_bytes().to_vec())));
    assert_eq!(w.read(5, append), Err(Errno::EBADF));
    let readonly = w.open(5, "/f", O_RDONLY).unwrap();
    assert_eq!(w.write(5, readonly, b"x"), Err(Errno::EBADF));
    assert_eq!(w.ask(5, Request::Truncate { fd: readonly, size: 0 }), Err(Errno::EBADF));
    assert_eq!(w.read(5, readonly), Ok(b"hello all".to_vec()));
    let (_, stat) = w.ask(5, Request::StatFd { fd }).unwrap();
    let stat = Stat::decode(&stat).unwrap();
    assert_eq!((stat.kind, stat.size, stat.modified), (FileKind::File, 9, 1 << 40));
}

#[test]
fn descriptors_of_others_and_forged_ones_lead_nowhere() {
    let mut w = world();
    let fd = w.open(5, "/f", O_CREAT | O_RDWR).unwrap();
    assert_eq!(w.read(6, fd), Err(Errno::EBADF));
    // A file that the client has made itself, whatever it claims to be.
    w.0.kernel.descriptors.insert((6, 0), 999);
    assert_eq!((w.read(6, 0), w.read(6, u64::MAX)), (Err(Errno::EBADF), Err(Errno::EBADF)));
    assert_eq!(w.ask(6, Request::MakeDir { dir: 0, path: "d" }), Err(Errno::EBADF));
    assert_eq!(w.ask(5, Request::MakeDir { dir: fd, path: "d" }), Err(Errno::ENOTDIR));
}

#[test]
fn what_nobody_has_open_is_collected() {
    let mut w = world();
    let before = w.free();
    let fd = w.open(5, "/f", O_CREAT | O_RDWR).unwrap();
    w.write(5, fd, &[1; 4000]).unwrap();
    w.ask(5, Request::Unlink { dir: NO_DIR, is_dir: 0, path: "/f" }).unwrap();
    assert_eq!(w.read(5, fd).map(|bytes| bytes.len()), Ok(4000));
    assert_ne!(w.free(), before);
    // The client dies; the next request, of anyone, finds that out.
    w.close(5, fd);
    w.ask(6, Request::Sync {}).unwrap();
    assert_eq!((w.free(), w.0.kernel.held.len()), (before, 0));
}

#[test]
fn a_file_that_never_arrived_is_collected() {
    let mut w = world();
    let mut page = Box::new([0; 4096]);
    let (op, len) = Request::Open { dir: NO_DIR, flags: O_RDWR | O_CREAT, path: "f" }.encode(&mut page).unwrap();
    for _ in 0..100 {
        let bytes = page[..len].to_vec();
        let (answer, _) = w.0.answer(0, 5, op, &bytes, &mut Box::new([0; 4096]));
        assert!(answer.brings_file);
    }
    assert_eq!(w.0.kernel.held.len(), 1);
}

#[test]
fn there_are_only_so_many_open_files() {
    let mut w = world();
    let open: Vec<u64> = (0..20).map(|_| w.open(5, "/f", O_CREAT | O_RDWR).unwrap()).collect();
    assert_eq!(w.open(5, "/f", O_RDWR), Err(Errno::ENFILE));
    assert_eq!(w.ask(5, Request::Pipe {}), Err(Errno::ENFILE));
    w.close(5, open[3]);
    assert!(w.open(5, "/f", O_RDWR).is_ok());
}

#[test]
fn a_pipe_ends_when_its_writers_are_gone() {
    let mut w = world();
    let (reader, writer) = w.pipe(5);
    assert_eq!(w.read(5, reader), Err(Errno::EAGAIN));
    assert_eq!((w.write(5, writer, b"abc"), w.read(5, reader)), (Ok(3), Ok(b"abc".to_vec())));
    assert_eq!((w.read(5, writer), w.write(5, reader, b"x")), (Err(Errno::EBADF), Err(Errno::EBADF)));
    // Another client inherits the writing end; the end comes when both have closed it.
    let number = w.0.kernel.descriptors[&(5, writer)];
    w.0.kernel.descriptors.insert((6, 0), number);
    w.close(5, writer);
    assert_eq!(w.read(5, reader), Err(Errno::EAGAIN));
    w.close(6, 0);
    assert_eq!(w.read(5, reader), Ok(vec![]));
    assert_eq!(w.ask(5, Request::PipeWriter { reader }), Err(Errno::EINVAL));
    w.close(5, reader);
    w.ask(5, Request::Sync {}).unwrap();
    assert_eq!((w.0.kernel.held.len(), w.0.objects.pipes.len()), (0, 0));
}

#[test]
fn a_pipe_without_readers_fails() {
    let mut w = world();
    let (reader, writer) = w.pipe(5);
    w.close(5, reader);
    assert_eq!(w.write(5, writer, b"x"), Err(Errno::EPIPE));
    let (_, stat) = w.ask(5, Request::StatFd { fd: writer }).unwrap();
    assert_eq!(Stat::decode(&stat).unwrap().kind, FileKind::Pipe);
}

#[test]
fn devices_stand_behind_their_numbers() {
    let mut w = world();
    let fd = w.open(5, "/null", O_RDWR | O_TRUNC).unwrap();
    assert_eq!((w.read(5, fd), w.write(5, fd, b"abc")), (Ok(vec![]), Ok(3)));
    assert_eq!(w.ask(5, Request::Control { fd, request: 1, argument: 2 }), Err(Errno::ENOTTY));
    assert_eq!(w.ask(5, Request::Truncate { fd, size: 0 }), Err(Errno::EINVAL));
    assert_eq!(w.open(5, "/nobody", O_RDONLY), Err(Errno::ENXIO));
    assert_eq!(w.ask(5, Request::MakeDevice { dir: NO_DIR, major: 1 << 16, minor: 0, path: "x" }), Err(Errno::EINVAL));
}

#[test]
fn paths_start_at_descriptors_of_directories() {
    let mut w = world();
    for path in ["/a", "/a/b"] {
        w.ask(5, Request::MakeDir { dir: NO_DIR, path }).unwrap();
    }
    let dir = w.open(5, "/a", O_DIRECTORY).unwrap();
    let inner = w.ask(5, Request::Open { dir, flags: O_RDONLY, path: "b" }).unwrap().0;
    assert_eq!(w.ask(5, Request::PathOf { dir: inner }), Ok((0, b"/a/b".to_vec())));
    assert_eq!(w.ask(5, Request::PathOf { dir: NO_DIR }), Ok((0, b"/".to_vec())));
    w.ask(5, Request::Rename { dir, new_dir: NO_DIR, path: "b", new_path: "c" }).unwrap();
    assert_eq!(w.ask(5, Request::PathOf { dir: inner }), Ok((0, b"/c".to_vec())));
    w.ask(5, Request::Unlink { dir: NO_DIR, is_dir: 1, path: "c" }).unwrap();
    assert_eq!(w.ask(5, Request::PathOf { dir: inner }), Err(Errno::ENOENT));
    assert_eq!(w.ask(5, Request::MakeDir { dir: inner, path: "x" }), Err(Errno::ENOENT));
    assert_eq!(w.ask(5, Request::Unlink { dir, is_dir: 2, path: "x" }), Err(Errno::EINVAL));
}

#[test]
fn long_directories_come_in_parts() {
    let mut w = world();
    let names: Vec<String> = (0..25).map(|n| std::format!("{n:060}")).collect();
    let fs_dir = w.ask(5, Request::MakeDir { dir: NO_DIR, path: "/d" }).map(|_| ());
    assert_eq!(fs_dir, Ok(()));
    let dir = w.open(5, "/d", O_RDONLY).unwrap();
    for path in &names {
        w.ask(5, Request::Open { dir, flags: O_CREAT | O_WRONLY, path }).map(|(fd, _)| w.close(5, fd)).unwrap();
    }
    let (mut position, mut found, mut parts) = (0, Vec::new(), 0);
    loop {
        let (next, bytes) = w.ask(5, Request::ReadDir { fd: dir, position }).unwrap();
        let entries = lv6_ulib::fs::DirEntry::decode_all(&bytes).unwrap();
        if entries.is_empty() {
            break;
        }
        found.extend(entries.into_iter().map(|entry| entry.name));
        (position, parts) = (next, parts + 1);
        assert!(parts < 100);
    }
    assert_eq!(found[..2], [".", ".."]);
    assert_eq!(found[2..], names);
    assert!(w.ask(5, Request::ReadDir { fd: dir, position: u64::MAX }).unwrap().1.is_empty());
}

#[test]
fn any_bytes_get_an_answer() {
    let mut w = world();
    let (reader, _) = w.pipe(5);
    let file = w.open(5, "/f", O_CREAT | O_RDWR).unwrap();
    let dir = w.open(5, "/", O_RDONLY).unwrap();
    let mut seed = 1u64;
    let mut random = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    let words = [0, 1, reader, file, dir, 4096, 1 << 62, u64::MAX, O_RDWR | O_CREAT];
    for _ in 0..20_000 {
        let op = random() % 20;
        let mut bytes = Vec::new();
        for _ in 0..random() % 5 {
            let word = words[(random() % words.len() as u64) as usize];
            bytes.extend((if random() % 8 == 0 { random() } else { word }).to_le_bytes());
        }
        bytes.extend(&b"/f/a/../b"[..(random() % 10) as usize]);
        let _ = w.send(5, op, &bytes);
        // Keep the ones that the requests are about.
        w.0.kernel.descriptors.retain(|(_, fd), _| *fd <= dir);
    }
    assert_eq!(w.read(5, dir), Err(Errno::EISDIR));
}

#[test]
fn old_changes_are_written() {
    let mut w = world();
    w.ask(5, Request::MakeDir { dir: NO_DIR, path: "/d" }).unwrap();
    assert!(w.0.fs.is_changed());
    let mut page = Box::new([0; 4096]);
    let (op, len) = Request::StatFs {}.encode(&mut page).unwrap();
    assert_eq!(len, 0);
    let _ = w.0.answer((1 << 40) + OLDEST_CHANGE - 1, 5, op, &[], &mut page);
    assert!(w.0.fs.is_changed());
    let _ = w.0.answer((1 << 40) + OLDEST_CHANGE, 5, op, &[], &mut page);
    assert!(!w.0.fs.is_changed());
}
