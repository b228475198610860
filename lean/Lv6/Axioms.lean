import Lv6
/-!
# The axioms behind the theorems

For the official toolchain: `lake env lean lean/Lv6/Axioms.lean` prints, for each main theorem, all axioms that it reaches,
those inside Lean's own library included. Expected are at most `propext`, `Classical.choice` and `Quot.sound`.

This file is no `module`, because `#print axioms` is refused in one; `cargo run -- verify` audits the compiled files instead.
-/
#print axioms Lv6.Code.sys_clone_refines
#print axioms Lv6.Code.sys_set_proc_name_refines
#print axioms Lv6.Code.sys_set_runnable_refines
#print axioms Lv6.Code.sys_switch_refines
#print axioms Lv6.Code.sys_kill_refines
#print axioms Lv6.Code.sys_reap_refines
#print axioms Lv6.Code.sys_reparent_refines
#print axioms Lv6.Code.sys_map_page_desc_refines
#print axioms Lv6.Code.sys_map_proc_refines
#print axioms Lv6.Code.sys_map_dev_refines
#print axioms Lv6.Code.sys_map_file_refines
#print axioms Lv6.Code.sys_map_pml4_refines
#print axioms Lv6.Code.sys_alloc_pdpt_refines
#print axioms Lv6.Code.sys_alloc_pd_refines
#print axioms Lv6.Code.sys_alloc_pt_refines
#print axioms Lv6.Code.sys_alloc_frame_refines
#print axioms Lv6.Code.sys_free_pdpt_refines
#print axioms Lv6.Code.sys_free_pd_refines
#print axioms Lv6.Code.sys_free_pt_refines
#print axioms Lv6.Code.sys_free_frame_refines
#print axioms Lv6.Code.sys_copy_frame_refines
#print axioms Lv6.Code.sys_protect_frame_refines
#print axioms Lv6.Code.sys_reclaim_page_refines
#print axioms Lv6.Code.sys_alloc_vector_refines
#print axioms Lv6.Code.sys_reclaim_vector_refines
#print axioms Lv6.Code.sys_alloc_intremap_refines
#print axioms Lv6.Code.sys_reclaim_intremap_refines
#print axioms Lv6.Code.sys_ack_intr_refines
#print axioms Lv6.Code.sys_create_refines
#print axioms Lv6.Code.sys_close_refines
#print axioms Lv6.Code.sys_dup_refines
#print axioms Lv6.Code.sys_dup2_refines
#print axioms Lv6.Code.sys_lseek_refines
#print axioms Lv6.Code.sys_alloc_io_bitmap_refines
#print axioms Lv6.Code.sys_alloc_port_refines
#print axioms Lv6.Code.sys_reclaim_port_refines
#print axioms Lv6.Code.dispatch_processes_refines
#print axioms Lv6.Code.dispatch_files_refines
#print axioms Lv6.Code.dispatch_interrupts_refines
#print axioms Lv6.Code.dispatch_ports_refines
#print axioms Lv6.Code.dispatch_ipc_refines
#print axioms Lv6.Code.dispatch_iommu_refines
#print axioms Lv6.Code.dispatch_refines
#print axioms Lv6.Code.boot_refines
#print axioms Lv6.Code.boot_devices_refines
#print axioms Lv6.Code.boot_with_devices
#print axioms Lv6.Code.fault_refines
#print axioms Lv6.Code.preempt_refines
#print axioms Lv6.Code.boot_zeroed
#print axioms Lv6.Spec.boot_inv
#print axioms Lv6.Spec.isolation
#print axioms Lv6.Spec.reachable_inv
#print axioms Lv6.Spec.reachable_isolation
#print axioms Lv6.Spec.cached_isolation
#print axioms Lv6.Spec.dma_isolation
#print axioms Lv6.Spec.step_integrity
#print axioms Lv6.Spec.step_bystander
#print axioms Lv6.Spec.Witness.store_happens
#print axioms Lv6.Spec.ready_list
#print axioms Lv6.Spec.free_list
