//! `skerry tree`.

use std::collections::{BTreeMap, HashMap};
use std::time::SystemTime;

use clap::Args;
use skerry_client::v1::Sandbox;

use super::Context;
use super::sandbox::state_cell;
use super::volume::show_counted;
use crate::failure::Failure;
use crate::output::{Cell, Table, Tone};
use crate::units::show_age;

/// Show which sandbox was forked from which
#[derive(Debug, Args)]
#[command(after_help = "\
A parent that was removed is shown as gone, as long as a fork of it is
there. As JSON it is a list of sandboxes, parents first; `parentId` says
whose fork each is.

Examples:
  skerry tree                                    All sandboxes
  skerry tree web                                One, and all that came of it
  skerry tree web -o json | jq -r '.[].name'     For programs")]
pub(super) struct Tree {
    /// Name or id [default: all]
    sandbox: Option<String>,
}

impl Tree {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let list = context.client.list_sandboxes(BTreeMap::new());
        let mut sandboxes = context.call("list sandboxes", list).await?;
        let mut forest = Forest::of(&sandboxes);
        if let Some(name) = &self.sandbox {
            if !forest.has(name) {
                // Made just now, or not there: the daemon says it.
                let what = format!("show the forks of {name}");
                sandboxes = vec![context.call(&what, context.client.sandbox(name)).await?];
                forest = Forest::of(&sandboxes);
            }
            forest.cut_to(name);
        }
        let nodes = forest.walk();
        if context.output.is_json() {
            let there: Vec<_> = nodes.iter().filter_map(|node| node.sandbox).cloned().collect();
            context.output.json_list(&there)?;
        } else {
            context.output.table(&table(&nodes, SystemTime::now()))?;
        }
        Ok(0)
    }
}

/// Sandboxes by their parents.
struct Forest<'a> {
    by_id: HashMap<&'a str, &'a Sandbox>,
    /// Ids of forks, in order of creation.
    forks: HashMap<&'a str, Vec<&'a str>>,
    /// Ids of those that have no parent, or one that is gone: of those, the
    /// parents.
    roots: Vec<&'a str>,
}

/// A line of the tree.
#[derive(Debug, PartialEq)]
struct Node<'a> {
    id: &'a str,
    /// `None`: it is gone.
    sandbox: Option<&'a Sandbox>,
    /// What leads to it from its parent, and from those above.
    branches: String,
}

impl<'a> Forest<'a> {
    fn of(sandboxes: &'a [Sandbox]) -> Self {
        let by_id: HashMap<_, _> = sandboxes.iter().map(|one| (one.id.as_str(), one)).collect();
        let mut forks: HashMap<&str, Vec<&str>> = HashMap::new();
        let mut roots = Vec::new();
        for sandbox in sandboxes {
            let (id, parent) = (sandbox.id.as_str(), sandbox.parent_id.as_str());
            if parent.is_empty() {
                roots.push(id);
                continue;
            }
            if !by_id.contains_key(parent) && !forks.contains_key(parent) {
                roots.push(parent);
            }
            forks.entry(parent).or_default().push(id);
        }
        Self { by_id, forks, roots }
    }

    /// Whether there is one of this name or id, or a fork of it.
    fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    fn find(&self, name: &str) -> Option<&'a str> {
        let named = self.by_id.values().find(|one| one.name == name).map(|one| one.id.as_str());
        let known = || self.by_id.get_key_value(name).map(|(id, _)| *id);
        let gone = || self.forks.get_key_value(name).map(|(id, _)| *id);
        named.or_else(known).or_else(gone)
    }

    /// Leaves one and what was forked from it.
    fn cut_to(&mut self, name: &str) {
        self.roots = self.find(name).into_iter().collect();
    }

    /// All lines, each parent before its forks.
    fn walk(&self) -> Vec<Node<'a>> {
        let mut nodes = Vec::new();
        // With what the branches of each one's forks start with. A stack and
        // no recursion: a chain of forks may be as long as the list.
        let mut open: Vec<(&str, String, String)> =
            self.roots.iter().rev().map(|id| (*id, String::new(), String::new())).collect();
        while let Some((id, branches, below)) = open.pop() {
            nodes.push(Node { id, sandbox: self.by_id.get(id).copied(), branches });
            let forks = self.forks.get(id).map_or(&[][..], Vec::as_slice);
            for (index, fork) in forks.iter().enumerate().rev() {
                let last = index + 1 == forks.len();
                let (own, further) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
                open.push((*fork, format!("{below}{own}"), format!("{below}{further}")));
            }
        }
        nodes
    }
}

fn table(nodes: &[Node<'_>], now: SystemTime) -> Table {
    let mut table = Table::new(&["NAME", "ID", "STATE", "AGE", "DISK"]);
    for node in nodes {
        let Some(sandbox) = node.sandbox else {
            let gone = Cell::toned("gone", Tone::Faint);
            let name = format!("{}-", node.branches);
            table.row([name.into(), node.id.into(), gone, "-".into(), "-".into()]);
            continue;
        };
        let made = sandbox.create_time.and_then(|time| SystemTime::try_from(time).ok());
        table.row([
            Cell::from(format!("{}{}", node.branches, sandbox.name)),
            Cell::from(node.id),
            state_cell(sandbox.state()),
            Cell::from(made.map_or_else(|| "-".to_owned(), |time| show_age(time, now))),
            Cell::from(show_counted(sandbox.disk_used_bytes)),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sandbox(id: &str, parent: &str) -> Sandbox {
        let name = format!("name-{id}");
        Sandbox { id: id.to_owned(), name, parent_id: parent.to_owned(), ..Sandbox::default() }
    }

    fn drawn(forest: &Forest<'_>) -> Vec<String> {
        let line = |node: &Node<'_>| format!("{}{}", node.branches, node.id);
        forest.walk().iter().map(line).collect()
    }

    #[test]
    fn forks_hang_below_their_parents_also_below_one_that_is_gone() {
        let all = [
            sandbox("a", ""),
            sandbox("b", "a"),
            sandbox("c", "gone"),
            sandbox("d", "b"),
            sandbox("e", "a"),
            sandbox("f", "gone"),
            sandbox("g", ""),
        ];
        let forest = Forest::of(&all);
        let whole = ["a", "├─ b", "│  └─ d", "└─ e", "gone", "├─ c", "└─ f", "g"];
        assert_eq!(drawn(&forest), whole);
        assert!(forest.walk()[4].sandbox.is_none());
    }

    #[test]
    fn a_part_is_found_by_name_by_id_and_by_the_id_of_one_that_is_gone() {
        let all = [sandbox("a", ""), sandbox("b", "a"), sandbox("c", "b"), sandbox("d", "gone")];
        for (name, lines) in [
            ("name-b", &["b", "└─ c"][..]),
            ("b", &["b", "└─ c"]),
            ("c", &["c"]),
            ("gone", &["gone", "└─ d"]),
        ] {
            let mut forest = Forest::of(&all);
            assert!(forest.has(name));
            forest.cut_to(name);
            assert_eq!(drawn(&forest), lines, "{name}");
        }
        assert!(!Forest::of(&all).has("x"));
    }

    #[test]
    fn a_long_chain_is_drawn() {
        let chain: Vec<_> = (0..5000)
            .map(|number: u32| {
                let parent = number.checked_sub(1).map_or_else(String::new, |up| up.to_string());
                sandbox(&number.to_string(), &parent)
            })
            .collect();
        assert_eq!(Forest::of(&chain).walk().len(), 5000);
    }
}
