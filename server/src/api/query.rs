//! What part of a list is wanted, and what is said to whoever asks for something that cannot be. Each is one value of an
//! address, so that a route names those it knows and the document of the API tells of the same. Knows no list.

use super::{bad_request, inside, island_id};
use crate::routes::App;
use crate::store::StoreError;
use axum::Json;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use bytebiota_core::{IslandId, TaxonId};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use std::str::FromStr;
use utoipa::IntoParams;

/// Rows in one answer, at most and by default.
pub const MAX_ROWS: u32 = 1_000;
pub const DEFAULT_ROWS: u32 = 100;
/// Rows that can be skipped.
pub const MAX_OFFSET: u32 = 1_000_000;

/// An answer that says what is allowed.
pub struct Refusal(Box<Response>);

impl Refusal {
    /// 400 with a sentence.
    pub fn because(message: impl Into<String>) -> Self {
        Self(Box::new(bad_request(message)))
    }
}

impl From<Box<Response>> for Refusal {
    fn from(response: Box<Response>) -> Self {
        Self(response)
    }
}

/// What goes wrong inside refuses, too.
impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self(Box::new(inside(&error)))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// A number within its bounds, or which value is wrong and what is allowed.
pub fn number<T: FromStr + PartialOrd>(
    text: Option<&str>,
    default: T,
    allowed: RangeInclusive<T>,
    sentence: &str,
) -> Result<T, Refusal> {
    let number = text.map_or(Some(default), |text| text.parse().ok());
    let number = number.filter(|number| allowed.contains(number));
    number.ok_or_else(|| Refusal::because(sentence))
}

/// How many rows are wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Limit {
    /// Rows wanted.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1_000)]
    limit: Option<String>,
}

impl Limit {
    /// As many, or the usual number.
    pub fn rows(&self) -> Result<u32, Refusal> {
        self.rows_or(DEFAULT_ROWS)
    }

    fn rows_or(&self, default: u32) -> Result<u32, Refusal> {
        let sentence = "limit is a number of rows from 1 to 1000";
        number(self.limit.as_deref(), default, 1..=MAX_ROWS, sentence)
    }
}

/// How many rows are skipped.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Offset {
    /// Rows to skip.
    #[param(value_type = Option<u32>, minimum = 0, maximum = 1_000_000)]
    offset: Option<String>,
}

impl Offset {
    /// As many, or none.
    pub fn rows(&self) -> Result<u32, Refusal> {
        let sentence = "offset is a number of rows from 0 to 1000000";
        number(self.offset.as_deref(), 0, 0..=MAX_OFFSET, sentence)
    }
}

/// The taxon behind which a page begins.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct After {
    /// The `next` of the page before.
    #[param(value_type = Option<String>, pattern = "^[0-9]+-[0-9]+$", example = "1-0")]
    after: Option<String>,
}

impl After {
    /// Which, if any.
    pub fn taxon(&self) -> Result<Option<TaxonId>, Refusal> {
        let named = self.after.as_deref().map(taxon_id).transpose();
        named.map_err(|_| Refusal::because("after is the `next` of a page, a taxon such as 3-1287"))
    }
}

/// The island that is meant.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OnIsland {
    /// The number of an island.
    #[param(value_type = Option<u32>, minimum = 1, example = 1)]
    island: Option<String>,
}

impl OnIsland {
    /// Which, if any.
    pub fn island(&self, app: &App) -> Result<Option<IslandId>, Refusal> {
        let island = self.island.as_deref();
        island
            .map(|text| island_id(&app.coordinator, text))
            .transpose()
            .map_err(Refusal::from)
    }
}

/// Who is told of.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Living {
    /// `false` for the extinct, too.
    #[param(value_type = Option<bool>, default = true)]
    living: Option<String>,
}

impl Living {
    /// Whether the living alone.
    pub fn only(&self) -> Result<bool, Refusal> {
        match self.living.as_deref() {
            None | Some("true") => Ok(true),
            Some("false") => Ok(false),
            Some(_) => Err(Refusal::because("living is true or false")),
        }
    }
}

/// Where in the time of an island a list begins.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FromEpoch {
    /// The first epoch that is told of.
    #[param(value_type = Option<u64>, minimum = 0)]
    from_epoch: Option<String>,
}

impl FromEpoch {
    /// Which.
    pub fn epoch(&self) -> Result<u64, Refusal> {
        let sentence = "from_epoch is a whole number from 0 on";
        number(self.from_epoch.as_deref(), 0, 0..=u64::MAX, sentence)
    }
}

/// Reads `3-1287`.
pub fn taxon_id(text: &str) -> Result<TaxonId, Refusal> {
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

/// A page of a list as a plain array; where there is more, a `Link` header names the next page.
pub struct Page {
    /// Rows before it.
    pub offset: u32,
    /// Rows in it at most.
    pub limit: u32,
}

impl Page {
    /// The page that is wanted; without a limit as many rows as `default` says.
    pub fn of(offset: &Offset, limit: &Limit, default: u32) -> Result<Self, Refusal> {
        Ok(Self {
            offset: offset.rows()?,
            limit: limit.rows_or(default)?,
        })
    }

    /// How many rows to read: one more tells whether there is more.
    pub fn rows_and_one(&self) -> u32 {
        self.limit.saturating_add(1)
    }

    /// Answers out of the whole list.
    pub fn cut<T: Serialize>(&self, all: Vec<T>, uri: &Uri) -> Response {
        let rows = all.into_iter().skip(self.offset as usize);
        self.answer(rows.take(self.rows_and_one() as usize).collect(), uri)
    }

    /// Answers with rows that begin at the offset; one more than wanted stands for all others.
    pub fn answer<T: Serialize>(&self, mut rows: Vec<T>, uri: &Uri) -> Response {
        let is_more = rows.len() > self.limit as usize;
        rows.truncate(self.limit as usize);
        let mut response = Json(rows).into_response();
        let (path, next) = (uri.path(), self.offset.saturating_add(self.limit));
        let link = format!("<{path}?offset={next}&limit={}>; rel=\"next\"", self.limit);
        if let Some(link) = HeaderValue::from_str(&link).ok().filter(|_| is_more) {
            response.headers_mut().insert(header::LINK, link);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_the_next_one_as_long_as_there_is_more() {
        let uri = Uri::from_static("/api/v1/islands?limit=2");
        let link = |offset, limit| {
            let response = Page { offset, limit }.cut(vec![1, 2, 3, 4, 5], &uri);
            let link = response.headers().get(header::LINK).cloned();
            link.map(|link| link.to_str().expect("text").to_owned())
        };
        let next = "</api/v1/islands?offset=2&limit=2>; rel=\"next\"";
        assert_eq!(link(0, 2).as_deref(), Some(next));
        assert!(link(2, 2).is_some());
        assert_eq!((link(4, 2), link(0, 5), link(9, 1)), (None, None, None));
    }

    #[test]
    fn taxa_are_named_by_two_numbers() {
        assert!(taxon_id("3-1287").is_ok());
        for wrong in ["", "3", "-", "3-", "a-1", "3-1-1", "3-99999999999999999999"] {
            assert!(taxon_id(wrong).is_err(), "{wrong}");
        }
    }
}
