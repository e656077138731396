//! What people wrote, without Slack's marks. Source: Slack's "Formatting text for app surfaces".

/// The words of a message: our mention as `@chamberlain` at the beginning of its line, other marks as they are read.
pub(super) fn plain(text: &str, us: Option<&str>) -> String {
    text.split('\n').map(|line| of_line(line, us)).collect::<Vec<_>>().join("\n")
}

fn of_line(line: &str, us: Option<&str>) -> String {
    let mut words = String::with_capacity(line.len());
    let mut mentions_us = false;
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('<') {
        words.push_str(before);
        let Some((mark, behind)) = after.split_once('>') else {
            words.push('<');
            rest = after;
            continue;
        };
        let (target, label) = mark.split_once('|').map_or((mark, None), |(target, label)| (target, Some(label)));
        if us.is_some_and(|us| target.strip_prefix('@') == Some(us)) {
            mentions_us = true;
        } else {
            words.push_str(&read_as(target, label.filter(|label| !label.is_empty())));
        }
        rest = behind;
    }
    words.push_str(rest);
    let words = words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    if mentions_us { format!("@chamberlain {}", words.trim()) } else { words }
}

/// A person keeps the account's id, which names nobody else; everything else is what people see.
fn read_as(target: &str, label: Option<&str>) -> String {
    match target.split_at_checked(1) {
        Some(("@", account)) => format!("@{account}"),
        Some(("#", room)) => format!("#{}", label.unwrap_or(room)),
        Some(("!", special)) => match (label, special.split_once('^')) {
            (Some(label), Some(("date", _))) => label.to_owned(),
            (Some(label), _) => format!("@{}", label.trim_start_matches('@')),
            (None, _) => format!("@{special}"),
        },
        // Slack makes a link of whatever looks like an address: `release.next` is one too.
        _ => label.unwrap_or(target.strip_prefix("mailto:").unwrap_or(target)).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn marks_are_taken_off() {
        for (written, read) in [
            ("<@U0BOT> deploy web", "@chamberlain deploy web"),
            ("<@U0BOT|bot>: deploy", "@chamberlain : deploy"),
            ("deploy web <@U0BOT>", "@chamberlain deploy web"),
            ("hello\nplease <@U0BOT> status", "hello\n@chamberlain please  status"),
            ("iteration add <@U0ANA|ana>", "iteration add @U0ANA"),
            ("status --in <#C01|sprint-42>", "status --in #sprint-42"),
            ("status --in <#C01>", "status --in #C01"),
            ("<!here> <!subteam^S1|@team> <!date^1^{date}|today>", "@here @team today"),
            ("branch web <http://release.next|release.next>", "branch web release.next"),
            ("see <https://a.example/?x=1&amp;y=2>", "see https://a.example/?x=1&y=2"),
            ("<mailto:a@b.example|a@b.example>", "a@b.example"),
            ("a &lt;b&gt; &amp;lt; < c", "a <b> &lt; < c"),
        ] {
            assert_eq!(plain(written, Some("U0BOT")), read, "{written}");
        }
    }

    proptest! {
        #[test]
        fn what_slack_escaped_reads_back(words in "[a-z<>& ]{0,20}") {
            let escaped = words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            prop_assert_eq!(plain(&escaped, Some("U0BOT")), words);
        }
    }
}
