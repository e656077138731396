//! How a process is started.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;

use super::failure::{blocking, disk, failed, unstarted};
use super::grounds::fit;
use super::identity::Identity;
use super::inner::Inner;
use super::key::Key;
use super::layout::Layout;
use super::log;
use super::record::{self, Record, Stage};
use super::run::Run;
use crate::domain::moment::{self, Moment};
use crate::domain::spec::ComponentSpec;
use crate::ports::DriverError;

impl Inner {
    /// Starts a process of `spec` on a free port. The intent is written first: killed at any point, the next opening
    /// finds either it or nothing.
    pub(super) async fn begin(
        self: &Arc<Self>,
        spec: &ComponentSpec,
        layout: &Layout,
    ) -> Result<Arc<Run>, DriverError> {
        let key = Key::of(spec);
        let home = self.grounds.component(&key)?;
        let mut record = self.intend(spec, layout, &home).await?;
        tracing::trace!(target: moment::TARGET, moment = Moment::Starting.as_str());
        let (mut child, log_from) = self.spawn(spec, layout, &record).inspect_err(|_| forget(&record, &home))?;
        let (identity, handle) = hold(&child).map_err(|cause| {
            if let Err(cause) = child.start_kill() {
                tracing::warn!(%cause, "a process that cannot be held could not be killed");
            }
            forget(&record, &home);
            unstarted("start", "the component's process cannot be watched")(cause)
        })?;
        record.stage = Stage::Started(identity.clone());
        let run = Arc::new(Run {
            key,
            record,
            home,
            manifest: Arc::clone(&layout.manifest),
            log_from,
            open: Arc::default(),
            identity,
            handle: Arc::new(handle),
            ended: CancellationToken::new(),
            answered: Mutex::new(None),
        });
        self.begun(&run);
        self.watch(&run, Some(child));
        let kept = Arc::clone(&run);
        tracing::trace!(target: moment::TARGET, moment = Moment::Starting.as_str());
        blocking(move || kept.record.keep(&kept.home)).await?;
        Ok(run)
    }

    /// Writes down what is about to be started.
    async fn intend(&self, spec: &ComponentSpec, layout: &Layout, home: &Path) -> Result<Record, DriverError> {
        fit(spec.hash.as_str())?;
        let records = record::all(home).map_err(disk("the component's records cannot be read"))?;
        let number = records.first().map_or(1, |newest| newest.number + 1);
        let record = Record {
            number,
            hash: spec.hash.clone(),
            digest: spec.digest.clone(),
            health_path: spec.health_path.clone(),
            start_limit: spec.start_limit,
            since: self.settings.clock.now(),
            port: free_port().map_err(disk("no port is free"))?,
            layout: layout.name.clone(),
            instance: self.grounds.instance(&Key::of(spec), &spec.hash, number),
            stage: Stage::Intended,
        };
        let (kept, home) = (record.clone(), home.to_owned());
        blocking(move || kept.keep(&home)).await?;
        Ok(record)
    }

    /// Starts the supervisor, which starts the component, with its output to the log; also tells where in the log.
    fn spawn(&self, spec: &ComponentSpec, layout: &Layout, record: &Record) -> Result<(Child, u64), DriverError> {
        let home = self.grounds.component(&Key::of(spec))?;
        let Some((program, arguments)) = spec.run.split_first() else {
            return Err(failed("start", "the component names no program to run"));
        };
        let Some((supervisor, first)) = self.settings.supervisor.split_first() else {
            return Err(failed("start", "there is no supervisor to start it"));
        };
        let unusable = "the component's log cannot be written";
        // A file, no pipe: a child that writes to a pipe dies with whoever reads it.
        let (log, log_from) = log::open(&record.log_file(&home)).map_err(disk(unusable))?;
        let errors = log.try_clone().map_err(disk(unusable))?;
        let child = Command::new(supervisor)
            .args(first)
            .arg("--exit-file")
            .arg(record.exit_file(&home))
            .args(spec.user.iter().flat_map(|user| ["--user", user]))
            .arg("--")
            .arg(self.program(program, &layout.folder))
            .args(arguments)
            .env_clear()
            .envs(self.variables(spec, &record.instance, Some(record.port))?)
            .current_dir(&layout.folder)
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .spawn()
            .map_err(disk("the component cannot be started"))?;
        Ok((child, log_from))
    }
}

/// A child of ours cannot be mistaken while it was not waited for, be it a zombie already.
fn hold(child: &Child) -> io::Result<(Identity, OwnedFd)> {
    let pid = child.id().and_then(|id| i32::try_from(id).ok()).ok_or(io::ErrorKind::InvalidData)?;
    let identity = Identity::of(pid)?;
    let handle = identity.handle()?;
    Ok((identity, handle))
}

fn forget(record: &Record, home: &Path) {
    // A failure is logged where it happens, and what remains is taken away at the next opening.
    drop(record.forget(home));
}

/// A port that nobody listens on now. Somebody may be faster than the component: hence one more try.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
