//! The language of the shell: from text to commands ([`lexer`], [`parser`]), and from words to what they stand for
//! ([`expand`], [`pattern`]).
//!
//! Nothing here runs a command, so the tests run on any machine.
//!
//! ```text
//! list      = and-or { (";" | "&" | newline) and-or }
//! and-or    = pipeline { ("&&" | "||") pipeline }
//! pipeline  = ["!"] command { "|" command }
//! command   = { NAME=word } { word | redirect } | "(" list ")" { redirect }
//! redirect  = [number] ("<" | ">" | ">>" | ">&") word
//! ```
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod error;
pub mod expand;
pub mod lexer;
pub mod parser;
pub mod pattern;
pub mod syntax;

pub use error::SyntaxError;
pub use parser::parse;
