package dev.sluice.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.testing.PostgresServer;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.Locale;
import java.util.Map;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.DoublePoint;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.BytesRef;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * What a target's store does by itself, at once, with rows that are there already: the same that
 * the target would have. It ends when they are durable; that the store closes is not counted, as it
 * is not of the target.
 */
enum BulkLoad {
  /** Lines into a file, synchronised at the end. */
  JSONL {
    @Override
    String uri(Path directory) {
      return "file:" + directory.resolve("plays.jsonl");
    }

    @Override
    Cost load(Path directory, String[] documents, Cost.Watch watch) throws Exception {
      try (FileOutputStream file = new FileOutputStream(directory.resolve("bulk.jsonl").toFile());
          BufferedOutputStream out = new BufferedOutputStream(file, 1 << 16)) {
        for (int n = 0; n < documents.length; n++) {
          out.write(line(n, documents[n]).getBytes(StandardCharsets.UTF_8));
        }
        out.flush();
        file.getFD().sync();
        return watch.stop();
      }
    }

    private String line(int n, String document) {
      return "{\"eventId\": \""
          + FullQueue.messageId(n)
          + "\", \"position\": \""
          + FullQueue.position(n)
          + "\", \"operation\": \"insert\", \"time\": \"2026-11-20T01:02:03Z\", \"database\":"
          + " \"scrabble\", \"collection\": \"plays\", \"_id\": \""
          + FullQueue.id(n)
          + "\", \"idType\": \"objectId\", \"document\": "
          + document
          + "}\n";
    }
  },
  /** Rows by a prepared insert, in one transaction. */
  SQLITE {
    @Override
    String uri(Path directory) {
      return "jdbc:sqlite:" + directory.resolve("plays.db");
    }

    @Override
    Cost load(Path directory, String[] documents, Cost.Watch watch) throws Exception {
      try (Connection connection =
              DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("bulk.db"));
          Statement statement = connection.createStatement()) {
        statement.execute("pragma journal_mode = wal");
        statement.execute("pragma synchronous = full");
        statement.execute("create table plays " + columns("text", "text"));
        connection.setAutoCommit(false);
        try (PreparedStatement insert =
            connection.prepareStatement("insert into plays values (?, 'objectId', ?, 0, ?)")) {
          for (int n = 0; n < documents.length; n++) {
            insert.setString(1, FullQueue.id(n));
            insert.setString(2, FullQueue.position(n));
            insert.setString(3, documents[n]);
            insert.addBatch();
            if (n % BATCH == BATCH - 1) {
              insert.executeBatch();
            }
          }
          insert.executeBatch();
        }
        connection.commit();
        return watch.stop();
      }
    }
  },
  /** Rows by its appender. */
  DUCKDB {
    @Override
    String uri(Path directory) {
      return "duckdb:" + directory.resolve("plays.duckdb");
    }

    @Override
    Cost load(Path directory, String[] documents, Cost.Watch watch) throws Exception {
      try (DuckDBConnection connection =
              (DuckDBConnection)
                  DriverManager.getConnection("jdbc:duckdb:" + directory.resolve("bulk.duckdb"));
          Statement statement = connection.createStatement()) {
        statement.execute("create table plays " + columns("varchar", "varchar"));
        try (DuckDBAppender rows = connection.createAppender("main", "plays")) {
          for (int n = 0; n < documents.length; n++) {
            rows.beginRow();
            rows.append(FullQueue.id(n));
            rows.append("objectId");
            rows.append(FullQueue.position(n));
            rows.append((short) 0);
            rows.append(documents[n]);
            rows.endRow();
          }
        }
        return watch.stop();
      }
    }
  },
  /** Rows by COPY, in one transaction. */
  POSTGRESQL {
    @Override
    boolean isThere() {
      return PostgresServer.isInstalled();
    }

    @Override
    String uri(Path directory) throws Exception {
      String schema = schema(directory);
      return "jdbc:postgresql://"
          + PostgresServer.USER
          + ":"
          + URLEncoder.encode(PostgresServer.PASSWORD, StandardCharsets.UTF_8)
          + "@"
          + PrivateServer.POSTGRES.place()
          + "?driver.currentSchema="
          + schema;
    }

    @Override
    Cost load(Path directory, String[] documents, Cost.Watch watch) throws Exception {
      String table = schema(directory) + ".bulk";
      try (Connection connection = PrivateServer.POSTGRES.connect();
          Statement statement = connection.createStatement()) {
        statement.execute("create table " + table + ' ' + columns("text collate \"C\"", "json"));
        CopyIn copy =
            connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("copy " + table + " from stdin");
        for (int n = 0; n < documents.length; n++) {
          // Its text format: no document here has a tab or a line end.
          String row =
              FullQueue.id(n)
                  + "\tobjectId\t"
                  + FullQueue.position(n)
                  + "\t0\t"
                  + documents[n].replace("\\", "\\\\")
                  + "\n";
          byte[] bytes = row.getBytes(StandardCharsets.UTF_8);
          copy.writeToCopy(bytes, 0, bytes.length);
        }
        copy.endCopy();
        return watch.stop();
      }
    }

    /** Of its own for each run. */
    private String schema(Path directory) throws Exception {
      String schema = "b" + Integer.toHexString(directory.hashCode());
      try (Connection connection = PrivateServer.POSTGRES.connect();
          Statement statement = connection.createStatement()) {
        statement.execute("create schema if not exists " + schema);
      }
      return schema;
    }
  },
  /** Documents with the same fields, in one commit. */
  LUCENE {
    @Override
    String uri(Path directory) {
      return "lucene:" + directory.resolve("index");
    }

    @Override
    Cost load(Path directory, String[] documents, Cost.Watch watch) throws Exception {
      ObjectMapper json = new ObjectMapper();
      try (FSDirectory index = FSDirectory.open(directory.resolve("bulk"));
          IndexWriter writer =
              new IndexWriter(index, new IndexWriterConfig(new StandardAnalyzer()))) {
        for (int n = 0; n < documents.length; n++) {
          Document entry = entry(n, documents[n]);
          for (Map.Entry<String, JsonNode> field : json.readTree(documents[n]).properties()) {
            add(entry, field.getKey(), field.getValue());
          }
          writer.addDocument(entry);
        }
        writer.commit();
        return watch.stop();
      }
    }

    private Document entry(int n, String document) {
      Document entry = new Document();
      entry.add(new StringField("#key", "scrabble.plays objectId " + FullQueue.id(n), Store.NO));
      entry.add(new StringField("#namespace", "scrabble.plays", Store.YES));
      entry.add(new StringField("#collection", "scrabble.plays", Store.NO));
      entry.add(new StringField("#collection", "plays", Store.NO));
      entry.add(new StringField("#position", FullQueue.position(n), Store.YES));
      entry.add(new BinaryDocValuesField("#values", new BytesRef(FullQueue.position(n))));
      entry.add(new StoredField("#id", FullQueue.id(n)));
      entry.add(new StoredField("#idType", "objectId"));
      entry.add(new StoredField("#document", document));
      return entry;
    }

    private void add(Document entry, String name, JsonNode value) {
      if (value.isNumber()) {
        entry.add(new DoublePoint(name + "#number", value.doubleValue()));
      } else {
        entry.add(new TextField(name, value.asText(), Store.NO));
        entry.add(new StringField(name + "#exact", value.asText(), Store.NO));
      }
    }
  };

  /** Started when it is first needed; it ends with this process. */
  private static final class PrivateServer {
    static final PostgresServer POSTGRES = PostgresServer.launch();

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(POSTGRES::close, "postgres-ends"));
    }
  }

  private static final int BATCH = 500;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether what it needs is on this machine. */
  boolean isThere() {
    return true;
  }

  /** Of the target that is measured beside it. */
  abstract String uri(Path directory) throws Exception;

  /** Gives what the watch says when the rows are durable. */
  abstract Cost load(Path directory, String[] documents, Cost.Watch watch) throws Exception;

  /** Of a table of states. */
  private static String columns(String key, String document) {
    return String.format(
        Locale.ROOT,
        "(id %1$s not null, id_type %1$s not null, position %1$s not null, deleted smallint not"
            + " null, document %2$s, primary key (id, id_type))",
        key,
        document);
  }

  /** What it takes; making the documents is not counted. */
  Cost load(Path directory, FullQueue queue) throws Exception {
    String[] documents = new String[queue.events()];
    for (int n = 0; n < documents.length; n++) {
      documents[n] = queue.document(n);
    }
    return load(directory, documents, new Cost.Watch());
  }
}
