//! Bytes for people: in hexadecimal and as text, as `hexdump -C` shows them.

use alloc::string::String;
use core::fmt::Write;

/// Bytes in a line.
const WIDTH: usize = 16;

/// The lines that show some bytes. Lines like the one before are left out, which a `*` says; the last line is their
/// number.
pub fn dump(bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut before: Option<&[u8]> = None;
    let mut skipping = false;
    for (n, line) in bytes.chunks(WIDTH).enumerate() {
        if before == Some(line) {
            if !skipping {
                text.push_str("*\n");
            }
            skipping = true;
        } else {
            skipping = false;
            write_line(&mut text, n * WIDTH, line);
        }
        before = Some(line);
    }
    let _ = writeln!(text, "{:08x}", bytes.len());
    text
}

fn write_line(text: &mut String, offset: usize, line: &[u8]) {
    let _ = write!(text, "{offset:08x} ");
    for n in 0..WIDTH {
        if n % 8 == 0 {
            text.push(' ');
        }
        match line.get(n) {
            Some(byte) => {
                let _ = write!(text, "{byte:02x} ");
            }
            None => text.push_str("   "),
        }
    }
    text.push_str(" |");
    let printable = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
    text.extend(line.iter().map(|byte| if printable(byte) { char::from(*byte) } else { '.' }));
    text.push_str("|\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_shown_twice() {
        let expected = "\
00000000  00 01 02 41 42 43 7e 7f  80 ff 20 61 62 63 64 65  |...ABC~... abcde|
00000010  66 67 0a                                          |fg.|
00000013
";
        assert_eq!(dump(b"\0\x01\x02ABC~\x7f\x80\xff abcdefg\n"), expected);
    }

    #[test]
    fn what_repeats_is_shown_once() {
        let mut bytes = [0; 100];
        bytes[64] = 1;
        let expected = "\
00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|
*
00000040  01 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|
00000050  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|
00000060  00 00 00 00                                       |....|
00000064
";
        assert_eq!(dump(&bytes), expected);
        assert_eq!(dump(&[]), "00000000\n");
    }
}
