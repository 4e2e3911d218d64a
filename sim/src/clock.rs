//! Clock: virtual time, and the agenda of what happens when. Moments that coincide keep the order in which they were
//! noted. Knows nothing of what happens.

use std::collections::BTreeMap;

/// What is due, by time and order of noting.
#[derive(Clone, Debug)]
pub struct Agenda<E> {
    now_ms: u64,
    noted: u64,
    due: BTreeMap<(u64, u64), Box<E>>,
}

impl<E> Agenda<E> {
    /// Nothing is due, and it is `now_ms`.
    pub fn starting_at(now_ms: u64) -> Self {
        Self {
            now_ms,
            noted: 0,
            due: BTreeMap::new(),
        }
    }

    /// Now, virtual Unix ms.
    pub fn now_ms(&self) -> u64 {
        self.now_ms
    }

    /// Notes something for later; what should have been earlier is due now.
    pub fn at(&mut self, at_ms: u64, event: E) {
        self.noted += 1;
        self.due
            .insert((at_ms.max(self.now_ms), self.noted), Box::new(event));
    }

    /// Notes something for in so many ms.
    pub fn after(&mut self, ms: u64, event: E) {
        self.at(self.now_ms.saturating_add(ms), event);
    }

    /// The next event until `end_ms`, at its time; at the end time stands there.
    pub fn next_until(&mut self, end_ms: u64) -> Option<E> {
        match self.due.first_entry() {
            Some(entry) if entry.key().0 <= end_ms => {
                self.now_ms = entry.key().0;
                Some(*entry.remove())
            }
            _ => {
                self.now_ms = self.now_ms.max(end_ms);
                None
            }
        }
    }

    /// How much is due.
    pub fn len(&self) -> usize {
        self.due.len()
    }

    /// Whether nothing is due.
    pub fn is_empty(&self) -> bool {
        self.due.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_coincides_keeps_its_order_and_time_never_goes_back() {
        let mut agenda = Agenda::starting_at(100);
        agenda.after(5, 'c');
        agenda.at(3, 'a');
        agenda.at(100, 'b');
        let mut seen = Vec::new();
        while let Some(event) = agenda.next_until(104) {
            seen.push((agenda.now_ms(), event));
        }
        assert_eq!(seen, [(100, 'a'), (100, 'b')]);
        assert_eq!((agenda.now_ms(), agenda.len()), (104, 1));
        assert_eq!(agenda.next_until(200), Some('c'));
    }
}
