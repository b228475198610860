//! What the processor must be able to do.

use log::info;
use raw_cpuid::CpuId;

use crate::machine::stop::give_up;

/// Says which processor this is.
pub fn announce() {
    let cpuid = CpuId::new();
    let brand = cpuid.get_processor_brand_string();
    let vendor = cpuid.get_vendor_info();
    let vendor = vendor.as_ref().map_or("unknown", |v| v.as_str());
    info!("processor: {} ({vendor})", brand.as_ref().map_or("unknown", |b| b.as_str().trim()));
}

/// Gives up if the processor lacks what every process is promised.
pub fn check() {
    let cpuid = CpuId::new();
    if !cpuid.get_extended_feature_info().is_some_and(|f| f.has_fsgsbase()) {
        give_up(format_args!("This processor has no FSGSBASE instructions; lv6 needs them."));
    }
    if !cpuid.get_feature_info().is_some_and(|f| f.has_fxsave_fxstor() && f.has_sse2()) {
        give_up(format_args!("This processor has no SSE2; lv6 needs it."));
    }
}
