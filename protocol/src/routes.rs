//! The one table of page addresses, shared by server and page so that unknown addresses are real 404s. Knows no handler.

/// A page of the product.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Page {
    /// `/`
    Home,
    /// `/donate`
    Donate,
    /// `/world`
    World,
    /// `/island/{number}`
    Island(u32),
}

impl Page {
    /// Reads a path such as `/island/3`; `None` for an address that does not exist.
    pub fn parse(path: &str) -> Option<Self> {
        match path {
            "/" => Some(Self::Home),
            "/donate" => Some(Self::Donate),
            "/world" => Some(Self::World),
            _ => {
                let number = path.strip_prefix("/island/")?;
                let canonical = number.parse::<u32>().ok()?;
                (canonical >= 1 && canonical.to_string() == number)
                    .then_some(Self::Island(canonical))
            }
        }
    }

    /// The path of the page.
    pub fn path(self) -> String {
        match self {
            Self::Home => "/".into(),
            Self::Donate => "/donate".into(),
            Self::World => "/world".into(),
            Self::Island(number) => format!("/island/{number}"),
        }
    }

    /// Title of the page for tabs and search engines.
    pub fn title(self) -> String {
        match self {
            Self::Home => "ByteBiota: digital life, computed by volunteers".into(),
            Self::Donate => "Donate computing time · ByteBiota".into(),
            Self::World => "The world · ByteBiota".into(),
            Self::Island(number) => format!("Island {number} · ByteBiota"),
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
        for page in [Page::Home, Page::Donate, Page::World, Page::Island(17)] {
            assert_eq!(Page::parse(&page.path()), Some(page));
        }
        for path in [
            "/island/0",
            "/island/01",
            "/island/x",
            "/island/",
            "/worlds",
            "",
        ] {
            assert_eq!(Page::parse(path), None, "{path}");
        }
    }
}
