//! Moves what is shown of a soup by pointer, wheel and keys. Knows no colours.

use crate::{soup_canvas::Soup, soup_window::Zoom};
use leptos::{ev, html, prelude::*};

/// What a hand does to a soup on a canvas.
#[derive(Clone, Copy)]
pub struct SoupHand {
    canvas: NodeRef<html::Canvas>,
    soup: Signal<Soup>,
    zoom: RwSignal<Zoom>,
    held: StoredValue<Option<(f64, f64)>>,
}

impl SoupHand {
    /// A hand that holds nothing.
    pub fn new(canvas: NodeRef<html::Canvas>, soup: Signal<Soup>, zoom: RwSignal<Zoom>) -> Self {
        Self {
            canvas,
            soup,
            zoom,
            held: StoredValue::new(None),
        }
    }

    /// The address under the pointer.
    pub fn address(self, event: &ev::MouseEvent) -> Option<u32> {
        let ((x, y), size) = (self.place(event)?, self.size()?);
        Some(self.zoom.get_untracked().window(size).address(x, y))
    }

    /// Takes hold of the soup where the pointer is.
    pub fn take(self, event: &ev::MouseEvent) {
        self.held.set_value(self.place(event));
    }

    /// Pulls what is held under the pointer, if a button is down and there is more than what is shown.
    pub fn drag(self, event: &ev::PointerEvent) {
        let held = self.held.get_value();
        let (Some(from), Some(to), Some(size)) = (held, self.place(event), self.size()) else {
            return;
        };
        let before = self.zoom.get_untracked();
        if before.times > 1 && event.buttons() == 1 {
            let moved = before.moved(from.0 - to.0, from.1 - to.1, size);
            // Small steps add up until they are worth a column.
            if moved != before {
                self.zoom.set(moved);
                self.held.set_value(Some(to));
            }
        }
    }

    /// Nearer or farther around the pointer. Without the key the page scrolls, as everywhere.
    pub fn wheel(self, event: &ev::WheelEvent) {
        if let (true, Some((x, y)), Some(size)) = (event.ctrl_key(), self.place(event), self.size())
        {
            event.prevent_default();
            let is_nearer = event.delta_y() < 0.0;
            self.zoom
                .update(|zoom| *zoom = zoom.by(is_nearer, x, y, size));
        }
    }

    /// Zooms or moves if the key says so; whether it did.
    pub fn key(self, event: &ev::KeyboardEvent) -> bool {
        let size = self.size().unwrap_or(1);
        let zoom = self.zoom.get_untracked();
        let zoom = match (event.key().as_str(), event.shift_key()) {
            ("ArrowLeft", true) => zoom.moved(-0.25, 0.0, size),
            ("ArrowRight", true) => zoom.moved(0.25, 0.0, size),
            ("ArrowUp", true) => zoom.moved(0.0, -0.25, size),
            ("ArrowDown", true) => zoom.moved(0.0, 0.25, size),
            ("+" | "=", _) => zoom.by(true, 0.5, 0.5, size),
            ("-", _) => zoom.by(false, 0.5, 0.5, size),
            _ => return false,
        };
        self.zoom.set(zoom);
        true
    }

    /// Where the pointer is, from 0 to 1 of what is shown.
    fn place(self, event: &ev::MouseEvent) -> Option<(f64, f64)> {
        let bounds = self.canvas.get_untracked()?.get_bounding_client_rect();
        let part = |offset: i32, side: f64| f64::from(offset) / side.max(1.0);
        let across = part(event.offset_x(), bounds.width());
        Some((across, part(event.offset_y(), bounds.height())))
    }

    fn size(self) -> Option<u32> {
        self.soup
            .with_untracked(|soup| soup.as_ref().map(|map| map.memory_size))
    }
}
