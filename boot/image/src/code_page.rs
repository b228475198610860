//! Code page 437: the 256 characters of a PC's text screen.

/// The characters from 128 on.
#[rustfmt::skip]
const UPPER: [char; 128] = [
    'Ç', 'ü', 'é', 'â', 'ä', 'à', 'å', 'ç', 'ê', 'ë', 'è', 'ï', 'î', 'ì', 'Ä', 'Å',
    'É', 'æ', 'Æ', 'ô', 'ö', 'ò', 'û', 'ù', 'ÿ', 'Ö', 'Ü', '¢', '£', '¥', '₧', 'ƒ',
    'á', 'í', 'ó', 'ú', 'ñ', 'Ñ', 'ª', 'º', '¿', '⌐', '¬', '½', '¼', '¡', '«', '»',
    '░', '▒', '▓', '│', '┤', '╡', '╢', '╖', '╕', '╣', '║', '╗', '╝', '╜', '╛', '┐',
    '└', '┴', '┬', '├', '─', '┼', '╞', '╟', '╚', '╔', '╩', '╦', '╠', '═', '╬', '╧',
    '╨', '╤', '╥', '╙', '╘', '╒', '╓', '╫', '╪', '┘', '┌', '█', '▄', '▌', '▐', '▀',
    'α', 'ß', 'Γ', 'π', 'Σ', 'σ', 'µ', 'τ', 'Φ', 'Θ', 'Ω', 'δ', '∞', 'φ', 'ε', '∩',
    '≡', '±', '≥', '≤', '⌠', '⌡', '÷', '≈', '°', '∙', '·', '√', 'ⁿ', '²', '■', '\u{a0}',
];

/// The byte that stands for a character, if there is one.
pub fn byte_of(char: char) -> Option<u8> {
    match char {
        ' '..='~' => u8::try_from(char).ok(),
        _ => (128..=u8::MAX).find(|byte| UPPER[usize::from(*byte) - 128] == char),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_where_every_pc_has_them() {
        let known = [('A', 65), ('~', 126), ('\u{e9}', 0x82), ('\u{2500}', 0xc4), ('\u{2514}', 0xc0), ('\u{a0}', 0xff)];
        for (char, byte) in known {
            assert_eq!(byte_of(char), Some(byte), "{char}");
        }
        assert_eq!([byte_of('\u{20ac}'), byte_of('\n'), byte_of('\u{7f}')], [None; 3]);
    }

    #[test]
    fn each_has_one_byte() {
        for (n, char) in UPPER.into_iter().enumerate() {
            assert_eq!(byte_of(char), Some(n as u8 + 128));
        }
    }
}
