//! An old database is copied before it is changed, once, and a new one is not.

use super::tests::new_world;
use super::*;

async fn connect(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(path);
    options.connect().await.expect("opens")
}

async fn tables(path: &Path) -> i64 {
    let mut connection = connect(path).await;
    let query = sqlx::query("SELECT count(*) FROM sqlite_master WHERE name = 'checkpoints'");
    let row = query.fetch_one(&mut connection).await.expect("read");
    row.get(0)
}

#[tokio::test]
async fn an_old_database_is_copied_as_it_was_before_it_is_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("world.sqlite");
    Store::open(&path, new_world())
        .await
        .expect("opens")
        .close()
        .await;
    let copy = folder.path().join("world-before-14.sqlite");
    assert!(!copy.exists(), "a new world is no old one");
    let mut connection = connect(&path).await;
    for query in [
        "DROP TABLE checkpoint_states",
        "DROP TABLE checkpoints",
        "DELETE FROM _sqlx_migrations WHERE version = 14",
    ] {
        sqlx::query(query)
            .execute(&mut connection)
            .await
            .expect("as it was");
    }
    connection.close().await.expect("closed");
    let store = Store::open(&path, new_world()).await.expect("opens");
    assert_eq!((tables(&path).await, tables(&copy).await), (1, 0));
    assert!(!store.world().made);
    store.close().await;
}
