package dev.sluice.embedded.mongo;

import java.util.Arrays;

/**
 * A BSON value that the query engine has no class for (code with scope, symbol, DBPointer,
 * undefined, most binary subtypes), kept as its bytes so that it comes out as it went in.
 */
record OpaqueValue(byte type, byte[] payload) implements Comparable<OpaqueValue> {

  @Override
  public int compareTo(OpaqueValue other) {
    int byType = Byte.compare(type, other.type);
    return byType != 0 ? byType : Arrays.compareUnsigned(payload, other.payload);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OpaqueValue value
        && type == value.type
        && Arrays.equals(payload, value.payload);
  }

  @Override
  public int hashCode() {
    return 31 * type + Arrays.hashCode(payload);
  }

  @Override
  public String toString() {
    return "OpaqueValue[type=" + type + ", " + payload.length + " bytes]";
  }
}
