//! What differs between two states, for people.

use lv6_kernel::state::{DmaDesc, File, Intremap, Kernel, PageDesc, PciFunc, PciPage, PciSlot, Proc, Requests};

/// One line for each number that differs, with its value in `old` and in `new`.
pub fn differences(old: &Kernel, new: &Kernel) -> Vec<String> {
    let mut found = Vec::new();
    words(&mut found, "pages", old.pages.as_flattened(), new.pages.as_flattened());
    words(&mut found, "dma_pages", old.dma_pages.as_flattened(), new.dma_pages.as_flattened());
    records(
        &mut found,
        "page_desc",
        &old.page_desc,
        &new.page_desc,
        |PageDesc { kind, owner, free_prev, free_next }| vec![kind.code(), *owner, *free_prev, *free_next],
    );
    records(&mut found, "procs", &old.procs, &new.procs, proc_numbers);
    records(
        &mut found,
        "files",
        &old.files,
        &new.files,
        |File { kind, refcnt, value, omode, offset, reserved: [a, b, c] }| {
            vec![kind.code(), *refcnt, *value, *omode, *offset, *a, *b, *c]
        },
    );
    records(
        &mut found,
        "devices",
        &old.devices,
        &new.devices,
        |PciFunc { devid, id, class, reserved, bar_base, bar_size }| {
            [&[*devid, *id, *class, *reserved], bar_base.as_slice(), bar_size].concat()
        },
    );
    records(&mut found, "dma", &old.dma, &new.dma, |DmaDesc { kind, owner }| vec![kind.code(), *owner]);
    records(&mut found, "pci", &old.pci, &new.pci, |PciSlot { owner, root, present }| vec![*owner, *root, *present]);
    records(&mut found, "pci_pages", &old.pci_pages, &new.pci_pages, |PciPage { devid, valid, config }| {
        vec![u64::from(*devid), u64::from(*valid), u64::from(*config)]
    });
    words(&mut found, "vectors", &old.vectors, &new.vectors);
    records(&mut found, "intremaps", &old.intremaps, &new.intremaps, |Intremap { active, devid, vector }| {
        vec![*active, *devid, *vector]
    });
    words(&mut found, "ports", &old.ports, &new.ports);
    words(&mut found, "base, current", &[old.base, old.current], &[new.base, new.current]);
    words(&mut found, "requests", &request_numbers(&old.requests), &request_numbers(&new.requests));
    found
}

fn request_numbers(requests: &Requests) -> Vec<u64> {
    let Requests { flush_tlb, flush_iotlb, context, intremap, io_bitmap } = requests;
    [flush_tlb.as_slice(), &[*flush_iotlb, *context, *intremap, *io_bitmap]].concat()
}

fn proc_numbers(proc: &Proc) -> Vec<u64> {
    let Proc { state, ppid, page_table_root, stack, hvm, io_bitmap_a, io_bitmap_b, ofile, .. } = proc;
    let Proc { nr_children, nr_fds, nr_pages, nr_dmapages, nr_devs, nr_ports, nr_vectors, nr_intremaps, .. } = proc;
    let Proc { killed, use_io_bitmap, ipc_from, ipc_val, ipc_page, ipc_size, ipc_fd, intr, name, .. } = proc;
    let Proc { ready_prev, ready_next, reserved, .. } = proc;
    [
        &[state.code(), *ppid, *page_table_root, *stack, *hvm, *io_bitmap_a, *io_bitmap_b],
        ofile.as_slice(),
        &[*nr_children, *nr_fds, *nr_pages, *nr_dmapages, *nr_devs, *nr_ports, *nr_vectors, *nr_intremaps],
        &[*killed, *use_io_bitmap, *ipc_from, *ipc_val, *ipc_page, *ipc_size, *ipc_fd],
        intr,
        name,
        &[*ready_prev, *ready_next],
        reserved,
    ]
    .concat()
}

fn words(found: &mut Vec<String>, name: &str, old: &[u64], new: &[u64]) {
    for (i, (old, new)) in old.iter().zip(new).enumerate() {
        if old != new {
            let place = if name.ends_with("pages") { format!("[{}][{}]", i / 512, i % 512) } else { format!("[{i}]") };
            found.push(format!("{name}{place}: {old:#x} -> {new:#x}"));
        }
    }
}

fn records<T>(found: &mut Vec<String>, name: &str, old: &[T], new: &[T], numbers: fn(&T) -> Vec<u64>) {
    for (i, (old, new)) in old.iter().zip(new).enumerate() {
        let (old, new) = (numbers(old), numbers(new));
        if old != new {
            words(found, &format!("{name}[{i}], word "), &old, &new);
        }
    }
}
