//! What stands on top of a room: words and links that say what it is for. Pure; the room's steward puts it there.

use super::iteration::Iteration;
use super::project::Repository;

/// The longest topic and purpose, in letters: as much as Slack takes, so that what reads back is what was wished.
const LONGEST: usize = 250;

/// What stands on top of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Furniture {
    /// Under its name: how the iteration is, whose it is, until when.
    pub topic: String,
    /// What the room is for.
    pub purpose: String,
    /// Links, each with what is read on it.
    pub links: Vec<(String, String)>,
}

impl Furniture {
    /// That of an iteration's room; `owner` is how people read the owner's name.
    pub fn of(iteration: &Iteration, owner: &str, repositories: &[Repository]) -> Self {
        let end = iteration.ends_at.map_or_else(|| "no end set".to_owned(), |end| format!("until {}", end.date()));
        let link = |one: &Repository| one.page.clone().map(|page| (one.name.to_string(), page));
        Self {
            topic: cut(&format!("{} · {} · {owner} · {end}", iteration.name, iteration.phase.as_str())),
            purpose: cut(&match &iteration.goal {
                Some(goal) => format!("{}: {goal}", iteration.name),
                None => format!("The room of {}: its deployments, and whoever works on it.", iteration.name),
            }),
            links: repositories.iter().filter_map(link).collect(),
        }
    }
}

fn cut(words: &str) -> String {
    if words.chars().count() <= LONGEST {
        return words.to_owned();
    }
    let kept: String = words.chars().take(LONGEST - 1).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::component::RepositoryName;
    use crate::domain::iteration::{IterationKey, Phase};
    use crate::domain::{ChatName, PersonId, RoomId, Timestamp};

    #[test]
    fn the_topic_tells_how_it_is_whose_and_until_when() {
        let iteration = Iteration {
            key: IterationKey::new("sprint-42"),
            name: "Sprint 42".into(),
            project: "shop".into(),
            goal: None,
            owner: PersonId::new("ana"),
            phase: Phase::Active,
            starts_at: Timestamp::from_millis(0),
            ends_at: Some(Timestamp::from_millis(1_773_651_600_000)),
            asked_in: RoomId::new(&ChatName::console(), "lobby"),
        };
        let repository = |name: &str, page: Option<&str>| Repository {
            name: RepositoryName::new(name),
            aliases: vec![],
            page: page.map(str::to_owned),
        };
        let repositories = [repository("web", Some("https://git.example/web")), repository("api", None)];
        let furniture = Furniture::of(&iteration, "Ana", &repositories);
        assert_eq!(furniture.topic, "Sprint 42 · active · Ana · until 2026-03-16");
        assert_eq!(furniture.links, [("web".to_owned(), "https://git.example/web".to_owned())]);
        let endless = Iteration { ends_at: None, goal: Some("Pay".into()), ..iteration };
        let furniture = Furniture::of(&endless, "Ana", &[]);
        assert!(furniture.topic.ends_with(" · no end set"));
        assert_eq!(furniture.purpose, "Sprint 42: Pay");
        let long = Iteration { goal: Some("冲".repeat(300)), ..endless };
        assert_eq!(Furniture::of(&long, "Ana", &[]).purpose.chars().count(), LONGEST);
    }
}
