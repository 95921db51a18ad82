//! Arguments for the linker.

/// For a crate whose library is also built as an extension module: that leaves libpython's symbols open, which the linker of
/// macOS does only with a flag.
pub fn extension_module() {
    if std::env::var("CARGO_CFG_TARGET_VENDOR").as_deref() == Ok("apple") {
        println!("cargo::rustc-cdylib-link-arg=-undefined");
        println!("cargo::rustc-cdylib-link-arg=dynamic_lookup");
    }
}
