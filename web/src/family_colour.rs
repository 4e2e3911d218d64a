//! A lab's soup in the colours of instruction families, and what people call them. Knows no canvas.

pub use bytebiota_protocol::colour::{of_byte, of_family as of};

use crate::pigment::Rgba;
use bytebiota_core::isa::Family;
use bytebiota_protocol::lab::LabFrame;

/// What a family is called by people.
pub const fn words(family: Family) -> &'static str {
    match family {
        Family::Template => "templates",
        Family::DataMovement => "moving data",
        Family::ArithmeticLogic => "arithmetic and logic",
        Family::ComparisonFlags => "comparing",
        Family::ControlFlow => "jumps",
        Family::CallReturn => "calls",
        Family::SystemCalls => "birth",
        Family::Stack => "stack",
        Family::RegisterAdjust => "counting",
        Family::Environment => "environment",
        Family::Invalid => "no instruction",
    }
}

/// What a block of memory holds before anything is written into it.
const VIRGIN: u8 = 0xFF;
/// Where an instruction pointer stands.
const POINTER: Rgba = [255, 255, 255, 255];
/// Where BX of the organism under the glass points.
const AIM: Rgba = [255, 196, 0, 255];

/// One colour for each byte of a lab's soup: bodies strong, the one under the glass strongest, what is written of a
/// child half, leftovers of the dead faint.
pub fn paint(frame: &LabFrame, soup: &[u8]) -> Vec<Rgba> {
    let tint = |byte: u8, alpha: u8| {
        let [red, green, blue] = of_byte(byte);
        [red, green, blue, alpha]
    };
    let left = |byte: &u8| tint(*byte, if *byte == VIRGIN { 0 } else { 34 });
    let mut colours: Vec<Rgba> = soup.iter().map(left).collect();
    let own = frame.specimen.as_ref().map(|specimen| specimen.start);
    let mut fill = |start: u32, length: u32, alpha: u8, unwritten: u8| {
        for address in start..start.saturating_add(length) {
            if let Some(byte) = soup.get(address as usize) {
                let alpha = if *byte == VIRGIN { unwritten } else { alpha };
                colours[address as usize] = tint(*byte, alpha);
            }
        }
    };
    for body in &frame.map.organisms {
        let is_own = own == Some(body.start);
        fill(body.start, body.length, if is_own { 255 } else { 190 }, 120);
        fill(
            body.child_start,
            body.child_length,
            if is_own { 215 } else { 110 },
            46,
        );
    }
    mark(frame, &mut colours);
    colours
}

/// Instruction pointers of all, and where the organism under the glass aims.
pub fn mark(frame: &LabFrame, colours: &mut [Rgba]) {
    let size = colours.len().max(1);
    let mut put = |address: u32, colour: Rgba| {
        if let Some(pixel) = colours.get_mut(address as usize % size) {
            *pixel = colour;
        }
    };
    if let Some(specimen) = &frame.specimen {
        put(specimen.registers[1] as u32, AIM);
    }
    for body in &frame.map.organisms {
        put(body.ip, POINTER);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_protocol::{lab::SpecimenView, view::BodyView};

    #[test]
    fn bodies_children_leftovers_and_pointers_are_told_apart() {
        let mut frame = LabFrame {
            specimen: Some(SpecimenView {
                start: 4,
                registers: [0, -1, 0, 0],
                ..SpecimenView::default()
            }),
            ..LabFrame::default()
        };
        let body = |start, child_length| BodyView {
            start,
            length: 3,
            child_start: start + 6,
            child_length,
            ip: start,
            ..BodyView::default()
        };
        frame.map.organisms = vec![body(0, 0), body(4, 2), body(92, 9)];
        let mut soup = vec![VIRGIN; 16];
        (soup[1], soup[5], soup[10], soup[14]) = (23, 23, 23, 23);
        let colours = paint(&frame, &soup);
        let alpha = |address: usize| colours[address][3];
        assert!(alpha(5) > alpha(10) && alpha(10) > alpha(1) && alpha(1) > alpha(14));
        assert!(alpha(14) > alpha(13) && alpha(11) > 0);
        assert_eq!((colours[4], colours[15]), (POINTER, AIM));
        assert!(paint(&frame, &[]).is_empty());
    }
}
