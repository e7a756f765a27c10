//! Contracts and limits by the command line, with the tokens of two people.

use crate::{
    records::process::Installation,
    support::{Backend, World},
};

fn token(installation: &Installation, role: &str, subject: &str) -> String {
    installation.token(&["--role", role, "--unit=220000", "--purpose=P-ADM", "--subject", subject])
}

#[tokio::test]
async fn a_contract_is_proposed_and_signed_and_ended_by_the_command_line() {
    let world = World::new(Backend::Sqlite).await;
    let installation = Installation::over(&world);
    installation.succeed(&[
        "client",
        "register",
        "station-220102",
        "--name=南关区派出所登记系统",
        "--role=PO",
        "--unit=220102",
        "--organization=220102-PSB",
    ]);
    let (wang, officer) = (token(&installation, "SP", "wang"), token(&installation, "DP", "chen"));
    let propose = |token: &str, law: &str| {
        let arguments = [
            "client",
            "volume",
            "propose",
            "station-220102",
            "--identity=5000",
            "--movement=500",
            "--law",
            law,
            "--reason=派出所居住登记系统夜间同步，日均登记约三千人",
            "--until=2027-06-30T00:00:00+08:00",
            "--token",
            token,
        ];
        installation.run(&arguments)
    };
    let refused = propose(&wang, "NO-LAW");
    assert!(refused.err.contains("there is no legal basis of this code"), "{refused:?}");
    let proposed = propose(&wang, "RESPERMIT-8");
    assert!(proposed.out.contains("is proposed, to be signed by a second person"), "{proposed:?}");
    let listed = installation.succeed(&["client", "volume", "list", "station-220102"]);
    assert!(listed.contains("  PROPOSED  contract station-220102  "), "{listed}");
    let number = listed.trim_start_matches('#').split_whitespace().next().expect("a number");

    let own = installation.fail(&["client", "volume", "approve", number, "--token", &wang]);
    assert!(own.contains("nobody decides on what they proposed themselves"), "{own}");
    let signed =
        installation.succeed(&["client", "volume", "approve", number, "--token", &officer]);
    assert_eq!(signed, format!("agreement {number} is in force\n"));
    let listed = installation.succeed(&["limit", "list"]);
    assert!(listed.lines().next().expect("a line").contains("wang (SP), chen (DP)"), "{listed}");
    let ended = installation.succeed(&["limit", "end", number, "--token", &wang]);
    assert_eq!(ended, format!("agreement {number} is ended\n"));
    assert_eq!(installation.succeed(&["limit", "alarms"]), "");
    let over = installation.fail(&[
        "limit",
        "propose-role",
        "PO",
        "--movement-day=26",
        "--law=RESPERMIT-8",
        "--reason=走失人员查找专项工作期间的查询量超出默认限额",
        "--until=2027-01-31T00:00:00+08:00",
        "--token",
        &wang,
    ]);
    assert!(over.contains("法释〔2017〕10号"), "{over}");
}
