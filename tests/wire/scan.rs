//! What a scanner of web pages tries, at every route: what must be in every answer, and what must never be.

use super::caller::{Answer, Caller, host, request};
use super::routes::{FORM, ROUTES, Route};
use crate::support::house::House;

/// Parameters as scanners fill them: scripts, breaks of header lines, breaks of quotes and texts, odd letters, much.
const TRIED: [&str; 9] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "x\r\nX-Injected: 1\r\nSet-Cookie: injected=1",
    "'\"` OR 1=1; --",
    "{{7*7}}${7*7}",
    "../../../../etc/passwd",
    "\u{0}\u{202e}\u{ffff}",
    "%0d%0aX-Injected:%201",
    "javascript:alert(1)",
];

/// What would tell how the program is made.
const INTERNALS: [&str; 12] = [
    ".rs:",
    "src/",
    "panicked",
    "sqlx",
    "SELECT ",
    "INSERT ",
    "axum",
    "hyper",
    "tokio",
    "chamberlain.db",
    "/tmp/",
    "stack backtrace",
];

/// As whom a scan comes.
async fn visitors(house: &House) -> Vec<(&'static str, String)> {
    vec![
        ("nobody", String::new()),
        ("ana's script", format!("Authorization: Bearer {}\r\n", house.token())),
        ("ana's browser", format!("Cookie: {}\r\n", session(house).await)),
    ]
}

/// A session's cookie as a browser sends it.
async fn session(house: &House) -> String {
    let link = house.login_link().await;
    let path = link.strip_prefix(&house.origin()).unwrap().to_owned();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", host(house));
    let answer = Caller::to(house.address()).await.ask(request).await;
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

/// One request over a connection of its own; the live page's answer is only its head.
async fn ask(house: &House, sent: &str) -> Answer {
    let mut caller = Caller::to(house.address()).await;
    assert!(caller.send(sent).await);
    if sent.starts_with("GET /live") || sent.starts_with("HEAD ") {
        return caller.head().await.unwrap();
    }
    caller.answer().await.unwrap_or_default()
}

/// What holds of each answer of ours, however it came about.
fn check(answer: &Answer, why: &str) {
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'self'") || policy == "default-src 'none'", "{why}: {answer:?}");
    assert!(!policy.contains("unsafe"), "{why}: {answer:?}");
    for (name, value) in
        [("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"), ("referrer-policy", "same-origin")]
    {
        assert_eq!(answer.header(name), value, "{why}: {name}: {answer:?}");
    }
    assert!(["no-store", "no-cache"].contains(&answer.header("cache-control")), "{why}: {answer:?}");
    for name in ["server", "x-powered-by", "x-injected", "access-control-allow-origin"] {
        assert_eq!(answer.header(name), "", "{why}: {answer:?}");
    }
    assert!(!answer.header("set-cookie").contains("injected"), "{why}: {answer:?}");
    let is_code = answer.header("content-type").starts_with("text/javascript");
    let told = INTERNALS.iter().find(|word| answer.body.contains(**word));
    assert!(is_code || told.is_none(), "{why}: it tells {told:?}: {answer:?}");
    assert!(answer.status < 500, "{why}: {answer:?}");
}

#[tokio::test]
async fn whatever_is_tried_at_whatever_route_no_answer_breaks_or_repeats_it() {
    let house = House::served().await;
    for (who, headers) in visitors(&house).await {
        let headers = format!("Origin: {}\r\n{headers}", house.origin());
        for (route, tried) in ROUTES.iter().flat_map(|route| TRIED.map(|tried| (route, tried))) {
            let answer = ask(&house, &route.request(&house, (tried, &headers))).await;
            let why = format!("{who} tries {tried:?} at {}", route.pattern);
            check(&answer, &why);
            let is_page = answer.header("content-type").starts_with("text/html");
            let is_repeated = ["<script>alert", "<img src=x"].iter().any(|tried| answer.body.contains(tried));
            assert!(!is_page || !is_repeated, "{why}: {answer:?}");
            let location = answer.header("location");
            assert!(location.is_empty() || location == "/" || location.starts_with("/?room="), "{why}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn no_odd_method_is_carried_out_and_none_is_sent_back() {
    let house = House::served().await;
    let methods = ["TRACE", "TRACK", "DEBUG", "PUT", "PATCH", "DELETE", "PROPFIND", "CONNECT", "OPTIONS", "get", "X"];
    for (who, headers) in visitors(&house).await {
        for (route, method) in ROUTES.iter().flat_map(|route| methods.map(|method| (route, method))) {
            let line = Route { method, ..*route }.request(&house, ("x", &format!("{headers}X-Canary: echoed\r\n")));
            let answer = ask(&house, &line).await;
            assert!((400..500).contains(&answer.status), "{who}: {method} {}: {answer:?}", route.pattern);
            assert!(!answer.body.contains("echoed"), "{who}: {method} {}: {answer:?}", route.pattern);
        }
        let other = if who == "nobody" { "POST" } else { "DELETE" };
        check(&ask(&house, &request(&house, &format!("{other} /"), "", "")).await, other);
    }
}

#[tokio::test]
async fn what_scanners_look_for_is_not_there() {
    let house = House::served().await;
    let files = [
        "/.git/config",
        "/.git/HEAD",
        "/.env",
        "/.svn/entries",
        "/.htaccess",
        "/.DS_Store",
        "/server-status",
        "/server-info",
        "/phpinfo.php",
        "/wp-login.php",
        "/admin",
        "/console",
        "/debug/pprof/",
        "/actuator/env",
        "/swagger.json",
        "/graphql",
        "/config.toml",
        "/data/token",
        "/data/chamberlain.db",
        "/backup.sql",
        "/cgi-bin/test",
        "/api",
        "/api/v1",
        "/assets",
        "/assets/",
        "/hooks",
        "/hooks/push",
        "/crossdomain.xml",
        "/web.config",
        "/Cargo.toml",
    ];
    for (who, headers) in visitors(&house).await {
        for file in files {
            let answer = ask(&house, &ROUTES[0].raw(&house, (file, &headers), "")).await;
            assert_eq!(answer.status, 404, "{who}: {file}: {answer:?}");
            check(&answer, file);
        }
    }
}

#[tokio::test]
async fn no_path_leads_out_of_what_is_served() {
    let house = House::served().await;
    let up = [
        "../",
        "..%2f",
        "%2e%2e/",
        "%2e%2e%2f",
        "%252e%252e%252f",
        "..\\",
        "..%5c",
        "....//",
        "..%c0%af",
        "..;/",
        "..%00/",
    ];
    let roots = ["/assets/", "/assets/console.css/", "/", "//", "/api/v1/rooms/", "/preview/slack/", "/hooks/push/x/"];
    let goals = ["etc/passwd", "data/chamberlain.db", "chamberlain.db", "config.toml"];
    let paths = up.iter().flat_map(|up| roots.map(|root| (up, root)));
    for ((up, root), goal) in paths.flat_map(|path| goals.map(|goal| (path, goal))) {
        let path = format!("{root}{}{goal}", up.repeat(6));
        let answer = ask(&house, &request(&house, &format!("GET {path}"), "", "")).await;
        assert!([400, 404, 405].contains(&answer.status), "{path}: {answer:?}");
        assert!(!answer.body.contains("root:") && !answer.body.contains("SQLite format"), "{path}: {answer:?}");
    }
    for path in ["/assets//etc/passwd", "/assets/%2fetc%2fpasswd", "file:///etc/passwd", "/C:\\windows\\win.ini"] {
        let answer = ask(&house, &request(&house, &format!("GET {path}"), "", "")).await;
        assert!([400, 404].contains(&answer.status), "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn no_redirect_leads_elsewhere() {
    let house = House::served().await;
    let (port, own) = (house.address().port(), format!("{}/", house.origin()));
    let targets = [
        "/",
        "//evil.example/",
        "/\\evil.example",
        "/%2f%2fevil.example",
        "/%5cevil.example",
        "@evil.example/",
        ".evil.example/",
        ":80@evil.example/",
        "evil.example",
        "http://evil.example/",
        "///evil.example",
        "/?next=//evil.example",
        "/%0d%0aLocation:%20x",
        "*",
        "?x",
        "#x",
        "evil.example:80",
    ];
    let claims = "X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\nForwarded: host=evil.example\r\n\
        X-Original-URL: //evil.example\r\nX-Rewrite-URL: //evil.example\r\nX-Host: evil.example\r\n";
    for host in [format!("localhost:{port}"), format!("127.0.0.1:{port}"), host(&house), "evil.example".into()] {
        for target in targets {
            let answer = ask(&house, &format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n{claims}\r\n")).await;
            let location = answer.header("location");
            assert!(location.is_empty() || location.starts_with(&own), "{host}, {target}: {answer:?}");
            assert!(!answer.body.contains("evil"), "{host}, {target}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn a_login_gives_a_cookie_that_no_script_and_no_other_site_gets() {
    let house = House::served().await;
    let link = house.login_link().await;
    let path = link.strip_prefix(&house.origin()).unwrap();
    let request = format!("GET {path}&next=//evil.example HTTP/1.1\r\nHost: {}\r\n\r\n", host(&house));
    let answer = ask(&house, &request).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/"));
    let (pair, flags) = answer.header("set-cookie").split_once("; ").unwrap();
    let (name, secret) = pair.split_once('=').unwrap();
    assert_eq!((name, secret.len()), ("chamberlain_session", 43), "256 bits");
    assert_eq!(flags, "Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000");
    check(&answer, "a login");
}

#[tokio::test]
async fn nothing_changes_at_the_wish_of_another_site() {
    let house = House::served().await;
    let cookie = session(&house).await;
    let key = form_key(&house, &cookie).await;
    let origin = |origin: &str| format!("Origin: {origin}\r\nCookie: {cookie}\r\n");
    let own = house.origin();
    // The hook reads no cookie: its address is its secret.
    let changes = || ROUTES.iter().filter(|route| route.body.is_some() && !route.pattern.starts_with("/hooks"));
    for route in changes() {
        let (kind, body) = route.body.unwrap();
        let right = match kind {
            FORM => body.replace("form_key={}", &format!("form_key={key}")).replace("{}", ""),
            _ => format!("{{\"form_key\": \"{key}\", {}", &body[1..]).replace("{}", ""),
        };
        let sent = |headers: &str, kind: &str, body: &str| {
            route.raw(&house, (route.target, &format!("{headers}Content-Type: {kind}\r\n")), body)
        };
        for foreign in
            ["http://evil.example", "null", "http://web.sprint-42.localhost", &own.replace("http:", "https:")]
        {
            let answer = ask(&house, &sent(&origin(foreign), kind, &right)).await;
            assert_eq!(answer.status, 403, "{} from {foreign}: {answer:?}", route.pattern);
        }
        let plain = body.replace("{}", "");
        for (headers, kind, body) in [
            (format!("Cookie: {cookie}\r\n"), kind, &plain),
            (origin(&own), kind, &plain),
            (origin(&own), "text/plain", &plain),
            (origin(&own), "multipart/form-data; boundary=x", &plain),
        ] {
            let answer = ask(&house, &sent(&headers, kind, body)).await;
            assert!((400..500).contains(&answer.status), "{}: {headers}{answer:?}", route.pattern);
        }
        let seen =
            ask(&house, &Route { method: "GET", body: None, ..*route }.raw(&house, (route.target, &origin(&own)), ""))
                .await;
        assert_eq!(seen.status, 405, "{}: {seen:?}", route.pattern);
    }
    house.settled().await;
    assert_eq!(house.texts_in("lobby").await, Vec::<String>::new());
}

async fn form_key(house: &House, cookie: &str) -> String {
    let page = ask(house, &ROUTES[0].raw(house, ("/", &format!("Cookie: {cookie}\r\n")), "")).await;
    let (_, rest) = page.body.split_once("name=\"form_key\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}
