//! The kernel and its programs in QEMU, as a person or a script meets them: through the command `lv6`.

mod boot;
mod drive;
mod machine;
mod media;
mod person;
mod power;
mod programs;
mod shell;
mod trouble;
mod turns;
mod usertests;
