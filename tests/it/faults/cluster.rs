//! A PostgreSQL server of the test's own, that may be crashed.

use std::{
    fs,
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::records::process::free_address;

/// Ends the server when the pipe that this script reads from closes, however the test ends.
const WATCHDOG: &str = r#"
"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses=127.0.0.1 -c port="$3" \
    -c max_wal_size=16MB -c min_wal_size=8MB >>"$2/log" 2>&1 </dev/null &
read -r _
kill -INT $! 2>/dev/null
wait $!
"#;

/// A server in a directory.
pub struct Cluster {
    programs: PathBuf,
    directory: PathBuf,
    port: u16,
    watchdog: Option<Child>,
}

impl Cluster {
    /// Makes one that runs; its superuser needs no password.
    pub fn start(programs: PathBuf, directory: &Path) -> Self {
        let directory = directory.to_owned();
        let cluster = Self { programs, directory, port: free_address().port(), watchdog: None };
        let _ = Command::new("chown").arg("postgres").arg(&cluster.directory).status();
        let mut initdb = cluster.command(cluster.programs.join("initdb"));
        initdb.args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8"]);
        initdb.args(["--no-sync", "--wal-segsize=1", "-D"]).arg(cluster.directory.join("data"));
        let made = initdb.output().expect("initdb runs");
        assert!(made.status.success(), "{made:?}");
        let mut cluster = cluster;
        cluster.restart();
        cluster
    }

    /// Its URL for the database that every cluster has.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// As another user where the test runs as root, whom PostgreSQL does not serve.
    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let is_root = fs::metadata("/proc/self")
            .is_ok_and(|process| std::os::unix::fs::MetadataExt::uid(&process) == 0);
        let mut command = if is_root {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(&self.directory);
        command
    }

    /// Starts the server where it does not run, and waits until it takes connections.
    pub fn restart(&mut self) {
        let begun = Instant::now();
        while !self.is_up() {
            if self.postmaster().is_none() {
                self.watchdog = None;
                let _ = fs::remove_file(self.directory.join("data/postmaster.pid"));
                let mut sh = self.command("sh");
                sh.args(["-c", WATCHDOG, "watchdog"]).arg(&self.programs).arg(&self.directory);
                sh.arg(self.port.to_string()).stdin(Stdio::piped());
                self.watchdog = Some(sh.stderr(Stdio::null()).spawn().expect("sh"));
            }
            thread::sleep(Duration::from_millis(300));
            let log = fs::read_to_string(self.directory.join("log")).unwrap_or_default();
            assert!(begun.elapsed() < Duration::from_secs(60), "{log}");
        }
    }

    fn is_up(&self) -> bool {
        let ready = Command::new(self.programs.join("pg_isready"))
            .args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()])
            .status();
        TcpStream::connect(("127.0.0.1", self.port)).is_ok()
            && ready.is_ok_and(|status| status.success())
    }

    /// The number of the server's first process, where it lives.
    fn postmaster(&self) -> Option<String> {
        let file = fs::read_to_string(self.directory.join("data/postmaster.pid")).ok()?;
        let id = file.lines().next()?.trim().to_owned();
        // One that was killed stays as a process without a command until somebody asks after it.
        let command = fs::read(Path::new("/proc").join(&id).join("cmdline")).unwrap_or_default();
        (!command.is_empty()).then_some(id)
    }

    /// `kill -9` of the server and of every process that it made.
    pub fn crash(&self) {
        let id = self.postmaster().expect("the server runs");
        let children = Command::new("ps").args(["-o", "pid=", "--ppid", &id]).output();
        let children = String::from_utf8(children.expect("ps runs").stdout).expect("numbers");
        let all = std::iter::once(id.as_str()).chain(children.split_whitespace());
        let _ = Command::new("kill").arg("-9").args(all).status();
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut watchdog) = self.watchdog.take() {
            drop(watchdog.stdin.take());
            let _ = watchdog.wait();
        }
    }
}
