//! `GET /api/v1/export/{file}`: whole tables as files. Knows no column.

use super::{error, inside};
use crate::export::{self, ExportError, Table};
use crate::routes::App;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Bytes of a table over the network, at most; larger ones are written by the command line.
const MAX_BYTES: usize = 256 << 20;

/// A whole table as a file
///
/// `phylogeny.csv` in the ALife data standard, `series.csv`, `seed-bank.csv`, `genomes.csv`, or `genomes.asm`.
#[utoipa::path(get, path = "/api/v1/export/{file}", tag = "tables", operation_id = "export",
    params(("file" = String, Path, description = "The name of a table.", example = "phylogeny.csv")),
    responses((status = 200, description = "CSV with a head, or assembly.", body = String, content_type = "text/csv")))]
pub async fn table(State(app): State<App>, Path(file): Path<String>) -> Response {
    let Some(table) = Table::ALL.into_iter().find(|table| table.file() == file) else {
        let files: Vec<&str> = Table::ALL.map(Table::file).to_vec();
        let message = format!("there is no table {file}; there are {}", files.join(", "));
        return error(StatusCode::NOT_FOUND, "not_found", message);
    };
    let mut text = String::new();
    let mut sink = |part: &str| {
        text.push_str(part);
        if text.len() > MAX_BYTES {
            Err(())
        } else {
            Ok(())
        }
    };
    let archive = app.coordinator.store().archive();
    match export::write(table, &archive, &mut sink).await {
        Ok(()) => as_file(table, text),
        Err(ExportError::Store(fault)) => inside(&fault),
        Err(ExportError::Sink(())) => {
            let message = "this table is too large for one answer; `bytebiota export` writes it beside the server";
            error(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message)
        }
    }
}

fn as_file(table: Table, text: String) -> Response {
    let kind = match table {
        Table::Assembly => "text/plain; charset=utf-8",
        _ => "text/csv; charset=utf-8; header=present",
    };
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let name = format!("attachment; filename=\"{}\"", table.file());
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}
