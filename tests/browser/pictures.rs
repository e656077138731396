//! Pictures of pages for people to look at: light, dark, and as wide as a phone.

use std::path::PathBuf;

use serde_json::json;

use crate::chromium::Browser;

/// A phone that is held upright.
pub(crate) const PHONE: (u32, u32) = (390, 844);

impl Browser {
    /// Takes the pictures of `name`, where `CHAMBERLAIN_TEST_SCREENSHOTS` names a folder for them.
    pub(crate) async fn is_pictured(&self, name: &str) {
        let Some(folder) = folder() else { return };
        for (look, scheme, is_phone) in
            [("light", "light", false), ("dark", "dark", false), ("phone", "light", true), ("phone-dark", "dark", true)]
        {
            self.wears(scheme).await;
            if is_phone {
                self.shrinks_to(PHONE).await;
            }
            let picture = self.client.screenshot().await.unwrap();
            std::fs::write(folder.join(format!("{name}-{look}.png")), picture).unwrap();
        }
        self.is_told("Emulation.clearDeviceMetricsOverride", json!({})).await;
        self.wears("light").await;
    }

    /// Shows pages as people see them who prefer `scheme`.
    async fn wears(&self, scheme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.is_told("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    /// Makes the page as wide and high as a device.
    pub(crate) async fn shrinks_to(&self, (width, height): (u32, u32)) {
        // Not as `mobile`: that would zoom out of what is too wide, and it would seem to fit.
        let device = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.is_told("Emulation.setDeviceMetricsOverride", device).await;
    }
}

#[expect(clippy::disallowed_methods, reason = "tests read the environment of their own run")]
fn folder() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var("CHAMBERLAIN_TEST_SCREENSHOTS").ok()?);
    std::fs::create_dir_all(&folder).unwrap();
    Some(folder)
}
