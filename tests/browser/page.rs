//! What people do in front of a browser: look, click, choose, write.

use fantoccini::Locator;
use fantoccini::elements::Element;
use fantoccini::wd::{WebDriverCompatibleCommand, WindowHandle};
use reqwest::Url;
use serde_json::{Value, json};

use crate::chromium::{Browser, PATIENCE};
use crate::support::house::House;

/// Where the line is written.
pub(crate) const COMPOSER: &str = "form.composer input[name=text]";

/// A message of the open room that has these words.
pub(crate) fn message(words: &str) -> String {
    format!("//ol[contains(@class, 'messages')]/li[contains(normalize-space(.), \"{words}\")]")
}

/// A card in this state that has these words.
pub(crate) fn card(state: &str, words: &str) -> String {
    format!("//article[@data-state='{state}'][contains(normalize-space(.), \"{words}\")]")
}

/// The button of the last card that has one for this action.
pub(crate) fn button(action: &str) -> String {
    format!("(//article//button[@name='action'][@value='{action}'])[last()]")
}

impl Browser {
    /// A browser in which a person has opened a login link.
    pub(crate) async fn at(house: &House) -> Option<Self> {
        let browser = Self::open().await?;
        browser.goes_to(&house.login_link().await).await;
        Some(browser)
    }

    /// Opens an address.
    pub(crate) async fn goes_to(&self, address: &str) {
        self.client.goto(address).await.unwrap();
    }

    /// Opens a room, as its link does.
    pub(crate) async fn enters(&self, house: &House, room: &str) {
        self.goes_to(&format!("{}/?room={room}", house.origin())).await;
        self.sees(COMPOSER).await;
    }

    /// Waits until there is what a CSS selector or an `XPath` names.
    pub(crate) async fn sees(&self, what: &str) {
        self.finds(what).await;
    }

    /// The element itself. It is gone as soon as the page draws that place anew, so nothing but a try that is made
    /// again should hold one.
    async fn finds(&self, what: &str) -> Element {
        match self.client.find(locator(what)).await {
            Ok(element) => element,
            Err(cause) => panic!("no {what}: {cause}\n{}", self.tells().await),
        }
    }

    /// Waits until there is what is named, and reads a property of it, such as `innerText`.
    pub(crate) async fn reads(&self, what: &str, property: &str) -> Value {
        self.does(what, "return { read: it[rest[0]] }", vec![property.into()]).await["read"].take()
    }

    /// Runs a script over what is named, the element `it`, in one go with finding it. Does so again until it gives
    /// something: pages draw themselves anew at any moment.
    async fn does(&self, what: &str, script: &str, rest: Vec<Value>) -> Value {
        let find = match locator(what) {
            Locator::XPath(_) => {
                "document.evaluate(what, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE).singleNodeValue"
            }
            _ => "document.querySelector(what)",
        };
        let script = format!("const [what, ...rest] = arguments; const it = {find}; if (!it) return null; {script}");
        let arguments: Vec<Value> = [what.into()].into_iter().chain(rest).collect();
        let done = async {
            loop {
                self.sees(what).await;
                let given = self.client.execute(&script, arguments.clone()).await.unwrap();
                if !given.is_null() {
                    return given;
                }
            }
        };
        let Ok(given) = tokio::time::timeout(PATIENCE, done).await else {
            panic!("{what} cannot be used\n{}", self.tells().await)
        };
        given
    }

    /// How many of what is named there are at this moment.
    pub(crate) async fn counts(&self, what: &str) -> u64 {
        let script = match locator(what) {
            Locator::XPath(_) => "return document.evaluate(`count(${arguments[0]})`, document).numberValue",
            _ => "return document.querySelectorAll(arguments[0]).length",
        };
        self.client.execute(script, vec![what.into()]).await.unwrap().as_u64().unwrap()
    }

    /// The address and the words of the page, to be read where a test fails.
    async fn tells(&self) -> String {
        let told = self.client.execute("return location.href + '\\n' + document.body.innerText", vec![]).await;
        told.map_or_else(|cause| cause.to_string(), |told| told.as_str().unwrap_or_default().to_owned())
    }

    /// Clicks on what is named, once it can be seen and nothing lies over it.
    pub(crate) async fn clicks(&self, what: &str) {
        let script = "it.scrollIntoView({ block: 'center', behavior: 'instant' });
            const [box] = it.getClientRects();
            const hit = box && document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            if (!hit || !it.contains(hit)) return null;
            it.click();
            return true";
        self.does(what, script, vec![]).await;
    }

    /// Clicks on what sends a form without a script, and waits until the answer's page has taken the place of this one.
    pub(crate) async fn submits(&self, what: &str) {
        let pressed = self.finds(what).await;
        pressed.click().await.unwrap();
        let answered = async { while pressed.is_displayed().await.is_ok() {} };
        let is_late = tokio::time::timeout(PATIENCE, answered).await.is_err();
        assert!(!is_late, "no answer to {what}\n{}", self.tells().await);
    }

    /// Writes into what is named, key by key.
    pub(crate) async fn writes(&self, what: &str, text: &str) {
        while let Err(cause) = self.finds(what).await.send_keys(text).await {
            assert!(cause.is_stale_element_reference(), "{what}: {cause}\n{}", self.tells().await);
        }
    }

    /// Writes a line and sends it.
    pub(crate) async fn says(&self, line: &str) {
        self.writes(COMPOSER, &format!("{line}\n")).await;
    }

    /// Chooses in the select for `component` of the last card; where no script sends the choice, by its small button.
    pub(crate) async fn chooses(&self, component: &str, value: &str) {
        let select = format!("(//select[@name='value.choose:{component}'])[last()]");
        let script = "const [value, action] = rest;
            if (![...it.options].some((option) => option.value === value)) return null;
            it.focus();
            it.value = value;
            const isSentByButton = it.form.querySelector(`button[value='${action}']`)?.checkVisibility() ?? false;
            if (!isSentByButton) it.dispatchEvent(new Event('change', { bubbles: true }));
            return isSentByButton";
        let action = format!("choose:{component}");
        if self.does(&select, script, vec![value.into(), action.as_str().into()]).await == json!(true) {
            self.submits(&button(&action)).await;
        }
    }

    /// What a script of ours in the page gives.
    pub(crate) async fn asks(&self, script: &str) -> Value {
        self.client.execute(&format!("return {script}"), vec![]).await.unwrap()
    }

    /// Opens another window of the same browser, and goes on in it.
    pub(crate) async fn opens_window(&self) -> WindowHandle {
        let window = self.client.new_window(true).await.unwrap().handle;
        self.client.switch_to_window(window.clone()).await.unwrap();
        window
    }

    /// Tells the browser something that WebDriver has no word for.
    pub(crate) async fn is_told(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        self.client.issue_cmd(Extra { path: "goog/cdp/execute", body }).await.unwrap()
    }

    /// What the network did since the last time it was asked: events of the `Network` domain.
    pub(crate) async fn network(&self) -> Vec<Value> {
        let lines =
            self.client.issue_cmd(Extra { path: "se/log", body: json!({ "type": "performance" }) }).await.unwrap();
        let event = |line: &Value| {
            let mut line: Value = serde_json::from_str(line["message"].as_str().unwrap()).unwrap();
            line["message"].take()
        };
        lines.as_array().unwrap().iter().map(event).collect()
    }

    /// What the page has complained of in the browser's console.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let lines = self.client.issue_cmd(Extra { path: "se/log", body: json!({ "type": "browser" }) }).await.unwrap();
        lines.as_array().unwrap().iter().map(|line| line["message"].as_str().unwrap().to_owned()).collect()
    }
}

/// A CSS selector, or an `XPath`, which begins with `/` or `(`.
fn locator(what: &str) -> Locator<'_> {
    if what.starts_with('/') || what.starts_with('(') { Locator::XPath(what) } else { Locator::Css(what) }
}

/// A command of chromedriver's own.
#[derive(Debug)]
struct Extra {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extra {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, <Url as std::str::FromStr>::Err> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (axum::http::Method, Option<String>) {
        (axum::http::Method::POST, Some(self.body.to_string()))
    }
}
