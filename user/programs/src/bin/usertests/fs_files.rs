//! Tests of files and directories.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use lv6_ulib::Errno;
use lv6_ulib::fs::*;

/// The tests of this file.
pub const TESTS: &[crate::Test] = &[
    ("fs_write_and_read", write_and_read),
    ("fs_ways_to_open", ways_to_open),
    ("fs_large_file", large_file),
    ("fs_directories", directories),
    ("fs_current_directory", current_directory),
    ("fs_rename", rename_files),
    ("fs_bad_paths", bad_paths),
    ("fs_times", times),
    ("fs_devices", devices),
    ("fs_full_disk", full_disk),
];

/// A directory for one test, which goes away with all that is in it.
pub struct Scratch(&'static str);

impl Scratch {
    /// Makes it.
    pub fn new(path: &'static str) -> Scratch {
        remove_all(path);
        make_dir(path).expect("make_dir");
        Scratch(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        remove_all(self.0);
    }
}

/// Removes a directory and all that is in it, if it exists.
fn remove_all(path: &str) {
    for entry in read_dir(path).unwrap_or_default() {
        let path = format!("{path}/{}", entry.name);
        match entry.kind {
            FileKind::Directory => remove_all(&path),
            _ => unlink(&path).expect("unlink"),
        }
    }
    let _ = remove_dir(path);
}

/// Opens a file in a way that must fail.
fn cannot_open(path: &str, how: OpenOptions) -> Errno {
    how.open(path).expect_err("this cannot be opened")
}

fn write_and_read() {
    let _scratch = Scratch::new("/tmp/t");
    let file = OpenOptions::new().read(true).write(true).create(true).open("/tmp/t/f").expect("open");
    assert_eq!((file.write(b"hello, "), file.write(b"world")), (Ok(7), Ok(5)));
    assert_eq!(file.position(), Ok(12));
    let mut bytes = [0; 20];
    assert_eq!(file.read(&mut bytes), Ok(0));
    assert_eq!((file.seek(7), file.read(&mut bytes)), (Ok(()), Ok(5)));
    assert_eq!(&bytes[..5], b"world");
    assert_eq!((file.pwrite(b"W", 7), file.pread(&mut bytes, 6)), (Ok(1), Ok(6)));
    assert_eq!((&bytes[..6], file.position()), (&b" World"[..], Ok(12)));
    assert_eq!((file.truncate(5), file.truncate(8)), (Ok(()), Ok(())));
    assert_eq!(read_all("/tmp/t/f"), Ok(b"hello\0\0\0".to_vec()));
    let stat = file.stat().expect("stat");
    assert_eq!((stat.kind, stat.size, stat.links, stat.blocks), (FileKind::File, 8, 1, 1));
    assert_eq!(lv6_ulib::fs::stat("/tmp/t/f"), Ok(stat));
}

fn ways_to_open() {
    let _scratch = Scratch::new("/tmp/t");
    let (read, write) = (OpenOptions::new().read(true), OpenOptions::new().write(true));
    assert_eq!(cannot_open("/tmp/t/f", read), Errno::ENOENT);
    write_all("/tmp/t/f", b"one").expect("create");
    assert_eq!(cannot_open("/tmp/t/f", write.create_new(true)), Errno::EEXIST);
    assert_eq!(cannot_open("/tmp/t/f", read.directory(true)), Errno::ENOTDIR);
    assert_eq!(cannot_open("/tmp/t", write), Errno::EISDIR);
    assert_eq!(cannot_open("/tmp/t/f", read.truncate(true)), Errno::EINVAL);
    assert_eq!(cannot_open("/tmp/t/f", OpenOptions::new()), Errno::EINVAL);
    // Two that append do not overwrite each other.
    let append = OpenOptions::new().append(true);
    let (first, second) = (append.open("/tmp/t/f").expect("open"), append.open("/tmp/t/f").expect("open"));
    for (file, text) in [(&first, b"two"), (&second, b"3rd"), (&first, b"end")] {
        assert_eq!(file.write(text), Ok(3));
    }
    assert_eq!(read_to_string("/tmp/t/f").as_deref(), Ok("onetwo3rdend"));
    assert_eq!(first.read(&mut [0; 4]), Err(Errno::EBADF));
    assert_eq!(open("/tmp/t/f").and_then(|file| file.write(b"x")), Err(Errno::EBADF));
    write_all("/tmp/t/f", b"new").expect("truncate");
    assert_eq!(read_all("/tmp/t/f"), Ok(b"new".to_vec()));
}

fn large_file() {
    let _scratch = Scratch::new("/tmp/t");
    let before = statfs().expect("statfs");
    let bytes: Vec<u8> = (0..100_000u32).map(|n| ((n * 7) >> 3) as u8).collect();
    write_all("/tmp/t/f", &bytes).expect("write");
    assert!(read_all("/tmp/t/f").as_deref() == Ok(&bytes));
    // Far behind: what lies between takes no blocks.
    let file = OpenOptions::new().read(true).write(true).open("/tmp/t/f").expect("open");
    assert_eq!(file.pwrite(b"end", 6_000_000), Ok(3));
    let mut hole = [1; 100];
    assert_eq!((file.pread(&mut hole, 3_000_000), hole), (Ok(100), [0; 100]));
    assert_eq!(file.pwrite(b"x", u64::MAX), Err(Errno::EFBIG));
    assert_eq!(file.truncate(u64::MAX), Err(Errno::EFBIG));
    assert!(file.stat().expect("stat").blocks < 32);
    drop(file);
    unlink("/tmp/t/f").expect("unlink");
    // The directory has a block meanwhile.
    assert!(statfs().expect("statfs").free_blocks + 1 >= before.free_blocks);
}

fn directories() {
    let _scratch = Scratch::new("/tmp/t");
    for path in ["/tmp/t/b", "/tmp/t/a", "/tmp/t/a/c"] {
        assert_eq!(make_dir(path), Ok(()));
        assert_eq!(make_dir(path), Err(Errno::EEXIST));
    }
    write_all("/tmp/t/f", b"").expect("create");
    let found: Vec<(String, FileKind)> =
        read_dir("/tmp/t").expect("read_dir").into_iter().map(|entry| (entry.name, entry.kind)).collect();
    let expected = [("b", FileKind::Directory), ("a", FileKind::Directory), ("f", FileKind::File)];
    assert_eq!(found, expected.map(|(name, kind)| (String::from(name), kind)));
    assert_eq!(lv6_ulib::fs::stat("/tmp/t/a").map(|stat| stat.links), Ok(3));
    assert_eq!(remove_dir("/tmp/t/a"), Err(Errno::ENOTEMPTY));
    assert_eq!(remove_dir("/tmp/t/f"), Err(Errno::ENOTDIR));
    assert_eq!(unlink("/tmp/t/b"), Err(Errno::EISDIR));
    assert_eq!((remove_dir("/tmp/t/a/c"), remove_dir("/tmp/t/a")), (Ok(()), Ok(())));
    assert_eq!(remove_dir("/"), Err(Errno::EBUSY));
    assert_eq!(read_dir("/tmp/t/f"), Err(Errno::ENOTDIR));
    // More names than fit into one answer.
    for n in 0..100 {
        write_all(&format!("/tmp/t/b/{n:050}"), b"").expect("create");
    }
    let names: Vec<String> = read_dir("/tmp/t/b").expect("read_dir").into_iter().map(|entry| entry.name).collect();
    assert_eq!(names, (0..100).map(|n| format!("{n:050}")).collect::<Vec<_>>());
}

fn current_directory() {
    let _scratch = Scratch::new("/tmp/t");
    assert_eq!(current_dir().as_deref(), Ok("/"));
    assert_eq!(set_current_dir("tmp/t"), Ok(()));
    assert_eq!((make_dir("d"), write_all("d/f", b"x")), (Ok(()), Ok(())));
    assert_eq!(set_current_dir("d"), Ok(()));
    assert_eq!((current_dir().as_deref(), read_all("f")), (Ok("/tmp/t/d"), Ok(b"x".to_vec())));
    assert_eq!((set_current_dir("f"), set_current_dir("g")), (Err(Errno::ENOTDIR), Err(Errno::ENOENT)));
    // It follows when it is renamed, children inherit it, and it may even go away.
    assert_eq!((rename("../d", "../e"), current_dir().as_deref()), (Ok(()), Ok("/tmp/t/e")));
    let child = crate::support::in_child(|| u8::from(current_dir().as_deref() != Ok("/tmp/t/e")));
    assert_eq!(child, lv6_ulib::process_name::Ended::Exited(0));
    assert_eq!((unlink("f"), remove_dir("/tmp/t/e")), (Ok(()), Ok(())));
    assert_eq!((current_dir(), write_all("f", b"")), (Err(Errno::ENOENT), Err(Errno::ENOENT)));
    assert_eq!(set_current_dir("/"), Ok(()));
}

fn rename_files() {
    let _scratch = Scratch::new("/tmp/t");
    for path in ["/tmp/t/a", "/tmp/t/a/b", "/tmp/t/full", "/tmp/t/full/x", "/tmp/t/empty"] {
        make_dir(path).expect("make_dir");
    }
    write_all("/tmp/t/f", b"f").expect("create");
    write_all("/tmp/t/g", b"g").expect("create");
    assert_eq!(rename("/tmp/t/a", "/tmp/t/a/b/c"), Err(Errno::EINVAL));
    assert_eq!(rename("/tmp/t/a", "/tmp/t/full"), Err(Errno::ENOTEMPTY));
    assert_eq!(rename("/tmp/t/a", "/tmp/t/f"), Err(Errno::ENOTDIR));
    assert_eq!(rename("/tmp/t/f", "/tmp/t/a"), Err(Errno::EISDIR));
    assert_eq!(rename("/tmp/t/none", "/tmp/t/f"), Err(Errno::ENOENT));
    // The file that is replaced lives as long as somebody has it open.
    let replaced = open("/tmp/t/g").expect("open");
    assert_eq!((rename("/tmp/t/f", "/tmp/t/g"), read_all("/tmp/t/g")), (Ok(()), Ok(b"f".to_vec())));
    assert_eq!((replaced.read_to_end(), read_all("/tmp/t/f")), (Ok(b"g".to_vec()), Err(Errno::ENOENT)));
    assert_eq!((rename("/tmp/t/a/b", "/tmp/t/empty"), rename("/tmp/t/g", "/tmp/t/g")), (Ok(()), Ok(())));
    assert_eq!(
        lv6_ulib::fs::stat("/tmp/t/empty/..").map(|stat| stat.inode),
        lv6_ulib::fs::stat("/tmp/t").map(|s| s.inode)
    );
}

fn bad_paths() {
    let _scratch = Scratch::new("/tmp/t");
    write_all("/tmp/t/f", b"").expect("create");
    let name = "n".repeat(NAME_MAX + 1);
    let long = "/a".repeat(PATH_MAX);
    for (path, e) in [
        ("", Errno::ENOENT),
        ("/tmp/t/none/x", Errno::ENOENT),
        ("/tmp/t/f/x", Errno::ENOTDIR),
        ("/tmp/t/f/", Errno::ENOTDIR),
        (&*name, Errno::ENAMETOOLONG),
        (&*long, Errno::ENAMETOOLONG),
        ("/tmp/t/a\0b", Errno::EINVAL),
    ] {
        assert_eq!(open(path).err(), Some(e), "{path}");
        assert_eq!(lv6_ulib::fs::stat(path).err(), Some(e), "{path}");
        assert_eq!(rename(path, "/tmp/t/x").err(), Some(e), "{path}");
    }
    assert_eq!(create("/tmp/t/x/").err(), Some(Errno::EISDIR));
    assert_eq!(write_all(&format!("/tmp/t/{}", &name[1..]), b"x"), Ok(()));
}

fn times() {
    let _scratch = Scratch::new("/tmp/t");
    write_all("/tmp/t/f", b"x").expect("create");
    let made = lv6_ulib::fs::stat("/tmp/t/f").expect("stat");
    // The clock goes on from when the programs were built.
    assert!(made.modified > 1_700_000_000_000_000_000 && made.changed == made.modified);
    let dir = lv6_ulib::fs::stat("/tmp/t").expect("stat");
    assert!(dir.modified <= made.modified);
    let file = OpenOptions::new().read(true).write(true).open("/tmp/t/f").expect("open");
    file.write(b"y").expect("write");
    let written = file.stat().expect("stat");
    assert!(written.modified > made.modified);
    file.seek(0).expect("seek");
    file.read(&mut [0; 1]).expect("read");
    assert!(file.stat().expect("stat").accessed > written.modified);
}

fn devices() {
    let _scratch = Scratch::new("/tmp/t");
    let null = OpenOptions::new().read(true).write(true).open("/dev/null").expect("open");
    assert_eq!((null.write(b"abc"), null.read(&mut [0; 9])), (Ok(3), Ok(0)));
    assert_eq!(control(null.fd(), 99, 0), Err(Errno::ENOTTY));
    let console = OpenOptions::new().write(true).open("/dev/console").expect("open");
    let stat = console.stat().expect("stat");
    assert_eq!((stat.kind, stat.major, stat.minor), (FileKind::Device, 1, 0));
    assert_eq!(console.read(&mut [0; 1]), Err(Errno::EBADF));
    assert_eq!(make_device("/tmp/t/d", 77, 3), Ok(()));
    assert_eq!(open("/tmp/t/d").err(), Some(Errno::ENXIO));
    assert_eq!(lv6_ulib::fs::stat("/tmp/t/d").map(|stat| (stat.major, stat.minor)), Ok((77, 3)));
}

fn full_disk() {
    let _scratch = Scratch::new("/tmp/t");
    write_all("/tmp/t/kept", b"kept").expect("create");
    let before = statfs().expect("statfs");
    let file = create("/tmp/t/f").expect("create");
    let piece = vec![5; 4000];
    let error = loop {
        if let Err(e) = file.write_all(&piece) {
            break e;
        }
    };
    assert_eq!(error, Errno::ENOSPC);
    assert!(file.stat().expect("stat").size > 1_000_000);
    assert_eq!(write_all("/tmp/t/kept2", b"").and_then(|()| write_all("/tmp/t/kept2", &piece)), Err(Errno::ENOSPC));
    drop(file);
    unlink("/tmp/t/f").expect("unlink");
    unlink("/tmp/t/kept2").expect("unlink");
    let after = statfs().expect("statfs");
    assert_eq!((after.free_blocks, after.free_inodes), (before.free_blocks, before.free_inodes));
    assert_eq!(read_all("/tmp/t/kept"), Ok(b"kept".to_vec()));
}
