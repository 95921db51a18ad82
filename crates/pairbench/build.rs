//! Records the compiler and the interpreter that the harness is built with, and makes the libpython that was linked
//! the one that is loaded.

use std::process::Command;

fn main() {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let rustc = Command::new(variable("RUSTC")).arg("--version").output();
    let rustc = rustc
        .map(|o| String::from_utf8_lossy(&o.stdout).trim().to_string())
        .unwrap_or_default();
    println!("cargo::rustc-env=PAIRBENCH_RUSTC={rustc}");
    println!("cargo::rustc-env=PAIRBENCH_TARGET={}", variable("TARGET"));
    println!("cargo::rustc-env=PAIRBENCH_PROFILE={}", variable("PROFILE"));
    println!("cargo::rustc-env=PAIRBENCH_OPT_LEVEL={}", variable("OPT_LEVEL"));
    println!(
        "cargo::rustc-env=PAIRBENCH_RUSTFLAGS={}",
        variable("CARGO_ENCODED_RUSTFLAGS").replace('\u{1f}', " ")
    );
    println!("cargo::rerun-if-changed=build.rs");
    // Names that the compiler is to know, whether or not they are set below.
    println!("cargo::rustc-check-cfg=cfg(PyPy)");
    println!("cargo::rustc-check-cfg=cfg(GraalPy)");
    #[cfg(feature = "python")]
    // Which interpreters have hooks in their allocators.
    pyo3_build_config::use_pyo3_cfgs();
    #[cfg(feature = "embed")]
    {
        pairbench_build::preflight();
        // An executable finds at run time the very libpython that it was linked with, not one of the same name.
        pyo3_build_config::add_libpython_rpath_link_args();
        pyo3_build_config::add_python_framework_link_args();
        let python = pyo3_build_config::get();
        let executable = python.executable().unwrap_or_default();
        println!("cargo::rustc-env=PAIRBENCH_PYTHON={executable}");
        let version = Command::new(executable)
            .args(["-c", "import platform; print(platform.python_version())"])
            .output();
        let version = version
            .map(|o| String::from_utf8_lossy(&o.stdout).trim().to_string())
            .unwrap_or_default();
        println!("cargo::rustc-env=PAIRBENCH_PYTHON_VERSION={version}");
    }
}
