//! What the next daemon makes of what it finds.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant, SystemTime};

use skerry_server::engine::Filter;
use skerry_server::main_log::{Content, MainLogs, Piece};
use skerry_server::model::SandboxState::{self, *};
use skerry_server::model::{
    ExecId, Limits, MainProcess, OnExec, OnIdle, Sandbox, SandboxId, Tenant, Timeouts,
};
use skerry_server::runtime::fake::{Fault, Step};
use skerry_server::store::Batch;

use crate::rig::{GRACE, Host, held, named};

fn id(number: u128) -> SandboxId {
    SandboxId::from_uuid(number)
}

/// A record as an earlier daemon wrote it.
fn record(number: u128, state: SandboxState) -> Sandbox {
    let id = id(number);
    Sandbox {
        name: format!("name-{number}"),
        state,
        state_reason: String::new(),
        image: "host".to_owned(),
        labels: BTreeMap::new(),
        limits: Limits::of_host(1 << 30, 1, 0),
        timeouts: Timeouts::default(),
        keep_alive: None,
        on_exec: OnExec::default(),
        env: BTreeMap::new(),
        hostname: "host".to_owned(),
        create_time: SystemTime::UNIX_EPOCH,
        update_time: SystemTime::UNIX_EPOCH,
        start_time: None,
        stop_time: None,
        oom_kills: 0,
        runtime: "fake".to_owned(),
        host_uid_base: (1 << 20) + (u32::try_from(number).expect("few") << 16),
        machine: Some(id.as_str().into()),
        request: Some((format!("request-{number}"), "hash".to_owned())),
        parent: None,
        snapshot: None,
        mounts: Vec::new(),
        own_volume: None,
        main: None,
        user: String::new(),
        cwd: String::new(),
        ports: Vec::new(),
        preview_generation: 0,
        inherited_bytes: 0,
        network: None,
        tenant: Tenant::default(),
        unchecked: None,
        disk_used_bytes: None,
        id,
    }
}

/// Writes records, with a disk each and a machine for those in `machines`.
fn leave(host: &Host, records: &[Sandbox], machines: &[u128]) {
    let fake = host.fake();
    for record in records {
        fs::create_dir_all(host.path().join("disks").join(record.id.as_str())).expect("a disk");
    }
    for id in machines.iter().map(|number| id(*number)) {
        let machine = host.path().join("machines").join(id.as_str());
        let frozen = records.iter().any(|record| record.id == id && record.state == Paused);
        fs::write(machine, if frozen { "paused" } else { "running" }).expect("a machine");
    }
    drop(fake);
    let store = host.store();
    let mut batch = Batch::default();
    for record in records {
        batch.put(record).expect("it encodes");
    }
    held(store.commit(batch)).expect("it is written");
}

const ALL: [SandboxState; 10] =
    [Creating, Running, Pausing, Paused, Resuming, Stopping, Stopped, Starting, Failed, Deleting];

#[test]
fn a_main_process_that_was_not_started_is_and_one_that_was_is_not_again() {
    let host = Host::new();
    let main = |number: u128| MainProcess {
        entrypoint: Vec::new(),
        command: vec!["serve".to_owned()],
        stop_signal: 15,
        exec: Some(ExecId::from_uuid(number)),
        exit: None,
    };
    let records =
        [1, 2].map(|number| Sandbox { main: Some(main(number)), ..record(number, Running) });
    leave(&host, &records, &[1, 2]);
    held(async {
        let logs = MainLogs::open(&host.path().join("logs")).expect("the logs open");
        let mut log = logs.write(&id(2)).await.expect("the log opens");
        let content = Content::Started(ExecId::from_uuid(2));
        log.add(Piece { time: SystemTime::now(), content }).await.expect("it is written");
    });
    fs::create_dir(host.path().join("logs").join(id(3).as_str())).expect("a log of nobody");
    host.life(|rig| async move {
        let started = |number| {
            let processes = rig.engine.processes(&format!("name-{number}")).expect("it is there");
            processes.iter().map(|process| process.spec().command.clone()).collect::<Vec<_>>()
        };
        assert_eq!(started(1), [["serve"]]);
        assert!(started(2).is_empty());
    });
    assert!(!host.path().join("logs").join(id(3).as_str()).exists(), "it is swept");
}

/// Which state each record ends in, where its machine is there or has ended.
fn expected(state: SandboxState, machine: bool) -> Option<SandboxState> {
    match state {
        Creating | Deleting => None,
        Running | Pausing | Resuming if machine => Some(Running),
        Paused if machine => Some(Paused),
        Failed => Some(Failed),
        _ => Some(Stopped),
    }
}

#[test]
fn what_is_always_on_is_started_again_where_it_ran() {
    let host = Host::new();
    let timeouts = Timeouts { always_on: true, ..Timeouts::default() };
    let records: Vec<_> = (0..).zip(ALL).map(|(number, state)| record(number, state)).collect();
    let on = records.into_iter().map(|record| Sandbox { timeouts: timeouts.clone(), ..record });
    let on: Vec<_> = on.collect();
    leave(&host, &on, &[]);
    host.life(async |rig| {
        for (number, state) in ALL.into_iter().enumerate() {
            let name = format!("name-{number}");
            match state {
                Running | Pausing | Resuming | Starting => {
                    rig.reaches(&name, Running).await;
                }
                Creating | Deleting => assert_eq!(rig.state(&name), None),
                Failed => assert_eq!(rig.state(&name), Some(Failed)),
                Paused | Stopping | Stopped => assert_eq!(rig.state(&name), Some(Stopped)),
            }
        }
    });
}

#[test]
fn each_record_decides_what_becomes_of_its_machine() {
    for machine in [true, false] {
        let host = Host::new();
        let records: Vec<_> = (0..).zip(ALL).map(|(number, state)| record(number, state)).collect();
        let there: Vec<u128> = records
            .iter()
            .zip(0..)
            .filter(|(record, _)| machine && record.state != Stopped)
            .map(|(_, number)| number)
            .collect();
        leave(&host, &records, &there);
        host.life(async |rig| {
            for record in &records {
                let found = rig.state(record.id.as_str());
                assert_eq!(found, expected(record.state, machine), "{:?} {machine}", record.state);
            }
            if !machine {
                let stopped = rig.engine.get("name-1").expect("it was RUNNING");
                assert_eq!(stopped.state_reason, "its machine ended while the daemon was away");
            }
            rig.assert_in_line();
        });
        // The next daemon finds nothing to do.
        host.life(async |rig| {
            rig.assert_in_line();
            assert_eq!(rig.fake.calls(Step::RemoveDisk), 0);
        });
    }
}

#[test]
fn what_has_no_record_is_swept() {
    let host = Host::new();
    leave(&host, &[record(1, Running), record(2, Stopped)], &[1, 7]);
    fs::create_dir(host.path().join("disks").join(id(8).as_str())).expect("a disk");
    host.life(async |rig| {
        assert_eq!(rig.fake.machines(), [id(1)]);
        assert_eq!(rig.fake.disks(), [id(1), id(2)]);
        rig.assert_in_line();
    });
}

#[test]
fn a_recovered_sandbox_keeps_its_name_ids_and_request() {
    let host = Host::new();
    let made = host.life(async |rig| {
        let mut request = named("one");
        request.request_id = Some("r".to_owned());
        rig.engine.create(request).await.expect("it is made")
    });
    host.life(async |rig| {
        assert_eq!(rig.engine.get("one").expect("it is there"), made);
        assert!(rig.engine.create(named("one")).await.is_err());
        let mut again = named("one");
        again.request_id = Some("r".to_owned());
        assert_eq!(rig.engine.create(again).await.expect("a retry").id, made.id);
        assert_ne!(rig.create("two").await.host_uid_base, made.host_uid_base);
        let command = crate::rig::command(&["true"]);
        rig.engine.start_exec("one", &command).await.expect("it runs");
        rig.fake.end(&made.id, "ended");
        rig.reaches("one", Stopped).await;
        rig.engine.start("one").await.expect("start");
        rig.assert_in_line();
    });
}

#[test]
fn what_can_not_be_recovered_is_failed_and_can_be_started_or_deleted() {
    let host = Host::new();
    leave(&host, &[record(1, Running), record(2, Running)], &[1, 2]);
    held(async {
        let fake = host.fake();
        fake.order(Step::Connect, Fault::Fail);
        let rig = host.open_with(fake).await.expect("the engine opens");
        for name in ["name-1", "name-2"] {
            let failed = rig.engine.get(name).expect("it is there");
            assert_eq!(
                (failed.state, failed.state_reason.as_str()),
                (Failed, "Connect: as ordered")
            );
        }
        rig.engine.start("name-1").await.expect("start");
        rig.engine.delete("name-2").await.expect("delete");
        rig.assert_in_line();
    });
}

#[test]
fn a_delete_that_can_not_be_finished_is_tried_again() {
    let host = Host::new();
    leave(&host, &[record(1, Deleting), record(2, Creating)], &[1, 2]);
    held(async {
        let fake = host.fake();
        fake.order(Step::Destroy, Fault::Fail);
        let rig = host.open_with(fake).await.expect("the engine opens");
        assert_eq!(rig.state("name-1"), Some(Deleting));
        assert_eq!(rig.state("name-2"), Some(Deleting));
        rig.fake.clear(Step::Destroy);
        rig.pass(Duration::from_secs(31)).await;
        rig.goes("name-1").await;
        rig.goes("name-2").await;
        rig.assert_empty();
    });
}

#[test]
fn a_daemon_that_can_not_list_still_opens() {
    let host = Host::new();
    leave(&host, &[record(1, Running)], &[1]);
    held(async {
        let fake = host.fake();
        fake.order(Step::List, Fault::Fail);
        let rig = host.open_with(fake).await.expect("the engine opens");
        rig.assert_in_line();
    });
}

#[test]
fn what_ran_out_while_no_daemon_ran_is_done_at_once() {
    let host = Host::new();
    let hour_ago = Some(SystemTime::now() - Duration::from_secs(3600));
    let mut old = record(1, Stopped);
    old.timeouts.auto_delete = Some(Duration::from_secs(60));
    old.stop_time = hour_ago;
    let mut long = record(2, Running);
    long.timeouts.max_lifetime = Some(Duration::from_secs(60));
    long.start_time = hour_ago;
    // Idle time begins anew: nobody could work with it meanwhile.
    let mut idle = record(3, Running);
    idle.timeouts = Timeouts {
        idle: Some(Duration::from_secs(60)),
        on_idle: OnIdle::Delete,
        ..Default::default()
    };
    idle.start_time = hour_ago;
    leave(&host, &[old, long, idle], &[2, 3]);
    host.life(async |rig| {
        let before = tokio::time::Instant::now();
        rig.goes("name-1").await;
        rig.reaches("name-2", Stopped).await;
        assert_eq!(before.elapsed(), Duration::ZERO, "by the clock that the test holds");
        assert_eq!(rig.state("name-3"), Some(Running));
        rig.pass(Duration::from_secs(61)).await;
        rig.goes("name-3").await;
    });
}

#[test]
fn many_stopped_sandboxes_open_with_nothing_done_for_each() {
    let host = Host::new();
    let records: Vec<_> = (0..10_000).map(|number| record(number, Stopped)).collect();
    leave(&host, &records, &[]);
    held(async {
        let fake = host.fake();
        let start = Instant::now();
        let rig = host.open_with(fake).await.expect("the engine opens");
        println!("10,000 stopped sandboxes opened in {:?}", start.elapsed());
        assert_eq!(rig.engine.list(&Filter::default(), None, usize::MAX).len(), 10_000);
        for step in [Step::Connect, Step::Destroy, Step::RemoveDisk, Step::Create] {
            assert_eq!(rig.fake.calls(step), 0, "{step:?}");
        }
        rig.engine.start("name-9999").await.expect("start");
        rig.engine.stop("name-9999", GRACE).await.expect("stop");
        rig.engine.delete("name-0").await.expect("delete");
    });
}
