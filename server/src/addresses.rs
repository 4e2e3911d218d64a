//! How many sockets each address holds, and how fast it opens new ones. Knows no socket and no clock.

use crate::budget::Bucket;
use crate::config::Budgets;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Addresses that are remembered at a time; while so many are busy, no further one comes in.
const MAX_ADDRESSES: usize = 65_536;

/// Sockets by address.
#[derive(Clone, Debug, Default)]
pub struct Addresses {
    guests: Arc<Mutex<BTreeMap<IpAddr, Guest>>>,
}

/// What is known of an address.
#[derive(Debug)]
struct Guest {
    sockets: u32,
    arrivals: Bucket,
}

/// One socket of an address, until it is dropped.
#[derive(Debug)]
pub struct Place {
    addresses: Addresses,
    address: IpAddr,
}

impl Addresses {
    /// A place for one more socket, or a sentence why not.
    pub fn take(
        &self,
        now_ms: u64,
        address: IpAddr,
        most: &Budgets,
    ) -> Result<Place, &'static str> {
        let address = network(address);
        let mut guests = self.lock();
        if guests.len() >= MAX_ADDRESSES && !guests.contains_key(&address) {
            guests.retain(|_, guest| guest.sockets > 0 || !guest.arrivals.is_full(now_ms));
            if guests.len() >= MAX_ADDRESSES {
                return Err("more addresses are here than this server can count; try again later");
            }
        }
        let guest = guests.entry(address).or_insert_with(|| Guest {
            sockets: 0,
            arrivals: Bucket::new(now_ms, most.sockets_per_minute.into()),
        });
        if guest.sockets >= most.sockets_per_address {
            return Err("this address holds as many sockets as one may");
        }
        if !guest.arrivals.afford(now_ms, 1) {
            return Err("this address opens sockets faster than one may");
        }
        guest.sockets += 1;
        let addresses = self.clone();
        Ok(Place { addresses, address })
    }

    /// Sockets of all addresses.
    pub fn sockets(&self) -> u64 {
        let guests = self.lock();
        guests.values().map(|guest| u64::from(guest.sockets)).sum()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<IpAddr, Guest>> {
        self.guests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(guest) = self.addresses.lock().get_mut(&self.address) {
            guest.sockets = guest.sockets.saturating_sub(1);
        }
    }
}

/// Whoever has one IPv6 address has 2^64 of them: they count as one.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let prefix = u128::from(address) & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from(prefix))
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn most(sockets_per_address: u32, sockets_per_minute: u32) -> Budgets {
        Budgets {
            sockets_per_address,
            sockets_per_minute,
            ..Budgets::default()
        }
    }

    #[test]
    fn places_are_counted_by_address_and_given_back() {
        let addresses = Addresses::default();
        let most = most(2, 100);
        let first = addresses.take(0, HERE, &most);
        let second = addresses.take(0, HERE, &most);
        assert!(first.is_ok() && second.is_ok());
        let third = addresses.take(0, HERE, &most);
        assert!(third.is_err_and(|why| why.contains("as many")));
        assert!(
            addresses
                .take(0, IpAddr::from([127, 0, 0, 2]), &most)
                .is_ok()
        );
        assert_eq!(addresses.sockets(), 2);
        drop(first);
        assert!(addresses.take(0, HERE, &most).is_ok());
    }

    #[test]
    fn coming_and_going_is_slowed() {
        let addresses = Addresses::default();
        let most = most(64, 60);
        let come_and_go = |now_ms| addresses.take(now_ms, HERE, &most).is_ok();
        let came = (0..1_000).filter(|_| come_and_go(0)).count();
        assert_eq!(came, 60);
        assert!(!come_and_go(900), "one a second");
        assert!(come_and_go(1_900) && !come_and_go(1_900));
    }

    #[test]
    fn one_network_of_version_six_is_one_address() {
        let addresses = Addresses::default();
        let most = most(1, 100);
        let at = |text: &str| addresses.take(0, text.parse().expect("an address"), &most);
        let first = at("2001:db8::1");
        assert!(first.is_ok() && at("2001:db8::2:3").is_err());
        assert!(at("2001:db8:0:1::1").is_ok(), "the next network");
        let mapped = at("::ffff:127.0.0.1");
        assert!(mapped.is_ok() && at("127.0.0.1").is_err());
    }

    #[test]
    fn memory_is_bounded_and_the_idle_are_forgotten() {
        let addresses = Addresses::default();
        let most = most(64, 60);
        let at =
            |number: u32, now_ms| addresses.take(now_ms, IpAddr::from(number.to_be_bytes()), &most);
        for number in 0..MAX_ADDRESSES as u32 {
            drop(at(number, 0));
        }
        assert!(at(1 << 20, 0).is_err(), "all have just been here");
        assert!(at(3, 0).is_ok(), "whoever is known comes in");
        assert!(at(1 << 20, 60_000).is_ok());
        assert!(addresses.lock().len() < 10);
    }
}
