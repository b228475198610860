use super::*;
use std::vec;

fn samples<'a>(path: &'a str, data: &'a [u8]) -> Vec<Request<'a>> {
    vec![
        Request::Open { dir: NO_DIR, flags: O_CREAT, path },
        Request::Read { fd: 3, offset: u64::MAX, count: 7 },
        Request::MakeDevice { dir: 4, major: 1, minor: 2, path },
        Request::MakeDir { dir: 5, path },
        Request::StatFd { fd: 6 },
        Request::Write { fd: 7, offset: 8, data },
        Request::Unlink { dir: 8, is_dir: 1, path },
        Request::Pipe {},
        Request::PipeWriter { reader: 9 },
        Request::Rename { dir: 1, new_dir: 2, path, new_path: "b/ä" },
        Request::Truncate { fd: 1, size: 1 << 40 },
        Request::ReadDir { fd: 2, position: 64 },
        Request::Sync {},
        Request::StatFs {},
        Request::StatPath { dir: 3, path },
        Request::PathOf { dir: 4 },
        Request::Control { fd: 5, request: 6, argument: 7 },
    ]
}

#[test]
fn what_is_encoded_is_decoded() {
    let long = "x".repeat(PATH_MAX);
    for (path, data) in [("", &b""[..]), ("/etc/motd", &[7; WRITE_MAX]), (&long, b"abc")] {
        for (i, request) in samples(path, data).into_iter().enumerate() {
            let mut page = [0; 4096];
            let (op, len) = request.encode(&mut page).unwrap();
            assert_eq!(op, i as u64 + 1);
            assert_eq!(Request::decode(op, &page[..len]), Ok(request));
        }
    }
}

#[test]
fn a_message_of_another_length_is_refused() {
    for request in samples("/a", b"") {
        let mut page = [0; 4096];
        let (op, len) = request.encode(&mut page).unwrap();
        for cut in 0..len {
            assert_eq!(Request::decode(op, &page[..cut]), Err(Errno::EINVAL), "{request:?}");
        }
        let longer = Request::decode(op, &page[..len + 1]);
        assert!(matches!(request, Request::Write { .. }) || longer == Err(Errno::EINVAL), "{request:?}");
    }
}

#[test]
fn bad_requests_are_refused() {
    let mut page = [0; 4096];
    for op in [0, 18, 1 << 32 | 1, u64::MAX] {
        assert_eq!(Request::decode(op, &page[..24]), Err(Errno::ENOSYS));
    }
    let path = "x".repeat(PATH_MAX + 1);
    assert_eq!(Request::MakeDir { dir: 0, path: &path }.encode(&mut page), Err(Errno::ENAMETOOLONG));
    assert_eq!(Request::Write { fd: 0, offset: 0, data: &[0; WRITE_MAX + 1] }.encode(&mut page), Err(Errno::EINVAL));
    for len in [PATH_MAX as u64 + 1, u64::MAX] {
        page[8..16].copy_from_slice(&len.to_le_bytes());
        assert_eq!(Request::decode(4, &page), Err(Errno::ENAMETOOLONG));
    }
    page[8..16].copy_from_slice(&2u64.to_le_bytes());
    page[16..18].copy_from_slice(&[0xff, 0xfe]);
    assert_eq!(Request::decode(4, &page[..18]), Err(Errno::EINVAL));
}

#[test]
fn records_come_back_as_they_were() {
    let stat = Stat {
        kind: FileKind::Device,
        inode: 1,
        links: 2,
        size: 3,
        blocks: 4,
        major: u16::MAX,
        minor: 6,
        accessed: 7,
        modified: 8,
        changed: u64::MAX,
    };
    let mut page = [0; 4096];
    let len = stat.encode(&mut page);
    assert_eq!(Stat::decode(&page[..len]), Ok(stat));
    assert_eq!(Stat::decode(&page[..len - 1]), Err(Errno::EIO));
    page[0] = 9;
    assert_eq!(Stat::decode(&page), Err(Errno::EIO));
    let info = FsInfo { block_size: 1, blocks: 2, data_blocks: 3, free_blocks: 4, inodes: 5, free_inodes: 6 };
    let len = info.encode(&mut page);
    assert_eq!(FsInfo::decode(&page[..len]), Ok(info));
}

#[test]
fn names_come_back_as_they_were() {
    let entry = |inode, name: &str| DirEntry { inode, kind: FileKind::File, name: String::from(name) };
    let mut page = [0; 4096];
    let mut entries = Vec::new();
    let mut used = 0;
    while let Some(next) = entry(used as u64, &"n".repeat(NAME_MAX)).encode(&mut page, used) {
        entries.push(entry(used as u64, &"n".repeat(NAME_MAX)));
        used = next;
    }
    assert!(entries.len() > 40);
    assert_eq!(DirEntry::decode_all(&page[..used]), Ok(entries));
    assert_eq!(DirEntry::decode_all(&page[..used - 1]), Err(Errno::EIO));
    assert_eq!(DirEntry::decode_all(&[]), Ok(vec![]));
}
