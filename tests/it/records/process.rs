//! The real program, as an operator runs it.

use std::{
    fs::{self, File},
    io,
    net::{SocketAddr, TcpListener, TcpStream},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::support::World;

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_migrant-gateway");

/// A working directory and the environment that configures the program.
pub struct Installation {
    pub directory: TempDir,
    variables: Vec<(&'static str, String)>,
}

/// What a command printed and how it ended.
#[derive(Debug)]
pub struct Outcome {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// A program that runs; killed when dropped.
pub struct Running {
    child: Child,
    pub address: SocketAddr,
    log: PathBuf,
}

impl Installation {
    /// One with an SQLite database that does not exist yet.
    pub fn empty() -> Installation {
        Installation { directory: tempfile::tempdir().expect("a directory"), variables: Vec::new() }
            .with("DATABASE__URL", "sqlite://gateway.db?mode=rwc")
            .with("SERVER__MODE", "demonstration")
            .with("TOKENS__ACCEPT_LOCAL", "true")
    }

    /// One over a world's database, with its master secret.
    pub fn over(world: &World) -> Installation {
        let installation = Installation::empty().with("DATABASE__URL", &world.url);
        fs::create_dir(installation.path("keys")).expect("a directory");
        let secret = installation.path("keys/master.key");
        // The secret of every world: 32 times the byte 7.
        fs::write(&secret, "07".repeat(32)).expect("a master secret");
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).expect("a private file");
        installation
    }

    /// The same with one key of the configuration set.
    pub fn with(mut self, key: &'static str, value: &str) -> Installation {
        self.variables.retain(|(known, _)| *known != key);
        self.variables.push((key, value.to_owned()));
        self
    }

    /// The same with one key of the configuration left alone.
    pub fn without(mut self, key: &str) -> Installation {
        self.variables.retain(|(known, _)| *known != key);
        self
    }

    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        self.configure(&mut command);
        command.args(arguments);
        command
    }

    /// Lets a command run in this installation.
    #[expect(clippy::disallowed_methods, reason = "a program needs a path")]
    pub fn configure(&self, command: &mut Command) {
        command.current_dir(self.directory.path()).env_clear().stdin(Stdio::null());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        for (key, value) in &self.variables {
            command.env(format!("MIGRANT_GATEWAY_{key}"), value);
        }
    }

    pub fn run(&self, arguments: &[&str]) -> Outcome {
        run(&mut self.command(arguments))
    }

    /// Runs a command that must succeed, and returns what it printed.
    pub fn succeed(&self, arguments: &[&str]) -> String {
        let outcome = self.run(arguments);
        assert_eq!(outcome.code, Some(0), "{arguments:?}: {outcome:?}");
        outcome.out
    }

    /// Runs a command that must fail with a message in plain words.
    pub fn fail(&self, arguments: &[&str]) -> String {
        let outcome = self.run(arguments);
        assert!(matches!(outcome.code, Some(1 | 2)), "{arguments:?}: {outcome:?}");
        assert!(!outcome.err.contains("panicked"), "{outcome:?}");
        assert_eq!(outcome.out, "", "{arguments:?}");
        outcome.err
    }

    /// Makes the tables and the master key, as an operator does before the first start.
    pub fn install(&self) {
        self.succeed(&["migrate"]);
        self.succeed(&["keys", "init"]);
    }

    /// A token of the local issuer.
    pub fn token(&self, arguments: &[&str]) -> String {
        let line = self.succeed(&[&["token", "issue"], arguments].concat());
        line.trim_end().to_owned()
    }

    /// Starts the server and waits until it takes connections.
    pub fn serve(&self) -> Running {
        let address = free_address();
        self.start(
            self.command(&["serve"]).env("MIGRANT_GATEWAY_SERVER__LISTEN", address.to_string()),
            address,
        )
    }

    /// Starts a command that listens on an address.
    pub fn start(&self, command: &mut Command, address: SocketAddr) -> Running {
        let log = self.path(format!("{}.log", address.port()));
        let file = File::create(&log).expect("a log");
        command.stdout(file.try_clone().expect("a log")).stderr(file);
        let mut running = Running { child: command.spawn().expect("it starts"), address, log };
        running.wait_for("it listens", |running| {
            if let Ok(Some(status)) = running.child.try_wait() {
                panic!("it ended with {status}: {}", running.log());
            }
            TcpStream::connect(running.address).is_ok()
        });
        running
    }
}

impl Running {
    pub fn graphql(&self) -> String {
        format!("http://{}/graphql", self.address)
    }

    /// Its number among the processes.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it printed so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    pub fn wait_for(&mut self, what: &str, mut ready: impl FnMut(&mut Running) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !ready(self) {
            assert!(Instant::now() < deadline, "not in time: {what}: {}", self.log());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.child.kill().expect("the server is there to kill");
        self.child.wait().expect("it ends");
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let status = Command::new("kill").args([&format!("-{name}"), &id]).status();
        assert!(status.expect("kill runs").success());
    }

    /// From now on no file grows beyond so many bytes, as on a disk that is full; none is no limit.
    pub fn limit_files(&self, bytes: Option<u64>) {
        let most = bytes.map_or("unlimited".to_owned(), |bytes| bytes.to_string());
        let arguments = [format!("--pid={}", self.child.id()), format!("--fsize={most}:")];
        let status = Command::new("prlimit").args(arguments).status().expect("prlimit runs");
        assert!(status.success());
    }

    /// `kill`, as an init system stops a service.
    pub fn terminate(&self) {
        let id = self.child.id().to_string();
        let status = Command::new("kill").args(["-TERM", &id]).status().expect("kill runs");
        assert!(status.success());
    }

    /// How it ended; one that does not end is a failure and not a wait for ever.
    pub fn wait(&mut self) -> io::Result<ExitStatus> {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            assert!(Instant::now() < deadline, "it does not end: {}", self.log());
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn run(command: &mut Command) -> Outcome {
    let output = command.output().expect("the program runs");
    Outcome {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

pub fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address")
}
