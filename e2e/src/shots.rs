//! Pictures of pages in light and dark, narrow and wide, for people to look at. Knows not what they show.

use crate::{Tab, patience::within};
use anyhow::{Error, Result, ensure};
use chromiumoxide::{
    cdp::browser_protocol::{
        emulation::{MediaFeature, SetDeviceMetricsOverrideParams},
        page::{CaptureScreenshotFormat, Viewport},
    },
    page::ScreenshotParams,
};
use std::{path::PathBuf, time::Duration};

const SIZES: [(i64, i64); 2] = [(390, 844), (1_400, 900)];
const EXTENT: &str =
    "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]";
const SCHEMES: [&str; 2] = ["light", "dark"];

/// Keeps four pictures of the whole page as `e2e/screenshots/NAME-SCHEME-WIDTH.png`, and of its first screen with
/// `-top`; none may scroll sideways.
pub async fn take_shots(tab: &Tab, name: &str) -> Result<()> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/screenshots"));
    tokio::fs::create_dir_all(&folder).await?;
    for (width, height) in SIZES {
        for scheme in SCHEMES {
            let size = SetDeviceMetricsOverrideParams::new(width, height, 1.0, width < 600);
            within("to set the size", tab.page().execute(size)).await?;
            let feature = MediaFeature::new("prefers-color-scheme", scheme);
            let emulated = tab.page().emulate_media_features(vec![feature]);
            within("to set the scheme", emulated).await?;
            // Charts draw themselves anew after a change of size.
            tokio::time::sleep(Duration::from_millis(300)).await;
            let (wide, high): (i64, i64) = tab.value(EXTENT).await?;
            ensure!(wide <= width, "{name} at {width} px is {wide} px wide");
            for (ending, bottom) in [("", high), ("-top", height)] {
                let picture = capture(tab, width, bottom).await?;
                let file = format!("{name}-{scheme}-{width}{ending}.png");
                tokio::fs::write(folder.join(file), picture).await?;
            }
        }
    }
    Ok(())
}

async fn capture(tab: &Tab, width: i64, height: i64) -> Result<Vec<u8>> {
    let clip = Viewport::builder()
        .x(0)
        .y(0)
        .width(width as f64)
        .height(height as f64)
        .scale(1);
    let params = ScreenshotParams::builder()
        .format(CaptureScreenshotFormat::Png)
        .capture_beyond_viewport(true)
        .clip(clip.build().map_err(Error::msg)?)
        .build();
    within("to take a picture", tab.page().screenshot(params)).await
}
