//! Draws a soup on a canvas: as a square of addresses, or as a dish. Knows no page and no stream.

use crate::{
    dish,
    pigment::{self, Emphasis, Rgba},
};
use bytebiota_protocol::view::MemoryMapView;
use leptos::{ev, html, prelude::*};
use std::sync::Arc;
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

/// A soup that may not be known yet.
pub type Soup = Option<Arc<MemoryMapView>>;

/// Pixels of the dish from side to side.
const DISH_SIDE: u32 = 512;
/// Turns of the dish's spiral: an address is then about as long as it is wide a fifth.
const DISH_TURNS: u32 = 60;
/// The largest soup that is drawn, bytes: what a canvas holds everywhere.
const MAX_DRAWN_BYTES: u32 = 1 << 24;

/// The width of the square of addresses, a power of two.
pub fn columns(memory_size: u32) -> u32 {
    let half = memory_size.max(1).ilog2().div_ceil(2);
    1 << half
}

/// The soup as a square: address 0 at the top left, row by row. Reports the address under the pointer.
#[component]
pub fn SoupSquare(
    /// The soup.
    #[prop(into)]
    soup: Signal<Soup>,
    /// What is picked out.
    #[prop(into)]
    emphasis: Signal<Emphasis>,
    /// The address the pointer is on; `None` when it leaves.
    hover: Callback<Option<u32>>,
    /// Called with -1 or 1 when an arrow key asks for the organism before or after.
    step: Callback<i32>,
    /// Called on a click or Enter.
    pick: Callback<()>,
) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    Effect::new(move || {
        let (Some(canvas), Some(map)) = (canvas.get(), soup.get()) else {
            return;
        };
        if map.memory_size == 0 || map.memory_size > MAX_DRAWN_BYTES {
            return;
        }
        let columns = columns(map.memory_size);
        let colours = pigment::paint(&map, emphasis.get());
        put(&canvas, columns, map.memory_size.div_ceil(columns), colours);
    });
    let address = move |event: &ev::PointerEvent| {
        let (canvas, map) = (canvas.get_untracked()?, soup.get_untracked()?);
        let bounds = canvas.get_bounding_client_rect();
        let columns = columns(map.memory_size);
        let rows = map.memory_size.div_ceil(columns);
        let along = |offset: i32, side: f64, count: u32| {
            ((f64::from(offset) / side.max(1.0) * f64::from(count)).max(0.0) as u32)
                .min(count.saturating_sub(1))
        };
        let column = along(event.offset_x(), bounds.width(), columns);
        let row = along(event.offset_y(), bounds.height(), rows);
        Some(row * columns + column)
    };
    let key = move |event: ev::KeyboardEvent| {
        match event.key().as_str() {
            "ArrowLeft" | "ArrowUp" => step.run(-1),
            "ArrowRight" | "ArrowDown" => step.run(1),
            "Enter" | " " => pick.run(()),
            "Escape" => hover.run(None),
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <canvas node_ref=canvas tabindex="0" role="img"
            aria-label="Memory map of the soup. Arrow keys go from organism to organism, Enter picks out its genotype."
            on:pointermove=move |event| hover.run(address(&event))
            on:pointerdown=move |event| hover.run(address(&event))
            on:pointerleave=move |_| hover.run(None)
            on:click=move |_| pick.run(())
            on:keydown=key></canvas>
    }
}

/// The soup as a dish: one spiral from the middle outwards.
#[component]
pub fn Dish(
    /// The soup.
    #[prop(into)]
    soup: Signal<Soup>,
) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    // The way from pixels to addresses depends on the size of the soup alone.
    let places = Memo::new(move |_| {
        let size = soup.with(|soup| soup.as_ref().map_or(0, |map| map.memory_size));
        Arc::new(if size == 0 {
            Vec::new()
        } else {
            dish::addresses(DISH_SIDE, size, DISH_TURNS)
        })
    });
    Effect::new(move || {
        let (Some(canvas), Some(map)) = (canvas.get(), soup.get()) else {
            return;
        };
        let colours = pigment::paint(&map, Emphasis::default());
        let colour = |address: &u32| colours.get(*address as usize).copied().unwrap_or_default();
        let pixels: Vec<Rgba> = places.with(|places| places.iter().map(colour).collect());
        put(&canvas, DISH_SIDE, DISH_SIDE, pixels);
    });
    view! {
        <div class="dish">
            <Show when=move || soup.with(Option::is_some)>
                <canvas node_ref=canvas role="img" aria-label="The soup of one island, its memory laid out as a spiral"></canvas>
            </Show>
        </div>
    }
}

/// Puts pixels on a canvas of exactly their size; the style sheet scales it.
pub fn put(canvas: &HtmlCanvasElement, width: u32, height: u32, mut pixels: Vec<Rgba>) {
    pixels.resize((width * height) as usize, [0; 4]);
    if canvas.width() != width || canvas.height() != height {
        canvas.set_width(width);
        canvas.set_height(height);
    }
    let context = canvas.get_context("2d").ok().flatten();
    let Some(context) =
        context.and_then(|context| context.dyn_into::<CanvasRenderingContext2d>().ok())
    else {
        return;
    };
    let bytes = pixels.as_flattened();
    if let Ok(image) = ImageData::new_with_u8_clamped_array_and_sh(Clamped(bytes), width, height) {
        let _ = context.put_image_data(&image, 0.0, 0.0);
    }
}
