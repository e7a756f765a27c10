//! One PostgreSQL server in a directory of its own under `/tmp`.

use std::{
    ffi::OsStr,
    fs,
    net::TcpListener,
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
    time::Duration,
};

// The server ends with the process that started it, however that ends: then the pipe that this
// script reads from closes. Nobody has to run a destructor, and `kill -9` leaves nothing behind.
const WATCHDOG: &str = r#"
directory=$1; programs=$2; port=$3
shift 3
"$programs/postgres" -D "$directory/data" -k "$directory" -c listen_addresses=127.0.0.1 \
    -c port="$port" -c max_connections=200 "$@" >"$directory/log" 2>&1 </dev/null &
server=$!
read -r _
kill -INT "$server" 2>/dev/null
wait "$server"
rm -rf "$directory"
"#;

const PATIENCE: u32 = 300;
const PAUSE: Duration = Duration::from_millis(100);

/// A running server.
pub struct Cluster {
    programs: PathBuf,
    port: u16,
    /// Holds the pipe open that the watchdog reads from.
    _watchdog: Child,
}

impl Cluster {
    /// Makes a cluster with these settings (`name=value`) and waits until it takes connections.
    pub fn start(programs: PathBuf, settings: &[String]) -> Result<Cluster, String> {
        let directory = PathBuf::from(format!("/tmp/testkit-postgres-{}", std::process::id()));
        if directory.exists() {
            fs::remove_dir_all(&directory).map_err(|error| format!("{directory:?}: {error}"))?;
        }
        fs::create_dir(&directory).map_err(|error| format!("{directory:?}: {error}"))?;
        // A directory just made belongs to the user of the process. PostgreSQL refuses to be root.
        let root = fs::metadata(&directory).is_ok_and(|metadata| metadata.uid() == 0);
        if root {
            run(Command::new("chown").arg("postgres").arg(&directory))?;
        }
        let mut initdb = command(root, &directory, programs.join("initdb"));
        initdb.args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8"]);
        run(initdb.arg("--no-sync").arg("-D").arg(directory.join("data")))?;

        let port = free_port()?;
        let mut sh = command(root, &directory, "sh");
        sh.args(["-c", WATCHDOG, "watchdog"]).arg(&directory).arg(&programs).arg(port.to_string());
        for setting in settings {
            sh.args(["-c", setting]);
        }
        // A group of its own, so that an interrupt from the terminal reaches only the tests.
        sh.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let watchdog = sh.spawn().map_err(|error| format!("sh: {error}"))?;
        let cluster = Cluster { programs, port, _watchdog: watchdog };
        cluster.wait_until_ready(&directory)?;
        Ok(cluster)
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Creates an empty database.
    pub fn create_database(&self, name: &str) -> Result<(), String> {
        run(self.client("createdb").arg(name)).map(drop)
    }

    /// Creates a database with everything that another holds, to which nobody is connected.
    pub fn copy_database(&self, name: &str, template: &str) -> Result<(), String> {
        run(self.client("createdb").args(["--template", template, name])).map(drop)
    }

    fn wait_until_ready(&self, directory: &Path) -> Result<(), String> {
        for _ in 0..PATIENCE {
            if run(self.client("pg_isready").arg("-q")).is_ok() {
                return Ok(());
            }
            thread::sleep(PAUSE);
        }
        let log = fs::read_to_string(directory.join("log")).unwrap_or_default();
        Err(format!("PostgreSQL does not take connections:\n{log}"))
    }

    fn client(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.args(["-h", "127.0.0.1", "-U", "postgres", "-p", &self.port.to_string()]);
        command
    }
}

// The directory is the working directory too: `postgres` may not enter the one the tests run in.
fn command(root: bool, directory: &Path, program: impl AsRef<OsStr>) -> Command {
    let mut command = if root {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir(directory);
    command
}

// Another process may take it in between; then the server does not start, and says so.
fn free_port() -> Result<u16, String> {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| format!("no free port: {error}"))
}

fn run(command: &mut Command) -> Result<Output, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(output);
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(format!("{command:?}: {}\n{errors}", output.status))
}
