//! What outlives this Web Worker, in the browser's database: one keepsake for each place at work. Knows not what is in it.
//!
//! A place belongs to whoever holds its lock, so that tabs and cores never take each other's; the browser lets the lock
//! go when a worker ends, however it ends. Where a browser has no locks or no database, nothing is kept.

use bytebiota_core::codec;
use bytebiota_protocol::{
    browser::database_name,
    session::{Keepsake, KeepsakeMark, WorkerSession},
};
use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbObjectStore, IdbRequest, IdbTransactionMode, WorkerGlobalScope};

/// The one table of the database.
const TABLE: &str = "places";
/// More Web Workers than this keep nothing.
const MAX_PLACES: u32 = 64;
/// The largest keepsake that is read: some reports and a state.
const MAX_KEEPSAKE_BYTES: usize = 16 << 20;

/// A place of one's own.
pub struct Keep {
    database: IdbDatabase,
    place: u32,
    mark: KeepsakeMark,
}

impl Keep {
    /// Takes a free place, best one where something was left.
    pub async fn open() -> Result<(Self, Keepsake), JsValue> {
        let scope = js_sys::global().unchecked_into::<WorkerGlobalScope>();
        let database = open_database(&scope).await?;
        let table = table(&database, IdbTransactionMode::Readonly)?;
        let left = Array::from(&done(&table.get_all_keys()?).await?);
        let left = left.iter().filter_map(|key| key.as_f64());
        let places = left.map(|key| key as u32).chain(0..MAX_PLACES);
        for place in places.collect::<Vec<_>>() {
            if take_lock(&scope, place).await? {
                let keepsake = read(&database, place).await;
                let mark = KeepsakeMark::default();
                let keep = Self {
                    database,
                    place,
                    mark,
                };
                return Ok((keep, keepsake));
            }
        }
        Err("all places are taken".into())
    }

    /// Writes what there is to keep, if that has changed.
    pub fn note(&mut self, session: &WorkerSession) {
        let mark = session.keepsake_mark(0);
        if mark != self.mark {
            self.mark = mark;
            // A full disk or a closed database loses nothing that is not lost without it.
            let _ = self.write(&session.keepsake(0));
        }
    }

    fn write(&self, keepsake: &Keepsake) -> Result<(), JsValue> {
        let table = table(&self.database, IdbTransactionMode::Readwrite)?;
        let place = JsValue::from(self.place);
        if keepsake.is_empty() {
            table.delete(&place)?;
        } else {
            let bytes = Uint8Array::from(codec::encode(keepsake).as_slice());
            table.put_with_key(&bytes, &place)?;
        }
        Ok(())
    }
}

async fn open_database(scope: &WorkerGlobalScope) -> Result<IdbDatabase, JsValue> {
    let factory = scope.indexed_db()?.ok_or("no database")?;
    let request = factory.open_with_u32(&database_name(), 1)?;
    let made = request.clone();
    let make = Closure::once(move |_: JsValue| {
        if let Ok(database) = made.result() {
            // It fails only if the table is there.
            let _ = database
                .unchecked_into::<IdbDatabase>()
                .create_object_store(TABLE);
        }
    });
    request.set_onupgradeneeded(Some(make.as_ref().unchecked_ref()));
    let database = done(&request).await?.unchecked_into::<IdbDatabase>();
    // Whoever wants to delete it does not wait for us.
    let closing = database.clone();
    let close = Closure::<dyn FnMut()>::new(move || closing.close());
    database.set_onversionchange(Some(close.as_ref().unchecked_ref()));
    close.forget();
    Ok(database)
}

fn table(database: &IdbDatabase, mode: IdbTransactionMode) -> Result<IdbObjectStore, JsValue> {
    database
        .transaction_with_str_and_mode(TABLE, mode)?
        .object_store(TABLE)
}

async fn done(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let promise = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    JsFuture::from(promise).await?;
    request.result()
}

/// What was left at a place; nothing where it cannot be read any more.
async fn read(database: &IdbDatabase, place: u32) -> Keepsake {
    let request = table(database, IdbTransactionMode::Readonly)
        .and_then(|table| table.get(&JsValue::from(place)));
    let Ok(request) = request else {
        return Keepsake::default();
    };
    let bytes = done(&request).await.unwrap_or_default();
    let bytes = bytes.dyn_into::<Uint8Array>().map(|bytes| bytes.to_vec());
    let decoded = bytes.map(|bytes| codec::decode(&bytes, MAX_KEEPSAKE_BYTES));
    decoded.ok().and_then(Result::ok).unwrap_or_default()
}

/// Takes the lock of a place for the rest of this worker's life; `false` if somebody has it.
async fn take_lock(scope: &WorkerGlobalScope, place: u32) -> Result<bool, JsValue> {
    let locks = Reflect::get(&scope.navigator(), &"locks".into())?;
    let request: Function = Reflect::get(&locks, &"request".into())?.dyn_into()?;
    let name = JsValue::from(format!("{}-{place}", database_name()));
    let options = Object::new();
    Reflect::set(&options, &"ifAvailable".into(), &JsValue::TRUE)?;
    let mut asked = Ok(JsValue::UNDEFINED);
    let answer = Promise::new(&mut |resolve, _| {
        let granted = Closure::once_into_js(move |lock: JsValue| -> JsValue {
            let is_ours = !lock.is_null();
            // Resolving a promise of our own cannot fail.
            let _ = resolve.call1(&JsValue::NULL, &is_ours.into());
            // The lock is held until this second promise ends, which it never does.
            if is_ours {
                Promise::new(&mut |_, _| {}).into()
            } else {
                JsValue::UNDEFINED
            }
        });
        asked = request.call3(&locks, &name, &options, &granted);
    });
    asked?;
    Ok(JsFuture::from(answer).await?.is_truthy())
}
