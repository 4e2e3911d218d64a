//! Carries the seed bank out: candidates go to the assayer, what it admits to the disk, and seeds to islands that stand
//! still. Decides nothing.

use super::{Coordinator, State};
use crate::run_logger::{self, RunEvent};
use crate::seed_bank::assayer;
use crate::seed_bank::{Candidate, Seed, SeedChange};
use crate::store::{Filed, Sowing, StoreError};
use bytebiota_core::assay::Assay;
use bytebiota_core::{Epoch, GenotypeHash, IslandId};
use bytebiota_protocol::view::{SeedBankView, SeedView};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Weak};

/// Sowings in one answer.
const SHOWN_RESEEDINGS: u32 = 100;

/// The assayer of a coordinator.
pub(super) fn start_assayer(
    own: &Arc<Coordinator>,
    trials: Receiver<Candidate>,
) -> std::io::Result<()> {
    let runtime = tokio::runtime::Handle::current();
    let config = own.store.world().config.clone();
    let own: Weak<Coordinator> = Arc::downgrade(own);
    assayer::start(config, trials, move |candidate, assay| {
        let _context = runtime.enter();
        if let Some(coordinator) = own.upgrade() {
            coordinator.assayed(&candidate, assay.as_ref());
        }
    })
}

impl State {
    /// A verdict on an island is on disk: what it brought for the seed bank.
    pub(super) fn note_seeds(&mut self, filed: &Filed) {
        for genotype in &filed.rooted {
            self.seed_bank.note_success(*genotype);
        }
        for candidate in &filed.candidates {
            self.seed_bank.offer(candidate.clone());
        }
    }
}

impl Coordinator {
    /// Has the next candidate tried, if none is being tried.
    pub(super) fn try_next(&self, state: &mut State) {
        if let Some(candidate) = state.seed_bank.next_trial() {
            self.assayer.ask(candidate);
        }
    }

    fn assayed(self: &Arc<Self>, candidate: &Candidate, assay: Option<&Assay>) {
        self.act(|state, now_ms| {
            let change = state.seed_bank.handle_assayed(now_ms, candidate, assay);
            if let Some(change) = change {
                run_logger::log(RunEvent::Seed {
                    genotype: change.admitted.genotype,
                    evicted: change.evicted.len(),
                });
                self.spawn(|own| own.keep(change));
            }
            self.try_next(state);
        });
    }

    async fn keep(self: Arc<Self>, change: SeedChange) -> Result<(), StoreError> {
        self.store.change_seeds(change).await?;
        let mut state = self.lock();
        state.seed_bank.handle_stored();
        self.try_next(&mut state);
        Ok(())
    }

    /// Looks whether an island stands still since its newest verdict, and sows what the policy says.
    pub(super) async fn reseed(
        self: Arc<Self>,
        island: IslandId,
        head: Epoch,
    ) -> Result<(), StoreError> {
        let knobs = self.config.reseeding;
        let last = self.store.last_reseeding(island).await?;
        if !knobs.may_reseed(island, head, last) || self.store.has_seeds_waiting(island).await? {
            return Ok(());
        }
        let samples = self.store.window(island, knobs.window_start(head)).await?;
        let Some(why) = knobs.stagnation(&samples) else {
            return Ok(());
        };
        let present = self.store.living_on(island).await?;
        let chosen: Vec<(GenotypeHash, Vec<u8>)> = {
            let state = self.lock();
            let seeds = knobs.choose((island, head, why), state.seed_bank.seeds(), &present);
            let parcel = |seed: &Seed| (seed.genotype, seed.genome.clone());
            seeds.into_iter().map(parcel).collect()
        };
        if chosen.is_empty() {
            return Ok(());
        }
        let genotypes: Vec<GenotypeHash> = chosen.iter().map(|(genotype, _)| *genotype).collect();
        let sowing = Sowing {
            island,
            epoch: head,
            reason: why.word(),
            seeds: chosen,
            time_ms: self.clock.now_ms(),
        };
        self.store.sow(sowing).await?;
        self.lock().seed_bank.note_used(&genotypes);
        run_logger::log(RunEvent::Reseeded {
            island,
            epoch: head,
            reason: why.word(),
            seeds: &genotypes,
        });
        Ok(())
    }

    /// The seed bank and the newest sowings.
    pub async fn seed_bank_view(&self) -> Result<SeedBankView, StoreError> {
        let reseedings = self.store.reseedings(SHOWN_RESEEDINGS).await?;
        let state = self.lock();
        Ok(SeedBankView {
            seeds: state.seed_bank.seeds().map(Seed::view).collect(),
            reseedings,
        })
    }
}

impl Seed {
    /// As the API shows it.
    pub fn view(&self) -> SeedView {
        let lineage = crate::seed_bank::lineage_of(&self.genome);
        let found = self.found.map(|found| found.taxon);
        SeedView {
            genotype: self.genotype.to_string(),
            genome: self
                .genome
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
            lineage,
            way: self.way.name().to_owned(),
            ticks_per_birth: self.ticks_per_birth,
            tasks: (0..32).filter(|task| self.tasks >> task & 1 == 1).collect(),
            found: found.map(|taxon| format!("{}-{}", taxon.island, taxon.serial)),
            admitted_ms: self.admitted_ms,
            uses: self.uses,
            successes: self.successes,
        }
    }
}
