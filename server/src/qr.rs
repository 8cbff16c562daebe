//! An address as a QR code, for a terminal and as a picture.

use qrcode::types::Color;
use qrcode::{EcLevel, QrCode};

/// White around the code, in modules: what the standard asks for.
const MARGIN: usize = 4;
/// A terminal's is narrower, for which scanners are lenient.
const TEXT_MARGIN: usize = 2;
/// Pixels of a module.
const SCALE: usize = 8;

/// A code.
pub struct Qr {
    code: QrCode,
}

impl Qr {
    /// Of a text; `None` of one that does not fit.
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        Some(Self { code })
    }

    /// Whether a module is dark; what is outside is not.
    fn is_dark(&self, column: isize, row: isize) -> bool {
        let width = 0..self.code.width() as isize;
        width.contains(&column)
            && width.contains(&row)
            && self.code[(column as usize, row as usize)] == Color::Dark
    }

    /// Two modules above each other are one character: light ones are blocks,
    /// which are light on a dark terminal; scanners take the opposite as well.
    pub fn text(&self) -> String {
        let margin = TEXT_MARGIN as isize;
        let (start, end) = (-margin, self.code.width() as isize + margin);
        let mut text = String::new();
        for row in (start..end).step_by(2) {
            text.extend((start..end).map(|column| {
                match (self.is_dark(column, row), self.is_dark(column, row + 1)) {
                    (false, false) => '█',
                    (false, true) => '▀',
                    (true, false) => '▄',
                    (true, true) => ' ',
                }
            }));
            text.push('\n');
        }
        text
    }

    /// A PNG, black on white.
    pub fn png(&self) -> Vec<u8> {
        let side = (self.code.width() + 2 * MARGIN) * SCALE;
        let mut rows = vec![0xff; side.div_ceil(8) * side];
        for (y, row) in rows.chunks_mut(side.div_ceil(8)).enumerate() {
            for x in 0..side {
                let module = |pixel: usize| (pixel / SCALE) as isize - MARGIN as isize;
                if self.is_dark(module(x), module(y)) {
                    row[x / 8] &= !(0x80 >> (x % 8));
                }
            }
        }
        let mut png = Vec::new();
        let side = side as u32;
        let mut encoder = png::Encoder::new(&mut png, side, side);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&rows));
        written.map(|()| png).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_a_text_and_a_picture() {
        let qr = Qr::of("http://192.168.1.7:4000/pair#ABCDEF").unwrap();
        let text = qr.text();
        let width = qr.code.width() + 2 * TEXT_MARGIN;
        assert!(text.lines().all(|line| line.chars().count() == width), "{text}");
        assert_eq!(text.lines().count(), width.div_ceil(2));
        // The corner of the finder pattern, below the margin.
        assert!(text.lines().nth(1).unwrap().starts_with("██ ▄▄▄▄▄ "), "{text}");
        let decoder = png::Decoder::new(std::io::Cursor::new(qr.png()));
        let reader = decoder.read_info().unwrap();
        let side = ((qr.code.width() + 2 * MARGIN) * SCALE) as u32;
        assert_eq!((reader.info().width, reader.info().height), (side, side));
        assert!(Qr::of(&"a".repeat(5000)).is_none());
    }
}
