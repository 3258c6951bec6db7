package org.vsekai.nebula.cdn.address;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which hosts this service may connect to. Operators type URIs, and whoever owns a host name decides what it resolves
 * to; neither may lead this service to the machine's own metadata or to a neighbour that trusts it.
 *
 * <p>A host is judged by what it resolves to, and every one of its addresses must pass. A name may resolve to another
 * address a moment later (DNS rebinding), so each connection calls {@link #check} anew and connects to the very address
 * it returned.
 *
 * <p>Always refused: unspecified, link-local, multicast and reserved addresses, and the metadata addresses of the big
 * clouds. Loopback and private ranges are refused unless allowed. An IPv6 address that carries an IPv4 address (mapped,
 * compatible, 6to4, NAT64) is judged by both. Immutable and thread-safe.
 */
public final class AddressPolicy {
    private static final Set<String> METADATA_HOSTS = Set.of(
            "metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal");
    /**
     * Metadata services that a range rule does not cover: EC2 and Google over IPv6, Azure, Alibaba, Oracle. Not static: a
     * native image may not hold addresses that were made while it was built.
     */
    private final Set<InetAddress> metadataAddresses = Set.of(
            InetAddress.ofLiteral("fd00:ec2::254"),
            InetAddress.ofLiteral("fd20:ce::254"),
            InetAddress.ofLiteral("168.63.129.16"),
            InetAddress.ofLiteral("100.100.100.200"),
            InetAddress.ofLiteral("192.0.0.192"));

    private final HostResolver resolver;
    private final boolean allowLoopback;
    private final boolean allowPrivate;

    public AddressPolicy(HostResolver resolver, boolean allowLoopback, boolean allowPrivate) {
        this.resolver = resolver;
        this.allowLoopback = allowLoopback;
        this.allowPrivate = allowPrivate;
    }

    /**
     * Resolves a CDN's host and checks every address. Blocks on the name service.
     *
     * @return the address to connect to, valid for one connection
     * @throws CdnUriRefusedException if the host or one of its addresses is refused
     * @throws HostUnresolvedException if the host has no address now
     */
    public InetAddress check(CdnUri uri) {
        if (METADATA_HOSTS.contains(uri.host())) {
            throw new CdnUriRefusedException(uri.text(), "its host is a metadata service");
        }
        List<InetAddress> addresses;
        try {
            addresses = resolver.resolve(uri.host());
        } catch (UnknownHostException e) {
            throw new HostUnresolvedException(uri.host(), e);
        }
        for (InetAddress address : addresses) {
            refusal(address).ifPresent(kind -> {
                throw new CdnUriRefusedException(
                        uri.text(), "its host resolves to " + address.getHostAddress() + ", which is " + kind);
            });
        }
        return addresses.getFirst();
    }

    /** Why an address may not be connected to; empty if it may. */
    Optional<String> refusal(InetAddress address) {
        if (metadataAddresses.contains(address)) {
            return Optional.of("a metadata service's address");
        }
        if (address.isLinkLocalAddress()) {
            return Optional.of("a link-local address");
        }
        if (address.isMulticastAddress()) {
            return Optional.of("a multicast address");
        }
        if (address.isLoopbackAddress()) {
            return allowLoopback
                    ? Optional.empty()
                    : Optional.of("a loopback address (NEBULA_CDN_ALLOW_LOOPBACK is off)");
        }
        byte[] bytes = address.getAddress();
        if (isReserved(address, bytes)) {
            return Optional.of("an unspecified or reserved address");
        }
        if (isPrivate(address, bytes)) {
            return allowPrivate ? Optional.empty() : Optional.of("a private address (NEBULA_CDN_ALLOW_PRIVATE is off)");
        }
        return address instanceof Inet6Address ? embedded(bytes).flatMap(this::refusal) : Optional.empty();
    }

    private static boolean isReserved(InetAddress address, byte[] bytes) {
        if (address instanceof Inet4Address) {
            int first = bytes[0] & 0xff;
            return first == 0 || first >= 240;
        }
        return address.isAnyLocalAddress();
    }

    private static boolean isPrivate(InetAddress address, byte[] bytes) {
        if (address instanceof Inet4Address) {
            // RFC 1918, and RFC 6598's shared range 100.64.0.0/10.
            return address.isSiteLocalAddress() || ((bytes[0] & 0xff) == 100 && (bytes[1] & 0xc0) == 64);
        }
        // fc00::/7 is today's private range; fec0::/10 the one before it.
        return (bytes[0] & 0xfe) == 0xfc || address.isSiteLocalAddress();
    }

    /** The IPv4 address that an IPv6 address leads to. Mapped addresses never come here: Java makes them IPv4. */
    private static Optional<InetAddress> embedded(byte[] bytes) {
        String hex = HexFormat.of().formatHex(bytes);
        if (hex.startsWith("2002")) {
            return Optional.of(ipv4(bytes, 2)); // 6to4, RFC 3056
        }
        if (hex.startsWith("0064ff9b") || hex.startsWith("000000000000000000000000")) {
            return Optional.of(ipv4(bytes, 12)); // NAT64, RFC 6052 and RFC 8215; IPv4-compatible, RFC 4291
        }
        return Optional.empty();
    }

    private static InetAddress ipv4(byte[] bytes, int offset) {
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, offset, offset + 4));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an IPv4 address", e);
        }
    }
}
