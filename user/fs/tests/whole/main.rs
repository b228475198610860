//! The file system as a whole: against a model, through crashes, and on damaged disks.

mod crash;
mod damage;
mod disks;
mod model;
mod operation;
mod random;
