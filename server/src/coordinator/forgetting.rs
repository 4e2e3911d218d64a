//! A volunteer wants to be forgotten: token and name go at once and for good, the ledger keeps his number. Knows no page.

use super::Coordinator;
use crate::assignment_book::VolunteerId;
use crate::run_logger::{self, RunEvent};
use crate::store::StoreError;
use bytebiota_protocol::message::Token;
use std::sync::Arc;

/// Why somebody could not be forgotten.
#[derive(Debug, thiserror::Error)]
pub enum ForgetError {
    /// The list beside the database.
    #[error("the list of the forgotten could not be written: {0}")]
    List(#[from] std::io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Coordinator {
    /// Forgets whose token this is, and lets his connections go. `false` if nobody is known by it.
    pub async fn forget(self: &Arc<Self>, token: &Token) -> Result<bool, ForgetError> {
        let hash = *blake3::hash(&token.0).as_bytes();
        let Some(number) = self.store.forget(hash).await? else {
            return Ok(false);
        };
        self.forgotten.add(&hash)?;
        self.act(|state, _| {
            for connection in state.workers.connections_of(VolunteerId(number)) {
                // Without a queue the connection closes, and leaves as any other.
                state.outboxes.remove(&connection);
            }
        });
        run_logger::log(RunEvent::Forgotten);
        Ok(true)
    }

    /// After a start: an older copy of the database may know those who were forgotten since.
    pub(super) async fn forget_again(&self) -> Result<(), StoreError> {
        for hash in self.forgotten.hashes() {
            self.store.forget(hash).await?;
        }
        Ok(())
    }
}
