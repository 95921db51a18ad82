//! Many connections at once to a server that sends every frame back, on the loopback interface.
//!
//! The skeleton of most network services: accept, read a frame (its length, then that many bytes), write one, and
//! wait for many peers at the same time. What is left of a service when its own work is taken away is what the
//! runtime costs: the event loop, its tasks and buffers, and the system calls.
//!
//! It does not show a network, which is slower than any of this, nor what a service does between reading and
//! writing, nor more connections than a process may have files. Clients and server run in one process and one
//! event loop, so a time is that of both; and each client waits for a reply before it sends the next frame.

use flate2::Crc;
use pairbench::registry::Service;
use pairbench::registry::prelude::*;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::{Builder, Runtime};

/// What the clients say.
#[derive(Debug, Clone, Serialize)]
pub struct Input {
    /// For each connection its messages; shared, because tasks outlive the call that starts them.
    #[serde(serialize_with = "shared")]
    connections: Vec<Arc<Vec<Message>>>,
}

fn shared<T: Serialize, S: serde::Serializer>(values: &[Arc<T>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(values.iter().map(Arc::as_ref))
}

/// The bytes of a frame without its length.
#[derive(Debug, Clone, Serialize)]
struct Message(#[serde(with = "serde_bytes")] Vec<u8>);

/// First a connection with nothing, one byte, and more than fits into any buffer on the way; one that says nothing;
/// then ordinary ones, with small messages and some larger ones.
fn generate(size: u64, seed: u64) -> Input {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let connections = (0..size)
        .map(|at| match at {
            0 => [0, 1, 100_000, 0].map(|length| message(length, &mut rng)).into(),
            1 => Vec::new(),
            _ => (0..rng.random_range(4..=12_u32))
                .map(|_| {
                    let most = if rng.random_ratio(1, 8) { 4_000 } else { 200 };
                    message(rng.random_range(8..most), &mut rng)
                })
                .collect(),
        })
        .map(Arc::new)
        .collect();
    Input { connections }
}

fn message(length: usize, rng: &mut ChaCha8Rng) -> Message {
    let mut bytes = vec![0; length];
    rng.fill_bytes(&mut bytes);
    Message(bytes)
}

/// Reads a frame with its length, which stays in front; `false` where the peer has no more.
async fn read_frame(reader: &mut (impl AsyncRead + Unpin), frame: &mut Vec<u8>) -> io::Result<bool> {
    let length = match reader.read_u32().await {
        Ok(length) => length,
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
        Err(error) => return Err(error),
    };
    frame.clear();
    frame.extend(length.to_be_bytes());
    frame.resize(4 + length as usize, 0);
    reader.read_exact(&mut frame[4..]).await?;
    Ok(true)
}

/// Sends frames back until the client has no more.
async fn serve(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (reader, mut writer) = stream.split();
    let mut reader = BufReader::new(reader);
    let mut frame = Vec::new();
    while read_frame(&mut reader, &mut frame).await? {
        writer.write_all(&frame).await?;
    }
    Ok(())
}

/// Sends one message and leaves the frame that comes back in `frame`.
async fn request(
    reader: &mut (impl AsyncRead + Unpin),
    writer: &mut (impl AsyncWrite + Unpin),
    message: &Message,
    frame: &mut Vec<u8>,
) -> io::Result<()> {
    frame.clear();
    frame.extend((message.0.len() as u32).to_be_bytes());
    frame.extend(&message.0);
    writer.write_all(frame).await?;
    match read_frame(reader, frame).await? {
        true => Ok(()),
        false => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

/// Sends all messages `calls` times, and returns the checksum of the replies.
async fn exchange(
    reader: &mut (impl AsyncRead + Unpin),
    writer: &mut (impl AsyncWrite + Unpin),
    messages: &[Message],
    calls: u64,
) -> io::Result<u32> {
    let (mut checksum, mut frame) = (Crc::new(), Vec::new());
    for _ in 0..calls {
        for message in messages {
            request(reader, writer, message, &mut frame).await?;
            checksum.update(&frame[4..]);
        }
    }
    Ok(checksum.sum())
}

/// Opens a connection, sends all messages, and returns the checksum of the replies.
async fn talk(address: SocketAddr, messages: Arc<Vec<Message>>) -> io::Result<u32> {
    let mut stream = connect(address).await?;
    let (reader, mut writer) = stream.split();
    let mut reader = BufReader::new(reader);
    let checksum = exchange(&mut reader, &mut writer, &messages, 1).await?;
    close(&mut reader, &mut writer).await?;
    Ok(checksum)
}

/// Talks likewise, and returns the seconds from each message to its reply.
async fn time(address: SocketAddr, messages: Arc<Vec<Message>>) -> io::Result<Vec<f64>> {
    let mut stream = connect(address).await?;
    let (reader, mut writer) = stream.split();
    let mut reader = BufReader::new(reader);
    let (mut seconds, mut frame) = (Vec::with_capacity(messages.len()), Vec::new());
    for message in messages.iter() {
        let start = Instant::now();
        request(&mut reader, &mut writer, message, &mut frame).await?;
        seconds.push(start.elapsed().as_secs_f64());
    }
    close(&mut reader, &mut writer).await?;
    Ok(seconds)
}

async fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Says that there is no more, and waits until the server has seen it and closed its side.
async fn close(
    reader: &mut (impl AsyncRead + Unpin),
    writer: &mut (impl AsyncWrite + Unpin),
) -> io::Result<()> {
    writer.shutdown().await?;
    reader.read_to_end(&mut Vec::new()).await?;
    Ok(())
}

/// A runtime, and a server on it at a port that the system chose.
struct Server {
    runtime: Runtime,
    address: SocketAddr,
}

/// Connections that wait to be accepted; beyond that a client would try again a second later.
const BACKLOG: u32 = 1024;

/// Listens at a port; at 0 the system chooses one.
fn listen(port: u16) -> io::Result<(TcpListener, SocketAddr)> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((Ipv4Addr::LOCALHOST, port).into())?;
    let listener = socket.listen(BACKLOG)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

impl Server {
    fn start(mut builder: Builder) -> Self {
        let runtime = builder.enable_all().build().expect("a runtime can be made");
        let (listener, address) = runtime
            .block_on(async { listen(0) })
            .expect("the loopback interface has a free port");
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream));
            }
        });
        Server { runtime, address }
    }

    /// Has all connections talk at the same time.
    fn at_once<T, F>(&self, input: &Input, talk: fn(SocketAddr, Arc<Vec<Message>>) -> F) -> Vec<T>
    where
        T: Send + 'static,
        F: Future<Output = io::Result<T>> + Send + 'static,
    {
        let connections = input.connections.iter().map(Arc::clone);
        let clients: Vec<_> = connections
            .map(|messages| self.runtime.spawn(talk(self.address, messages)))
            .collect();
        self.runtime.block_on(async {
            let mut results = Vec::with_capacity(clients.len());
            for client in clients {
                let result = client.await.expect("a client does not panic");
                results.push(result.expect("the loopback interface works"));
            }
            results
        })
    }
}

fn single() -> Server {
    Server::start(Builder::new_current_thread())
}

fn multi() -> Server {
    Server::start(Builder::new_multi_thread())
}

fn checksums(server: &Server, input: &Input) -> Vec<u32> {
    server.at_once(input, talk)
}

/// A connection that stays open.
type Kept = (BufReader<OwnedReadHalf>, OwnedWriteHalf);

/// Both servers alone, each in a process of its own, and a client in one thread that is no part of them.
struct Echo;

impl Service for Echo {
    type Input = Input;
    type Answer = Vec<u32>;
    type Own = ();
    type Client = (Runtime, Vec<Kept>);

    fn available(&self) -> Result<(), String> {
        Ok(())
    }

    fn prepare(&self) -> Result<(), String> {
        Ok(())
    }

    fn settings(&self, (): &()) -> String {
        String::new()
    }

    fn connect(&self, (): &(), port: u16, input: &Input) -> Result<Self::Client, String> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(in_words)?;
        let address = (Ipv4Addr::LOCALHOST, port).into();
        let opened = runtime.block_on(async {
            let mut opened = Vec::with_capacity(input.connections.len());
            for _ in &input.connections {
                let (reader, writer) = connect(address).await?.into_split();
                opened.push((BufReader::new(reader), writer));
            }
            Ok(opened)
        });
        Ok((runtime, opened.map_err(in_words::<io::Error>)?))
    }

    fn requests(&self, input: &Input) -> u64 {
        input
            .connections
            .iter()
            .map(|messages| messages.len() as u64)
            .sum()
    }

    fn paced(
        &self,
        (runtime, kept): &mut Self::Client,
        input: &Input,
        rate: f64,
        time: Duration,
    ) -> Result<Vec<f64>, String> {
        let messages: Vec<&Message> = input
            .connections
            .iter()
            .flat_map(|messages| messages.iter())
            .collect();
        crate::pace(
            runtime,
            kept.iter_mut(),
            rate,
            time,
            async |(reader, writer), at| {
                let message = messages[at % messages.len()];
                request(reader, writer, message, &mut Vec::new())
                    .await
                    .map_err(in_words)
            },
        )
    }

    fn ask(&self, (): &(), (runtime, kept): &mut Self::Client, input: &Input) -> Result<Vec<u32>, String> {
        talk_over(runtime, kept, input, 1).map_err(in_words)
    }

    fn load(
        &self,
        (runtime, kept): &mut Self::Client,
        input: &Input,
        calls: u64,
    ) -> Result<Duration, String> {
        let start = Instant::now();
        talk_over(runtime, kept, input, calls).map_err(in_words)?;
        Ok(start.elapsed())
    }
}

fn in_words<E: std::fmt::Display>(error: E) -> String {
    error.to_string()
}

/// Has all connections send their messages `calls` times, at the same time; returns the checksums of the replies.
fn talk_over(runtime: &Runtime, kept: &mut [Kept], input: &Input, calls: u64) -> io::Result<Vec<u32>> {
    let talks = kept
        .iter_mut()
        .zip(&input.connections)
        .map(async |((reader, writer), messages)| exchange(reader, writer, messages, calls).await);
    let sums = runtime.block_on(futures_util::future::join_all(talks));
    sums.into_iter().collect()
}

fn serve_alone(port: u16, mut builder: Builder) -> ! {
    let runtime = builder.enable_all().build().expect("a runtime can be made");
    runtime.block_on(async {
        let Ok((listener, _)) = listen(port) else {
            std::process::exit(1)
        };
        loop {
            if let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream));
            }
        }
    })
}

fn serve_single(port: u16, _: &str) -> ! {
    serve_alone(port, Builder::new_current_thread())
}

fn serve_multi(port: u16, _: &str) -> ! {
    serve_alone(port, Builder::new_multi_thread())
}

fn latencies(server: &Server, input: &Input) -> Vec<f64> {
    server.at_once(input, time).concat()
}

/// The pair, as the build script finds it.
pub fn pair() -> Pair {
    Pair::new(
        Profile::Concurrent,
        "many connections to a server that sends every frame back",
    )
    .input(generate)
    // The largest stays below the 128 connections that many systems let wait, whatever a program asks for.
    .cases("connections", &[5, 32, 100])
    .tolerance(Tolerance::EXACT)
    .python(&["uvloop", "threads"])
    .rust_variant_with("rust", single, checksums)
    .rust_variant_with("tokio", multi, checksums)
    .latencies(&["python", "uvloop", "threads"])
    .rust_latencies("rust", single, latencies)
    .rust_latencies("tokio", multi, latencies)
    .under_load(Echo)
    .rust_server("rust", serve_single)
    .rust_server("tokio", serve_multi)
    .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(connections: &[&[&str]]) -> Vec<u32> {
        let message = |text: &&str| Message(text.as_bytes().to_vec());
        let connections = connections.iter();
        let input = Input {
            connections: connections
                .map(|texts| Arc::new(texts.iter().map(message).collect()))
                .collect(),
        };
        let single = single();
        let answer = checksums(&single, &input);
        assert_eq!(
            answer,
            checksums(&single, &input),
            "a second call on the same server"
        );
        assert_eq!(answer, checksums(&multi(), &input));
        answer
    }

    #[test]
    fn every_message_has_its_time() {
        let input = generate(20, 5);
        let messages: usize = input.connections.iter().map(|messages| messages.len()).sum();
        for server in [single(), multi()] {
            let seconds = latencies(&server, &input);
            assert_eq!(seconds.len(), messages);
            assert!(seconds.iter().all(|&s| s > 0.0));
        }
    }

    #[test]
    fn checksums_are_those_of_all_replies_in_a_row() {
        // The check value of CRC-32 is that of the digits 1 to 9.
        let check = 0xcbf4_3926;
        assert_eq!(
            run(&[&["123456789"], &["1234", "", "56789"], &[], &[""]]),
            [check, check, 0, 0]
        );
        assert_ne!(run(&[&["56789", "1234"]]), [check]);
    }

    #[test]
    fn a_server_alone_gives_the_same_checksums() {
        let input = generate(6, 2);
        let expected = checksums(&single(), &input);
        // It stays until the tests end.
        let (listener, address) = single().runtime.block_on(async { listen(0) }).unwrap();
        drop(listener);
        std::thread::spawn(move || serve_single(address.port(), ""));
        let mut client = (0..200).find_map(|_| {
            std::thread::sleep(Duration::from_millis(10));
            Echo.connect(&(), address.port(), &input).ok()
        });
        let client = client.as_mut().expect("it listens");
        assert_eq!(Echo.ask(&(), client, &input).unwrap(), expected);
        assert!(Echo.load(client, &input, 2).unwrap() > Duration::ZERO);
        let seconds = Echo
            .paced(client, &input, 1_000.0, Duration::from_millis(50))
            .unwrap();
        assert_eq!(seconds.len(), 50);
        assert_eq!(
            Echo.ask(&(), client, &input).unwrap(),
            expected,
            "nothing is left in between"
        );
    }

    #[test]
    fn no_connections_are_no_work() {
        assert_eq!(run(&[]).len(), 0);
    }

    #[test]
    fn every_size_has_its_connections() {
        let server = multi();
        for size in [1, 2, 40] {
            let input = generate(size, 3);
            let answer = checksums(&server, &input);
            assert_eq!(answer.len() as u64, size);
            for (checksum, messages) in answer.into_iter().zip(&input.connections) {
                let mut expected = Crc::new();
                messages.iter().for_each(|message| expected.update(&message.0));
                assert_eq!(checksum, expected.sum());
            }
        }
    }
}
