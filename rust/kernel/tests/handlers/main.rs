//! Each handler: every check alone, the order of the checks, and every effect.

mod clauses;
mod fd;
mod interrupt;
mod iommu;
mod ipc;
mod page_table;
mod port;
mod proc;
mod scan;
mod support;
mod trap;
mod vm;
mod world;
