//! One file a surface. A renderer is total: every content has a form, and only it knows the surface's escaping.

pub mod html;
pub mod slack;
pub mod text;
