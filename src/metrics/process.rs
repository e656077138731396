//! What this process takes of the machine, under the names that every dashboard knows.
//! <https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics>

use std::fmt::Error;
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use rustix::process::{Resource, getrlimit};
use rustix::time::{ClockId, clock_gettime};

/// Looked up whenever it is asked for.
#[derive(Debug)]
pub(super) struct Process;

impl Collector for Process {
    fn encode(&self, mut out: DescriptorEncoder<'_>) -> Result<(), Error> {
        let mut gauge = |name, help, value: Option<f64>| match value {
            Some(value) => put(&mut out, (name, help), &ConstGauge::new(value)),
            None => Ok(()),
        };
        gauge("process_resident_memory_bytes", "Memory that is in use", resident())?;
        gauge("process_open_fds", "Descriptors that are open", descriptors())?;
        gauge("process_max_fds", "How many descriptors may be open", most_descriptors())?;
        gauge("process_start_time_seconds", "When it was started, in seconds since 1970", *STARTED)?;
        put(&mut out, ("process_cpu_seconds", "Time of the processors that was used"), &ConstCounter::new(cpu()))
    }
}

fn put(out: &mut DescriptorEncoder<'_>, (name, help): (&str, &str), metric: &impl EncodeMetric) -> Result<(), Error> {
    metric.encode(out.encode_descriptor(name, help, None, metric.metric_type())?)
}

/// To be called at the start.
pub(super) fn note_start() {
    LazyLock::force(&STARTED);
}

static STARTED: LazyLock<Option<f64>> = LazyLock::new(seconds_since_1970);

#[expect(clippy::disallowed_methods, reason = "nothing is decided by when this process began")]
fn seconds_since_1970() -> Option<f64> {
    SystemTime::now().duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs_f64())
}

#[expect(clippy::cast_precision_loss, reason = "nobody has so many pages")]
fn resident() -> Option<f64> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split_whitespace().nth(1)?.parse().ok()?;
    Some((pages * rustix::param::page_size() as u64) as f64)
}

#[expect(clippy::cast_precision_loss, reason = "nobody has so many descriptors")]
fn descriptors() -> Option<f64> {
    Some(std::fs::read_dir("/proc/self/fd").ok()?.count() as f64)
}

#[expect(clippy::cast_precision_loss, reason = "nobody has so many descriptors")]
fn most_descriptors() -> Option<f64> {
    getrlimit(Resource::Nofile).current.map(|most| most as f64)
}

#[expect(clippy::cast_precision_loss, reason = "a clock of seconds")]
fn cpu() -> f64 {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    used.tv_sec as f64 + used.tv_nsec as f64 / 1e9
}
