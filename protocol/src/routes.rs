//! The one table of page addresses, shared by server and page so that unknown addresses are real 404s. Knows no handler.

use crate::genome_name::GenomeName;

/// Characters of a name in an address at most.
const MAX_NAME: usize = 64;

/// What brings a page to life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Module {
    /// The smallest, for those who give: while it computes, its page is never left.
    Donate,
    /// The small one, for the pages that everybody sees.
    First,
    /// The one of the lab.
    Lab,
    /// The one with all other live pages.
    More,
    /// None: the page says what it says.
    Still,
}

/// A page of the product.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Page {
    /// `/`
    Home,
    /// `/donate`
    Donate,
    /// `/world`
    World,
    /// `/island/{number}`
    Island(u32),
    /// `/genome`: which one?
    Lab,
    /// `/genome/{word}`, where the word is one that `GenomeName` reads.
    Genome(String),
    /// `/taxonomy`
    Taxonomy,
    /// `/species/{name}`, in lower-case letters with a dash between the words.
    Species(String),
    /// `/phylogeny`
    Phylogeny,
    /// `/icons`
    Icons,
    /// `/seed-bank`
    SeedBank,
    /// `/analytics`
    Analytics,
    /// `/workers`
    Workers,
    /// `/leaderboard`
    Leaderboard,
    /// `/operations`
    Operations,
    /// `/verify`, or `/verify/{island}/{first_epoch}` for one unit.
    Verify(Option<(u32, u64)>),
    /// `/docs`
    Documents,
    /// `/docs/{name}`; whether there is one of this name, who serves it knows.
    Document(String),
    /// `/api/docs`
    Interface,
    /// `/privacy`
    Privacy,
}

impl Page {
    /// Reads a path such as `/island/3`; `None` for an address that does not exist.
    pub fn parse(path: &str) -> Option<Self> {
        match path {
            "/" => Some(Self::Home),
            "/donate" => Some(Self::Donate),
            "/world" => Some(Self::World),
            "/genome" => Some(Self::Lab),
            "/taxonomy" => Some(Self::Taxonomy),
            "/phylogeny" => Some(Self::Phylogeny),
            "/icons" => Some(Self::Icons),
            "/seed-bank" => Some(Self::SeedBank),
            "/analytics" => Some(Self::Analytics),
            "/workers" => Some(Self::Workers),
            "/leaderboard" => Some(Self::Leaderboard),
            "/operations" => Some(Self::Operations),
            "/verify" => Some(Self::Verify(None)),
            "/docs" => Some(Self::Documents),
            "/api/docs" => Some(Self::Interface),
            "/privacy" => Some(Self::Privacy),
            _ if path.starts_with("/docs/") => {
                plain_name(path.strip_prefix("/docs/")?).map(Self::Document)
            }
            _ if path.starts_with("/verify/") => {
                let (island, epoch) = path.strip_prefix("/verify/")?.split_once('/')?;
                let unit = (island.parse::<u32>().ok()?, epoch.parse::<u64>().ok()?);
                let page = Self::Verify(Some(unit));
                (unit.0 >= 1 && page.path() == path).then_some(page)
            }
            _ if path.starts_with("/species/") => {
                plain_name(path.strip_prefix("/species/")?).map(Self::Species)
            }
            _ if path.starts_with("/genome/") => {
                let word = path.strip_prefix("/genome/")?;
                GenomeName::parse(word).map(|_| Self::Genome(word.to_owned()))
            }
            _ => {
                let number = path.strip_prefix("/island/")?;
                let canonical = number.parse::<u32>().ok()?;
                (canonical >= 1 && canonical.to_string() == number)
                    .then_some(Self::Island(canonical))
            }
        }
    }

    /// The path of the page.
    pub fn path(&self) -> String {
        match self {
            Self::Home => "/".into(),
            Self::Donate => "/donate".into(),
            Self::World => "/world".into(),
            Self::Island(number) => format!("/island/{number}"),
            Self::Lab => "/genome".into(),
            Self::Genome(word) => format!("/genome/{word}"),
            Self::Taxonomy => "/taxonomy".into(),
            Self::Species(name) => format!("/species/{name}"),
            Self::Phylogeny => "/phylogeny".into(),
            Self::Icons => "/icons".into(),
            Self::SeedBank => "/seed-bank".into(),
            Self::Analytics => "/analytics".into(),
            Self::Workers => "/workers".into(),
            Self::Leaderboard => "/leaderboard".into(),
            Self::Operations => "/operations".into(),
            Self::Verify(None) => "/verify".into(),
            Self::Verify(Some((island, epoch))) => format!("/verify/{island}/{epoch}"),
            Self::Documents => "/docs".into(),
            Self::Document(name) => format!("/docs/{name}"),
            Self::Interface => "/api/docs".into(),
            Self::Privacy => "/privacy".into(),
        }
    }

    /// Title of the page for tabs and search engines.
    pub fn title(&self) -> String {
        match self {
            Self::Home => "ByteBiota: digital life, computed by volunteers".into(),
            Self::Donate => "Donate computing time · ByteBiota".into(),
            Self::World => "The world · ByteBiota".into(),
            Self::Island(number) => format!("Island {number} · ByteBiota"),
            Self::Lab => "The lab: watch a genome live · ByteBiota".into(),
            Self::Genome(word) => {
                let shown: String = word.chars().take(12).collect();
                format!("Genome {shown} · ByteBiota")
            }
            Self::Taxonomy => "The tree of names · ByteBiota".into(),
            Self::Species(name) => format!("{} · ByteBiota", name.replace('-', " ")),
            Self::Phylogeny => "Who came from whom · ByteBiota".into(),
            Self::Icons => "Every name has a face · ByteBiota".into(),
            Self::SeedBank => "The seed bank · ByteBiota".into(),
            Self::Analytics => "History in pictures · ByteBiota".into(),
            Self::Workers => "Who computes now · ByteBiota".into(),
            Self::Leaderboard => "Who gave most · ByteBiota".into(),
            Self::Operations => "How the world is run · ByteBiota".into(),
            Self::Verify(_) => "Compute it yourself · ByteBiota".into(),
            Self::Documents => "How it works · ByteBiota".into(),
            Self::Document(name) => format!("{name} · ByteBiota"),
            Self::Interface => "The world for programs · ByteBiota".into(),
            Self::Privacy => "Privacy · ByteBiota".into(),
        }
    }

    /// A sentence or two for search engines and previews.
    pub fn description(&self) -> &'static str {
        match self {
            Self::Lab | Self::Genome(_) => {
                "Watch a self-replicating program live in this page: step by step, back again, byte by byte."
            }
            Self::Interface => {
                "Every address of the API with its parameters and an example of its answer."
            }
            _ => "A world of self-replicating programs that evolve, computed by volunteers.",
        }
    }

    /// The module that the page needs.
    pub fn module(&self) -> Module {
        match self {
            Self::Donate => Module::Donate,
            Self::Home | Self::World | Self::Island(_) => Module::First,
            Self::Lab | Self::Genome(_) => Module::Lab,
            Self::Taxonomy
            | Self::Species(_)
            | Self::Phylogeny
            | Self::Icons
            | Self::SeedBank
            | Self::Analytics
            | Self::Workers
            | Self::Leaderboard
            | Self::Operations
            | Self::Verify(_) => Module::More,
            Self::Documents | Self::Document(_) | Self::Interface | Self::Privacy => Module::Still,
        }
    }
}

/// A volunteer as himself: `DELETE` with his token forgets him.
pub const VOLUNTEER: &str = "/api/v1/volunteer";
/// The socket of workers.
pub const WORKER_SOCKET: &str = "/api/v1/worker";
/// A young soup, moment by moment.
pub const RECORDING: &str = "/api/v1/recording";
/// The live stream of the world.
pub const LIVE_WORLD: &str = "/api/v1/live/world";
/// The live stream of one island: `/api/v1/live/islands/{id}`.
pub const LIVE_ISLAND_PREFIX: &str = "/api/v1/live/islands/";

/// A name in an address: letters, digits and dashes.
fn plain_name(name: &str) -> Option<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let fits = (1..=MAX_NAME).contains(&name.len()) && name.chars().all(is_name);
    fits.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_found_by_its_own_path_and_no_other() {
        let pages = [
            Page::Home,
            Page::Donate,
            Page::World,
            Page::Island(17),
            Page::Lab,
            Page::Genome("ancestor".into()),
            Page::Genome("0001ff".into()),
            Page::Taxonomy,
            Page::Species("opifex-agrestis".into()),
            Page::Phylogeny,
            Page::Icons,
            Page::SeedBank,
            Page::Analytics,
            Page::Workers,
            Page::Leaderboard,
            Page::Operations,
            Page::Verify(None),
            Page::Verify(Some((3, 400))),
            Page::Documents,
            Page::Document("adding-an-opcode".into()),
            Page::Interface,
            Page::Privacy,
        ];
        for page in pages {
            assert_eq!(Page::parse(&page.path()), Some(page));
        }
        for path in [
            "/island/0",
            "/island/01",
            "/island/x",
            "/island/",
            "/worlds",
            "/genome/",
            "/genome/xyz",
            "/docs/",
            "/verify/0/1",
            "/verify/1/01",
            "/verify/1",
            "/docs/../knobs",
            "/docs/a%20b",
            "",
        ] {
            assert_eq!(Page::parse(path), None, "{path}");
        }
    }
}
