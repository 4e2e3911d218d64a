//! Network: how long frames take between two machines, and what becomes of them on the way. A line keeps its order unless
//! the weather says otherwise, may end for both sides at once, or swallow everything without telling anybody. Knows no frame.

use crate::dice::Dice;
use bytebiota_server::assignment_book::ConnectionId;
use std::collections::BTreeMap;

/// How bad the network is; chances per mille and frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Weather {
    /// A frame takes at least this, ms.
    pub delay_ms: u64,
    /// And so much more at most, ms.
    pub jitter_ms: u64,
    /// A single frame is lost.
    pub loss: u64,
    /// A frame arrives twice.
    pub duplication: u64,
    /// A frame overtakes those before it.
    pub reordering: u64,
    /// The line ends, and both sides hear of it.
    pub cut: u64,
    /// The line goes on, but nothing arrives any more.
    pub hole: u64,
}

impl Weather {
    /// A network without faults.
    pub const FAIR: Self = Self {
        delay_ms: 20,
        jitter_ms: 30,
        loss: 0,
        duplication: 0,
        reordering: 0,
        cut: 0,
        hole: 0,
    };

    /// Some weather, from fair to a storm.
    pub fn drawn(dice: &mut Dice) -> Self {
        let level = dice.below(4);
        let mut up_to = |most: u64| dice.below(level * most + 1);
        Self {
            delay_ms: 5 + up_to(60),
            jitter_ms: 5 + up_to(600),
            loss: up_to(5),
            duplication: up_to(15),
            reordering: up_to(5),
            cut: up_to(4),
            hole: up_to(2),
        }
    }
}

/// The way a frame goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// From a worker.
    Up,
    /// To a worker.
    Down,
}

/// What becomes of a frame.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fate {
    /// It arrives at these moments, ms; at none if it is lost.
    Arrives(Vec<u64>),
    /// The line has ended under it.
    Cut,
}

#[derive(Clone, Copy, Debug, Default)]
struct Line {
    last_ms: [u64; 2],
    is_hole: bool,
    is_noticed: bool,
}

/// All lines.
#[derive(Clone, Debug)]
pub struct Network {
    /// How it is now.
    pub weather: Weather,
    dice: Dice,
    lines: BTreeMap<ConnectionId, Line>,
}

impl Network {
    /// Without lines.
    pub fn new(weather: Weather, dice: Dice) -> Self {
        Self {
            weather,
            dice,
            lines: BTreeMap::new(),
        }
    }

    /// A line is there.
    pub fn open(&mut self, connection: ConnectionId) {
        self.lines.insert(connection, Line::default());
    }

    /// A line is over.
    pub fn close(&mut self, connection: ConnectionId) {
        self.lines.remove(&connection);
    }

    /// All lines are over.
    pub fn forget_all(&mut self) {
        self.lines.clear();
    }

    /// How many there are.
    pub fn lines(&self) -> usize {
        self.lines.len()
    }

    /// Whether a line has swallowed something since this was last asked, for the first time.
    pub fn has_just_become_a_hole(&mut self, connection: ConnectionId) -> bool {
        let line = self.lines.get_mut(&connection);
        line.is_some_and(|line| line.is_hole && !std::mem::replace(&mut line.is_noticed, true))
    }

    /// When the last frame of one way arrives, ms.
    pub fn last_ms(&self, connection: ConnectionId, way: Way) -> u64 {
        let line = self.lines.get(&connection);
        line.map_or(0, |line| line.last_ms[way as usize])
    }

    /// Whether what one side says of its end reaches the other.
    pub fn tells(&self, connection: ConnectionId) -> bool {
        self.lines
            .get(&connection)
            .is_some_and(|line| !line.is_hole)
    }

    /// How long something takes now, ms.
    pub fn delay_ms(&mut self) -> u64 {
        self.weather.delay_ms + self.dice.below(self.weather.jitter_ms + 1)
    }

    /// What becomes of a frame that is sent now.
    pub fn carry(&mut self, now_ms: u64, connection: ConnectionId, way: Way) -> Fate {
        let at_ms = now_ms + self.delay_ms();
        let weather = self.weather;
        let Some(line) = self.lines.get_mut(&connection) else {
            return Fate::Arrives(Vec::new());
        };
        line.is_hole |= self.dice.chance(weather.hole);
        if line.is_hole || self.dice.chance(weather.loss) {
            return Fate::Arrives(Vec::new());
        }
        if self.dice.chance(weather.cut) {
            return Fate::Cut;
        }
        let last_ms = &mut line.last_ms[way as usize];
        if self.dice.chance(weather.reordering) {
            return Fate::Arrives(vec![at_ms]);
        }
        *last_ms = at_ms.max(*last_ms);
        let mut arrivals = vec![*last_ms];
        if self.dice.chance(weather.duplication) {
            arrivals.push(*last_ms + self.dice.below(3_000));
        }
        Fate::Arrives(arrivals)
    }
}
