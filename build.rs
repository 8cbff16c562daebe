//! Compiles proto/ with protox, so that no `protoc` is needed.

#[cfg(feature = "grpc")]
#[path = "proto/rules.rs"]
mod rules;

use std::error::Error;

const INIT_PROTOS: [&str; 2] = ["skerry/init/v1/init.proto", "skerry/init/v1/file.proto"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    let init = protox::compile(INIT_PROTOS, ["proto"])?;
    prost_build::Config::new().bytes(["."]).compile_fds(init)?;
    #[cfg(feature = "grpc")]
    public_api()?;
    Ok(())
}

/// Generates `skerry.v1`, its descriptor set and the rules of who may call
/// what. The set is what protox encodes, not what prost would: prost drops
/// options such as `google.api.http`.
#[cfg(feature = "grpc")]
fn public_api() -> Result<(), Box<dyn Error>> {
    let mut files: Vec<std::path::PathBuf> = std::fs::read_dir("proto/skerry/v1")?
        .map(|entry| Ok(std::path::PathBuf::from("skerry/v1").join(entry?.file_name())))
        .collect::<Result<_, std::io::Error>>()?;
    files.sort();
    let mut compiler = protox::Compiler::new(["proto"])?;
    compiler.include_imports(true).include_source_info(true).open_files(files)?;
    let out = std::path::PathBuf::from(std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    std::fs::write(out.join("skerry_descriptor.bin"), compiler.encode_file_descriptor_set())?;
    std::fs::write(out.join("skerry_rules.rs"), rules::table(&compiler.descriptor_pool())?)?;
    tonic_prost_build::configure()
        .bytes(".")
        .btree_map(".")
        // It shows a secret's place alone: `proto/credential.rs`.
        .skip_debug(["skerry.v1.Credential"])
        .extern_path(".google.api", "crate::google_api")
        .compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}
