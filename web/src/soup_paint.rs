//! In which colours a soup is shown: only what is seen is painted. Knows no canvas.

use crate::pigment::{self, Emphasis, Rgba};
use crate::soup_window::{Window, Zoom};
use bytebiota_protocol::view::{BodyView, MemoryMapView};

const FREE: Rgba = [0, 0, 0, 0];
const AT_HOME: Rgba = [240, 240, 240, 255];
const ABROAD: Rgba = [255, 70, 60, 255];

/// What the colours say.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Shade {
    /// The same genotype, the same colour.
    #[default]
    Genotype,
    /// The same length of genome, the same colour: kin that differ by a byte look alike.
    Length,
    /// What an organism is doing.
    Activity,
    /// Rounds lived, from dark to bright.
    Age,
    /// Energy, from dark to bright.
    Energy,
    /// Where instructions are executed: white at home, red in somebody else's body or in free memory.
    Execution,
}

/// What an organism is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Activity {
    /// A child is on the way.
    Replicating,
    /// None is, and it has made errors.
    Erring,
    /// None is, and it has made none.
    Idle,
}

impl Activity {
    /// What an organism is doing.
    pub fn of(body: &BodyView) -> Self {
        match (body.child_length, body.errors) {
            (1.., _) => Self::Replicating,
            (0, 1..) => Self::Erring,
            (0, 0) => Self::Idle,
        }
    }

    fn colour(self) -> [u8; 3] {
        match self {
            Self::Replicating => [90, 210, 130],
            Self::Erring => [240, 120, 80],
            Self::Idle => [120, 140, 165],
        }
    }
}

/// How a soup is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Look {
    /// What the colours say.
    pub shade: Shade,
    /// Only who does this is bright.
    pub only: Option<Activity>,
    /// What is picked out.
    pub emphasis: Emphasis,
}

/// The whole soup by genotype, nothing picked out.
pub fn whole(map: &MemoryMapView) -> Vec<Rgba> {
    paint(
        map,
        Zoom::default().window(map.memory_size),
        Look::default(),
    )
}

/// One colour for each byte that is shown. A body's first bytes are darker, so that equal neighbours stay apart; a
/// child being written is faint.
pub fn paint(map: &MemoryMapView, window: Window, look: Look) -> Vec<Rgba> {
    let mut pixels = vec![FREE; (window.columns * window.rows) as usize];
    let colours = Colours::of(map, look.shade);
    for (index, body) in map.organisms.iter().enumerate() {
        let is_dim = look
            .emphasis
            .genotype
            .is_some_and(|genotype| genotype != body.genotype)
            || look.only.is_some_and(|only| only != Activity::of(body));
        let alpha = if is_dim || look.shade == Shade::Execution {
            46
        } else {
            255
        };
        let colour = match look.emphasis.organism == Some(index) {
            true => [255; 3],
            false => colours.body(body),
        };
        let with = |[r, g, b]: [u8; 3], alpha| [r, g, b, alpha];
        window.fill(
            &mut pixels,
            body.child_start,
            body.child_length,
            with(colour, alpha / 3),
        );
        window.fill(&mut pixels, body.start, body.length, with(colour, alpha));
        window.fill(
            &mut pixels,
            body.start,
            body.length.min(2),
            with(colour.map(|c| c / 2), alpha),
        );
    }
    if look.shade == Shade::Execution {
        for body in &map.organisms {
            let is_home = body.ip >= body.start && body.ip - body.start < body.length;
            let colour = if is_home { AT_HOME } else { ABROAD };
            window.fill(&mut pixels, body.ip, 1, colour);
        }
    }
    pixels
}

/// How many organisms execute outside of their own body.
pub fn abroad(map: &MemoryMapView) -> usize {
    let is_abroad = |body: &&BodyView| body.ip < body.start || body.ip - body.start >= body.length;
    map.organisms.iter().filter(is_abroad).count()
}

/// The colours of a shade in one soup.
struct Colours {
    shade: Shade,
    genotypes: Vec<[u8; 3]>,
    most: u32,
}

impl Colours {
    fn of(map: &MemoryMapView, shade: Shade) -> Self {
        let genotypes = map.genotypes.iter().map(|genotype| match shade {
            Shade::Length => pigment::oklch(0.72, 0.14, f64::from(genotype.length) * 2.399_963),
            _ => pigment::of_genotype(&genotype.hash),
        });
        let quantity = |body: &BodyView| {
            if shade == Shade::Age {
                body.age
            } else {
                body.energy
            }
        };
        Self {
            shade,
            genotypes: genotypes.collect(),
            most: map.organisms.iter().map(quantity).max().unwrap_or(0),
        }
    }

    fn body(&self, body: &BodyView) -> [u8; 3] {
        match self.shade {
            Shade::Activity => Activity::of(body).colour(),
            Shade::Age => self.bright(body.age),
            Shade::Energy => self.bright(body.energy),
            _ => self
                .genotypes
                .get(body.genotype as usize)
                .copied()
                .unwrap_or([128; 3]),
        }
    }

    /// By the square root, so that the many small ones differ as well.
    fn bright(&self, quantity: u32) -> [u8; 3] {
        let part = (f64::from(quantity) / f64::from(self.most.max(1))).sqrt();
        pigment::oklch(0.35 + 0.55 * part, 0.13, 1.2 + 1.2 * part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_protocol::view::GenotypeView;
    use proptest::prelude::*;

    fn map(memory_size: u32, organisms: Vec<BodyView>) -> MemoryMapView {
        MemoryMapView {
            memory_size,
            genotypes: vec![GenotypeView {
                hash: "00112233".into(),
                length: 10,
                living: 2,
            }],
            organisms,
            ..Default::default()
        }
    }

    fn body(start: u32, length: u32) -> BodyView {
        BodyView {
            start,
            length,
            ip: start,
            ..Default::default()
        }
    }

    proptest! {
        #[test]
        fn a_part_shows_what_the_whole_shows_there(
            start in any::<u32>(), length in 0u32..5_000, times in 0u32..7, column in 0u32..100, row in 0u32..100,
        ) {
            let map = map(4_096, vec![body(start % 5_000, length), body(start, length)]);
            let whole = Zoom::default().window(4_096);
            let all = paint(&map, whole, Look::default());
            let window = Zoom { times: 1 << times, column, row }.window(4_096);
            let part = paint(&map, window, Look::default());
            for (index, pixel) in part.iter().enumerate() {
                let (x, y) = (index as u32 % window.columns, index as u32 / window.columns);
                let address = (window.row + y) * window.across + window.column + x;
                prop_assert_eq!(*pixel, all[address as usize]);
            }
        }
    }

    #[test]
    fn shades_say_what_they_name() {
        let child = BodyView {
            child_length: 5,
            ..body(0, 10)
        };
        let erring = BodyView {
            errors: 3,
            ip: 2,
            ..body(20, 10)
        };
        let soup = map(4_096, vec![child, erring, body(40, 10)]);
        let does = soup.organisms.iter().map(Activity::of).collect::<Vec<_>>();
        assert_eq!(
            does,
            [Activity::Replicating, Activity::Erring, Activity::Idle]
        );
        assert_eq!(abroad(&soup), 1, "the second executes in the first");
        let window = Zoom::default().window(4_096);
        let look = Look {
            shade: Shade::Activity,
            only: Some(Activity::Erring),
            ..Look::default()
        };
        let pixels = paint(&soup, window, look);
        assert_ne!(pixels[5][..3], pixels[25][..3]);
        assert!(pixels[5][3] < pixels[25][3], "only who errs is bright");
        let places = paint(
            &soup,
            window,
            Look {
                shade: Shade::Execution,
                ..Look::default()
            },
        );
        assert_eq!((places[2], places[40]), (ABROAD, AT_HOME));
    }

    #[test]
    fn a_wild_map_is_painted_without_harm() {
        let wild = BodyView {
            child_start: u32::MAX,
            child_length: u32::MAX,
            ip: u32::MAX,
            ..body(u32::MAX, u32::MAX)
        };
        let window = Zoom {
            times: 4,
            column: u32::MAX,
            row: u32::MAX,
        }
        .window(1_000_000);
        for shade in [Shade::Genotype, Shade::Execution, Shade::Age] {
            let look = Look {
                shade,
                ..Look::default()
            };
            assert_eq!(
                paint(&map(1_000_000, vec![wild]), window, look).len(),
                256 * 244
            );
        }
    }
}
