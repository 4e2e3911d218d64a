//! `/api/v1/series` and `/api/v1/series.csv`: the world over time. Knows neither how points are kept nor what they mean.

use super::query::{Refusal, number};
use crate::export;
use crate::routes::App;
use crate::store::{SeriesPart, SeriesWish};
use axum::Json;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytebiota_core::sample::LENGTH_STEP;
use bytebiota_core::{MutationKind, tasks::TASKS};
use bytebiota_protocol::view::{Grain, SeriesView};
use serde::Deserialize;
use utoipa::IntoParams;

/// Points in one answer, at most.
const MAX_POINTS: u32 = 1_000;

/// What part of the series is wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SeriesQuery {
    /// How far apart points are: `second`, `minute`, `hour` or `day`. Without it, the finest grain that is kept as far back.
    #[param(value_type = Option<Grain>)]
    grain: Option<String>,
    /// Nothing before this, Unix ms.
    #[serde(alias = "from_ms")]
    #[param(value_type = Option<u64>, minimum = 0)]
    from: Option<String>,
    /// Nothing after this, Unix ms.
    #[serde(alias = "to_ms")]
    #[param(value_type = Option<u64>, minimum = 0)]
    to: Option<String>,
    /// Points at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1_000)]
    limit: Option<String>,
}

impl SeriesQuery {
    fn wish(&self) -> Result<SeriesWish, Refusal> {
        let time = |text: &Option<String>, default, name| {
            let sentence =
                format!("{name} is a moment in Unix milliseconds, a whole number from 0 on");
            number(text.as_deref(), default, 0..=u64::MAX, &sentence)
        };
        let grain = self.grain.as_deref().map(|word| {
            let sentence = "grain is second, minute, hour or day";
            Grain::parse(word).ok_or_else(|| Refusal::because(sentence))
        });
        let sentence = "limit is a number of points from 1 to 1000";
        let limit = self.limit.as_deref();
        Ok(SeriesWish {
            grain: grain.transpose()?,
            from_ms: time(&self.from, 0, "from")?,
            to_ms: time(&self.to, u64::MAX, "to")?,
            most: number(limit, MAX_POINTS, 1..=MAX_POINTS, sentence)?,
        })
    }
}

/// The world over time
///
/// Oldest first, at most 1,000 points: where a grain has more, a coarser one answers and `note` says so. What is counted now
/// is the mean of all that fell into a point, what is counted since ever the newest.
#[utoipa::path(get, path = "/api/v1/series", tag = "world", params(SeriesQuery),
    responses((status = 200, body = SeriesView)))]
pub async fn series(
    State(app): State<App>,
    Query(query): Query<SeriesQuery>,
) -> Result<Response, Refusal> {
    let wish = query.wish()?;
    let part = app.coordinator.store().series_part(wish).await?;
    Ok(Json(SeriesView {
        note: note(wish.grain, &part),
        grain: part.grain,
        joined: part.joined,
        mutation_kinds: MutationKind::ALL
            .iter()
            .map(|kind| kind.name().to_owned())
            .collect(),
        tasks: TASKS.iter().map(|task| task.name.to_owned()).collect(),
        length_step: LENGTH_STEP,
        points: part.points,
    })
    .into_response())
}

/// The world over time as a table
///
/// The same points, a row each; the name of the file says how far apart they are.
#[utoipa::path(get, path = "/api/v1/series.csv", tag = "tables", operation_id = "series_table", params(SeriesQuery),
    responses((status = 200, description = "CSV with a head.", body = String, content_type = "text/csv")))]
pub async fn table(
    State(app): State<App>,
    Query(query): Query<SeriesQuery>,
) -> Result<Response, Refusal> {
    let part = app.coordinator.store().series_part(query.wish()?).await?;
    let name = format!("attachment; filename=\"series-{}.csv\"", part.grain.name());
    let head = [
        (
            header::CONTENT_TYPE,
            "text/csv; charset=utf-8; header=present".to_owned(),
        ),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((head, export::series(&part.points)).into_response())
}

/// Why the points are not those of the grain that was asked for.
fn note(asked: Option<Grain>, part: &SeriesPart) -> Option<String> {
    let (name, joined) = (part.grain.name(), part.joined);
    match asked {
        Some(asked) if asked != part.grain => Some(format!(
            "there are more than fit into one answer by the {}, so it is told by the {name}",
            asked.name()
        )),
        _ if joined > 1 => Some(format!(
            "there are more than fit into one answer by the {name}, so each point sums up to {joined} of them"
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_grain_is_explained_and_the_one_that_was_asked_for_is_not() {
        let part = |grain, joined| SeriesPart {
            grain,
            joined,
            points: Vec::new(),
        };
        assert_eq!(note(None, &part(Grain::Hour, 1)), None);
        assert_eq!(note(Some(Grain::Day), &part(Grain::Day, 1)), None);
        let coarser = note(Some(Grain::Second), &part(Grain::Minute, 1)).expect("a note");
        assert!(coarser.contains("second") && coarser.ends_with("minute"));
        let joined = note(None, &part(Grain::Day, 3)).expect("a note");
        assert!(joined.contains("up to 3"), "{joined}");
    }
}
