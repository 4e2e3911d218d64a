//! The run log on disk: every event of a server's life as one line of JSON, in files that are few and not long. Knows no event.
//!
//! Nothing is made before the first event: a server that cannot start leaves no file. Files are called `server_TIME_PROCESS_PART.log` after their start in Unix ms; the newest five stay.

use crate::clock;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tracing::Subscriber;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, fmt as lines, prelude::*};

/// Files that stay.
const KEPT_FILES: usize = 5;
/// A file this long is followed by the next.
const MAX_FILE_BYTES: u64 = 32 * 1024 * 1024;

/// The files of one component.
#[derive(Clone)]
pub struct RunLog {
    inner: Arc<Mutex<Files>>,
}

/// Writes every event of a component to its files in a folder, and nothing else.
pub fn layer<S>(folder: &Path, component: &'static str) -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let file = RunLog::new(folder, component);
    let is_event = filter_fn(|line| line.fields().field("event").is_some());
    let file = lines::layer().json().flatten_event(true).with_writer(file);
    file.with_filter(is_event)
}

/// The log of a command that says to people itself what it did.
pub fn start(folder: &Path, component: &'static str) {
    tracing_subscriber::registry()
        .with(layer(folder, component))
        .init();
}

struct Files {
    folder: PathBuf,
    component: &'static str,
    /// The name of this run, which all of its files begin with.
    run: String,
    part: u32,
    file: Option<File>,
    bytes: u64,
}

impl RunLog {
    /// A log in a folder, which is made if missing.
    pub fn new(folder: &Path, component: &'static str) -> Self {
        let (time_ms, process) = (clock::wall_ms(), std::process::id());
        let files = Files {
            folder: folder.to_path_buf(),
            component,
            run: format!("{component}_{time_ms:013}_{process}"),
            part: 0,
            file: None,
            bytes: 0,
        };
        Self {
            inner: Arc::new(Mutex::new(files)),
        }
    }
}

impl Files {
    /// Begins a file and removes the oldest ones.
    fn open(&self) -> io::Result<File> {
        fs::create_dir_all(&self.folder)?;
        let name = format!("{}_{:04}.log", self.run, self.part);
        let mut options = OpenOptions::new();
        let file = options.append(true).create(true);
        let file = file.open(self.folder.join(name))?;
        self.prune()?;
        Ok(file)
    }

    /// Removes all but the newest files of the component; a name sorts by its time.
    fn prune(&self) -> io::Result<()> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            let is_own = name.starts_with(&format!("{}_", self.component));
            if is_own && name.ends_with(".log") {
                names.push(name);
            }
        }
        names.sort_unstable();
        for old in names.iter().rev().skip(KEPT_FILES) {
            fs::remove_file(self.folder.join(old))?;
        }
        Ok(())
    }

    fn write_line(&mut self, line: &[u8], most: u64) -> io::Result<()> {
        if self.bytes > 0 && self.bytes + line.len() as u64 > most {
            (self.part, self.bytes, self.file) = (self.part + 1, 0, None);
        }
        let mut file = match self.file.take() {
            Some(file) => file,
            None => self.open()?,
        };
        self.bytes += line.len() as u64;
        file.write_all(line)?;
        self.file = Some(file);
        Ok(())
    }
}

/// Takes one event, which comes whole in one write.
pub struct Line(Arc<Mutex<Files>>);

impl Write for Line {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        files.write_line(line, MAX_FILE_BYTES)?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for RunLog {
    type Writer = Line;

    fn make_writer(&self) -> Line {
        Line(self.inner.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("readable");
        let name = |entry: io::Result<fs::DirEntry>| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        };
        let mut names: Vec<String> = entries.map(name).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn five_files_stay_and_those_of_others_are_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        for time in 1..=7 {
            let name = format!("server_{time:013}_9_0000.log");
            fs::write(folder.path().join(name), "old\n").expect("written");
        }
        for other in ["worker_1_1_0000.log", "server_notes.txt"] {
            fs::write(folder.path().join(other), "").expect("written");
        }
        let log = RunLog::new(folder.path(), "server");
        assert_eq!(
            names(folder.path()).len(),
            9,
            "nothing is made before the first event"
        );
        log.make_writer().write_all(b"{}\n").expect("written");
        let own = |name: &&String| name.starts_with("server_0") || name.starts_with("server_1");
        let kept: Vec<String> = names(folder.path()).iter().filter(own).cloned().collect();
        assert_eq!(kept.len(), KEPT_FILES, "{kept:?}");
        assert!(
            kept[0].contains("0000000000004"),
            "the oldest went: {kept:?}"
        );
        assert_eq!(names(folder.path()).len(), KEPT_FILES + 2);
    }

    #[test]
    fn a_long_file_is_followed_by_the_next_and_no_line_is_cut() {
        let folder = tempfile::tempdir().expect("a folder");
        let log = RunLog::new(folder.path(), "server");
        let line = [b"x".repeat(99), vec![b'\n']].concat();
        for _ in 0..25 {
            let mut files = log.inner.lock().expect("nobody panicked");
            files.write_line(&line, 1_000).expect("written");
        }
        let names = names(folder.path());
        assert_eq!(names.len(), 3, "{names:?}");
        let lengths = names
            .iter()
            .map(|name| fs::metadata(folder.path().join(name)).expect("there").len());
        assert_eq!(lengths.collect::<Vec<_>>(), [1_000, 1_000, 500]);
    }
}
