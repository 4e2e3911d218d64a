//! Scheduler and reaper queues: order kept by links inside the organisms. Knows no policy.

use crate::organism::{Links, NONE, Organism};

/// Which links a queue uses.
pub trait Lane {
    /// The links of this queue in an organism.
    fn of(organism: &mut Organism) -> &mut Links;
    /// The same, to read.
    fn read(organism: &Organism) -> Links;
}

/// The lane of the scheduler.
#[derive(Clone, Debug)]
pub struct SchedulerLane;
/// The lane of the reaper.
#[derive(Clone, Debug)]
pub struct ReaperLane;

impl Lane for SchedulerLane {
    fn of(organism: &mut Organism) -> &mut Links {
        &mut organism.scheduler
    }
    fn read(organism: &Organism) -> Links {
        organism.scheduler
    }
}

impl Lane for ReaperLane {
    fn of(organism: &mut Organism) -> &mut Links {
        &mut organism.reaper
    }
    fn read(organism: &Organism) -> Links {
        organism.reaper
    }
}

/// A doubly linked queue over a slab of organisms.
#[derive(Clone, Debug)]
pub struct Queue<L> {
    /// The first, `NONE` when empty.
    pub head: u32,
    /// The last, `NONE` when empty.
    pub tail: u32,
    lane: std::marker::PhantomData<L>,
}

impl<L> Default for Queue<L> {
    fn default() -> Self {
        Self {
            head: NONE,
            tail: NONE,
            lane: std::marker::PhantomData,
        }
    }
}

impl<L: Lane> Queue<L> {
    /// The one behind `slot`.
    #[inline]
    pub fn behind(&self, organisms: &[Organism], slot: u32) -> u32 {
        L::read(&organisms[slot as usize]).behind
    }

    /// Puts `slot` at the tail.
    pub fn push(&mut self, organisms: &mut [Organism], slot: u32) {
        self.link(organisms, self.tail, slot, NONE);
    }

    /// Puts `slot` immediately behind `place`.
    pub fn insert_behind(&mut self, organisms: &mut [Organism], place: u32, slot: u32) {
        let next = self.behind(organisms, place);
        self.link(organisms, place, slot, next);
    }

    /// Takes `slot` out.
    pub fn remove(&mut self, organisms: &mut [Organism], slot: u32) {
        let Links { before, behind } = L::read(&organisms[slot as usize]);
        self.join(organisms, before, behind);
        *L::of(&mut organisms[slot as usize]) = Links::default();
    }

    /// Moves `slot` one place towards the head.
    pub fn promote(&mut self, organisms: &mut [Organism], slot: u32) {
        let before = L::read(&organisms[slot as usize]).before;
        if before != NONE {
            self.remove(organisms, before);
            self.insert_behind(organisms, slot, before);
        }
    }

    /// The slots from head to tail.
    pub fn slots<'a>(&self, organisms: &'a [Organism]) -> impl Iterator<Item = u32> + 'a
    where
        L: 'a,
    {
        let first = (self.head != NONE).then_some(self.head);
        std::iter::successors(first, move |&slot| {
            let behind = L::read(&organisms[slot as usize]).behind;
            (behind != NONE).then_some(behind)
        })
    }

    fn link(&mut self, organisms: &mut [Organism], before: u32, slot: u32, behind: u32) {
        self.join(organisms, before, slot);
        self.join(organisms, slot, behind);
    }

    fn join(&mut self, organisms: &mut [Organism], before: u32, behind: u32) {
        match organisms.get_mut(before as usize) {
            Some(organism) => L::of(organism).behind = behind,
            None => self.head = behind,
        }
        match organisms.get_mut(behind as usize) {
            Some(organism) => L::of(organism).before = before,
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
        let mut organisms = vec![Organism::default(); 64];
        let mut queue = Queue::<ReaperLane>::default();
        let mut list: Vec<u32> = Vec::new();
        for _ in 0..20_000 {
            let slot = rng.below(64);
            match (list.iter().position(|&s| s == slot), rng.below(3)) {
                (None, 0) => {
                    queue.push(&mut organisms, slot);
                    list.push(slot);
                }
                (None, _) if !list.is_empty() => {
                    let at = rng.below(list.len() as u32) as usize;
                    queue.insert_behind(&mut organisms, list[at], slot);
                    list.insert(at + 1, slot);
                }
                (Some(at), 0) => {
                    queue.remove(&mut organisms, slot);
                    list.remove(at);
                }
                (Some(at), _) => {
                    queue.promote(&mut organisms, slot);
                    list.swap(at, at.saturating_sub(1));
                }
                _ => {}
            }
            assert_eq!(queue.slots(&organisms).collect::<Vec<_>>(), list);
            let ends = (
                list.first().copied().unwrap_or(NONE),
                list.last().copied().unwrap_or(NONE),
            );
            assert_eq!((queue.head, queue.tail), ends);
        }
    }
}
