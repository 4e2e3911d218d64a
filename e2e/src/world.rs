//! A real server in this process: a new small world on a free port. Knows no browser.

use crate::patience::{PATIENCE, until, within};
use anyhow::{Context, Result};
use bytebiota_core::{Config, Epoch, report};
use bytebiota_protocol::view::{WorkerView, WorldView};
use bytebiota_server::{DistributedServer, ServerConfig, ServerError, coordinator::Coordinator};
use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, sync::Arc};
use tempfile::TempDir;
use tokio::{sync::oneshot, task::JoinHandle};

/// A served world; its folder goes with it.
pub struct World {
    address: SocketAddr,
    folder: TempDir,
    coordinator: Arc<Coordinator>,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<Result<(), ServerError>>,
}

impl World {
    /// Serves a new world whose units are small and which does not wait long for who has gone.
    pub async fn serve() -> Result<Self> {
        let folder = TempDir::new()?;
        let mut world = Config::default();
        world.set("evolution.epoch_ticks", "500000")?;
        let mut config = ServerConfig {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            data_dir: folder.path().join("data"),
            world,
            target_interval_ms: 500,
            progress_min_ms: 10_000,
            progress_max_ms: 20_000,
            grace_ms: 1_000,
            retry_ms: 200,
            series_interval_ms: 500,
            drain_ms: 1_000,
            idle_work: false,
            ..ServerConfig::default()
        };
        config.budgets.assignments_per_minute = 6_000;
        config.budgets.reports_per_minute = 6_000;
        config.budgets.progress_per_minute = 60_000;
        config.budgets.bytes_per_minute = u32::MAX;
        let server = DistributedServer::open(config).await?;
        let listener = server.listen().await?;
        let (address, coordinator) = (listener.local_addr()?, Arc::clone(server.coordinator()));
        let (stop, stopped) = oneshot::channel();
        let shutdown = async {
            // A dropped sender stops the server as well.
            let _ = stopped.await;
        };
        let serving = tokio::spawn(server.serve(listener, shutdown));
        Ok(Self {
            address,
            folder,
            coordinator,
            stop,
            serving,
        })
    }

    /// The address of a path such as `/donate`.
    pub fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The world in numbers.
    pub fn numbers(&self) -> WorldView {
        self.coordinator.world_view()
    }

    /// Who computes.
    pub fn workers(&self) -> Vec<WorkerView> {
        self.coordinator.workers_view()
    }

    /// Waits until nobody computes any more.
    pub async fn until_nobody_computes(&self) -> Result<()> {
        let gone = || async { Ok(self.workers().is_empty().then_some(())) };
        until("the workers to be gone", PATIENCE, gone).await
    }

    /// Units stored of each island, by number from 1.
    pub async fn units(&self) -> Result<Vec<u64>> {
        let islands = self.coordinator.store().islands().await?;
        Ok(islands.iter().map(|island| island.units).collect())
    }

    /// Stored units that their makers left before their end, at the end of a segment.
    pub async fn units_left_early(&self) -> Result<usize> {
        let is_left = |(epochs, segments): &(u32, usize)| {
            report::begun(*epochs, *segments).is_some_and(|begun| begun > *epochs)
        };
        Ok(self.sizes().await?.iter().filter(|s| is_left(s)).count())
    }

    /// Stored units so large that they could have been left early.
    pub async fn large_units(&self) -> Result<usize> {
        let sizes = self.sizes().await?;
        Ok(sizes.iter().filter(|(epochs, _)| *epochs > 20).count())
    }

    /// Epochs and segments of every stored unit.
    async fn sizes(&self) -> Result<Vec<(u32, usize)>> {
        let store = self.coordinator.store();
        let archive = store.archive();
        let mut sizes = BTreeMap::new();
        for unit in store.provisional(None).await? {
            let epochs = unit.end_epoch.0 - unit.key.first_epoch.0;
            let key = (unit.key.island, unit.key.first_epoch);
            sizes.insert(key, (u32::try_from(epochs)?, unit.seals.len()));
        }
        for (island, _) in archive.heads().await? {
            for unit in archive.units(island, Epoch(0), u32::MAX).await? {
                let size = (u32::try_from(unit.epochs())?, unit.segments.len());
                // Between the two questions a unit may have been confirmed.
                sizes.insert((island, unit.first_epoch), size);
            }
        }
        Ok(sizes.into_values().collect())
    }

    /// Stops the server and hands over its database, in a folder that lives as long as the first value.
    pub async fn stop(self) -> Result<(TempDir, PathBuf)> {
        let _ = self.stop.send(());
        within("the server to stop", self.serving)
            .await?
            .context("the server failed")?;
        let database = self.folder.path().join("data/world.sqlite");
        Ok((self.folder, database))
    }
}
