//! Carries tuning out: collects the numbers, has it decided, writes it down, and puts it in force. Decides nothing.
//!
//! What is in force is what is on disk: an entry is stored first and taken then. Changes come one after the other.

use super::{Coordinator, State};
use crate::clock::sleep_ms;
use crate::error::ServerError;
use crate::migration;
use crate::run_logger::{self, RunEvent};
use crate::store::{NewEntry, StoreError};
use crate::tuning::{
    Entry, IslandWindow, Manifest, Metrics, Mode, Tuner, TunerError, TuningView, Wish,
};
use bytebiota_core::{Config, Digest, Epoch, IslandId, StretchHeader};
use bytebiota_protocol::parameters::Parameters;
use std::sync::Arc;

/// Why a wish was not followed.
#[derive(Debug, thiserror::Error)]
pub enum WishError {
    /// It may not be.
    #[error(transparent)]
    Refused(#[from] TunerError),
    /// It could not be stored.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Decides from time to time, until it is dropped.
pub async fn run(own: Arc<Coordinator>) {
    loop {
        sleep_ms(own.config.tuning.interval_ms).await;
        if let Err(error) = own.tune().await {
            tracing::error!(%error, "nothing was decided about the parameters");
        }
    }
}

impl State {
    /// Puts into a header what its stretch is computed under, and names the version.
    pub(super) fn fix_parameters(&self, header: &mut StretchHeader) -> u64 {
        let (version, config) = self.tuner.of_stretch(header.island, header.first_epoch);
        header.config = config.digest();
        version
    }
}

impl Coordinator {
    /// The Config of a digest, if it was ever in force here.
    pub(super) fn config_of(&self, digest: Digest) -> Option<Config> {
        self.lock().tuner.config(digest).cloned()
    }

    /// The parameters in force.
    pub fn parameters(&self) -> Parameters {
        self.lock().tuner.parameters().clone()
    }

    /// Decides by the numbers of now, and writes it down.
    pub async fn tune(&self) -> Result<(), ServerError> {
        let metrics = self.metrics().await?;
        let is_dry = self.config.tuning.mode != Mode::On;
        let decided = self.change(|tuner, now_ms| tuner.decided(now_ms, metrics, is_dry));
        match decided.await {
            Ok(_) => Ok(()),
            Err(WishError::Store(error)) => Err(error.into()),
            Err(WishError::Refused(error)) => {
                // A step within the bounds can still contradict another knob of an unusual world.
                tracing::warn!(%error, "what was decided about the parameters cannot be done");
                Ok(())
            }
        }
    }

    /// Does what an operator wants.
    pub async fn follow(&self, wish: &Wish) -> Result<Entry, WishError> {
        let entry = self.change(|tuner, now_ms| wish.entry(tuner, now_ms));
        entry.await
    }

    /// How it stands: parameters, bounds, health, and what would be decided now.
    pub async fn tuning_view(&self) -> Result<TuningView, StoreError> {
        let metrics = self.metrics().await?;
        let mode = Some(self.config.tuning.mode);
        Ok(TuningView::of(mode, &self.lock().tuner, metrics))
    }

    /// The whole story.
    pub async fn tuning_manifest(&self) -> Result<Manifest, StoreError> {
        let world = self.store.world();
        let entries = self.store.tuning().await?;
        let id = format!("{:016x}", world.id.0);
        Ok(Manifest::new(id, world.config.clone(), entries))
    }

    async fn change(
        &self,
        make: impl FnOnce(&Tuner, u64) -> Result<Entry, TunerError>,
    ) -> Result<Entry, WishError> {
        let _turn = self.tuning_turn.lock().await;
        let mut tuner = self.lock().tuner.clone();
        let entry = make(&tuner, self.clock.now_ms())?;
        tuner.take(&entry).map_err(TunerError::from)?;
        let new = NewEntry::of(&entry, &tuner, self.config.tuning.kept);
        self.store.add_entry(new).await?;
        self.lock().tuner = tuner;
        run_logger::log(RunEvent::Tuned(&entry));
        Ok(entry)
    }

    /// What the islands that take part brought over their windows.
    async fn metrics(&self) -> Result<Metrics, StoreError> {
        let window_epochs = self.config.tuning.window_epochs;
        let heads: Vec<(IslandId, Epoch)> = {
            let state = self.lock();
            let islands = state.view.changed_since(0);
            let takes_part = |island: &IslandId| !migration::is_control(*island);
            let head = |island| Some((island, state.view.facts(island)?.epoch));
            islands.filter(takes_part).filter_map(head).collect()
        };
        let mut windows = Vec::with_capacity(heads.len());
        for (island, head) in heads {
            windows.extend(self.window(island, head, window_epochs).await?);
        }
        Ok(Metrics::of(&windows, window_epochs))
    }

    async fn window(
        &self,
        island: IslandId,
        head: Epoch,
        window_epochs: u32,
    ) -> Result<Option<IslandWindow>, StoreError> {
        let reseeding = &self.config.reseeding;
        let back = window_epochs.max(reseeding.window_epochs);
        let from = Epoch(head.0.saturating_sub(back.into()));
        let samples = self.store.window(island, from).await?;
        Ok(IslandWindow::of(island, &samples, window_epochs, reseeding))
    }
}
