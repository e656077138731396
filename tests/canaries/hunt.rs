//! Looks for canaries, in every form in which one may hide.

use std::collections::BTreeSet;
use std::path::Path;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

/// A secret that is nowhere else.
struct Canary {
    name: &'static str,
    forms: Vec<String>,
}

/// A place where a canary may be, and then must be: else the hunt looks in the wrong one.
pub(crate) struct Nest {
    pub(crate) canary: &'static str,
    /// How the place's name begins.
    pub(crate) place: &'static str,
    #[expect(dead_code, reason = "for whoever reads it")]
    pub(crate) why: &'static str,
}

/// What was planted, and where it is looked for.
#[derive(Default)]
pub(crate) struct Hunt {
    canaries: Vec<Canary>,
    places: Vec<(String, Vec<u8>)>,
}

impl Hunt {
    /// A canary of this name, made up; gives its value.
    pub(crate) fn plant(&mut self, name: &'static str) -> String {
        let value =
            format!("canary{}", BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 12]>()).replace(['-', '_'], "x"));
        self.know(name, &value);
        value
    }

    /// A secret that the house made by itself.
    pub(crate) fn know(&mut self, name: &'static str, value: &str) {
        assert!(value.len() > 8, "{name}: {value} would be found by chance");
        self.canaries.push(Canary { name, forms: forms(value) });
    }

    /// What every secret of a kind has in it.
    pub(crate) fn know_part(&mut self, name: &'static str, part: &str) {
        self.canaries.push(Canary { name, forms: vec![part.to_owned()] });
    }

    /// A place: all that came out there.
    pub(crate) fn look(&mut self, place: &str, bytes: impl AsRef<[u8]>) {
        self.places.push((place.to_owned(), bytes.as_ref().to_vec()));
    }

    /// Every file below a folder is a place, and so is every file's name.
    pub(crate) fn look_below(&mut self, name: &str, folder: &Path) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let place = format!("{name}/{}", path.file_name().unwrap().to_string_lossy());
            self.look("names of files", &place);
            let kind = std::fs::symlink_metadata(&path).unwrap().file_type();
            if kind.is_dir() {
                self.look_below(&place, &path);
            } else if kind.is_file() {
                self.look(&place, std::fs::read(&path).unwrap());
            }
        }
    }

    /// Fails with every place that has a canary and may not, and with every nest that is empty.
    pub(crate) fn end(self, nests: &[Nest]) {
        let mut found = BTreeSet::new();
        let mut empty: BTreeSet<_> = nests.iter().map(|nest| (nest.canary, nest.place)).collect();
        for (canary, (place, bytes)) in
            self.canaries.iter().flat_map(|one| self.places.iter().map(move |place| (one, place)))
        {
            let Some(form) = canary.forms.iter().find(|form| holds(bytes, form.as_bytes())) else { continue };
            match nests.iter().find(|nest| nest.canary == canary.name && place.starts_with(nest.place)) {
                Some(nest) => drop(empty.remove(&(nest.canary, nest.place))),
                None => drop(found.insert(format!("{} in {place}: {}", canary.name, around(bytes, form)))),
            }
        }
        assert!(found.is_empty(), "secrets got out:\n{}", Vec::from_iter(found).join("\n"));
        assert!(empty.is_empty(), "these may be there, and are not: {empty:?}");
    }
}

/// As it is, in an address, in a header, in escaped text.
fn forms(value: &str) -> Vec<String> {
    let in_address: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let bare = BASE64_STANDARD.encode(value);
    // Whatever stands before it, the middle of what it becomes is one of three.
    let shifted = ["x", "xx"].map(|before| BASE64_STANDARD.encode(format!("{before}{value}")));
    let middles = std::iter::once(&bare).chain(&shifted).map(|text| text[4..text.len() - 4].to_owned());
    [value.to_owned(), in_address].into_iter().chain(middles).collect()
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// The words before it, to know who told.
fn around(bytes: &[u8], form: &str) -> String {
    let at = bytes.windows(form.len()).position(|window| window == form.as_bytes()).unwrap();
    String::from_utf8_lossy(&bytes[at.saturating_sub(200)..(at + form.len() + 40).min(bytes.len())])
        .replace('\n', " | ")
}

#[test]
#[should_panic(expected = "password in the log")]
fn a_canary_that_sings_is_heard() {
    let mut hunt = Hunt::default();
    let secret = hunt.plant("password");
    hunt.look("the log", format!("Authorization: Basic {}", BASE64_STANDARD.encode(format!("user:{secret}"))));
    hunt.end(&[]);
}

#[test]
#[should_panic(expected = "may be there, and are not")]
fn an_empty_nest_is_told() {
    let mut hunt = Hunt::default();
    hunt.plant("password");
    hunt.end(&[Nest { canary: "password", place: "the log", why: "" }]);
}
