package org.vsekai.nebula.casync.archive;

/**
 * Numbers of the catar format, from casync's {@code caformat.h}. Every element is its size (header included), its type
 * and a body, all in little-endian 64-bit numbers.
 */
final class Catar {
    static final long ENTRY = 0x1396fabcea5bbb51L;
    static final long USER = 0xf453131aaeeaccb3L;
    static final long GROUP = 0x25eb6ac969396a52L;
    static final long XATTR = 0xb8157091f80bc486L;
    static final long ACL_USER = 0x297dc88b2ef12fafL;
    static final long ACL_GROUP = 0x36f2acb56cb3dd0bL;
    static final long ACL_GROUP_OBJ = 0x23047110441f38f3L;
    static final long ACL_DEFAULT = 0xfe3eeda6823c8cd0L;
    static final long ACL_DEFAULT_USER = 0xbdf03df9bd010a91L;
    static final long ACL_DEFAULT_GROUP = 0xa0cb1168782d1f51L;
    static final long FCAPS = 0xf7267db0afed0629L;
    static final long QUOTA_PROJID = 0x161baf2d8772a72bL;
    static final long SELINUX = 0x46faf0602fd26c59L;
    static final long SYMLINK = 0x664a6fb6830e0d6cL;
    static final long DEVICE = 0xac3dace369dfe643L;
    static final long PAYLOAD = 0x8b9e1d93d6dcffc9L;
    static final long FILENAME = 0x6dbb6ebcb3161f0bL;
    static final long GOODBYE = 0xdfd35c5e8327c403L;
    static final long GOODBYE_TAIL = 0x57446fa533702943L;

    static final int HEADER_SIZE = 16;
    static final int ENTRY_SIZE = 64;
    static final int DEVICE_SIZE = 32;
    static final int GOODBYE_ITEM_SIZE = 24;

    /** What desync states in every ENTRY it writes: its names for the kinds of metadata that it keeps. */
    static final long DESYNC_FLAGS = 0xb000000010001f22L;

    /**
     * Stated instead when the archive holds xattrs. desync writes one NUL too many behind each value and strips one when
     * it reads; casync does neither, and nothing but the flags tells the two apart. The bit added (0x4, user and group
     * names where there are any) is one that casync itself always sets.
     */
    static final long XATTR_FLAGS = DESYNC_FLAGS | 0x4;

    /** Longest name of one path component, and longest path or link target, in bytes, as in Linux. */
    static final int NAME_MAX = 255;

    static final int PATH_MAX = 4095;

    /** Largest metadata (names of owners, xattrs, ACLs) of one entry, in bytes: sixteen times Linux's limit for xattrs. */
    static final int METADATA_MAX = 1 << 20;

    static final int TYPE_MASK = 0170000;
    static final int REGULAR = 0100000;
    static final int DIRECTORY = 0040000;
    static final int LINK = 0120000;
    static final int CHARACTER_DEVICE = 0020000;
    static final int BLOCK_DEVICE = 0060000;
    static final int FIFO = 0010000;
    static final int SOCKET = 0140000;

    private Catar() {}
}
