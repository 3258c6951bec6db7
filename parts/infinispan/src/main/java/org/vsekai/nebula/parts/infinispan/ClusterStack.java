package org.vsekai.nebula.parts.infinispan;

/**
 * The protocols that nodes talk by among themselves: those of Infinispan's own TCP stack, but members are found by a list
 * rather than by multicast, and a dead process is noticed by its closed socket at once.
 */
final class ClusterStack {
    private ClusterStack() {}

    static String of(Settings settings) {
        return """
                <config xmlns="urn:org:jgroups">
                  <TCP bind_addr="%1$s" bind_port="%2$d" port_range="0" diag.enabled="false" thread_naming_pattern="pl"
                       sock_conn_timeout="300ms" bundler_type="transfer-queue" thread_pool.min_threads="0"
                       thread_pool.max_threads="64" use_vthreads="true"/>
                  <RED/>
                  <TCPPING initial_hosts="%3$s" port_range="0"/>
                  <MERGE3 min_interval="2s" max_interval="5s"/>
                  <FD_SOCK2 bind_addr="%1$s" offset="1" port_range="1"/>
                  <FD_ALL3 timeout="10s" interval="2s"/>
                  <VERIFY_SUSPECT2 timeout="500ms"/>
                  <pbcast.NAKACK2 use_mcast_xmit="false" xmit_interval="200ms" resend_last_seqno="true"/>
                  <UNICAST3 conn_close_timeout="5s" xmit_interval="200ms"/>
                  <pbcast.STABLE desired_avg_gossip="5s" max_bytes="1M"/>
                  <pbcast.GMS print_local_addr="false" join_timeout="500ms"/>
                  <UFC max_credits="4m" min_threshold="0.40"/>
                  <MFC max_credits="4m" min_threshold="0.40"/>
                  <FRAG4 frag_size="60k"/>
                </config>
                """.formatted(settings.host(), settings.clusterPort(), settings.members());
    }
}
