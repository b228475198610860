//! The verified core on the host: kernels on the heap, random traces of calls, shrinking and replay.
#![forbid(unsafe_code)]
