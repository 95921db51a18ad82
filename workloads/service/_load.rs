//! The requests, and the client that sends them: HTTP/1.1 over connections that are kept, in one thread.

use super::database::{Database, Postgres};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Method, Request, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use pairbench::registry::{Part, Service};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use serde_json::Value;
use std::cell::Cell;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Mutex;

/// Visitors in a call, each with one request or a few in a row.
const VISITORS: usize = 80;
/// Members that have borrowed nothing: what is written is theirs, and is gone after each call.
const MEMBERS: std::ops::Range<u32> = 501..581;
/// Those who all want the last copy of a book, and which that is.
const RIVALS: std::ops::Range<u32> = 581..601;
const LAST_COPY: u32 = 1999;

/// Authors after this one have the books that are borrowed.
const ASKED_AUTHORS: u32 = 140;
const SHELVES: [&str; 7] = ["arts", "crime", "drama", "humor", "lyric", "novel", "verse"];

/// What is asked.
#[derive(Debug, Clone, Serialize)]
pub struct Input {
    /// Connections that are kept open, each used by one visitor at a time.
    connections: u64,
    visitors: Vec<Vec<Asked>>,
}

/// A request.
#[derive(Debug, Clone, Serialize)]
struct Asked {
    /// Which of all requests it is.
    #[serde(skip)]
    place: usize,
    /// So that sending it takes little.
    #[serde(skip)]
    ready: (Method, Uri, Bytes),
    method: &'static str,
    path: String,
    body: Option<String>,
}

/// What came back for it.
#[derive(Debug, Serialize)]
struct Answer {
    status: u16,
    media_type: Option<String>,
    body: Body,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Body {
    Json(Value),
    Text(String),
}

/// What all servers have to give.
#[derive(Debug, Serialize)]
pub struct Answers {
    /// Of each request, in the order of the input.
    answers: Vec<Answer>,
    /// The statuses of requests for the last copy of a book, all at once, and then to give it back, each sorted.
    rivals: [Vec<u16>; 2],
    /// What the tables hold afterwards.
    database: String,
}

/// What a small library's site is asked for. Nobody looks at what somebody else borrows meanwhile: answers are the same in
/// whatever order the connections come to their turns.
pub fn generate(connections: u64, seed: u64) -> Input {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut borrowed = (1..LAST_COPY).filter(|&book| author(book) > ASKED_AUTHORS);
    let visitors = (0..VISITORS).map(|at| visitor(at, &mut borrowed, &mut random));
    let mut visitors: Vec<Vec<Asked>> = visitors.collect();
    for (place, asked) in visitors.iter_mut().flatten().enumerate() {
        asked.place = place;
    }
    Input {
        connections,
        visitors,
    }
}

/// Whose book it is, as `library.sql` has it.
fn author(book: u32) -> u32 {
    1 + (book * 7 + book / 148) % 148
}

fn visitor(at: usize, borrowed: &mut impl Iterator<Item = u32>, random: &mut ChaCha8Rng) -> Vec<Asked> {
    let get = |path: String| vec![asked("GET", path, None)];
    let mut book = || {
        loop {
            let book = random.random_range(1..LAST_COPY);
            if author(book) <= ASKED_AUTHORS {
                return book;
            }
        }
    };
    match at % 20 {
        0 | 10 => get("/health".into()),
        1 | 8 | 14 => {
            let shelf = SHELVES[random.random_range(0..SHELVES.len())];
            let year = random.random_range(1800..2000_u32);
            let page = random.random_range(1..=2_u32);
            get(match random.random_range(0..3_u32) {
                0 => format!("/books?shelf={shelf}&page={page}"),
                1 => format!("/books?shelf={shelf}&year_from={year}&year_to={}", year + 60),
                _ => format!("/books?year_from={year}&page={page}"),
            })
        }
        2 | 9 | 15 => {
            let author = match random.random_range(0..10_u32) {
                0 => 151,
                _ => random.random_range(1..=ASKED_AUTHORS),
            };
            get(format!("/authors/{author}/statistics"))
        }
        3 | 13 => {
            let member = random.random_range(MEMBERS);
            let book = borrowed.next().expect("more books than visitors who borrow");
            let (month, days) = (random.random_range(1..=9_u32), random.random_range(1..=60_u32));
            let body = format!(
                r#"{{"member_id": {member}, "book_id": {book}, "from": "2026-0{month}-15", "days": {days}}}"#
            );
            let borrow = asked("POST", "/loans".into(), Some(body));
            let give_back = asked("DELETE", format!("/loans/{member}/{book}"), None);
            vec![borrow.clone(), borrow, give_back]
        }
        4 | 16 => get(format!("/books/{}/page", book())),
        6 => {
            let odd = [
                "/books/9999",
                "/books/x",
                "/books?page=0&year_from=-1",
                "/nowhere",
            ];
            get(odd[random.random_range(0..odd.len())].into())
        }
        _ => get(format!("/books/{}", book())),
    }
}

fn asked(method: &'static str, path: String, body: Option<String>) -> Asked {
    let ready = (
        Method::from_bytes(method.as_bytes()).expect("a method"),
        path.parse().expect("a path"),
        Bytes::from(body.clone().unwrap_or_default()),
    );
    Asked {
        place: 0,
        ready,
        method,
        path,
        body,
    }
}

/// Which requests go to a route.
type Belongs = fn(&Asked) -> bool;

/// The routes, with what they do.
const ROUTES: [(&str, Belongs); 6] = [
    ("health, no database", |asked| asked.path == "/health"),
    ("one book by its key", |asked| {
        is_number(asked.path.strip_prefix("/books/"))
    }),
    ("a page of 100 books", |asked| {
        asked.path.starts_with("/books?") && !asked.path.contains("page=0")
    }),
    ("statistics by joins", |asked| asked.path.ends_with("/statistics")),
    ("a loan and its return", |asked| asked.path == "/loans"),
    ("a book as HTML", |asked| asked.path.ends_with("/page")),
];

fn is_number(text: Option<&str>) -> bool {
    text.is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The pair's servers, their databases, and who asks them.
pub struct Library;

/// Connections to a server.
pub struct Client {
    runtime: Runtime,
    port: u16,
    connections: Vec<Connection>,
    /// Status and length of each answer that was looked at.
    known: Vec<(StatusCode, usize)>,
}

type Connection = SendRequest<Full<Bytes>>;

impl Service for Library {
    type Input = Input;
    type Answer = Answers;
    type Own = Database;
    type Client = Client;

    fn available(&self) -> Result<(), String> {
        Postgres::find().map(drop)
    }

    fn prepare(&self) -> Result<Database, String> {
        Database::new()
    }

    fn settings(&self, database: &Database) -> String {
        database.url().into()
    }

    fn connect(&self, _database: &Database, port: u16, input: &Input) -> Result<Client, String> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let mut client = Client {
            runtime: runtime.map_err(|error| format!("no runtime: {error}"))?,
            port,
            connections: Vec::new(),
            known: Vec::new(),
        };
        client.open(input.connections as usize)?;
        Ok(client)
    }

    fn ask(&self, database: &Database, client: &mut Client, input: &Input) -> Result<Answers, String> {
        let raw = client.visit(input, 1, true)?;
        client.known = raw
            .iter()
            .map(|(status, _, body)| (*status, body.len()))
            .collect();
        let answers = raw
            .into_iter()
            .map(|(status, media_type, body)| answer(status, media_type, &body));
        Ok(Answers {
            answers: answers.collect::<Result<_, _>>()?,
            rivals: client.rivals()?,
            database: database.content()?,
        })
    }

    fn requests(&self, input: &Input) -> u64 {
        input.visitors.iter().map(Vec::len).sum::<usize>() as u64
    }

    /// Each route alone, and all of them over other numbers of connections.
    fn parts(&self, input: &Input) -> Vec<Part<Input>> {
        let routes = ROUTES.iter().map(|(name, belongs)| {
            let visitors = input.visitors.iter().filter(|visitor| belongs(&visitor[0]));
            Part {
                name: (*name).into(),
                connections: None,
                input: Input {
                    connections: input.connections,
                    visitors: visitors.cloned().collect(),
                },
            }
        });
        let others = [1, 8, 64].map(|connections| Part {
            name: format!(
                "all, {connections} connection{}",
                if connections == 1 { "" } else { "s" }
            ),
            connections: Some(connections),
            input: Input {
                connections,
                ..input.clone()
            },
        });
        routes.chain(others).collect()
    }

    fn paced(
        &self,
        client: &mut Client,
        input: &Input,
        rate: f64,
        time: Duration,
    ) -> Result<Vec<f64>, String> {
        client.open(input.connections as usize)?;
        client.pace(input, rate, time)
    }

    fn beside(&self, database: &Database) -> Option<u32> {
        Some(database.process())
    }

    fn load(&self, client: &mut Client, input: &Input, calls: u64) -> Result<Duration, String> {
        client.open(input.connections as usize)?;
        let start = Instant::now();
        client.visit(input, calls, false)?;
        Ok(start.elapsed())
    }
}

type Raw = (StatusCode, Option<HeaderValue>, Bytes);

impl Client {
    /// Opens the connections that are not, or not any more: servers close those that were idle for seconds.
    fn open(&mut self, number: usize) -> Result<(), String> {
        let Client {
            runtime,
            port,
            connections,
            ..
        } = self;
        runtime.block_on(async {
            // Whatever has happened meanwhile is seen when the connections run.
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
            connections.retain(|connection| !connection.is_closed());
            while connections.len() < number {
                connections.push(connect(*port).await?);
            }
            Ok(())
        })
    }

    /// Sends all requests `calls` times. Returns the answers only if `keep` is set.
    fn visit(&mut self, input: &Input, calls: u64, keep: bool) -> Result<Vec<Raw>, String> {
        let Client {
            runtime,
            connections,
            known,
            ..
        } = self;
        let next = Cell::new(0);
        // What is borrowed has to be given back before the same visitor comes again, over whichever connection.
        let turns: Vec<Mutex<()>> = input.visitors.iter().map(|_| Mutex::new(())).collect();
        let visits = input.visitors.len() * calls as usize;
        let workers = connections.iter_mut().take(input.connections as usize);
        let workers = workers.map(async |connection| {
            let mut kept = Vec::new();
            loop {
                let visit = next.get();
                if visit == visits {
                    return Ok::<_, String>(kept);
                }
                next.set(visit + 1);
                let at = visit % input.visitors.len();
                let _turn = match input.visitors[at].len() {
                    1 => None,
                    _ => Some(turns[at].lock().await),
                };
                for asked in &input.visitors[at] {
                    let raw = send(connection, asked).await?;
                    match known.get(asked.place) {
                        Some(&(status, length)) if (raw.0, raw.2.len()) != (status, length) => {
                            let text = String::from_utf8_lossy(&raw.2);
                            return Err(format!(
                                "{} {} was answered by {} with {} bytes, and now by {} with {}: {}",
                                asked.method,
                                asked.path,
                                status,
                                length,
                                raw.0,
                                raw.2.len(),
                                text.chars().take(100).collect::<String>()
                            ));
                        }
                        _ if keep => kept.push((asked.place, raw)),
                        _ => {}
                    }
                }
            }
        });
        let mut all = Vec::new();
        for kept in runtime.block_on(futures_util::future::join_all(workers)) {
            all.extend(kept?);
        }
        all.sort_by_key(|(place, _)| *place);
        Ok(all.into_iter().map(|(_, raw)| raw).collect())
    }

    /// Sends single requests at a rate. Those of visitors with several are left out: they have an order.
    fn pace(&mut self, input: &Input, rate: f64, time: Duration) -> Result<Vec<f64>, String> {
        let Client {
            runtime, connections, ..
        } = self;
        let single: Vec<&Asked> = input
            .visitors
            .iter()
            .filter(|visitor| visitor.len() == 1)
            .flatten()
            .collect();
        crate::pace(
            runtime,
            connections.iter_mut(),
            rate,
            time,
            async |connection, at| {
                send(connection, single[at % single.len()]).await?;
                Ok(())
            },
        )
    }

    /// Has all rivals ask for the last copy at the same time, and then give it back.
    fn rivals(&mut self) -> Result<[Vec<u16>; 2], String> {
        let port = self.port;
        let at_once = |make: fn(u32) -> Asked| {
            let requests = RIVALS.map(async |rival| {
                let mut connection = connect(port).await?;
                send(&mut connection, &make(rival)).await
            });
            let answers = self.runtime.block_on(futures_util::future::join_all(requests));
            let mut statuses = Vec::new();
            for answer in answers {
                statuses.push(answer?.0.as_u16());
            }
            statuses.sort_unstable();
            Ok::<_, String>(statuses)
        };
        let borrow = |rival| {
            let body = format!(
                r#"{{"member_id": {rival}, "book_id": {LAST_COPY}, "from": "2026-03-01", "days": 7}}"#
            );
            asked("POST", "/loans".into(), Some(body))
        };
        let give_back = |rival| asked("DELETE", format!("/loans/{rival}/{LAST_COPY}"), None);
        Ok([at_once(borrow)?, at_once(give_back)?])
    }
}

async fn connect(port: u16) -> Result<Connection, String> {
    let failed = |error: &dyn std::fmt::Display| format!("no connection to the server: {error}");
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(|error| failed(&error))?;
    stream.set_nodelay(true).map_err(|error| failed(&error))?;
    let (sender, connection) = handshake(TokioIo::new(stream))
        .await
        .map_err(|error| failed(&error))?;
    tokio::spawn(connection);
    Ok(sender)
}

async fn send(connection: &mut Connection, asked: &Asked) -> Result<Raw, String> {
    let failed =
        |error: &dyn std::fmt::Display| format!("{} {} was not answered: {error}", asked.method, asked.path);
    let (method, uri, body) = asked.ready.clone();
    let mut request = Request::new(Full::new(body));
    (*request.method_mut(), *request.uri_mut()) = (method, uri);
    let headers = request.headers_mut();
    headers.insert(HOST, HeaderValue::from_static("127.0.0.1"));
    if asked.body.is_some() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    connection.ready().await.map_err(|error| failed(&error))?;
    let response = connection
        .send_request(request)
        .await
        .map_err(|error| failed(&error))?;
    let status = response.status();
    let media_type = response.headers().get(CONTENT_TYPE).cloned();
    let body = response
        .into_body()
        .collect()
        .await
        .map_err(|error| failed(&error))?;
    Ok((status, media_type, body.to_bytes()))
}

/// An answer to compare: JSON by its values, HTML by its text.
fn answer(status: StatusCode, media_type: Option<HeaderValue>, body: &[u8]) -> Result<Answer, String> {
    let media_type = media_type.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let text = std::str::from_utf8(body).map_err(|error| format!("an answer is no UTF-8: {error}"))?;
    let body = match media_type.as_deref() {
        Some("application/json") => {
            Body::Json(serde_json::from_str(text).map_err(|error| format!("an answer is no JSON: {error}"))?)
        }
        _ => Body::Text(without_references(text)),
    };
    Ok(Answer {
        status: status.as_u16(),
        media_type,
        body,
    })
}

/// The same text with the characters that templates escape, each in its own way.
fn without_references(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('&') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.find(';').filter(|&end| end < 10);
        let character = end.and_then(|end| match &rest[1..end] {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            other => {
                let digits = other.strip_prefix('#')?;
                let code = match digits.strip_prefix(['x', 'X']) {
                    Some(digits) => u32::from_str_radix(digits, 16),
                    None => digits.parse(),
                };
                char::from_u32(code.ok()?)
            }
        });
        text.push(character.unwrap_or('&'));
        rest = match character.and(end) {
            Some(end) => &rest[end + 1..],
            None => &rest[1..],
        };
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_the_characters_that_they_stand_for() {
        assert_eq!(
            without_references("a &lt;b&gt; &#39;c&#x27; &amp;amp; &quot;"),
            "a <b> 'c' &amp; \""
        );
        assert_eq!(without_references("R & D; &unknown; &"), "R & D; &unknown; &");
    }

    #[test]
    fn every_case_asks_for_the_same_mix() {
        let input = generate(8, 1);
        assert_eq!((input.connections, input.visitors.len()), (8, VISITORS));
        let paths: Vec<&str> = input
            .visitors
            .iter()
            .flatten()
            .map(|asked| asked.path.as_str())
            .collect();
        for start in ["/health", "/books?", "/authors/", "/loans"] {
            assert!(paths.iter().any(|path| path.starts_with(start)), "{start}");
        }
        let loans = input.visitors.iter().filter(|visitor| visitor.len() == 3);
        let books: std::collections::HashSet<_> = loans.clone().map(|visitor| &visitor[2].path).collect();
        assert_eq!(books.len(), loans.count(), "no two visitors want one book");
    }

    #[test]
    fn every_route_is_a_part_and_so_is_each_number_of_connections() {
        let input = generate(8, 1);
        let parts = Library.parts(&input);
        let routes: Vec<_> = parts.iter().filter(|part| part.connections.is_none()).collect();
        let visitors: usize = routes.iter().map(|part| part.input.visitors.len()).sum();
        assert_eq!(routes.len(), ROUTES.len());
        assert!(routes.iter().all(|part| !part.input.visitors.is_empty()));
        // What is left out are requests that are refused by their form or that no route takes.
        assert!(
            visitors < VISITORS && visitors + VISITORS / 20 >= VISITORS,
            "{visitors}"
        );
        let numbers: Vec<_> = parts.iter().filter_map(|part| part.connections).collect();
        assert_eq!(numbers, [1, 8, 64]);
    }

    /// How many requests a second this client and `wrk`, which is in C, get out of one server in turns.
    #[cfg(unix)]
    #[test]
    #[ignore = "a measurement; it wants wrk and PostgreSQL"]
    fn beside_wrk() {
        let database = Database::new().expect("PostgreSQL is here");
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        drop(listener);
        let url = database.url().to_string();
        std::thread::spawn(move || super::super::serve(port, &url));
        while std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            std::thread::sleep(Duration::from_millis(20));
        }
        for (path, connections) in ["/health", "/books/17"]
            .into_iter()
            .flat_map(|path| [1, 8, 64].map(|n| (path, n)))
        {
            let input = Input {
                connections,
                visitors: vec![vec![asked("GET", path.into(), None)]],
            };
            let mut client = Library.connect(&database, port, &input).expect("a client");
            let calls = 2_000;
            let took = Library.load(&mut client, &input, calls).expect("answers");
            let calls = (calls as f64 / took.as_secs_f64()) as u64;
            let mut quotients: Vec<f64> = (0..11)
                .map(|_| {
                    let ours = calls as f64
                        / Library
                            .load(&mut client, &input, calls)
                            .expect("answers")
                            .as_secs_f64();
                    ours / wrk(&format!("http://127.0.0.1:{port}{path}"), connections)
                })
                .collect();
            quotients.sort_unstable_by(f64::total_cmp);
            // Of eleven, the second and the tenth: 98.8 % by the sign test.
            println!(
                "{path}, {connections}: {:.3} [{:.3}, {:.3}]",
                quotients[5], quotients[1], quotients[9]
            );
        }
    }

    /// Requests a second by `wrk` in a second.
    #[cfg(unix)]
    fn wrk(url: &str, connections: u64) -> f64 {
        let mut command = std::process::Command::new("wrk");
        let output = command
            .args(["-t1", "-d1s", &format!("-c{connections}"), url])
            .output();
        let output = output.expect("wrk is installed");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && !text.contains("Non-2xx"), "{text}");
        let line = text.lines().find_map(|line| line.strip_prefix("Requests/sec:"));
        line.and_then(|number| number.trim().parse().ok())
            .expect("a number")
    }
}
