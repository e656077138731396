//! Texts by Handlebars, from the skills' folders. A template decides words and order, never rights, state or links.

use std::collections::BTreeMap;

use handlebars::Handlebars;
use serde::Serialize;

use crate::domain::marked::{Marked, escape};

/// The templates of all skills, each skill's names its own.
#[derive(Clone, Debug, Default)]
pub struct Templates {
    by_skill: BTreeMap<String, Handlebars<'static>>,
}

/// Why a text cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{skill}/{template}.hbs: {told}")]
pub struct TemplateError {
    /// The skill's folder.
    pub skill: String,
    /// The template's name.
    pub template: String,
    /// What is wrong, with line and column where they are known.
    pub told: String,
}

impl Templates {
    /// Takes a skill's templates, each after it has rendered its sample.
    ///
    /// # Errors
    /// Every template that cannot be taken; then none of the skill's is.
    pub fn add(
        &mut self,
        skill: &str,
        templates: &BTreeMap<String, String>,
        samples: &BTreeMap<String, toml::Table>,
    ) -> Result<(), Vec<TemplateError>> {
        let mut registry = Handlebars::new();
        registry.set_strict_mode(true);
        registry.register_escape_fn(escape);
        let mut wrong = Vec::new();
        let mut tell = |template: &str, told: String| {
            wrong.push(TemplateError { skill: skill.to_owned(), template: template.to_owned(), told });
        };
        for (name, text) in templates {
            if let Some(mark) = ["{{{", "{{&", "{{~{", "{{~&"].into_iter().find(|mark| text.contains(mark)) {
                tell(name, format!("`{mark}` leaves a value unescaped; write `{{{{…}}}}`"));
            } else if let Err(cause) = registry.register_template_string(name, text) {
                let (line, column) = cause.pos().unwrap_or_default();
                tell(name, format!("line {line}, column {column}: the template cannot be read"));
            }
        }
        // Unknown helpers and partials show only when they are rendered.
        for name in templates.keys().filter(|name| registry.has_template(name)) {
            match samples.get(name) {
                None => tell(name, format!("skill.toml has no `[samples.{name}]` to try it with")),
                Some(sample) => {
                    if let Err(cause) = registry.render(name, sample) {
                        tell(name, format!("its sample does not render: {}", reason(&cause)));
                    }
                }
            }
        }
        if wrong.is_empty() {
            self.by_skill.insert(skill.to_owned(), registry);
            Ok(())
        } else {
            Err(wrong)
        }
    }

    /// Takes all of others.
    pub fn join(&mut self, others: Self) {
        self.by_skill.extend(others.by_skill);
    }

    /// Renders a skill's template.
    pub fn render(&self, skill: &str, template: &str, context: &impl Serialize) -> Result<Marked, TemplateError> {
        let wrong = |told: String| TemplateError { skill: skill.to_owned(), template: template.to_owned(), told };
        let registry = self.by_skill.get(skill).ok_or_else(|| wrong("the skill has no templates".to_owned()))?;
        let text = registry.render(template, context).map_err(|cause| wrong(reason(&cause)))?;
        Ok(Marked::new(text.trim()))
    }
}

/// Where and why, without the grammar rules that the parser lists.
fn reason(cause: &handlebars::RenderError) -> String {
    let place = match (cause.line_no, cause.column_no) {
        (Some(line), Some(column)) => format!("line {line}, column {column}: "),
        _ => String::new(),
    };
    format!("{place}{}", cause.reason())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn try_one(text: &str, sample: &str) -> Result<Templates, String> {
        let mut templates = Templates::default();
        let files = BTreeMap::from([("answer".to_owned(), text.to_owned())]);
        let samples = BTreeMap::from([("answer".to_owned(), toml::from_str(sample).unwrap())]);
        let added = templates.add("test", &files, &samples);
        added.map(|()| templates).map_err(|wrong| wrong[0].to_string())
    }

    #[test]
    fn values_are_escaped_and_words_are_not() {
        let templates = try_one("**Hi** {{name}}", "name = 'x'").unwrap();
        let text = templates.render("test", "answer", &serde_json::json!({ "name": "**me** <@ana>" })).unwrap();
        assert_eq!(text.to_plain(), "Hi **me** <@ana>");
    }

    #[test]
    fn what_cannot_be_trusted_is_not_taken() {
        for (text, told) in [
            ("{{{name}}}", "unescaped"),
            ("{{&name}}", "unescaped"),
            ("{{#if}", "line 1"),
            ("{{missing}}", "line 1"),
            ("{{shout name}}", "line 1"),
            ("{{> other}}", "line 1"),
        ] {
            let wrong = try_one(text, "name = 'x'").unwrap_err();
            assert!(wrong.contains("test/answer.hbs") && wrong.contains(told), "{text}: {wrong}");
        }
    }
}
