//! The colour of the sample's page, and of the words on it.

use serde::Deserialize;

/// `#rrggbb`, and nothing else: it is written into a style.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Colour([u8; 3]);

impl Colour {
    /// Dark words on a light colour, light words on a dark one, by the weights of ITU-R BT.601.
    pub(super) fn ink(&self) -> &'static str {
        let [red, green, blue] = self.0.map(u32::from);
        if red * 299 + green * 587 + blue * 114 > 140_000 { "#1c1917" } else { "#fafaf9" }
    }
}

impl TryFrom<String> for Colour {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let wrong = || format!("`{text}` is no colour; write it as `#fdf3e1`");
        let hex =
            text.strip_prefix('#').filter(|hex| hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let number = hex.and_then(|hex| u32::from_str_radix(hex, 16).ok()).ok_or_else(wrong)?;
        let [_, colour @ ..] = number.to_be_bytes();
        Ok(Self(colour))
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0;
        write!(out, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_colour_is_a_colour() {
        let read = |text: &str| Colour::try_from(text.to_owned());
        assert_eq!(read("#16213E").unwrap().to_string(), "#16213e");
        for wrong in ["red", "#fff", "#ffffff;}", "#+12345", ""] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn words_can_be_read() {
        let ink = |text: &str| Colour::try_from(text.to_owned()).unwrap().ink();
        assert_eq!(ink("#16213e"), "#fafaf9");
        assert_eq!(ink("#fdf3e1"), "#1c1917");
    }
}
