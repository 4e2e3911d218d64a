//! Draws a soup on a canvas: as a square of addresses, or as a dish. Knows no page and no stream.

use crate::{
    dish,
    pigment::Rgba,
    soup_hand::SoupHand,
    soup_paint::{self, Look},
    soup_window::Zoom,
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
/// The largest soup that is drawn, bytes: what a canvas holds everywhere.
const MAX_DRAWN_BYTES: u32 = 1 << 24;

/// The soup as a square: address 0 at the top left, row by row. Reports the address under the pointer.
#[component]
pub fn SoupSquare(
    /// The soup.
    #[prop(into)]
    soup: Signal<Soup>,
    /// How it is looked at.
    #[prop(into)]
    look: Signal<Look>,
    /// The part that is shown.
    zoom: RwSignal<Zoom>,
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
        let window = zoom.get().window(map.memory_size);
        let colours = soup_paint::paint(&map, window, look.get());
        put(&canvas, window.columns, window.rows, colours);
    });
    let hand = SoupHand::new(canvas, soup, zoom);
    let key = move |event: ev::KeyboardEvent| {
        match event.key().as_str() {
            _ if hand.key(&event) => {}
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
            aria-label="Memory map of the soup. Arrow keys go from organism to organism, Enter picks out its genotype, plus and minus zoom, Shift with an arrow key moves."
            on:pointermove=move |event| { hand.drag(&event); hover.run(hand.address(&event)); }
            on:pointerdown=move |event| { hand.take(&event); hover.run(hand.address(&event)); }
            on:wheel=move |event| hand.wheel(&event)
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
    /// What it is, for those who do not see it.
    #[prop(default = "The soup of one island, its memory laid out as a spiral")]
    label: &'static str,
) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    // The way from pixels to addresses depends on the size of the soup alone.
    let places = Memo::new(move |_| {
        let size = soup.with(|soup| soup.as_ref().map_or(0, |map| map.memory_size));
        Arc::new(if size == 0 {
            Vec::new()
        } else {
            dish::addresses(DISH_SIDE, size, dish::turns(size))
        })
    });
    Effect::new(move || {
        let (Some(canvas), Some(map)) = (canvas.get(), soup.get()) else {
            return;
        };
        let colours = soup_paint::whole(&map);
        let colour = |address: &u32| colours.get(*address as usize).copied().unwrap_or_default();
        let pixels: Vec<Rgba> = places.with(|places| places.iter().map(colour).collect());
        put(&canvas, DISH_SIDE, DISH_SIDE, pixels);
    });
    view! {
        <div class="dish">
            <Show when=move || soup.with(Option::is_some)>
                <canvas node_ref=canvas role="img" aria-label=label></canvas>
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
