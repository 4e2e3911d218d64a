//! The part of the API that tells what lived and lives. Knows no page.

use super::query::{
    After, DEFAULT_ROWS, FromEpoch, Limit, Living, MAX_ROWS, Offset, OnIsland, Page, Refusal,
    number, taxon_id,
};
use super::{bad_request, error, inside, island_id};
use crate::routes::App;
use crate::store::{StoreError, TaxaWish};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use bytebiota_core::{GenotypeHash, Sample};
use bytebiota_protocol::view::{
    DeathsView, DominantsView, GenotypesPage, KnownGenotype, PhylogenyPage, RulerView, SampleView,
    SeedBankView, SpeciesView, TaxaPage, TaxonView,
};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// Ancestors in one answer.
const MAX_DESCENT: u32 = 10_000;

fn answer<T: Serialize>(found: Result<T, StoreError>) -> Response {
    match found {
        Ok(view) => Json(view).into_response(),
        Err(error) => inside(&error),
    }
}

/// Taxa
///
/// Of an island or of all, most members first; the living alone if nothing is said.
#[utoipa::path(get, path = "/api/v1/taxa", tag = "life", params(OnIsland, Living, Offset, Limit),
    responses((status = 200, body = TaxaPage)))]
pub async fn taxa(
    State(app): State<App>,
    Query(island): Query<OnIsland>,
    Query(living): Query<Living>,
    Query(offset): Query<Offset>,
    Query(limit): Query<Limit>,
) -> Result<Response, Refusal> {
    let wish = TaxaWish {
        island: island.island(&app)?,
        only_living: living.only()?,
        offset: offset.rows()?,
        limit: limit.rows()?,
    };
    Ok(answer(app.coordinator.store().taxa(wish).await))
}

/// How much of a line is wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LineLimit {
    /// Taxa of the line wanted.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 10_000)]
    limit: Option<String>,
}

/// A taxon and the line it descends from
///
/// The taxon, its parent, and so on to the root, at most 10,000. To go on ask for the `parent` of the last one.
#[utoipa::path(get, path = "/api/v1/taxa/{id}", tag = "life", operation_id = "taxon",
    params(("id" = String, Path, description = "Island and serial number of a taxon.", example = "1-0"), LineLimit),
    responses((status = 200, body = Vec<TaxonView>)))]
pub async fn descent(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(limit): Query<LineLimit>,
) -> Result<Response, Refusal> {
    let taxon = taxon_id(&id)?;
    let sentence = "limit is a number of taxa from 1 to 10000";
    let limit = number(
        limit.limit.as_deref(),
        MAX_DESCENT,
        1..=MAX_DESCENT,
        sentence,
    )?;
    let line = app.coordinator.store().descent(taxon, limit).await;
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

/// The living genotypes of the world
///
/// Most members first, with genome and lineage.
#[utoipa::path(get, path = "/api/v1/genotypes", tag = "life", params(Offset, Limit),
    responses((status = 200, body = GenotypesPage)))]
pub async fn genotypes(
    State(app): State<App>,
    Query(offset): Query<Offset>,
    Query(limit): Query<Limit>,
) -> Result<Response, Refusal> {
    let (offset, limit) = (offset.rows()?, limit.rows()?);
    Ok(answer(
        app.coordinator.store().genotypes(offset, limit).await,
    ))
}

/// One genotype, living or not
///
/// With its places island by island, its parent genotype and its origins.
#[utoipa::path(get, path = "/api/v1/genotypes/{hash}", tag = "life",
    params(("hash" = String, Path, description = "32 hex digits.", pattern = "^[0-9a-f]{32}$")),
    responses((status = 200, body = KnownGenotype)))]
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

/// The tree of descent
///
/// In order of island and serial. Say the `next` of a page as `after` to go on.
#[utoipa::path(get, path = "/api/v1/phylogeny", tag = "life", params(OnIsland, After, Limit),
    responses((status = 200, body = PhylogenyPage)))]
pub async fn phylogeny(
    State(app): State<App>,
    Query(island): Query<OnIsland>,
    Query(after): Query<After>,
    Query(limit): Query<Limit>,
) -> Result<Response, Refusal> {
    let (island, after, limit) = (island.island(&app)?, after.taxon()?, limit.rows()?);
    let store = app.coordinator.store();
    Ok(answer(store.phylogeny(island, after, limit).await))
}

/// The living of an island and whom they descend from
///
/// Newest first, as far as the line is on this island. Say the `next` of a page as `after` to go on.
#[utoipa::path(get, path = "/api/v1/islands/{id}/descent", tag = "life",
    params(("id" = u32, Path, description = "The number of an island.", example = 1), After, Limit),
    responses((status = 200, body = PhylogenyPage)))]
pub async fn lines(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(after): Query<After>,
    Query(limit): Query<Limit>,
) -> Result<Response, Refusal> {
    let island = island_id(&app.coordinator, &id)?;
    let (before, limit) = (after.taxon()?, limit.rows()?);
    let store = app.coordinator.store();
    Ok(answer(store.lines(island, before, limit).await))
}

/// The commonest genotypes over the time of an island
///
/// 24 at the end of each confirmed unit, oldest first. To go on say the last epoch and one more as `from_epoch`.
#[utoipa::path(get, path = "/api/v1/islands/{id}/dominants", tag = "life",
    params(("id" = u32, Path, description = "The number of an island.", example = 1), FromEpoch, Limit),
    responses((status = 200, body = Vec<DominantsView>)))]
pub async fn dominants(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(from): Query<FromEpoch>,
    Query(limit): Query<Limit>,
) -> Result<Response, Refusal> {
    let island = island_id(&app.coordinator, &id)?;
    let (from, limit) = (from.epoch()?, limit.rows()?);
    let store = app.coordinator.store();
    Ok(answer(store.dominants(island, from, limit).await))
}

/// The commonest genotype of each island
///
/// Now, in order of island, of those where somebody lives; without a limit the first 1000. Where there is more, a `Link`
/// header names the next page.
#[utoipa::path(get, path = "/api/v1/dominants", tag = "life", params(Offset, Limit),
    responses((status = 200, body = Vec<RulerView>)))]
pub async fn rulers(
    State(app): State<App>,
    uri: Uri,
    Query(offset): Query<Offset>,
    Query(limit): Query<Limit>,
) -> Result<Response, Refusal> {
    let page = Page::of(&offset, &limit, MAX_ROWS)?;
    let store = app.coordinator.store();
    let rulers = store.rulers(page.offset, page.rows_and_one()).await?;
    Ok(page.answer(rulers, &uri))
}

/// The living by their names
///
/// Counted by lineage, most members first. Where there is more, a `Link` header names the next page.
#[utoipa::path(get, path = "/api/v1/taxonomy", tag = "life", params(Offset, Limit),
    responses((status = 200, body = Vec<SpeciesView>)))]
pub async fn taxonomy(
    State(app): State<App>,
    uri: Uri,
    Query(offset): Query<Offset>,
    Query(limit): Query<Limit>,
) -> Result<Response, Refusal> {
    let page = Page::of(&offset, &limit, DEFAULT_ROWS)?;
    let store = app.coordinator.store();
    let species = store.species(page.offset, page.rows_and_one()).await?;
    Ok(page.answer(species, &uri))
}

/// The seed bank
///
/// Seeds in order of their hashes, without a limit the first 1000, and the newest 100 sowings with what became of them.
#[utoipa::path(get, path = "/api/v1/seed-bank", tag = "life", params(Offset, Limit),
    responses((status = 200, body = SeedBankView)))]
pub async fn seed_bank(
    State(app): State<App>,
    Query(offset): Query<Offset>,
    Query(limit): Query<Limit>,
) -> Result<Response, Refusal> {
    let page = Page::of(&offset, &limit, MAX_ROWS)?;
    let view = app.coordinator.seed_bank_view().await;
    Ok(answer(view.map(|mut view| {
        let seeds = view.seeds.into_iter().skip(page.offset as usize);
        view.seeds = seeds.take(page.limit as usize).collect();
        view
    })))
}

/// An island over its own time
///
/// At its epoch lines, oldest first. To go on say the last epoch and one more as `from_epoch`.
#[utoipa::path(get, path = "/api/v1/islands/{id}/samples", tag = "life",
    params(("id" = u32, Path, description = "The number of an island.", example = 1), FromEpoch, Limit),
    responses((status = 200, body = Vec<SampleView>)))]
pub async fn samples(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(from): Query<FromEpoch>,
    Query(limit): Query<Limit>,
) -> Result<Response, Refusal> {
    let island = island_id(&app.coordinator, &id)?;
    let (from, limit) = (from.epoch()?, limit.rows()?);
    let store = app.coordinator.store();
    let epoch_ticks = store.world().config.evolution.epoch_ticks;
    let samples = store.samples(island, from, limit).await;
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
