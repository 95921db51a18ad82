//! Servers that add one to each line: two that do, and others that fail in the ways of servers.

use pairbench::registry::prelude::*;
use pairbench::registry::{Part, Service};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

#[derive(Debug, Clone, Serialize)]
struct Input {
    connections: u64,
    numbers: Vec<u64>,
}

struct Adds;

/// What servers ask what to add. It has [`MOST`] connections.
struct Abacus {
    port: u16,
}

/// More than any server needs that closes its connections.
const MOST: usize = 20;

impl Abacus {
    fn new() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        std::thread::spawn(move || {
            let mut open: Vec<TcpStream> = Vec::new();
            while let Ok((mut stream, _)) = listener.accept() {
                let is_open = |stream: &TcpStream| {
                    let _ = stream.set_nonblocking(true);
                    stream
                        .peek(&mut [0])
                        .is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
                };
                open.retain(is_open);
                let answer = match open.len() < MOST {
                    true => "1",
                    false => "too many connections",
                };
                if stream.write_all(answer.as_bytes()).is_ok() {
                    open.push(stream);
                }
            }
        });
        Ok(Abacus { port })
    }
}

type Connection = BufReader<TcpStream>;

impl Service for Adds {
    type Input = Input;
    type Answer = Vec<u64>;
    type Own = Abacus;
    type Client = Vec<Connection>;

    fn available(&self) -> Result<(), String> {
        match std::env::var_os("PAIRBENCH_TEST_NO_SERVERS") {
            Some(_) => Err("the abacus is not installed: `apt install abacus`".into()),
            None => Ok(()),
        }
    }

    fn prepare(&self) -> Result<Abacus, String> {
        Abacus::new().map_err(|error| format!("no abacus: {error}"))
    }

    fn settings(&self, abacus: &Abacus) -> String {
        abacus.port.to_string()
    }

    fn connect(&self, _: &Abacus, port: u16, input: &Input) -> Result<Vec<Connection>, String> {
        let connect = |_| {
            let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(Duration::from_secs(2)))?;
            Ok(BufReader::new(stream))
        };
        let connections: io::Result<_> = (0..input.connections).map(connect).collect();
        connections.map_err(|error| format!("no connection: {error}"))
    }

    fn ask(&self, _: &Abacus, client: &mut Vec<Connection>, input: &Input) -> Result<Vec<u64>, String> {
        ask(client, input)
    }

    fn requests(&self, input: &Input) -> u64 {
        input.numbers.len() as u64
    }

    fn parts(&self, input: &Input) -> Vec<Part<Input>> {
        let part = |name: &str, connections: Option<u64>, numbers: &[u64]| Part {
            name: name.into(),
            connections,
            input: Input {
                connections: connections.unwrap_or(input.connections),
                numbers: numbers.into(),
            },
        };
        vec![
            part("small numbers", None, &input.numbers[..8]),
            part("all, over 1 connection", Some(1), &input.numbers),
        ]
    }

    fn paced(
        &self,
        client: &mut Vec<Connection>,
        _: &Input,
        rate: f64,
        time: Duration,
    ) -> Result<Vec<f64>, String> {
        let start = Instant::now();
        let due = |at: usize| Duration::from_secs_f64(at as f64 / rate);
        let numbers = 0..(rate * time.as_secs_f64()).ceil() as usize;
        let answered = numbers.map(|at| {
            std::thread::sleep((start + due(at)).saturating_duration_since(Instant::now()));
            add(&mut client[0], at as u64)?;
            Ok(start.elapsed().saturating_sub(due(at)).as_secs_f64())
        });
        answered.collect()
    }

    fn load(&self, client: &mut Vec<Connection>, input: &Input, calls: u64) -> Result<Duration, String> {
        let start = Instant::now();
        for _ in 0..calls {
            ask(client, input)?;
        }
        Ok(start.elapsed())
    }
}

fn ask(client: &mut [Connection], input: &Input) -> Result<Vec<u64>, String> {
    let client = &mut client[..input.connections as usize];
    let share = input.numbers.len().div_ceil(client.len());
    std::thread::scope(|scope| {
        let shares = client.iter_mut().zip(input.numbers.chunks(share));
        let threads: Vec<_> = shares
            .map(|(connection, numbers)| {
                scope.spawn(move || numbers.iter().map(|n| add(connection, *n)).collect())
            })
            .collect();
        let answers: Result<Vec<Vec<u64>>, String> = threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .collect();
        Ok(answers?.concat())
    })
}

fn add(connection: &mut Connection, number: u64) -> Result<u64, String> {
    let mut line = String::new();
    let answered = writeln!(connection.get_mut(), "{number}").and_then(|()| connection.read_line(&mut line));
    match (answered, line.trim().parse()) {
        (Err(error), _) => Err(format!("{number} was not answered: {error}")),
        (Ok(_), Ok(sum)) => Ok(sum),
        (Ok(_), Err(_)) => Err(format!("{number} was answered by {line:?}")),
    }
}

fn step_of(database: &str) -> io::Result<u64> {
    let port: u16 = database.parse().map_err(io::Error::other)?;
    let mut answer = [0; 100];
    let length = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?.read(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer[..length]);
    answer.parse().map_err(io::Error::other)
}

fn serve(port: u16, database: &str) -> ! {
    let step = step_of(database).expect("an abacus");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("a free port");
    loop {
        let (stream, _) = listener.accept().expect("a connection");
        std::thread::spawn(move || {
            let _ = stream.set_nodelay(true);
            let mut reader = BufReader::new(stream);
            let mut line = String::new();
            while reader.read_line(&mut line).is_ok_and(|length| length > 0) {
                let sum = line.trim().parse::<u64>().expect("a number") + step;
                if writeln!(reader.get_mut(), "{sum}").is_err() {
                    return;
                }
                line.clear();
            }
        });
    }
}

fn ends(_: u16, _: &str) -> ! {
    std::process::exit(3)
}

/// The pair, as the build script finds it.
pub fn pair() -> Pair {
    Pair::new(Profile::Service, "adds one")
        .input(|connections, _| Input {
            connections,
            numbers: (0..64).collect(),
        })
        .cases("connections", &[1, 8])
        .default_case(8)
        .python(&[
            "raises",
            "sleeps",
            "returns",
            "dies",
            "is_silent",
            "races",
            "leaks",
            "queues",
            "unlucky",
        ])
        .served(Adds)
        .rust_server("rust", serve)
        .rust_server("ends", ends)
        .build()
}
