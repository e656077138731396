//! All commands by name. Names and aliases are one map; a command's parser is made when it is needed, which costs
//! microseconds however many commands there are.

use std::collections::HashMap;
use std::sync::Arc;

use super::invocation::Invocation;
use super::manifest::{Command, Manifest};
use super::parse::{self, Misread};
use super::suggest;
use super::words::{Word, words};
use crate::domain::CommandName;

/// A command, and the skill it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// Its name.
    pub name: CommandName,
    /// The skill's folder.
    pub skill: String,
    /// The heading that `help` lists it under.
    pub group: String,
    /// What the manifest says of it.
    pub command: Command,
}

/// All commands.
#[derive(Clone, Debug, Default)]
pub struct Grammar {
    names: HashMap<String, Arc<Spec>>,
    commands: Vec<Arc<Spec>>,
    longest: usize,
}

impl Grammar {
    /// Adds the commands of a skill.
    ///
    /// # Errors
    /// The names that another skill has already; nothing is added then.
    pub fn add(&mut self, skill: &str, manifest: &Manifest) -> Result<(), Vec<String>> {
        let names = |command: &Command| -> Vec<String> {
            std::iter::once(&command.name).chain(&command.aliases).cloned().collect()
        };
        let taken: Vec<String> = manifest
            .commands
            .iter()
            .flat_map(names)
            .filter_map(|name| self.names.get(&name).map(|other| (name, other)))
            .map(|(name, other)| format!("the command `{name}` belongs to the skill `{}`", other.skill))
            .collect();
        if !taken.is_empty() {
            return Err(taken);
        }
        for command in &manifest.commands {
            let spec = Arc::new(Spec {
                name: CommandName::new(&command.name),
                skill: skill.to_owned(),
                group: manifest.group.clone(),
                command: command.clone(),
            });
            for name in names(command) {
                self.longest = self.longest.max(name.split(' ').count());
                self.names.insert(name, spec.clone());
            }
            self.commands.push(spec);
        }
        Ok(())
    }

    /// All commands, in the order they were added.
    pub fn commands(&self) -> &[Arc<Spec>] {
        &self.commands
    }

    /// The command of this name or alias.
    pub fn find(&self, name: &str) -> Option<&Arc<Spec>> {
        self.names.get(name)
    }

    /// The command that a line begins with, the longest name first, and how many words its name has.
    pub fn command_of(&self, line: &str) -> Option<(&Arc<Spec>, usize)> {
        self.longest_name(&words(line))
    }

    /// Reads a line.
    ///
    /// # Errors
    /// What about it cannot be understood, in words for the person who typed it.
    pub fn parse(&self, line: &str) -> Result<Invocation, Misread> {
        let words = words(line);
        match self.longest_name(&words) {
            Some((spec, taken)) => parse::arguments(spec, &words[taken..]),
            None => Err(self.unknown(&words)),
        }
    }

    /// The line with an option right behind its command's name, where it is never part of a text.
    pub fn with_option(&self, line: &str, name: &str, value: &str) -> Option<String> {
        let (_, taken) = self.command_of(line)?;
        let mut rest = line.trim_start();
        for _ in 0..taken {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            rest = rest[end..].trim_start();
        }
        let command = line.strip_suffix(rest)?.trim();
        Some(format!("{command} --{name} {value} {rest}").trim_end().to_owned())
    }

    pub(super) fn longest_name(&self, words: &[Word]) -> Option<(&Arc<Spec>, usize)> {
        let bare = words.iter().take_while(|word| !word.is_quoted).take(self.longest);
        let mut name = String::new();
        let mut found = None;
        for (number, word) in bare.enumerate() {
            if number > 0 {
                name.push(' ');
            }
            name.push_str(&word.text.to_lowercase());
            if let Some(spec) = self.names.get(&name) {
                found = Some((spec, number + 1));
            }
        }
        found
    }

    /// Names are walked only here, where nothing matched.
    fn unknown(&self, words: &[Word]) -> Misread {
        let typed = |most: usize| {
            let typed: Vec<&str> = words.iter().take(most).map(|word| word.text.as_str()).collect();
            typed.join(" ").to_lowercase()
        };
        let first = typed(1);
        let family: Vec<&str> = self
            .names
            .keys()
            .filter(|name| name.split(' ').next() == Some(first.as_str()))
            .map(String::as_str)
            .collect();
        let mut near = Vec::new();
        for most in (1..=self.longest).rev() {
            near.extend(suggest::nearest(&typed(most), self.names.keys().map(String::as_str)));
        }
        near.dedup();
        if near.is_empty() && !family.is_empty() {
            near = family;
            near.sort_unstable();
        }
        near.truncate(5);
        Misread::Unknown { name: first, near: near.into_iter().map(str::to_owned).collect() }
    }
}
