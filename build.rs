//! Makes executables load the libpython that they were linked with.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_EMBED").is_some() {
        pairbench_build::preflight();
        // At run time an executable finds the very libpython that it was linked with, not another of the same name.
        pyo3_build_config::add_libpython_rpath_link_args();
        pyo3_build_config::add_python_framework_link_args();
    }
}
