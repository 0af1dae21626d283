package dev.sluice.target.sql;

import dev.sluice.consume.TargetUri;
import java.util.HashMap;
import java.util.Map;

/**
 * Where a database server is, and the login that may stand in front of it: {@code
 * //user:password@host:port/database}. The drivers know no login there, so that it can be kept out
 * of every URL that one of them might show.
 *
 * @param address without the login
 * @param properties of the driver's: ours, those of the URI, and the login
 */
record ServerPlace(String address, Map<String, String> properties) {
  ServerPlace {
    properties = Map.copyOf(properties);
  }

  /**
   * @param usual properties that the URI may name as well, and then decides
   */
  static ServerPlace of(TargetUri uri, Map<String, String> usual) {
    Map<String, String> properties = new HashMap<>(usual);
    properties.putAll(uri.driverParameters());
    String place = uri.place();
    int at = place.startsWith("//") ? place.lastIndexOf('@') : -1;
    if (at < 0) {
      return new ServerPlace(place, properties);
    }
    String[] login = place.substring(2, at).split(":", 2);
    properties.put("user", TargetUri.decodedLogin(login[0]));
    if (login.length > 1) {
      properties.put("password", TargetUri.decodedLogin(login[1]));
    }
    return new ServerPlace("//" + place.substring(at + 1), properties);
  }

  @Override
  public String toString() {
    return address;
  }
}
