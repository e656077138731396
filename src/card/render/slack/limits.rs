//! Slack's limits for a message, in letters after escaping, as they stood in November 2026.
//!
//! From the Block Kit reference (blocks, block elements, composition objects) and the pages of `chat.postMessage` and
//! `chat.update`. What nobody documents, or is ours, says so.

/// Blocks in a message.
pub(super) const BLOCKS: usize = 50;
/// All blocks of a message together. Not documented: `msg_blocks_too_long` was seen from about 13,000 letters on, and
/// nobody says what counts. We count every text and everything that travels with it.
pub(super) const ALL_BLOCKS: usize = 12_500;
/// The text beside the blocks; `chat.update` refuses more.
pub(super) const NOTIFICATION: usize = 4_000;
/// A text object. Pieces of rich text have no limit of their own in the reference; they keep to the same.
pub(super) const TEXT: usize = 3_000;
/// The address of a link.
pub(super) const ADDRESS: usize = 3_000;
/// A `block_id` or `action_id`.
pub(super) const ID: usize = 255;
/// What is read on a button.
pub(super) const BUTTON: usize = 75;
/// What a button takes along.
pub(super) const VALUE: usize = 2_000;
/// The title of a question before a press.
pub(super) const ASK_TITLE: usize = 100;
/// What the question says.
pub(super) const ASK_TEXT: usize = 300;
/// What is read on a button of the question.
pub(super) const ASK_BUTTON: usize = 30;
/// Options of a select.
pub(super) const OPTIONS: usize = 100;
/// What is read of an option.
pub(super) const OPTION: usize = 75;
/// What an option takes along.
pub(super) const OPTION_VALUE: usize = 150;
/// What a select shows while nothing is chosen.
pub(super) const PLACEHOLDER: usize = 150;
/// Elements side by side. Slack takes 25; ours, since more than five wrap into a heap.
pub(super) const ROW: usize = 5;

/// Blocks in a view.
pub(super) const VIEW_BLOCKS: usize = 100;
/// Fields of a form: a view's blocks but one for a note.
pub(super) const FIELDS: usize = VIEW_BLOCKS - 1;
/// The title of a view, and what is read on its buttons.
pub(super) const VIEW_WORD: usize = 24;
/// What stands above and below a field.
pub(super) const LABEL: usize = 2_000;
/// What is wrong with a field. Not documented; more would fill a phone.
pub(super) const WRONG: usize = 300;
/// A heading.
pub(super) const HEADER: usize = 150;

// How a card shares out what it has: ours.

/// All buttons and selects of a card together: the rest is for reading.
pub(super) const ACTIONS: usize = 8_000;
/// The same with the names of their rows and the labels above them.
pub(super) const ROWS: usize = 9_500;
/// A card's title.
pub(super) const TITLE: usize = 1_200;
/// One fact.
pub(super) const FACT: usize = 600;
/// One part.
pub(super) const PART: usize = 400;
/// One line of a log.
pub(super) const LOG_LINE: usize = 500;
/// The words that tell what was left out.
pub(super) const NOTE: usize = 300;
