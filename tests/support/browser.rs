//! A browser as far as headers go: it keeps cookies and names its origin.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, Request, StatusCode, header};

use super::house::House;

/// Keeps one cookie.
pub struct Browser {
    host: String,
    cookie: Option<String>,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Default for Browser {
    fn default() -> Self {
        Self { host: "chamberlain.localhost:7420".into(), cookie: None }
    }
}

impl Browser {
    /// A browser that has opened a login link.
    pub async fn logged_in(house: &House) -> Self {
        let mut browser = Self::default();
        browser.visit(house, &house.login_link().await).await;
        browser
    }

    /// The same, at another name.
    pub fn at_host(mut self, host: &str) -> Self {
        self.host = host.into();
        self
    }

    /// Opens an address: a path, or a whole link of ours.
    pub async fn visit(&mut self, house: &House, address: &str) -> Answer {
        let path = address.strip_prefix("http://chamberlain.localhost:7420").unwrap_or(address);
        self.send(house, Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Sends a form, as a page of `origin` would.
    pub async fn send_form(&mut self, house: &House, (path, origin): (&str, &str), form: &str) -> Answer {
        let request = Request::post(path)
            .header(header::ORIGIN, origin)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()));
        self.send(house, request.unwrap()).await
    }

    async fn send(&mut self, house: &House, mut request: Request<Body>) -> Answer {
        request.headers_mut().insert(header::HOST, self.host.parse().unwrap());
        if let Some(cookie) = &self.cookie {
            request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
        }
        let response = house.request(request).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let answer = Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned() };
        let set = answer.header(header::SET_COOKIE);
        if let Some((pair, _)) = set.split_once(';') {
            self.cookie = Some(pair.to_owned());
        }
        answer
    }
}

impl Answer {
    /// A header, or nothing.
    pub fn header(&self, name: HeaderName) -> String {
        self.headers.get(name).map_or(String::new(), |value| value.to_str().unwrap().to_owned())
    }

    /// The key that the page's forms send.
    pub fn form_key(&self) -> String {
        let (_, rest) = self.body.split_once("name=\"form_key\" value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    }
}
