//! All skills as one snapshot: what people may type, and the texts of the answers.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::folder::{self, Folders};
use crate::card::templates::Templates;
use crate::command::{Grammar, Manifest};

/// The skills in force.
#[derive(Clone, Debug, Default)]
pub struct Skills {
    /// What people may type.
    pub grammar: Grammar,
    /// The texts of the answers.
    pub templates: Arc<Templates>,
}

/// Something wrong with a skill folder; the skill is left out, the others go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("skill `{skill}`: {told}")]
pub struct Problem {
    /// The folder's name.
    pub skill: String,
    /// What is wrong, and where.
    pub told: String,
}

/// Loads the built-in skills with the folders in `dir` laid over them; `native` are those with a handler of ours.
pub fn load(dir: &Path, native: &[&str]) -> (Skills, Vec<Problem>) {
    let mut folders = folder::built_in();
    let mut problems = Vec::new();
    if let Err(told) = folder::lay_over(&mut folders, dir) {
        problems.push(Problem { skill: dir.display().to_string(), told });
    }
    let (skills, more) = assemble(folders, native);
    problems.extend(more);
    (skills, problems)
}

fn assemble(folders: Folders, native: &[&str]) -> (Skills, Vec<Problem>) {
    let mut skills = Skills::default();
    let mut problems = Vec::new();
    for (skill, files) in folders {
        if let Err(told) = add(&mut skills, &skill, files, native) {
            problems.extend(told.into_iter().map(|told| Problem { skill: skill.clone(), told }));
        }
    }
    (skills, problems)
}

fn add(
    skills: &mut Skills,
    skill: &str,
    mut files: BTreeMap<String, String>,
    native: &[&str],
) -> Result<(), Vec<String>> {
    let text = files.remove("skill.toml").ok_or_else(|| vec!["there is no skill.toml in the folder".to_owned()])?;
    let in_manifest = |told: String| format!("skill.toml: {told}");
    let manifest = Manifest::read(&text).map_err(|told| told.into_iter().map(in_manifest).collect::<Vec<_>>())?;
    if !native.contains(&skill) {
        return Err(vec!["no handler answers for it: this release runs the built-in skills only".to_owned()]);
    }
    let templates = files
        .into_iter()
        .filter_map(|(name, text)| name.strip_suffix(".hbs").map(|name| (name.to_owned(), text)))
        .collect();
    let told = |wrong: Vec<crate::card::templates::TemplateError>| wrong.iter().map(ToString::to_string).collect();
    let mut own = Templates::default();
    own.add(skill, &templates, &manifest.samples).map_err::<Vec<String>, _>(told)?;
    skills.grammar.add(skill, &manifest)?;
    Arc::make_mut(&mut skills.templates).join(own);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "summary = 's'\ngroup = 'g'\n[[command]]\nname = 'NAME'\nsummary = 's'\n[samples.answer]\n";

    fn folder(files: &[(&str, &str)]) -> BTreeMap<String, String> {
        files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn a_broken_skill_is_told_and_the_others_go_on() {
        let good = GOOD.replace("NAME", "good");
        let folders = Folders::from([
            ("broken-manifest".into(), folder(&[("skill.toml", "summary = 's'\ngruop = 'g'")])),
            (
                "broken-template".into(),
                folder(&[("skill.toml", &GOOD.replace("NAME", "b")), ("answer.hbs", "{{nope}}")]),
            ),
            ("good".into(), folder(&[("skill.toml", &good), ("answer.hbs", "yes")])),
            ("twin".into(), folder(&[("skill.toml", &good)])),
            ("empty".into(), folder(&[])),
        ]);
        let (skills, problems) = assemble(folders, &["broken-manifest", "broken-template", "good", "twin", "empty"]);
        assert_eq!(skills.grammar.commands().len(), 1);
        assert!(skills.grammar.parse("good").is_ok());
        insta::assert_snapshot!(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    }

    #[test]
    fn a_text_on_disk_takes_the_place_of_the_built_in_one() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("ping")).unwrap();
        std::fs::write(dir.path().join("ping/answer.hbs"), "still here").unwrap();
        let (skills, problems) = load(dir.path(), crate::skills::NATIVE);
        assert_eq!(problems, []);
        let answer = skills.templates.render("ping", "answer", &serde_json::json!({})).unwrap();
        assert_eq!(answer.to_plain(), "still here");
    }
}
