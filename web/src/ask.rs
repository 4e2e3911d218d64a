//! Asks the API once and tells how that is going. Knows no address.

use bytebiota_protocol::view::ErrorView;
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

/// What is known of an answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer<T> {
    /// On its way.
    Waiting,
    /// Here.
    Known(T),
    /// There is no such thing; what the server says to that.
    Unknown(String),
    /// It did not come; a sentence why.
    Failed(String),
}

/// Asks for JSON at an address of this server.
pub fn ask<T>(address: String) -> RwSignal<Answer<T>>
where
    T: DeserializeOwned + Clone + Send + Sync + 'static,
{
    let answer = RwSignal::new(Answer::Waiting);
    leptos::task::spawn_local(async move {
        let found = fetch(&address).await;
        // The page that asked may be gone already.
        let _ = answer.try_set(found);
    });
    answer
}

async fn fetch<T: DeserializeOwned>(address: &str) -> Answer<T> {
    const UNREACHED: &str = "The server cannot be reached at the moment.";
    let response = JsFuture::from(window().fetch_with_str(address)).await;
    let Some(response) = response
        .ok()
        .and_then(|response| response.dyn_into::<Response>().ok())
    else {
        return Answer::Failed(UNREACHED.into());
    };
    let text = match response.text() {
        Ok(text) => JsFuture::from(text)
            .await
            .ok()
            .and_then(|text| text.as_string()),
        Err(_) => None,
    };
    let Some(text) = text else {
        return Answer::Failed(UNREACHED.into());
    };
    if !response.ok() {
        let said = serde_json::from_str::<ErrorView>(&text);
        let said = said.map_or("The server has no answer to that.".into(), |error| {
            error.message
        });
        return match response.status() {
            404 => Answer::Unknown(said),
            _ => Answer::Failed(said),
        };
    }
    match serde_json::from_str(&text) {
        Ok(known) => Answer::Known(known),
        Err(_) => {
            Answer::Failed("The server speaks a newer language than this page; reload it.".into())
        }
    }
}
