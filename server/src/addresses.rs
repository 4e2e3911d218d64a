//! How many sockets each address holds. Knows no socket.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Sockets by address.
#[derive(Clone, Debug, Default)]
pub struct Addresses {
    counts: Arc<Mutex<BTreeMap<IpAddr, u32>>>,
}

/// One socket of an address, until it is dropped.
#[derive(Debug)]
pub struct Place {
    addresses: Addresses,
    address: IpAddr,
}

impl Addresses {
    /// A place for one more socket, unless the address has `most` already.
    pub fn take(&self, address: IpAddr, most: u32) -> Option<Place> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_insert(0);
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Place {
            addresses: self.clone(),
            address,
        })
    }

    /// Sockets of all addresses.
    pub fn sockets(&self) -> u64 {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.values().map(|count| u64::from(*count)).sum()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let counts = &self.addresses.counts;
        let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_by_address_and_given_back() {
        let addresses = Addresses::default();
        let here = IpAddr::from([127, 0, 0, 1]);
        let first = addresses.take(here, 2);
        let second = addresses.take(here, 2);
        assert!(first.is_some() && second.is_some());
        assert!(addresses.take(here, 2).is_none());
        assert!(addresses.take(IpAddr::from([127, 0, 0, 2]), 2).is_some());
        drop(first);
        assert!(addresses.take(here, 2).is_some());
    }
}
