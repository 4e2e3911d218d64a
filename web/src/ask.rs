//! Asks the API, once or again and again while somebody looks, and tells how that is going. Knows no address.

use crate::browser;
use bytebiota_protocol::view::ErrorView;
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Request, RequestInit, Response};

/// How long to wait after a failure, ms.
const AGAIN_MS: u32 = 4_000;
const UNREACHED: &str = "The server cannot be reached at the moment.";

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

/// Something asked of the server.
pub struct Asked<T: Send + Sync + 'static> {
    /// The last answer that was one; a failure only while there is none.
    pub answer: RwSignal<Answer<T>>,
    /// Why the newest answer did not come.
    pub lost: RwSignal<Option<String>>,
}

impl<T: Send + Sync + 'static> Clone for Asked<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Asked<T> {}

impl<T: Clone + Send + Sync + 'static> Asked<T> {
    /// Nothing yet.
    pub fn new() -> Self {
        Self {
            answer: RwSignal::new(Answer::Waiting),
            lost: RwSignal::new(None),
        }
    }

    /// Shows what is known; nothing before that.
    pub fn known<V>(self, show: impl FnOnce(&T) -> V) -> Option<V> {
        self.answer.with(|answer| match answer {
            Answer::Known(known) => Some(show(known)),
            _ => None,
        })
    }

    /// Takes an answer in; false if nobody waits for it any more.
    pub fn take(self, found: Answer<T>) -> bool {
        let has = self
            .answer
            .try_with_untracked(|answer| matches!(answer, Answer::Known(_)));
        let Some(has) = has else {
            return false;
        };
        match found {
            Answer::Failed(why) => {
                if !has {
                    self.answer.set(Answer::Failed(why.clone()));
                }
                self.lost.set(Some(why));
            }
            found => {
                self.answer.set(found);
                self.lost.set(None);
            }
        }
        true
    }
}

/// How the asking goes, where that is worth a word.
#[component]
pub fn Standing<T: Clone + Send + Sync + 'static>(
    /// What was asked.
    asked: Asked<T>,
) -> impl IntoView {
    let words = move || {
        let lost = asked.lost.get();
        asked.answer.with(|answer| match (answer, lost) {
            (Answer::Waiting, _) => Some("The world is asked …".to_owned()),
            (Answer::Unknown(why), _) => Some(why.clone()),
            (_, Some(why)) => Some(format!("{why} It is asked again in a moment.")),
            _ => None,
        })
    };
    view! { <p class="live-line" role="status" hidden=move || words().is_none()>{words}</p> }
}

/// Asks for JSON at an address of this server; again after failures, until there is an answer.
pub fn ask<T>(address: String) -> Asked<T>
where
    T: DeserializeOwned + Clone + Send + Sync + 'static,
{
    let asked = Asked::new();
    turn(asked, Rc::new(move || address.clone()), None);
    asked
}

/// The same, and again every `every_ms` while the page is seen.
pub fn follow<T>(address: String, every_ms: u32) -> Asked<T>
where
    T: DeserializeOwned + Clone + Send + Sync + 'static,
{
    follow_moving(move || address.clone(), every_ms)
}

/// The same, at an address that may be another each time.
pub fn follow_moving<T>(address: impl Fn() -> String + 'static, every_ms: u32) -> Asked<T>
where
    T: DeserializeOwned + Clone + Send + Sync + 'static,
{
    let asked = Asked::new();
    turn(asked, Rc::new(address), Some(every_ms));
    asked
}

fn turn<T>(asked: Asked<T>, address: Rc<dyn Fn() -> String>, every_ms: Option<u32>)
where
    T: DeserializeOwned + Clone + Send + Sync + 'static,
{
    leptos::task::spawn_local(async move {
        let mut rest_ms = every_ms;
        if !browser::is_hidden()
            || asked
                .answer
                .try_with_untracked(|a| matches!(a, Answer::Waiting))
                == Some(true)
        {
            let found = fetch(&address()).await;
            let is_lost = matches!(found, Answer::Failed(_));
            // The page that asked may be gone already.
            if !asked.take(found) {
                return;
            }
            if is_lost {
                rest_ms = Some(rest_ms.unwrap_or(AGAIN_MS).min(AGAIN_MS));
            }
        }
        if let Some(rest_ms) = rest_ms {
            let rest = Duration::from_millis(rest_ms.into());
            set_timeout(move || turn(asked, address, every_ms), rest);
        }
    });
}

/// Asks once.
pub async fn fetch<T: DeserializeOwned>(address: &str) -> Answer<T> {
    let Some((response, is_ok)) = get(address).await else {
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
    if !is_ok {
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

async fn get(address: &str) -> Option<(Response, bool)> {
    let response = JsFuture::from(window().fetch_with_str(address))
        .await
        .ok()?;
    let response = response.dyn_into::<Response>().ok()?;
    let is_ok = response.ok();
    Some((response, is_ok))
}

/// The bytes at an address; a sentence why not.
pub async fn fetch_bytes(address: &str) -> Result<Vec<u8>, String> {
    let (response, is_ok) = get(address).await.ok_or(UNREACHED)?;
    if !is_ok {
        return Err("The server does not keep it any more.".into());
    }
    let bytes = response.array_buffer().map_err(|_| UNREACHED)?;
    let bytes = JsFuture::from(bytes).await.map_err(|_| UNREACHED)?;
    Ok(js_sys::Uint8Array::new(&bytes).to_vec())
}

/// Asks for something of a bearer's own to be erased; the status, if there was an answer.
pub async fn delete(address: &str, token: &str) -> Option<u16> {
    let init = RequestInit::new();
    init.set_method("DELETE");
    let request = Request::new_with_str_and_init(address, &init).ok()?;
    let bearer = format!("Bearer {token}");
    request.headers().set("Authorization", &bearer).ok()?;
    let answer = window().fetch_with_request(&request);
    let response = JsFuture::from(answer).await.ok()?;
    Some(response.dyn_into::<Response>().ok()?.status())
}
