//! Has checkpoints taken, from time to time and when somebody wants one. Knows no image.

use super::Coordinator;
use crate::clock::sleep_ms;
use crate::run_logger::{self, RunEvent};
use crate::store::{BY_INTERVAL, NewCheckpoint, StoreError};
use std::sync::Arc;

/// Takes one every interval, until it is dropped.
pub(crate) async fn run(own: Arc<Coordinator>) {
    loop {
        sleep_ms(own.config.checkpoint_interval_ms).await;
        if let Err(error) = own.take_checkpoint(BY_INTERVAL).await {
            tracing::error!(%error, "no checkpoint was taken");
        }
    }
}

impl Coordinator {
    /// Takes one now, for a reason that is kept; its number.
    pub async fn take_checkpoint(&self, cause: &str) -> Result<i64, StoreError> {
        let new = NewCheckpoint {
            cause: cause.to_owned(),
            months: self.config.checkpoint_months,
            time_ms: self.clock.now_ms(),
        };
        let number = self.store.take_checkpoint(new).await?;
        run_logger::log(RunEvent::Checkpoint { number, cause });
        Ok(number)
    }
}
