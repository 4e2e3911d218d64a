//! Lists of the API that only grow at their end: read whole once, then only what is new. Knows no address.

use crate::{
    ask::{Answer, Asked, fetch},
    browser,
};
use bytebiota_protocol::view::{DominantsView, SampleView};
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// Rows asked for at a time.
const PAGE: usize = 1_000;
/// Rows that a page keeps. The server thins out old ones, so a list that has become longer is read anew.
const MOST: usize = 6_000;

/// Something that belongs to an epoch.
pub trait Dated {
    /// Which.
    fn epoch(&self) -> u64;
}

impl Dated for SampleView {
    fn epoch(&self) -> u64 {
        self.epoch
    }
}

impl Dated for DominantsView {
    fn epoch(&self) -> u64 {
        self.epoch
    }
}

/// Follows a list in order of epochs; what is new is asked for every `every_ms` while the page is seen.
pub fn grow<T>(address: String, every_ms: u32) -> Asked<Vec<T>>
where
    T: Dated + DeserializeOwned + Clone + Send + Sync + 'static,
{
    let asked = Asked::new();
    turn(asked, address, Vec::new(), every_ms);
    asked
}

fn turn<T>(asked: Asked<Vec<T>>, address: String, mut list: Vec<T>, every_ms: u32)
where
    T: Dated + DeserializeOwned + Clone + Send + Sync + 'static,
{
    leptos::task::spawn_local(async move {
        if !browser::is_hidden() || list.is_empty() {
            match more(&address, &mut list).await {
                Answer::Known(0) if !list.is_empty() => {}
                Answer::Known(_) => {
                    if !asked.take(Answer::Known(list.clone())) {
                        return;
                    }
                }
                Answer::Unknown(why) => {
                    asked.take(Answer::Unknown(why));
                    return;
                }
                Answer::Failed(why) => {
                    if !asked.take(Answer::Failed(why)) {
                        return;
                    }
                }
                Answer::Waiting => {}
            }
        }
        let rest = Duration::from_millis(every_ms.into());
        set_timeout(move || turn(asked, address, list, every_ms), rest);
    });
}

/// Reads on to the end; how many came.
async fn more<T: Dated + DeserializeOwned>(address: &str, list: &mut Vec<T>) -> Answer<usize> {
    if list.len() > MOST {
        list.clear();
    }
    let before = list.len();
    loop {
        let from = list.last().map_or(0, |last| last.epoch() + 1);
        let asked = format!("{address}?limit={PAGE}&from_epoch={from}");
        let page: Vec<T> = match fetch(&asked).await {
            Answer::Known(page) => page,
            Answer::Unknown(why) => return Answer::Unknown(why),
            Answer::Failed(why) => return Answer::Failed(why),
            Answer::Waiting => return Answer::Waiting,
        };
        let is_last = page.len() < PAGE;
        list.extend(page);
        if is_last {
            return Answer::Known(list.len() - before);
        }
    }
}
