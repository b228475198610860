//! System calls on file descriptors.
//!
//! An open file is a type, a number that means something to the server that made it, and a count of the descriptors
//! that refer to it. The kernel looks at the count only.
//!
//! Unlike in hv6, a type above 3 is refused, so the table never holds a type without a meaning.

use lv6_abi::errno::{EACCES, EBADF, EINVAL, ESRCH};

use crate::state::{FileType, Kernel, ProcState, is_fd, is_fn, is_pid, may_act_on};

/// The file type with the given number; `None` for 0 and for a number without a meaning.
pub fn file_type(n: u64) -> FileType {
    match n {
        1 => FileType::Pipe,
        2 => FileType::Inode,
        3 => FileType::Socket,
        _ => FileType::None,
    }
}

/// Whether `fd` is a descriptor number whose slot in `pid` is empty. `pid` must be valid.
pub fn is_empty_fd(k: &Kernel, pid: u64, fd: u64) -> bool {
    is_fd(fd) && k.procs[pid as usize].ofile[fd as usize] == 0
}

/// Whether `fd` is a descriptor number whose slot in `pid` is in use. `pid` must be valid.
pub fn is_open_fd(k: &Kernel, pid: u64, fd: u64) -> bool {
    is_fd(fd) && k.procs[pid as usize].ofile[fd as usize] != 0
}

/// Puts the open file `file` into the empty slot `fd` of `pid`.
pub fn install_fd(k: &mut Kernel, pid: u64, fd: u64, file: u64) {
    k.procs[pid as usize].ofile[fd as usize] = file;
    k.procs[pid as usize].nr_fds += 1;
    k.files[file as usize].refcnt += 1;
}

/// Sets every field of a file's slot to 0 but the count, which is 0 already.
fn blank_file(k: &mut Kernel, file: u64) {
    k.files[file as usize].kind = FileType::None;
    k.files[file as usize].value = 0;
    k.files[file as usize].omode = 0;
    k.files[file as usize].offset = 0;
}

/// Empties the slot `fd` of `pid`, which is in use; the file goes with its last descriptor.
pub fn remove_fd(k: &mut Kernel, pid: u64, fd: u64) {
    let file = k.procs[pid as usize].ofile[fd as usize];
    k.procs[pid as usize].ofile[fd as usize] = 0;
    k.procs[pid as usize].nr_fds -= 1;
    k.files[file as usize].refcnt -= 1;
    if k.files[file as usize].refcnt == 0 {
        blank_file(k, file);
    }
}

/// Makes the unused open-file slot `file` a file of type `kind`, opened at descriptor `fd` of the caller.
///
/// In order: `kind` not a type of file EINVAL; `fd` invalid EBADF; its slot in use EINVAL; `file` invalid EINVAL; in
/// use EINVAL.
pub fn sys_create(k: &mut Kernel, fd: u64, file: u64, kind: u64, value: u64, omode: u64) -> u64 {
    let kind = file_type(kind);
    if kind.is(FileType::None) {
        return EINVAL;
    }
    if !is_fd(fd) {
        return EBADF;
    }
    let pid = k.current;
    if k.procs[pid as usize].ofile[fd as usize] != 0 {
        return EINVAL;
    }
    if !is_fn(file) {
        return EINVAL;
    }
    if k.files[file as usize].refcnt != 0 {
        return EINVAL;
    }
    k.files[file as usize].kind = kind;
    k.files[file as usize].value = value;
    k.files[file as usize].omode = omode;
    k.files[file as usize].offset = 0;
    install_fd(k, pid, fd, file);
    0
}

/// Closes descriptor `fd` of `pid`, which is the caller or a zombie.
///
/// In order: `pid` invalid ESRCH; `fd` invalid EBADF; `pid` neither the caller nor a zombie EACCES; the slot empty
/// EBADF.
pub fn sys_close(k: &mut Kernel, pid: u64, fd: u64) -> u64 {
    if !is_pid(pid) {
        return ESRCH;
    }
    if !is_fd(fd) {
        return EBADF;
    }
    if pid != k.current && !k.procs[pid as usize].state.is(ProcState::Zombie) {
        return EACCES;
    }
    if k.procs[pid as usize].ofile[fd as usize] == 0 {
        return EBADF;
    }
    remove_fd(k, pid, fd);
    0
}

/// Checks that the caller may copy its descriptor `oldfd` to `newfd` of `pid`.
///
/// In order: `pid` invalid ESRCH; neither the caller nor an embryo child of it EACCES; `oldfd` invalid EBADF; its slot
/// empty EBADF; `newfd` invalid EBADF.
pub fn check_dup(k: &Kernel, oldfd: u64, pid: u64, newfd: u64) -> u64 {
    if !is_pid(pid) {
        return ESRCH;
    }
    if !may_act_on(k, pid) {
        return EACCES;
    }
    if !is_open_fd(k, k.current, oldfd) {
        return EBADF;
    }
    if !is_fd(newfd) {
        return EBADF;
    }
    0
}

/// Copies the caller's descriptor `oldfd` to the empty slot `newfd` of `pid`.
///
/// In order: the checks of [`check_dup`]; then the slot in use EINVAL.
pub fn sys_dup(k: &mut Kernel, oldfd: u64, pid: u64, newfd: u64) -> u64 {
    let e = check_dup(k, oldfd, pid, newfd);
    if e != 0 {
        return e;
    }
    if k.procs[pid as usize].ofile[newfd as usize] != 0 {
        return EINVAL;
    }
    let file = k.procs[k.current as usize].ofile[oldfd as usize];
    install_fd(k, pid, newfd, file);
    0
}

/// Copies the caller's descriptor `oldfd` to the slot `newfd` of `pid`, and closes what was there. Copying a descriptor
/// to itself changes nothing.
///
/// In order: the checks of [`check_dup`].
pub fn sys_dup2(k: &mut Kernel, oldfd: u64, pid: u64, newfd: u64) -> u64 {
    let e = check_dup(k, oldfd, pid, newfd);
    if e != 0 {
        return e;
    }
    if pid == k.current && oldfd == newfd {
        return 0;
    }
    let file = k.procs[k.current as usize].ofile[oldfd as usize];
    if k.procs[pid as usize].ofile[newfd as usize] != 0 {
        remove_fd(k, pid, newfd);
    }
    install_fd(k, pid, newfd, file);
    0
}

/// Sets the offset of the file at the caller's descriptor `fd`.
///
/// In order: `fd` invalid EBADF; its slot empty, or the file not an inode, EINVAL; `offset` negative EINVAL.
pub fn sys_lseek(k: &mut Kernel, fd: u64, offset: u64) -> u64 {
    if !is_fd(fd) {
        return EBADF;
    }
    let file = k.procs[k.current as usize].ofile[fd as usize];
    if file == 0 {
        return EINVAL;
    }
    if !k.files[file as usize].kind.is(FileType::Inode) {
        return EINVAL;
    }
    if offset > 0x7fff_ffff_ffff_ffff {
        return EINVAL;
    }
    k.files[file as usize].offset = offset;
    0
}
