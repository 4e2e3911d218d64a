//! The one table of page addresses, shared by server and page so that unknown addresses are real 404s. Knows no handler.

use crate::genome_name::GenomeName;

/// Characters of a document's name at most.
const MAX_NAME: usize = 64;

/// What brings a page to life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Module {
    /// The small one, for pages that everybody sees and that volunteers work on.
    First,
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
    /// `/docs`
    Documents,
    /// `/docs/{name}`; whether there is one of this name, who serves it knows.
    Document(String),
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
            "/docs" => Some(Self::Documents),
            "/privacy" => Some(Self::Privacy),
            _ if path.starts_with("/docs/") => {
                let name = path.strip_prefix("/docs/")?;
                let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
                let fits = (1..=MAX_NAME).contains(&name.len()) && name.chars().all(is_name);
                fits.then(|| Self::Document(name.to_owned()))
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
            Self::Documents => "/docs".into(),
            Self::Document(name) => format!("/docs/{name}"),
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
            Self::Documents => "How it works · ByteBiota".into(),
            Self::Document(name) => format!("{name} · ByteBiota"),
            Self::Privacy => "Privacy · ByteBiota".into(),
        }
    }

    /// A sentence or two for search engines and previews.
    pub fn description(&self) -> &'static str {
        match self {
            Self::Lab | Self::Genome(_) => {
                "Watch a self-replicating program live in this page: step by step, back again, byte by byte."
            }
            _ => "A world of self-replicating programs that evolve, computed by volunteers.",
        }
    }

    /// The module that the page needs.
    pub fn module(&self) -> Module {
        match self {
            Self::Home | Self::Donate | Self::World | Self::Island(_) => Module::First,
            Self::Lab | Self::Genome(_) => Module::More,
            Self::Documents | Self::Document(_) | Self::Privacy => Module::Still,
        }
    }
}

/// The socket of workers.
pub const WORKER_SOCKET: &str = "/api/v1/worker";
/// The live stream of the world.
pub const LIVE_WORLD: &str = "/api/v1/live/world";
/// The live stream of one island: `/api/v1/live/islands/{id}`.
pub const LIVE_ISLAND_PREFIX: &str = "/api/v1/live/islands/";

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
            Page::Documents,
            Page::Document("adding-an-opcode".into()),
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
            "/docs/../knobs",
            "/docs/a%20b",
            "",
        ] {
            assert_eq!(Page::parse(path), None, "{path}");
        }
    }
}
