//! What was found, as lines for people; each is written as soon as it is known.

use std::io::{self, Write};

/// How wide the columns before the text are.
const WIDTHS: (usize, usize) = (7, 11);

/// What was found about one thing: whole sentences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// It is as it should be.
    Fine(String),
    /// Worth knowing, and no fault.
    Note(String),
    /// It is not as it should be; the text also says what to do.
    Problem(String),
}

/// The lines so far.
pub(super) struct Report<'w> {
    out: &'w mut dyn Write,
    problems: usize,
}

impl<'w> Report<'w> {
    pub(super) fn new(out: &'w mut dyn Write) -> Self {
        Self { out, problems: 0 }
    }

    /// Writes one line.
    pub(super) fn tell(&mut self, subject: &str, finding: &Finding) -> io::Result<()> {
        let (word, text) = match finding {
            Finding::Fine(text) => ("ok", text),
            Finding::Note(text) => ("note", text),
            Finding::Problem(text) => ("problem", text),
        };
        self.problems += usize::from(matches!(finding, Finding::Problem(_)));
        let (first, second) = WIDTHS;
        writeln!(self.out, "{word:first$}  {subject:second$}  {text}")?;
        self.out.flush()
    }

    /// Writes the sum; gives the exit code.
    pub(super) fn finish(self) -> io::Result<u8> {
        match self.problems {
            0 => writeln!(self.out, "\nAll is well.").map(|()| 0),
            1 => writeln!(self.out, "\n1 problem.").map(|()| 1),
            more => writeln!(self.out, "\n{more} problems.").map(|()| 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(findings: &[Finding]) -> (u8, String) {
        let mut out = Vec::new();
        let mut report = Report::new(&mut out);
        for finding in findings {
            report.tell("clock", finding).unwrap();
        }
        let code = report.finish().unwrap();
        (code, String::from_utf8(out).unwrap())
    }

    #[test]
    fn notes_are_no_problems() {
        let (code, lines) = told(&[Finding::Fine("It goes.".into()), Finding::Note("It ticks.".into())]);
        assert_eq!(
            (code, lines.as_str()),
            (0, "ok       clock        It goes.\nnote     clock        It ticks.\n\nAll is well.\n")
        );
    }

    #[test]
    fn problems_are_counted() {
        let problem = || Finding::Problem("It stands. Wind it up.".into());
        assert_eq!(told(&[problem()]), (1, "problem  clock        It stands. Wind it up.\n\n1 problem.\n".to_owned()));
        assert!(told(&[problem(), problem()]).1.ends_with("\n2 problems.\n"));
    }
}
