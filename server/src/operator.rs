//! Operator: whoever shows the token of the data folder, and so may change something. Knows no route.
//!
//! The token is made at the first start and written to `operator-token`, for the operator alone to read; the server goes
//! by its hash, beside it, so that the token itself can be moved to a safe place. Without the hash a new one is made.

use crate::api;
use crate::origin;
use crate::routes::App;
use crate::run_logger::{self, RunEvent};
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::{HeaderMap, StatusCode, header, request::Parts};
use axum::response::Response;
use bytebiota_core::Digest;
use std::collections::BTreeMap;
use std::io::{ErrorKind, Result, Write};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// The token's file in the data folder, and that of its hash.
pub const TOKEN_FILE: &str = "operator-token";
const HASH_FILE: &str = "operator-token.hash";
/// Wrong tokens of one address in so long, and addresses that are remembered.
const MAX_FAILURES: u32 = 5;
const FAILURES_MS: u64 = 60_000;
const MAX_ADDRESSES: usize = 1_024;

/// Proof that a request showed the operator's token: a handler that takes it is closed to everybody else.
#[derive(Clone, Copy, Debug)]
pub struct Operator(());

/// What the token is compared with, and who failed lately.
#[derive(Debug)]
pub struct OperatorDoor {
    hash: [u8; 32],
    failures: Mutex<Failures>,
}

/// Why nobody is let in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Closed {
    /// The token is missing or another one.
    Wrong,
    /// Too many wrong ones came from there.
    TooMany,
}

impl OperatorDoor {
    /// The door of a data folder; its token is made if there is none.
    pub fn open(folder: &Path) -> Result<Self> {
        let hash_file = folder.join(HASH_FILE);
        let text = match std::fs::read_to_string(&hash_file) {
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            text => Some(text?),
        };
        let hash = match text {
            Some(text) => Digest::from_hex(text.trim()).ok_or_else(|| {
                std::io::Error::other(format!("{} holds no hash", hash_file.display()))
            })?,
            None => {
                let token = Digest(rand::random());
                let token_file = folder.join(TOKEN_FILE);
                write_for_owner(&token_file, &token)?;
                let hash = Digest::of(&token.0);
                write_for_owner(&hash_file, &hash)?;
                tracing::info!("the operator's token is in {}", token_file.display());
                hash
            }
        };
        Ok(Self {
            hash: hash.0,
            failures: Mutex::default(),
        })
    }

    /// Lets in whoever shows the token, unless too many wrong ones came from his address.
    fn enter(
        &self,
        headers: &HeaderMap,
        address: IpAddr,
        now_ms: u64,
    ) -> std::result::Result<Operator, Closed> {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if !failures.may_try(address, now_ms) {
            return Err(Closed::TooMany);
        }
        let shown = headers.get(header::AUTHORIZATION);
        let shown = shown.and_then(|value| value.to_str().ok());
        let shown = shown.and_then(|value| value.strip_prefix("Bearer "));
        let shown = shown.and_then(|text| Digest::from_hex(text.trim()));
        // Hashes of blake3 are compared in constant time.
        let right = blake3::Hash::from(self.hash);
        if shown.is_some_and(|token| blake3::hash(&token.0) == right) {
            return Ok(Operator(()));
        }
        failures.note(address, now_ms);
        Err(Closed::Wrong)
    }
}

/// Replaces a file that only its owner may read.
fn write_for_owner(path: &Path, digest: &Digest) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{digest}")?;
    file.sync_all()
}

/// Wrong tokens by address, with the start of their minute. Bounded: where too many addresses fail, new ones wait.
#[derive(Debug, Default)]
struct Failures(BTreeMap<IpAddr, (u64, u32)>);

impl Failures {
    fn may_try(&mut self, address: IpAddr, now_ms: u64) -> bool {
        self.0
            .retain(|_, (since_ms, _)| now_ms.saturating_sub(*since_ms) < FAILURES_MS);
        match self.0.get(&address) {
            Some((_, failures)) => *failures < MAX_FAILURES,
            None => self.0.len() < MAX_ADDRESSES,
        }
    }

    fn note(&mut self, address: IpAddr, now_ms: u64) {
        self.0.entry(address).or_insert((now_ms, 0)).1 += 1;
    }
}

impl FromRequestParts<App> for Operator {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        app: &App,
    ) -> std::result::Result<Self, Response> {
        if !origin::is_own(&parts.headers) {
            return Err(api::forbidden(
                "pages of other origins cannot change anything here",
            ));
        }
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0.ip());
        let proxies = &app.coordinator.config().trusted_proxies;
        let address = proxies.client(peer, &parts.headers);
        let now_ms = app.coordinator.clock().now_ms();
        let (method, path) = (parts.method.as_str(), parts.uri.path());
        let entered = app.operator.enter(&parts.headers, address, now_ms);
        run_logger::log(RunEvent::Operator {
            method,
            path,
            is_let_in: entered.is_ok(),
        });
        entered.map_err(|closed| match closed {
            Closed::TooMany => api::too_many("too many wrong tokens; try again in a minute"),
            Closed::Wrong => api::error(
                StatusCode::UNAUTHORIZED,
                "unauthorized",
                "this needs the operator's token: Authorization: Bearer TOKEN, from operator-token in the data folder",
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    fn shown(token: &str) -> HeaderMap {
        let value = HeaderValue::from_str(&format!("Bearer {token}"));
        HeaderMap::from_iter([(header::AUTHORIZATION, value.expect("a header"))])
    }

    #[test]
    fn the_token_of_the_folder_opens_and_outlives_a_restart_and_its_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let door = OperatorDoor::open(folder.path()).expect("opens");
        let file = folder.path().join(TOKEN_FILE);
        let token = std::fs::read_to_string(&file).expect("written");
        assert!(door.enter(&shown(token.trim()), HERE, 0).is_ok());
        let wrong = Digest([7; 32]).to_string();
        assert_eq!(
            door.enter(&shown(&wrong), HERE, 0).err(),
            Some(Closed::Wrong)
        );
        assert_eq!(
            door.enter(&HeaderMap::new(), HERE, 0).err(),
            Some(Closed::Wrong)
        );
        std::fs::remove_file(&file).expect("moved to a safe place");
        let again = OperatorDoor::open(folder.path()).expect("opens");
        assert!(again.enter(&shown(token.trim()), HERE, 0).is_ok());
        assert!(!file.exists());
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_can_read_the_token() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        OperatorDoor::open(folder.path()).expect("opens");
        for file in [TOKEN_FILE, HASH_FILE] {
            let facts = std::fs::metadata(folder.path().join(file)).expect("written");
            assert_eq!(facts.permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn after_five_wrong_tokens_an_address_waits_a_minute_and_others_do_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let door = OperatorDoor::open(folder.path()).expect("opens");
        let token = std::fs::read_to_string(folder.path().join(TOKEN_FILE)).expect("written");
        let token = shown(token.trim());
        for _ in 0..MAX_FAILURES {
            assert_eq!(
                door.enter(&HeaderMap::new(), HERE, 1_000).err(),
                Some(Closed::Wrong)
            );
        }
        assert_eq!(door.enter(&token, HERE, 2_000).err(), Some(Closed::TooMany));
        assert!(door.enter(&token, THERE, 2_000).is_ok());
        assert!(door.enter(&token, HERE, 61_000).is_ok());
    }

    #[test]
    fn a_flood_of_addresses_takes_bounded_memory() {
        let mut failures = Failures::default();
        for number in 0..5_000_u32 {
            let address = IpAddr::from(number.to_be_bytes());
            if failures.may_try(address, 0) {
                failures.note(address, 0);
            }
        }
        assert_eq!(failures.0.len(), MAX_ADDRESSES);
    }
}
