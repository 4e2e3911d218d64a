//! A running server, as a command talks to it: its address is checked once, answers are bounded. Knows no route.

use crate::error::CliError;
use bytebiota_protocol::view::ErrorView;
use serde::Serialize;
use std::path::Path;
use std::time::Duration;
use ureq::Agent;
use ureq::http::Response;

/// Bytes of the longest answer; the state of a large island is the longest.
const MAX_ANSWER_BYTES: u64 = 256 * 1024 * 1024;
/// A server that says nothing for so long is not there.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// A server.
pub struct Remote {
    address: String,
    agent: Agent,
}

/// An answer that was understood.
pub enum Answer {
    /// What was asked for.
    Body(Vec<u8>),
    /// The status and the server's own words for why not.
    Refusal(u16, ErrorView),
}

/// The operator's token, read where its server wrote it or where it was put.
pub fn token(file: &Path) -> Result<String, CliError> {
    let text = std::fs::read_to_string(file).map_err(|error| CliError::file(file, &error))?;
    Ok(text.trim().to_owned())
}

impl Remote {
    /// A server at an address such as `http://127.0.0.1:8080`.
    pub fn new(address: &str) -> Result<Self, CliError> {
        let address = address.trim().trim_end_matches('/');
        let host = match address.split_once("://") {
            Some(("http", host)) => host,
            Some(("https", _)) => {
                return Err(CliError::usage("this build has no TLS; use http://"));
            }
            Some(_) => {
                let text = format!("`{address}` does not begin with http://");
                return Err(CliError::usage(text));
            }
            None => address,
        };
        if host.is_empty() {
            return Err(CliError::usage("--server names no host"));
        }
        let config = Agent::config_builder()
            .timeout_global(Some(ANSWER_TIMEOUT))
            .http_status_as_error(false);
        Ok(Self {
            address: format!("http://{host}"),
            agent: config.build().into(),
        })
    }

    /// Asks for something.
    pub fn get(&self, path: &str) -> Result<Answer, CliError> {
        let sent = self.agent.get(format!("{}{path}", self.address)).call();
        self.answer(path, sent)
    }

    /// Has something done, as the operator whose token it is.
    pub fn post(&self, path: &str, token: &str) -> Result<Answer, CliError> {
        let request = self.agent.post(format!("{}{path}", self.address));
        let request = request.header("authorization", format!("Bearer {token}"));
        let sent = request.send_empty();
        self.answer(path, sent)
    }

    /// The same, with JSON that says what.
    pub fn post_json(
        &self,
        path: &str,
        token: &str,
        what: &impl Serialize,
    ) -> Result<Answer, CliError> {
        let body = serde_json::to_vec(what).map_err(CliError::outside)?;
        let request = self.agent.post(format!("{}{path}", self.address));
        let request = request.header("authorization", format!("Bearer {token}"));
        let sent = request.content_type("application/json").send(body);
        self.answer(path, sent)
    }

    fn answer(
        &self,
        path: &str,
        sent: Result<Response<ureq::Body>, ureq::Error>,
    ) -> Result<Answer, CliError> {
        let address = &self.address;
        let outside = |error| CliError::outside(format!("{address}{path}: {error}"));
        let mut answer = sent.map_err(outside)?;
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(MAX_ANSWER_BYTES);
        let body = body.read_to_vec().map_err(outside)?;
        if status == 200 {
            return Ok(Answer::Body(body));
        }
        let refusal = serde_json::from_slice(&body).ok();
        refusal
            .map(|refusal| Answer::Refusal(status, refusal))
            .ok_or_else(|| CliError::outside(format!("{address}{path} answers {status}")))
    }
}

impl Answer {
    /// The body; a refusal is an error in the server's words.
    pub fn body(self) -> Result<Vec<u8>, CliError> {
        match self {
            Self::Body(body) => Ok(body),
            Self::Refusal(400, refusal) => Err(CliError::setting(refusal.message)),
            Self::Refusal(401 | 403, refusal) => Err(CliError::refused(refusal.message)),
            Self::Refusal(_, refusal) => Err(CliError::outside(refusal.message)),
        }
    }
}
