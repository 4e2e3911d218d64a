//! Pictures of pages in light and dark, narrow and wide, for people to look at. Knows not what they show.

use crate::{Tab, patience::within};
use anyhow::{Result, ensure};
use chromiumoxide::{
    cdp::browser_protocol::{
        emulation::{MediaFeature, SetDeviceMetricsOverrideParams},
        page::CaptureScreenshotFormat,
    },
    page::ScreenshotParams,
};
use std::{path::PathBuf, time::Duration};

const WIDTHS: [(i64, i64); 2] = [(390, 844), (1_400, 900)];
const SCHEMES: [&str; 2] = ["light", "dark"];

/// Keeps four pictures of the page as `e2e/screenshots/NAME-SCHEME-WIDTH.png`; none may scroll sideways.
pub async fn take_shots(tab: &Tab, name: &str) -> Result<()> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/screenshots"));
    tokio::fs::create_dir_all(&folder).await?;
    for (width, height) in WIDTHS {
        let size = SetDeviceMetricsOverrideParams::new(width, height, 1.0, width < 600);
        within("to set the size", tab.page().execute(size)).await?;
        for scheme in SCHEMES {
            let feature = MediaFeature::new("prefers-color-scheme", scheme);
            within(
                "to set the scheme",
                tab.page().emulate_media_features(vec![feature]),
            )
            .await?;
            // Charts draw themselves anew after a change of size.
            tokio::time::sleep(Duration::from_millis(300)).await;
            let overhang: i64 = tab
                .value("document.documentElement.scrollWidth - innerWidth")
                .await?;
            ensure!(
                overhang <= 0,
                "{name} at {width} px scrolls sideways by {overhang} px"
            );
            let format = CaptureScreenshotFormat::Png;
            let params = ScreenshotParams::builder()
                .format(format)
                .full_page(true)
                .build();
            let picture = within("to take a picture", tab.page().screenshot(params)).await?;
            tokio::fs::write(folder.join(format!("{name}-{scheme}-{width}.png")), picture).await?;
        }
    }
    Ok(())
}
