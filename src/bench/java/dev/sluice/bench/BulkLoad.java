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
import java.util.function.IntFunction;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.FSDirectory;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** What a target's store does by itself with documents that are there already. */
enum BulkLoad {
  /** Lines into a file, synchronised at the end. */
  JSONL {
    @Override
    String uri(Path directory) {
      return "file:" + directory.resolve("plays.jsonl");
    }

    @Override
    void load(Path directory, String[] documents) throws Exception {
      try (FileOutputStream file = new FileOutputStream(directory.resolve("bulk.jsonl").toFile());
          BufferedOutputStream out = new BufferedOutputStream(file, 1 << 16)) {
        for (String document : documents) {
          out.write(document.getBytes(StandardCharsets.UTF_8));
          out.write('\n');
        }
        out.flush();
        file.getFD().sync();
      }
    }
  },
  /** Rows by a prepared insert, in one transaction. */
  SQLITE {
    @Override
    String uri(Path directory) {
      return "jdbc:sqlite:" + directory.resolve("plays.db");
    }

    @Override
    void load(Path directory, String[] documents) throws Exception {
      try (Connection connection =
              DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("bulk.db"));
          Statement statement = connection.createStatement()) {
        statement.execute("pragma journal_mode = wal");
        statement.execute("create table plays (id text primary key, document text)");
        connection.setAutoCommit(false);
        try (PreparedStatement insert =
            connection.prepareStatement("insert into plays values (?, ?)")) {
          for (int n = 0; n < documents.length; n++) {
            insert.setString(1, String.format(Locale.ROOT, "%024x", n));
            insert.setString(2, documents[n]);
            insert.addBatch();
            if (n % BATCH == BATCH - 1) {
              insert.executeBatch();
            }
          }
          insert.executeBatch();
        }
        connection.commit();
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
    void load(Path directory, String[] documents) throws Exception {
      try (DuckDBConnection connection =
              (DuckDBConnection)
                  DriverManager.getConnection("jdbc:duckdb:" + directory.resolve("bulk.duckdb"));
          Statement statement = connection.createStatement()) {
        statement.execute("create table plays (id text primary key, document text)");
        try (DuckDBAppender rows = connection.createAppender("main", "plays")) {
          for (int n = 0; n < documents.length; n++) {
            rows.beginRow();
            rows.append(String.format(Locale.ROOT, "%024x", n));
            rows.append(documents[n]);
            rows.endRow();
          }
        }
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
    void load(Path directory, String[] documents) throws Exception {
      String table = schema(directory) + ".bulk";
      try (Connection connection = PrivateServer.POSTGRES.connect();
          Statement statement = connection.createStatement()) {
        statement.execute("create table " + table + " (id text primary key, document json)");
        CopyIn copy =
            connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("copy " + table + " from stdin");
        for (int n = 0; n < documents.length; n++) {
          // Its text format: no document here has a tab or a line end.
          String row =
              String.format(Locale.ROOT, "%024x\t", n) + documents[n].replace("\\", "\\\\") + "\n";
          byte[] bytes = row.getBytes(StandardCharsets.UTF_8);
          copy.writeToCopy(bytes, 0, bytes.length);
        }
        copy.endCopy();
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
    void load(Path directory, String[] documents) throws Exception {
      ObjectMapper json = new ObjectMapper();
      try (FSDirectory index = FSDirectory.open(directory.resolve("bulk"));
          IndexWriter writer =
              new IndexWriter(index, new IndexWriterConfig(new StandardAnalyzer()))) {
        for (String text : documents) {
          Document document = new Document();
          for (Map.Entry<String, JsonNode> field : json.readTree(text).properties()) {
            document.add(new TextField(field.getKey(), field.getValue().asText(), Store.NO));
          }
          document.add(new StoredField("document", text));
          writer.addDocument(document);
        }
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
  private static final double NANOS = 1e9;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether what it needs is on this machine. */
  boolean isThere() {
    return true;
  }

  /** Of the target that is measured beside it. */
  abstract String uri(Path directory) throws Exception;

  abstract void load(Path directory, String[] documents) throws Exception;

  /** How many seconds it takes; making the documents is not counted. */
  double load(Path directory, int count, IntFunction<String> document) throws Exception {
    String[] documents = new String[count];
    for (int n = 0; n < count; n++) {
      documents[n] = document.apply(n);
    }
    long begin = System.nanoTime();
    load(directory, documents);
    return (System.nanoTime() - begin) / NANOS;
  }
}
