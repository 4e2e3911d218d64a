//! History for whoever wants to compute it again: links, what each unit was asked, and the states that are kept. Read-only
//! and bounded; knows no replay.

use crate::api::query::{Refusal, number};
use crate::api::{bad_request, error, inside, island_id};
use crate::routes::App;
use crate::store::{Archive, StoreError};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytebiota_core::{Epoch, IslandId};
use bytebiota_protocol::history::{Line, LinkedUnit};
use bytebiota_protocol::message;
use bytebiota_protocol::view::HistoryView;
use serde::Deserialize;
use utoipa::IntoParams;

/// Units in one answer, at most and by default.
const MAX_UNITS: u32 = 256;
const DEFAULT_UNITS: u32 = 64;

/// Which units are wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UnitsQuery {
    /// An epoch within the first unit.
    #[param(value_type = Option<u64>, minimum = 0)]
    from: Option<String>,
    /// Units wanted.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 256)]
    limit: Option<String>,
}

/// The history of an island
///
/// Its head, the epochs whose states are kept, and confirmed units; 64 of them if nothing is said. To go on say the end of
/// the last one as `from`.
#[utoipa::path(get, path = "/api/v1/units/{island}", tag = "history",
    params(("island" = u32, Path, description = "The number of an island.", example = 1), UnitsQuery),
    responses((status = 200, body = HistoryView)))]
pub async fn units(
    State(app): State<App>,
    Path(island): Path<String>,
    Query(query): Query<UnitsQuery>,
) -> Result<Response, Refusal> {
    let island = island_id(&app.coordinator, &island)?;
    let sentence = "from is an epoch, a whole number from 0 on";
    let from = number(query.from.as_deref(), 0, 0..=u64::MAX, sentence)?;
    let sentence = "limit is a number of units from 1 to 256";
    let limit = number(
        query.limit.as_deref(),
        DEFAULT_UNITS,
        1..=MAX_UNITS,
        sentence,
    )?;
    let archive = app.coordinator.store().archive();
    Ok(match history(&archive, island, Epoch(from), limit).await {
        Ok(Some(view)) => Json(view).into_response(),
        Ok(None) => missing(&format!("island {island} has no history yet")),
        Err(StoreError::Damaged(what)) => damaged(&format!("{what} is damaged")),
        Err(fault) => inside(&fault),
    })
}

async fn history(
    archive: &Archive,
    island: IslandId,
    from: Epoch,
    limit: u32,
) -> Result<Option<HistoryView>, StoreError> {
    // The units first: the head is never behind them then.
    let units = archive.units(island, from, limit).await?;
    let states = archive.states(island).await?;
    let folded = archive.folded(island).await?;
    let begins = archive.beginning(island, from).await?;
    let heads = archive.heads().await?;
    let head = heads.iter().find(|(number, _)| *number == island);
    Ok(head.map(|(_, head)| HistoryView {
        island: island.0,
        head_epoch: head.epoch.0,
        head_state: head.state.to_string(),
        head_link: head.link.to_string(),
        folded_epoch: folded.0,
        begins: begins.as_ref().map(Line::view),
        states: states.iter().map(|epoch| epoch.0).collect(),
        units: units.iter().map(LinkedUnit::view).collect(),
    }))
}

/// What a unit was asked
///
/// A `Check` of the whole unit without its state: header, seed, Config and inputs, packed as it travels.
#[utoipa::path(get, path = "/api/v1/units/{island}/{epoch}", tag = "history", operation_id = "unit",
    params(("island" = u32, Path, description = "The number of an island.", example = 1),
        ("epoch" = u64, Path, description = "The first epoch of the unit.", example = 0)),
    responses((status = 200, description = "Deflated canonical bytes.", body = Vec<u8>,
        content_type = "application/octet-stream")))]
pub async fn question(
    State(app): State<App>,
    Path((island, epoch)): Path<(String, String)>,
) -> Response {
    let (island, epoch) = match place(&app, &island, &epoch) {
        Ok(place) => place,
        Err(refusal) => return *refusal,
    };
    let archive = app.coordinator.store().archive();
    match archive.question(island, epoch).await {
        Ok(Some(check)) => bytes(message::pack(&check)),
        Ok(None) => missing(&format!(
            "no unit of island {island} begins at epoch {epoch}; see /api/v1/units/{island}"
        )),
        Err(StoreError::Damaged(what)) => damaged(&format!("{what} is damaged")),
        Err(fault) => inside(&fault),
    }
}

/// A kept state
///
/// Canonical bytes, deflated. `/api/v1/units/{island}` lists the epochs of those that are kept.
#[utoipa::path(get, path = "/api/v1/states/{island}/{epoch}", tag = "history",
    params(("island" = u32, Path, description = "The number of an island.", example = 1),
        ("epoch" = u64, Path, description = "The epoch that begins with it.", example = 0)),
    responses((status = 200, description = "Deflated canonical bytes.", body = Vec<u8>,
        content_type = "application/octet-stream")))]
pub async fn state(
    State(app): State<App>,
    Path((island, epoch)): Path<(String, String)>,
) -> Response {
    let (island, epoch) = match place(&app, &island, &epoch) {
        Ok(place) => place,
        Err(refusal) => return *refusal,
    };
    match app
        .coordinator
        .store()
        .archive()
        .kept_state(island, epoch)
        .await
    {
        Ok(Some(deflated)) => bytes(deflated),
        Ok(None) => missing(&format!(
            "the state of island {island} at epoch {epoch} is not kept; /api/v1/units/{island} lists those that are"
        )),
        Err(fault) => inside(&fault),
    }
}

fn place(app: &App, island: &str, epoch: &str) -> Result<(IslandId, Epoch), Box<Response>> {
    let island = island_id(&app.coordinator, island)?;
    match epoch
        .parse::<u64>()
        .ok()
        .filter(|epoch| i64::try_from(*epoch).is_ok())
    {
        Some(epoch) => Ok((island, Epoch(epoch))),
        None => Err(Box::new(bad_request("an epoch is a whole number"))),
    }
}

fn bytes(body: Vec<u8>) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/octet-stream")];
    (kind, body).into_response()
}

fn missing(message: &str) -> Response {
    error(StatusCode::NOT_FOUND, "not_found", message)
}

fn damaged(message: &str) -> Response {
    error(StatusCode::INTERNAL_SERVER_ERROR, "damaged", message)
}
