//! What may be wrong with an audit, in plain words.

use std::fmt;

/// How many runs of numbers are told of one damage.
const MOST_RUNS: usize = 20;

/// Numbers of lines, as runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ranges {
    runs: Vec<(i64, i64)>,
    count: u64,
}

impl Ranges {
    pub(super) fn add(&mut self, number: i64) {
        self.count += 1;
        let is_next = self.runs.last().is_some_and(|(_, last)| last.checked_add(1) == Some(number));
        let has_room = self.runs.len() < MOST_RUNS;
        match self.runs.last_mut() {
            Some((_, last)) if is_next => *last = number,
            _ if has_room => self.runs.push((number, number)),
            // Nobody would read it: it is counted, and told as "and more".
            _ => {}
        }
    }

    /// How many numbers there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// From the first number of each run to its last; not more than can be read.
    pub fn runs(&self) -> &[(i64, i64)] {
        &self.runs
    }

    fn told(&self) -> u64 {
        self.runs.iter().map(|(first, last)| last.abs_diff(*first) + 1).sum()
    }
}

impl FromIterator<i64> for Ranges {
    fn from_iter<I: IntoIterator<Item = i64>>(numbers: I) -> Self {
        let mut ranges = Self::default();
        for number in numbers {
            ranges.add(number);
        }
        ranges
    }
}

impl fmt::Display for Ranges {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let run = |(first, last): &(i64, i64)| match last.abs_diff(*first) {
            0 => first.to_string(),
            1 => format!("{first}, {last}"),
            _ => format!("{first} to {last}"),
        };
        let runs: Vec<String> = self.runs.iter().map(run).collect();
        let lead = if self.count == 1 { "line" } else { "lines" };
        write!(out, "{lead} {}", runs.join(", "))?;
        match self.count - self.told() {
            0 => Ok(()),
            more => write!(out, " and {more} more"),
        }
    }
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Lines are not what was sealed.
    Changed(Ranges),
    /// Lines that were sealed are gone, and nobody wrote down that they were removed.
    Missing(Ranges),
    /// Lines stand among those of the batch that were not there when it was sealed.
    Added(Ranges),
    /// Lines are there whose removal is written down.
    Back(Ranges),
    /// The lines are not what was sealed, and the fingerprints do not tell which.
    Spoiled,
    /// The fingerprints are not those that were written; the lines are what was sealed.
    Prints,
    /// Seals are gone, up to this one.
    SealsMissing(i64),
    /// The seal is not what was written, or the one before it is not.
    Seal,
    /// Lines were removed that were younger than the rule allowed which the seal names.
    TooEarly,
    /// The seal is none of those that are there now: it was kept elsewhere, and the chain was written anew or cut off.
    NotKept,
    /// No seal that is there now has this hash, which was kept elsewhere.
    HashNotKept(String),
}

/// Something that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The number of the seal; 0 where only a hash is known.
    pub seal: i64,
    /// What.
    pub kind: Kind,
}

impl Kind {
    /// A word for programs.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Changed(_) => "changed",
            Self::Missing(_) => "missing",
            Self::Added(_) => "added",
            Self::Back(_) => "back",
            Self::Spoiled => "spoiled",
            Self::Prints => "prints",
            Self::SealsMissing(_) => "seals missing",
            Self::Seal => "seal",
            Self::TooEarly => "removed too early",
            Self::NotKept | Self::HashNotKept(_) => "not as kept elsewhere",
        }
    }

    /// The lines that it is about.
    pub fn lines(&self) -> Option<&Ranges> {
        match self {
            Self::Changed(lines) | Self::Missing(lines) | Self::Added(lines) | Self::Back(lines) => Some(lines),
            _ => None,
        }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seal, kind } = self;
        let is = |lines: &Ranges, one: &'static str, more: &'static str| if lines.count() == 1 { one } else { more };
        match kind {
            Kind::Changed(lines) => {
                write!(out, "batch {seal}: {lines} {} changed after the seal", is(lines, "was", "were"))
            }
            Kind::Missing(lines) => {
                write!(out, "batch {seal}: {lines} {} missing, and no retention removed it", is(lines, "is", "are"))
            }
            Kind::Added(lines) => {
                write!(out, "batch {seal}: {lines} {} added after the seal", is(lines, "was", "were"))
            }
            Kind::Back(lines) => {
                write!(out, "batch {seal}: {lines} {} there though retention removed the batch", is(lines, "is", "are"))
            }
            Kind::Spoiled => write!(
                out,
                "batch {seal}: its lines are not what was sealed; which of them cannot be told, since the \
                 fingerprints were changed as well"
            ),
            Kind::Prints => {
                write!(out, "seal {seal}: its fingerprints were changed; its lines are what was sealed")
            }
            Kind::SealsMissing(last) if last == seal => write!(out, "seal {seal} is missing"),
            Kind::SealsMissing(last) => write!(out, "seals {seal} to {last} are missing"),
            Kind::Seal if *seal == 1 => write!(out, "seal 1 was changed"),
            Kind::Seal => write!(out, "seal {seal} was changed, or seal {} before it", seal - 1),
            Kind::TooEarly => {
                write!(out, "seal {seal}: lines were removed that were younger than its rule allows")
            }
            Kind::NotKept => write!(
                out,
                "seal {seal} is not the one that was kept elsewhere: the audit up to it was written anew, or cut off"
            ),
            Kind::HashNotKept(hash) => write!(
                out,
                "no seal has the hash {hash}, which was kept elsewhere: the audit was written anew, or cut off"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_as_runs_and_no_more_than_can_be_read() {
        let told = |numbers: &[i64]| numbers.iter().copied().collect::<Ranges>().to_string();
        assert_eq!(told(&[7]), "line 7");
        assert_eq!(told(&[7, 8]), "lines 7, 8");
        assert_eq!(told(&[1, 3, 4, 5, 6, 9]), "lines 1, 3 to 6, 9");
        let many: Ranges = (0..100).map(|number| number * 2).collect();
        assert_eq!((many.count(), many.runs().len()), (100, 20));
        assert!(many.to_string().ends_with("36, 38 and 80 more"), "{many}");
    }
}
