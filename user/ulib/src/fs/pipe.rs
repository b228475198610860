//! Pipes.

use super::client::ask_descriptor;
use super::file::File;
use super::protocol::Request;
use crate::errno::Errno;

/// Makes a pipe: what is written to the second file is read from the first. A read waits while nothing is there, and
/// finds the end when the last descriptor of the second is closed; a write waits while the pipe is full, and fails with
/// EPIPE when the last descriptor of the first is closed.
pub fn pipe() -> Result<(File, File), Errno> {
    let reader = File::from_fd(ask_descriptor(&Request::Pipe {})?);
    let writer = File::from_fd(ask_descriptor(&Request::PipeWriter { reader: reader.fd() })?);
    Ok((reader, writer))
}
