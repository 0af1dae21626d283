package dev.sluice.target.sql;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/** A database whose client dies in front of one of its statements. */
final class DyingDialect {
  /** The process is gone. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  private DyingDialect() {}

  /**
   * @param left how many statements and commits are run before it dies
   */
  static SqlDialect of(SqlDialect real, AtomicInteger left) {
    return proxy(
        SqlDialect.class,
        (proxy, method, arguments) -> {
          Object result = call(real, method, arguments);
          return result instanceof Connection connection ? dying(connection, left) : result;
        });
  }

  private static Connection dying(Connection real, AtomicInteger left) {
    return proxy(
        Connection.class,
        (proxy, method, arguments) -> {
          if (method.getName().equals("commit")) {
            count(left);
          }
          Object result = call(real, method, arguments);
          return result instanceof Statement statement
              ? dying(statement, method.getReturnType(), left)
              : result;
        });
  }

  private static Object dying(Statement real, Class<?> type, AtomicInteger left) {
    return proxy(
        type,
        (proxy, method, arguments) -> {
          if (method.getName().startsWith("execute")) {
            count(left);
          }
          return call(real, method, arguments);
        });
  }

  private static void count(AtomicInteger left) {
    if (left.getAndDecrement() <= 0) {
      throw new Killed();
    }
  }

  private static Object call(Object real, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(real, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            DyingDialect.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
