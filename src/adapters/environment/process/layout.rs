//! The files of one version, laid out and built once.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::failure::{blocking, disk, failed};
use super::grounds::fit;
use super::inner::Inner;
use super::key::Key;
use super::manifest::Manifest;
use super::whole;
use crate::domain::spec::ComponentSpec;
use crate::ports::{DriverError, Progress, SourceError};

/// The files of one version, ready to run.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// The folder's name within the component's.
    pub(super) name: String,
    /// The folder.
    pub(super) folder: PathBuf,
    /// The files as they were when it was ready.
    pub(super) manifest: Arc<Manifest>,
}

/// Lies beside the folder as `<name>.json`, and says that it is ready, and for what.
#[derive(Serialize, Deserialize)]
struct Ready {
    digest: String,
    /// A fingerprint of the build's command and of the variables that it saw.
    built_for: String,
    manifest: Manifest,
}

impl Inner {
    /// Lays the version out and builds it, unless that was done and nobody changed it since. What the running one
    /// runs in is left alone.
    pub(super) async fn prepare(&self, spec: &ComponentSpec, progress: &dyn Progress) -> Result<Layout, DriverError> {
        progress.stage("lay out");
        let home = self.grounds.component(&Key::of(spec))?;
        let in_use = self.table.get(&Key::of(spec)).map(|run| run.record.layout.clone());
        let names = names(spec)?;
        let found = names.iter().find_map(|name| ready(&home, name, spec).filter(is_intact));
        if let Some(layout) = found {
            return Ok(layout);
        }
        let name = names.into_iter().find(|name| Some(name) != in_use.as_ref()).unwrap_or_default();
        let folder = home.join(&name);
        self.lay_out(spec, &home, &folder).await?;
        let laid_out = manifest_of(folder.clone()).await?;
        if let Some(build) = &spec.build {
            progress.stage("build");
            self.build(spec, build, &folder).await?;
        }
        let manifest = laid_out.taken_again(&folder);
        let ready = Ready { digest: spec.digest.to_string(), built_for: built_for(spec), manifest };
        serde_json::to_vec(&ready)
            .map_err(io::Error::other)
            .and_then(|bytes| whole::write(&beside(&home, &name), &bytes))
            .map_err(disk("the files cannot be laid out"))?;
        Ok(Layout { name, folder, manifest: Arc::new(ready.manifest) })
    }

    /// Puts the files into `folder`, in place of what is there. They are laid out aside under a name of their own: an
    /// earlier try that was broken off may still be writing.
    async fn lay_out(&self, spec: &ComponentSpec, home: &Path, folder: &Path) -> Result<(), DriverError> {
        let aside = home.join(format!("{:016x}.new", rand::random::<u64>()));
        let home_made = home.to_owned();
        blocking(move || fs::create_dir_all(home_made).map_err(disk("the component's folder cannot be made"))).await?;
        let laid_out = self.settings.source.lay_out(&spec.component, &spec.digest, &aside).await;
        laid_out.map_err(|cause| match cause {
            SourceError::Busy(why) => DriverError::Busy { after: None, why },
            cause => failed("lay out", cause.to_string()),
        })?;
        let (folder, mark) = (folder.to_owned(), folder.with_extension("json"));
        blocking(move || {
            // The mark first: without it nobody takes the folder for ready.
            whole::remove(&mark)
                .and_then(|()| whole::remove_folder(&folder))
                .and_then(|()| fs::rename(&aside, &folder))
                .map_err(disk("the files cannot be laid out"))
        })
        .await
    }
}

/// Removes the laid-out folders of a component that are not among `kept`, and what broken-off tries left.
pub(super) fn prune(home: &Path, kept: &[&str]) -> io::Result<()> {
    for entry in fs::read_dir(home)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() && !kept.contains(&name.as_str()) {
            whole::remove(&beside(home, &name))?;
            whole::remove_folder(&entry.path())?;
        }
    }
    Ok(())
}

/// The files that a run was started from, for one that is found again; an unreadable list counts as changed.
pub(super) fn manifest(home: &Path, name: &str) -> Option<Manifest> {
    let bytes = fs::read(beside(home, name)).ok()?;
    Some(serde_json::from_slice::<Ready>(&bytes).ok()?.manifest)
}

/// The names a version's folder may have: the second is for when files in use were changed, or built otherwise.
fn names(spec: &ComponentSpec) -> Result<[String; 2], DriverError> {
    let digest = spec.digest.as_str();
    let digest = digest.rsplit_once(':').map_or(digest, |(_, digest)| digest);
    let short: String = digest.chars().take(12).collect();
    let short = fit(&short)?;
    Ok([short.to_owned(), format!("{short}-b")])
}

fn ready(home: &Path, name: &str, spec: &ComponentSpec) -> Option<Layout> {
    let bytes = fs::read(beside(home, name)).ok()?;
    let ready: Ready = serde_json::from_slice(&bytes).ok()?;
    let fits = ready.digest == spec.digest.as_str() && ready.built_for == built_for(spec);
    fits.then(|| Layout { name: name.to_owned(), folder: home.join(name), manifest: Arc::new(ready.manifest) })
}

fn is_intact(layout: &Layout) -> bool {
    layout.folder.is_dir() && layout.manifest.is_intact(&layout.folder)
}

fn beside(home: &Path, name: &str) -> PathBuf {
    home.join(format!("{name}.json"))
}

/// Hashed, because variables may be secret.
fn built_for(spec: &ComponentSpec) -> String {
    let Some(build) = &spec.build else { return "nothing".to_owned() };
    let told = format!("{build:?} {:?}", spec.variables);
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(told.as_bytes()))
}

async fn manifest_of(folder: PathBuf) -> Result<Manifest, DriverError> {
    blocking(move || Manifest::of(&folder).map_err(disk("the laid-out files cannot be read"))).await
}
