//! Makes a picture file of a chart: the SVG as the style sheet shows it, with its title above and the names of its curves
//! below. Knows no chart.

use crate::browser;
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    CanvasRenderingContext2d, CssStyleDeclaration, Element, HtmlCanvasElement, HtmlImageElement,
    Node, NodeList, XmlSerializer,
};

/// What of the style sheet matters to a drawing; written into it, as a picture has no style sheet.
const STYLES: [&str; 10] = [
    "fill",
    "stroke",
    "stroke-width",
    "stroke-dasharray",
    "stroke-linejoin",
    "opacity",
    "font-family",
    "font-size",
    "text-anchor",
    "shape-rendering",
];
/// Pixels of the file for each on the screen.
const SCALE: f64 = 2.0;
/// Pixels from top to bottom at most, which every browser can still draw.
const MAX_HEIGHT: f64 = 8_000.0;
/// Pixels around the drawing, of the line above it, and of the one below.
const MARGIN: f64 = 16.0;
const HEAD: f64 = 34.0;
const FOOT: f64 = 26.0;

/// Saves the first SVG inside an element; nothing where there is none yet.
pub fn save(
    place: Element,
    title: &'static str,
    unit: &'static str,
    names: Vec<&'static str>,
    file: String,
) {
    wasm_bindgen_futures::spawn_local(async move {
        if let Ok(canvas) = draw(&place, title, unit, &names).await
            && let Ok(address) = canvas.to_data_url()
        {
            browser::save_address(&address, &file);
        }
    });
}

async fn draw(
    place: &Element,
    title: &str,
    unit: &str,
    names: &[&str],
) -> Result<HtmlCanvasElement, JsValue> {
    let svg = place.query_selector("svg.drawing")?.ok_or(JsValue::NULL)?;
    let bounds = svg.get_bounding_client_rect();
    let (width, height) = (bounds.width().max(1.0), bounds.height().max(1.0));
    let image = HtmlImageElement::new()?;
    let text = String::from(js_sys::encode_uri_component(&styled(&svg, width, height)?));
    image.set_src(&format!("data:image/svg+xml;charset=utf-8,{text}"));
    JsFuture::from(image.decode()).await?;
    let foot = if names.len() > 1 { FOOT } else { 0.0 };
    let (scale, shown) = fitted(height);
    let whole = (width + 2.0 * MARGIN, shown + 2.0 * MARGIN + HEAD + foot);
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.unchecked_into();
    canvas.set_width((whole.0 * scale) as u32);
    canvas.set_height((whole.1 * scale) as u32);
    let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?;
    let context: CanvasRenderingContext2d = context.unchecked_into();
    context.scale(scale, scale)?;
    let look = window().get_computed_style(place)?.ok_or(JsValue::NULL)?;
    context.set_fill_style_str(&look.get_property_value("background-color")?);
    context.fill_rect(0.0, 0.0, whole.0, whole.1);
    let ink = look.get_property_value("color")?;
    write_head(&context, title, unit, &ink)?;
    context.draw_image_with_html_image_element_and_dw_and_dh(
        &image,
        MARGIN,
        MARGIN + HEAD,
        width,
        shown,
    )?;
    let below = MARGIN + HEAD + shown + foot;
    write_names(&context, place, names, &ink, below)?;
    Ok(canvas)
}

/// How much a drawing of a height is enlarged, and the height it has in its picture: a very high one, such as a tree with
/// thousands of lines, is pressed together so that it stays as wide as it was.
fn fitted(height: f64) -> (f64, f64) {
    let scale = if height * SCALE > MAX_HEIGHT {
        1.0
    } else {
        SCALE
    };
    (scale, height.min(MAX_HEIGHT / scale))
}

fn write_head(
    context: &CanvasRenderingContext2d,
    title: &str,
    unit: &str,
    ink: &str,
) -> Result<(), JsValue> {
    context.set_fill_style_str(ink);
    context.set_font("600 17px system-ui, sans-serif");
    context.fill_text(title, MARGIN, MARGIN + 16.0)?;
    let after = MARGIN + context.measure_text(title)?.width() + 12.0;
    context.set_font("13px system-ui, sans-serif");
    context.set_global_alpha(0.7);
    context.fill_text(unit, after, MARGIN + 16.0)?;
    context.set_global_alpha(1.0);
    Ok(())
}

/// The names of the curves in their colours, as the legend of the page has them.
fn write_names(
    context: &CanvasRenderingContext2d,
    place: &Element,
    names: &[&str],
    ink: &str,
    y: f64,
) -> Result<(), JsValue> {
    if names.len() < 2 {
        return Ok(());
    }
    let swatches = place.query_selector_all(".legend .swatch")?;
    let mut x = MARGIN;
    context.set_font("13px system-ui, sans-serif");
    for (index, name) in names.iter().enumerate() {
        if let Some(swatch) = element(&swatches, index) {
            let look = window().get_computed_style(&swatch)?.ok_or(JsValue::NULL)?;
            context.set_fill_style_str(&look.get_property_value("background-color")?);
            context.fill_rect(x, y - 10.0, 11.0, 11.0);
        }
        context.set_fill_style_str(ink);
        context.fill_text(name, x + 16.0, y)?;
        x += context.measure_text(name)?.width() + 36.0;
    }
    Ok(())
}

/// The text of a drawing that stands for itself.
fn styled(svg: &Element, width: f64, height: f64) -> Result<String, JsValue> {
    let copy: Element = svg.clone_node_with_deep(true)?.unchecked_into();
    let (originals, copies) = (svg.query_selector_all("*")?, copy.query_selector_all("*")?);
    for index in 0..originals.length() as usize {
        if let (Some(original), Some(copy)) = (element(&originals, index), element(&copies, index))
            && let Some(look) = window().get_computed_style(&original)?
        {
            dress(&copy, &look)?;
        }
    }
    copy.set_attribute("xmlns", "http://www.w3.org/2000/svg")?;
    copy.set_attribute("width", &width.to_string())?;
    copy.set_attribute("height", &height.to_string())?;
    copy.set_attribute("preserveAspectRatio", "none")?;
    if copy.get_attribute("viewBox").is_none() {
        copy.set_attribute("viewBox", &format!("0 0 {width} {height}"))?;
    }
    XmlSerializer::new()?.serialize_to_string(&copy)
}

fn dress(element: &Element, look: &CssStyleDeclaration) -> Result<(), JsValue> {
    // What stands in a definition is no drawing itself.
    if element.tag_name() == "mask" || element.tag_name() == "image" {
        return Ok(());
    }
    for style in STYLES {
        element.set_attribute(style, &look.get_property_value(style)?)?;
    }
    Ok(())
}

fn element(list: &NodeList, index: usize) -> Option<Element> {
    let node: Node = list.get(u32::try_from(index).ok()?)?;
    node.dyn_into().ok()
}
