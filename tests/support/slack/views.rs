//! Modals and home tabs: `views.*`, and what a submission's answer does to them.

use serde_json::{Value, json};

use super::args::{Answered, ApiError, Args};
use super::blocks::check_view;
use super::elements::give_ids;
use super::world::World;
use super::{APP, BOT_ID, TEAM};

const DEEPEST_STACK: usize = 3;
const LARGEST_VIEW: usize = 250_000;

/// A view that somebody sees, or saw.
#[derive(Clone, Debug)]
pub struct View {
    pub id: String,
    pub user: String,
    pub is_home: bool,
    pub is_closed: bool,
    /// What the app gave.
    pub body: Value,
    /// The input errors that are shown.
    pub errors: Option<Value>,
    pub hash: String,
    root: String,
    previous: Option<String>,
}

impl View {
    pub(super) fn json(&self) -> Value {
        let mut json = self.body.clone();
        let text = |key: &str| self.body.get(key).cloned().unwrap_or_else(|| json!(""));
        let more = json!({
            "id": self.id, "team_id": TEAM, "app_id": APP, "bot_id": BOT_ID, "app_installed_team_id": TEAM,
            "hash": self.hash, "root_view_id": self.root, "previous_view_id": self.previous,
            "state": { "values": {} }, "private_metadata": text("private_metadata"),
            "callback_id": text("callback_id"), "external_id": text("external_id"),
            "clear_on_close": self.body["clear_on_close"] == true,
            "notify_on_close": self.body["notify_on_close"] == true,
        });
        if let (Some(json), Value::Object(more)) = (json.as_object_mut(), more) {
            json.extend(more);
        }
        json
    }

    pub fn blocks(&self) -> Vec<Value> {
        self.body["blocks"].as_array().cloned().unwrap_or_default()
    }
}

/// A view as it comes in.
struct Drawn {
    body: Value,
    user: String,
    /// The view under it.
    previous: Option<String>,
}

impl World {
    /// The modals that somebody has open, the top one last.
    pub fn modals(&self, user: &str) -> Vec<&View> {
        self.views.iter().filter(|view| view.user == user && !view.is_home && !view.is_closed).collect()
    }

    /// Somebody's home tab.
    pub fn home(&self, user: &str) -> Option<&View> {
        self.views.iter().find(|view| view.user == user && view.is_home)
    }

    pub(super) fn view_mut(&mut self, id: &str) -> Option<&mut View> {
        self.views.iter_mut().find(|view| view.id == id)
    }

    pub(super) fn views_open(&mut self, args: &Args) -> Answered {
        let (trigger, user) = self.check_trigger(args)?;
        let body = given(args.get("view"), "modal")?;
        let view = self.show(Drawn { body, user, previous: None })?;
        self.use_up(&trigger);
        Ok(json!({ "view": view.json() }))
    }

    pub(super) fn views_push(&mut self, args: &Args) -> Answered {
        let (trigger, user) = self.check_trigger(args)?;
        let body = given(args.get("view"), "modal")?;
        let stack = self.modals(&user);
        if stack.len() >= DEEPEST_STACK {
            return Err("push_limit_reached".into());
        }
        let previous = stack.last().map(|view| view.id.clone());
        let view = self.show(Drawn { body, user, previous })?;
        self.use_up(&trigger);
        Ok(json!({ "view": view.json() }))
    }

    pub(super) fn views_update(&mut self, args: &Args) -> Answered {
        let is_it = |view: &&View| match (args.text("view_id"), args.text("external_id")) {
            (Some(id), _) => view.id == id,
            (None, Some(external)) => view.body["external_id"] == external,
            (None, None) => false,
        };
        let found = self.views.iter().find(is_it).filter(|view| !view.is_closed).ok_or("not_found")?;
        let (id, kind) = (found.id.clone(), if found.is_home { "home" } else { "modal" });
        if args.text("hash").is_some_and(|hash| hash != found.hash) {
            return Err("hash_conflict".into());
        }
        let body = given(args.get("view"), kind)?;
        Ok(json!({ "view": self.redraw(&id, body)? }))
    }

    pub(super) fn views_publish(&mut self, args: &Args) -> Answered {
        let user = args.text("user_id").filter(|user| self.has_person(user)).ok_or("user_not_found")?.to_owned();
        let body = given(args.get("view"), "home")?;
        let Some(home) = self.home(&user) else {
            return Ok(json!({ "view": self.show(Drawn { body, user, previous: None })?.json() }));
        };
        if args.text("hash").is_some_and(|hash| hash != home.hash) {
            return Err("hash_conflict".into());
        }
        let id = home.id.clone();
        Ok(json!({ "view": self.redraw(&id, body)? }))
    }

    fn show(&mut self, drawn: Drawn) -> Result<View, ApiError> {
        let Drawn { mut body, user, previous } = drawn;
        self.check_external_id(&body, None)?;
        let id = self.fresh_id("V");
        if let Some(blocks) = body["blocks"].as_array_mut() {
            give_ids(blocks, self);
        }
        let root = previous.as_ref().and_then(|previous| self.views.iter().find(|view| view.id == *previous));
        let view = View {
            root: root.map_or_else(|| id.clone(), |view| view.root.clone()),
            hash: self.fresh_id("hash."),
            is_home: body["type"] == "home",
            is_closed: false,
            errors: None,
            id,
            user,
            body,
            previous,
        };
        self.views.push(view.clone());
        Ok(view)
    }

    /// A view changes where it stands.
    fn redraw(&mut self, id: &str, mut body: Value) -> Result<Value, ApiError> {
        self.check_external_id(&body, Some(id))?;
        let hash = self.fresh_id("hash.");
        if let Some(blocks) = body["blocks"].as_array_mut() {
            give_ids(blocks, self);
        }
        let view = self.view_mut(id).ok_or("not_found")?;
        view.body = body;
        view.hash = hash;
        view.errors = None;
        Ok(view.json())
    }

    fn check_external_id(&self, body: &Value, own: Option<&str>) -> Result<(), ApiError> {
        let Some(external) = body["external_id"].as_str().filter(|external| !external.is_empty()) else {
            return Ok(());
        };
        let is_taken = self
            .views
            .iter()
            .any(|view| view.body["external_id"] == external && !view.is_closed && own != Some(&view.id));
        if is_taken { Err("duplicate_external_id".into()) } else { Ok(()) }
    }

    /// Does with a view what the answer to its submission says; what is wrong with the answer is told.
    pub(super) fn finish_submission(&mut self, id: &str, answer: &Value) -> Result<(), String> {
        let user = self.view_mut(id).ok_or("the view is gone")?.user.clone();
        let refused = |error: ApiError| format!("{}: {}", error.code, error.extra);
        match answer["response_action"].as_str() {
            None if answer["response_action"].is_null() => self.close(id),
            Some("clear") => self.close_all(&user),
            Some("errors") => return self.show_errors(id, &answer["errors"]),
            Some("update") => {
                let body = given(answer.get("view"), "modal").map_err(refused)?;
                self.redraw(id, body).map_err(refused)?;
            }
            Some("push") => {
                let body = given(answer.get("view"), "modal").map_err(refused)?;
                self.show(Drawn { body, user, previous: Some(id.into()) }).map_err(refused)?;
            }
            _ => return Err(format!("there is no response_action {}", answer["response_action"])),
        }
        Ok(())
    }

    pub(super) fn close(&mut self, id: &str) {
        if let Some(view) = self.view_mut(id) {
            view.is_closed = true;
        }
    }

    pub(super) fn close_all(&mut self, user: &str) {
        for view in self.views.iter_mut().filter(|view| view.user == user && !view.is_home) {
            view.is_closed = true;
        }
    }

    /// Errors stand under input blocks, and nowhere else.
    fn show_errors(&mut self, id: &str, errors: &Value) -> Result<(), String> {
        let view = self.view_mut(id).ok_or("the view is gone")?;
        let blocks = view.blocks();
        let is_input = |key: &String| blocks.iter().any(|block| block["type"] == "input" && block["block_id"] == **key);
        let fields = errors.as_object().filter(|fields| !fields.is_empty()).ok_or("there are no errors")?;
        if let Some(unknown) = fields.keys().find(|key| !is_input(key)) {
            return Err(format!("there is no input block {unknown}"));
        }
        view.errors = Some(errors.clone());
        Ok(())
    }
}

/// A view of a kind, if it may be shown.
fn given(view: Option<&Value>, kind: &str) -> Result<Value, ApiError> {
    let view = view.ok_or_else(|| ApiError::missing("view"))?;
    if view.to_string().len() > LARGEST_VIEW {
        return Err("view_too_large".into());
    }
    let mut wrong = check_view(view);
    if view["type"] != kind {
        wrong.push(format!("view type must be {kind} [json-pointer:/view/type]"));
    }
    if wrong.is_empty() { Ok(view.clone()) } else { Err(ApiError::invalid("invalid_arguments", &wrong)) }
}

/// A test names a view that is not there.
pub(super) fn no_view<T>(id: &str) -> T {
    panic!("there is no view {id}")
}
