//! What the map of the archipelago shows of each island, and how one goes about on it. Knows no browser.

use bytebiota_core::CONTROL_ISLAND_EVERY;
use bytebiota_protocol::view::{IslandView, RulerView};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The least of a tile that somebody's living there fills.
const LEAST: f64 = 0.18;

/// An island on the map.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Tile {
    /// Its number.
    pub island: u32,
    /// The living.
    pub population: u64,
    /// The side of what is filled, of the side of the tile, so that surfaces are as populations; 0 for nobody.
    pub fullness: f64,
    /// The commonest genotype and its species; empty where they are not known.
    pub genotype: String,
    /// The species.
    pub species: String,
    /// The word of the API for what it is doing.
    pub status: String,
    /// Whether nobody comes there and nobody leaves.
    pub is_control: bool,
}

/// A tile for each island, in order.
pub fn tiles(islands: &[IslandView], rulers: &[RulerView]) -> Vec<Tile> {
    let rulers: BTreeMap<u32, &RulerView> =
        rulers.iter().map(|ruler| (ruler.island, ruler)).collect();
    let most = islands
        .iter()
        .map(|island| island.population)
        .max()
        .unwrap_or(0)
        .max(1);
    let tile = |island: &IslandView| {
        let ruler = rulers.get(&island.island).filter(|_| island.population > 0);
        let share = (island.population as f64 / most as f64).sqrt();
        Tile {
            island: island.island,
            population: island.population,
            fullness: if island.population > 0 {
                share.max(LEAST)
            } else {
                0.0
            },
            genotype: ruler.map_or_else(String::new, |ruler| ruler.genotype.clone()),
            species: ruler
                .and_then(|ruler| ruler.species.clone())
                .unwrap_or_default(),
            status: island.status.clone(),
            is_control: island.island.is_multiple_of(CONTROL_ISLAND_EVERY),
        }
    };
    islands.iter().map(tile).collect()
}

/// The genotypes that are the commonest of most islands, each with one of these and their number.
pub fn commonest(tiles: &[Tile], most: usize) -> Vec<(&Tile, usize)> {
    let mut kinds: BTreeMap<&str, (&Tile, usize)> = BTreeMap::new();
    for tile in tiles.iter().filter(|tile| !tile.genotype.is_empty()) {
        kinds.entry(&tile.genotype).or_insert((tile, 0)).1 += 1;
    }
    let mut kinds: Vec<_> = kinds.into_values().collect();
    kinds.sort_by_key(|(tile, islands)| (Reverse(*islands), tile.island));
    kinds.truncate(most);
    kinds
}

/// Where a key leads from a tile of so many, so many to a row; `None` for a key that leads nowhere.
pub fn moved(key: &str, at: usize, (tiles, columns): (usize, usize)) -> Option<usize> {
    let last = tiles.checked_sub(1)?;
    let to = match key {
        "ArrowLeft" => at.saturating_sub(1),
        "ArrowRight" => at + 1,
        "ArrowUp" => at.checked_sub(columns).unwrap_or(at),
        "ArrowDown" if at + columns <= last => at + columns,
        "ArrowDown" => at,
        "Home" => 0,
        "End" => last,
        _ => return None,
    };
    Some(to.min(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn island(island: u32, population: u64) -> IslandView {
        IslandView {
            island,
            population,
            ..IslandView::default()
        }
    }

    fn ruler(island: u32, genotype: &str) -> RulerView {
        RulerView {
            island,
            genotype: genotype.into(),
            species: Some(format!("Opifex {genotype}")),
            ..RulerView::default()
        }
    }

    #[test]
    fn tiles_are_as_full_as_islands_are_peopled_and_tenths_are_controls() {
        let islands = [
            island(9, 400),
            island(10, 100),
            island(11, 1),
            island(12, 0),
        ];
        let tiles = tiles(&islands, &[ruler(9, "a"), ruler(11, "b"), ruler(12, "c")]);
        let full: Vec<f64> = tiles.iter().map(|tile| tile.fullness).collect();
        assert_eq!(full, [1.0, 0.5, LEAST, 0.0]);
        let controls: Vec<bool> = tiles.iter().map(|tile| tile.is_control).collect();
        assert_eq!(controls, [false, true, false, false]);
        assert_eq!(tiles[0].species, "Opifex a");
        assert!(tiles[1].genotype.is_empty() && tiles[3].genotype.is_empty());
        assert!(super::tiles(&[], &[]).is_empty());
    }

    #[test]
    fn kinds_are_told_by_the_number_of_their_islands() {
        let islands: Vec<IslandView> = (1..=4).map(|number| island(number, 5)).collect();
        let rulers = [ruler(1, "a"), ruler(2, "b"), ruler(3, "b")];
        let tiles = tiles(&islands, &rulers);
        let told = |most| {
            commonest(&tiles, most)
                .iter()
                .map(|(tile, count)| (tile.island, *count))
                .collect::<Vec<_>>()
        };
        assert_eq!(told(9), [(2, 2), (1, 1)]);
        assert_eq!(told(1), [(2, 2)]);
    }

    #[test]
    fn keys_go_along_rows_and_columns_and_stay_on_the_map() {
        let size = (10, 4);
        let cases = [
            ("ArrowRight", 9, 9),
            ("ArrowLeft", 0, 0),
            ("ArrowDown", 1, 5),
            ("ArrowDown", 7, 7),
            ("ArrowUp", 5, 1),
            ("ArrowUp", 2, 2),
            ("Home", 5, 0),
            ("End", 5, 9),
        ];
        for (key, at, to) in cases {
            assert_eq!(moved(key, at, size), Some(to), "{key} {at}");
        }
        assert_eq!(moved("a", 3, size), None);
        assert_eq!(moved("Home", 0, (0, 0)), None);
    }
}
