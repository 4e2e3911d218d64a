//! Scheduler and reaper queues: order kept by links between slots, beside the organisms. Knows no organism and no policy.
//!
//! The links lie close together, so that whoever wants to know who comes next need not fetch the organisms between.

/// No organism: the end of a queue.
pub const NONE: u32 = u32::MAX;

/// The neighbours of a slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Links {
    /// The one before, `NONE` at the head.
    before: u32,
    /// The one behind, `NONE` at the tail.
    behind: u32,
}

const ALONE: Links = Links {
    before: NONE,
    behind: NONE,
};

/// A doubly linked queue of slots.
#[derive(Clone, Debug)]
pub struct Queue {
    /// The first, `NONE` when empty.
    pub head: u32,
    /// The last, `NONE` when empty.
    pub tail: u32,
    links: Vec<Links>,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            head: NONE,
            tail: NONE,
            links: Vec::new(),
        }
    }
}

impl Queue {
    /// The one behind `slot`, `NONE` behind the tail.
    #[inline]
    pub fn behind(&self, slot: u32) -> u32 {
        self.links(slot).behind
    }

    /// Puts `slot` at the tail.
    pub fn push(&mut self, slot: u32) {
        self.link(self.tail, slot, NONE);
    }

    /// Puts `slot` immediately behind `place`.
    pub fn insert_behind(&mut self, place: u32, slot: u32) {
        self.link(place, slot, self.behind(place));
    }

    /// Takes `slot` out.
    pub fn remove(&mut self, slot: u32) {
        let Links { before, behind } = self.links(slot);
        self.join(before, behind);
        if let Some(links) = self.links.get_mut(slot as usize) {
            *links = ALONE;
        }
    }

    /// Moves `slot` one place towards the head.
    pub fn promote(&mut self, slot: u32) {
        let Links { before, behind } = self.links(slot);
        if before != NONE {
            self.join(self.links(before).before, slot);
            self.join(slot, before);
            self.join(before, behind);
        }
    }

    /// The slots from head to tail.
    pub fn slots(&self) -> impl Iterator<Item = u32> + '_ {
        let first = (self.head != NONE).then_some(self.head);
        std::iter::successors(first, |&slot| {
            let behind = self.behind(slot);
            (behind != NONE).then_some(behind)
        })
    }

    #[inline]
    fn links(&self, slot: u32) -> Links {
        self.links.get(slot as usize).copied().unwrap_or(ALONE)
    }

    fn link(&mut self, before: u32, slot: u32, behind: u32) {
        if self.links.len() <= slot as usize {
            self.links.resize(slot as usize + 1, ALONE);
        }
        self.join(before, slot);
        self.join(slot, behind);
    }

    fn join(&mut self, before: u32, behind: u32) {
        match self.links.get_mut(before as usize) {
            Some(links) => links.behind = behind,
            None => self.head = behind,
        }
        match self.links.get_mut(behind as usize) {
            Some(links) => links.before = before,
            None => self.tail = before,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{IslandId, WorldSeed, rng::Rng};

    #[test]
    fn a_queue_behaves_like_a_list() {
        let mut rng = Rng::stream(WorldSeed(5), IslandId(1), "queue");
        let mut queue = Queue::default();
        let mut list: Vec<u32> = Vec::new();
        for _ in 0..20_000 {
            let slot = rng.below(64);
            match (list.iter().position(|&s| s == slot), rng.below(3)) {
                (None, 0) => {
                    queue.push(slot);
                    list.push(slot);
                }
                (None, _) if !list.is_empty() => {
                    let at = rng.below(list.len() as u32) as usize;
                    queue.insert_behind(list[at], slot);
                    list.insert(at + 1, slot);
                }
                (Some(at), 0) => {
                    queue.remove(slot);
                    list.remove(at);
                }
                (Some(at), _) => {
                    queue.promote(slot);
                    list.swap(at, at.saturating_sub(1));
                }
                _ => {}
            }
            assert_eq!(queue.slots().collect::<Vec<_>>(), list);
            let ends = (
                list.first().copied().unwrap_or(NONE),
                list.last().copied().unwrap_or(NONE),
            );
            assert_eq!((queue.head, queue.tail), ends);
        }
    }
}
