//! The part of the API that tells what lived and lives. Knows no page.

use super::{bad_request, error, inside, island_id};
use crate::routes::App;
use crate::store::{StoreError, TaxaWish};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytebiota_core::{GenotypeHash, IslandId, Sample, TaxonId};
use bytebiota_protocol::view::{DeathsView, SampleView};
use serde::{Deserialize, Serialize};

/// Rows in one answer, at most and by default.
const MAX_ROWS: u32 = 1_000;
const DEFAULT_ROWS: u32 = 100;
/// Rows that can be skipped.
const MAX_OFFSET: u32 = 1_000_000;
/// Ancestors in one answer.
const MAX_DESCENT: u32 = 10_000;

/// An answer that says what is allowed.
pub struct Refusal(Box<Response>);

impl Refusal {
    fn because(message: &str) -> Self {
        Self(Box::new(bad_request(message)))
    }
}

impl From<Box<Response>> for Refusal {
    fn from(response: Box<Response>) -> Self {
        Self(response)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// What part is wanted.
#[derive(Deserialize, Default)]
pub struct Wanted {
    island: Option<String>,
    living: Option<String>,
    offset: Option<String>,
    limit: Option<String>,
    after: Option<String>,
    from_epoch: Option<String>,
}

impl Wanted {
    fn limit(&self) -> Result<u32, Refusal> {
        let limit = self
            .limit
            .as_deref()
            .map_or(Some(DEFAULT_ROWS), |text| text.parse().ok());
        let limit = limit.filter(|limit| (1..=MAX_ROWS).contains(limit));
        limit.ok_or_else(|| Refusal::because("limit is a number of rows from 1 to 1000"))
    }

    fn offset(&self) -> Result<u32, Refusal> {
        let offset = self
            .offset
            .as_deref()
            .map_or(Some(0), |text| text.parse().ok());
        let offset = offset.filter(|offset| *offset <= MAX_OFFSET);
        offset.ok_or_else(|| Refusal::because("offset is a number of rows from 0 to 1000000"))
    }

    fn island(&self, app: &App) -> Result<Option<IslandId>, Refusal> {
        let island = self.island.as_deref();
        island
            .map(|text| island_id(&app.coordinator, text))
            .transpose()
            .map_err(Refusal::from)
    }

    fn only_living(&self) -> Result<bool, Refusal> {
        match self.living.as_deref() {
            None | Some("true") => Ok(true),
            Some("false") => Ok(false),
            Some(_) => Err(Refusal::because("living is true or false")),
        }
    }

    fn first_epoch(&self) -> Result<u64, Refusal> {
        let from = self.from_epoch.as_deref();
        let from = from.map_or(Some(0), |text| text.parse().ok());
        from.ok_or_else(|| Refusal::because("from_epoch is a whole number from 0 on"))
    }

    fn after(&self) -> Result<Option<TaxonId>, Refusal> {
        self.after.as_deref().map(taxon_id).transpose()
    }
}

/// Reads `3-1287`.
fn taxon_id(text: &str) -> Result<TaxonId, Refusal> {
    let parts = text.split_once('-');
    let numbers = parts.and_then(|(island, serial)| {
        let serial: u64 = serial
            .parse()
            .ok()
            .filter(|serial| *serial <= i64::MAX as u64)?;
        Some((island.parse().ok()?, serial))
    });
    let (island, serial) = numbers.ok_or_else(|| {
        let message = "a taxon is named by island and serial number, such as 3-1287";
        Refusal::because(message)
    })?;
    Ok(TaxonId {
        island: IslandId(island),
        serial,
    })
}

fn answer<T: Serialize>(found: Result<T, StoreError>) -> Response {
    match found {
        Ok(view) => Json(view).into_response(),
        Err(error) => inside(&error),
    }
}

/// `GET /api/v1/taxa?island=&living=&offset=&limit=`
pub async fn taxa(
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Refusal> {
    let wish = TaxaWish {
        island: wanted.island(&app)?,
        only_living: wanted.only_living()?,
        offset: wanted.offset()?,
        limit: wanted.limit()?,
    };
    Ok(answer(app.coordinator.store().taxa(wish).await))
}

/// `GET /api/v1/taxa/{id}`: the taxon and the line it descends from, to its root.
pub async fn descent(State(app): State<App>, Path(id): Path<String>) -> Result<Response, Refusal> {
    let taxon = taxon_id(&id)?;
    let line = app.coordinator.store().descent(taxon, MAX_DESCENT).await;
    Ok(match line {
        Ok(line) if line.is_empty() => {
            let message = format!(
                "there is no taxon {id}; the extinct without living descendants are forgotten in time"
            );
            error(StatusCode::NOT_FOUND, "not_found", message)
        }
        line => answer(line),
    })
}

/// `GET /api/v1/genotypes?offset=&limit=`
pub async fn genotypes(
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Refusal> {
    let (offset, limit) = (wanted.offset()?, wanted.limit()?);
    Ok(answer(
        app.coordinator.store().genotypes(offset, limit).await,
    ))
}

/// `GET /api/v1/genotypes/{hash}`
pub async fn genotype(State(app): State<App>, Path(hash): Path<String>) -> Response {
    let Some(genotype) = GenotypeHash::from_hex(&hash) else {
        return bad_request("a genotype is named by 32 hex digits");
    };
    match app.coordinator.store().genotype(genotype).await {
        Ok(None) => {
            let message = format!(
                "no taxon of genotype {genotype} is known; the extinct without living descendants are forgotten in time"
            );
            error(StatusCode::NOT_FOUND, "not_found", message)
        }
        found => answer(found),
    }
}

/// `GET /api/v1/phylogeny?island=&after=&limit=`
pub async fn phylogeny(
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Refusal> {
    let (island, after, limit) = (wanted.island(&app)?, wanted.after()?, wanted.limit()?);
    let store = app.coordinator.store();
    Ok(answer(store.phylogeny(island, after, limit).await))
}

/// `GET /api/v1/islands/{id}/descent?after=&limit=`
pub async fn lines(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Refusal> {
    let island = island_id(&app.coordinator, &id)?;
    let (before, limit) = (wanted.after()?, wanted.limit()?);
    let store = app.coordinator.store();
    Ok(answer(store.lines(island, before, limit).await))
}

/// `GET /api/v1/islands/{id}/dominants?from_epoch=&limit=`
pub async fn dominants(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Refusal> {
    let island = island_id(&app.coordinator, &id)?;
    let (from, limit) = (wanted.first_epoch()?, wanted.limit()?);
    let store = app.coordinator.store();
    Ok(answer(store.dominants(island, from, limit).await))
}

/// `GET /api/v1/taxonomy?limit=`
pub async fn taxonomy(
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Refusal> {
    Ok(answer(
        app.coordinator.store().species(wanted.limit()?).await,
    ))
}

/// `GET /api/v1/seed-bank`
pub async fn seed_bank(State(app): State<App>) -> Response {
    answer(app.coordinator.seed_bank_view().await)
}

/// `GET /api/v1/islands/{id}/samples?from_epoch=&limit=`
pub async fn samples(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Refusal> {
    let island = island_id(&app.coordinator, &id)?;
    let from = wanted.first_epoch()?;
    let store = app.coordinator.store();
    let epoch_ticks = store.world().config.evolution.epoch_ticks;
    let samples = store.samples(island, from, wanted.limit()?).await;
    let view = |samples: Vec<Sample>| -> Vec<SampleView> {
        samples
            .iter()
            .map(|sample| sample_view(sample, epoch_ticks))
            .collect()
    };
    Ok(answer(samples.map(view)))
}

/// How likely two bodies drawn with replacement differ.
fn simpson(sample: &Sample) -> f64 {
    let all = f64::from(sample.population);
    match sample.population {
        0 => 0.0,
        _ => 1.0 - sample.simpson as f64 / (all * all),
    }
}

fn sample_view(sample: &Sample, epoch_ticks: u64) -> SampleView {
    let [age, errors, arrears, starvation, memory_pressure, operator] = sample.counters.deaths;
    SampleView {
        epoch: sample.epoch.0,
        tick: sample.epoch.0.saturating_mul(epoch_ticks),
        round: sample.round,
        population: sample.population.into(),
        genotypes: sample.genotypes.into(),
        commonest: sample.commonest.into(),
        simpson: simpson(sample),
        shannon_bits: f64::from(sample.shannon_millibits) / 1_000.0,
        lengths: sample.lengths.to_vec(),
        genome_bytes: sample.genome_bytes,
        energy: sample.energy,
        resource: sample.resource,
        births: sample.counters.births,
        deaths: DeathsView {
            age,
            errors,
            arrears,
            starvation,
            memory_pressure,
            operator,
        },
        instructions: sample.counters.instructions,
    }
}
