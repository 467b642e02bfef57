import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.neo4j.cli.AdminTool;
import org.neo4j.cli.ExecutionContext;
import org.neo4j.server.CommunityEntryPoint;

/**
 * The Neo4j Community server of one data folder, alive as long as its owner.
 *
 * <p>Argument: the data folder, which holds conf/neo4j.conf. Standard input: one line with the
 * initial password (empty: none to set), then nothing until it closes. It closes when the owner
 * closes it or dies, however it dies, and the server then stops in order.
 */
public final class Neo4jServer {
    private Neo4jServer() {}

    public static void main(String[] args) throws IOException {
        Path home = Path.of(args[0]).toAbsolutePath();
        Path conf = home.resolve("conf");
        BufferedReader owner =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

        // By standard input, because every user of a machine can read the arguments of a process.
        String password = owner.readLine();
        if (password != null && !password.isEmpty()) {
            int failed = AdminTool.execute(
                    new ExecutionContext(home, conf), "dbms", "set-initial-password", "--", password);
            if (failed != 0) {
                System.exit(failed);
            }
        }

        Thread watch = new Thread(() -> stopWhenClosed(owner), "owner");
        watch.setDaemon(true);
        watch.start();
        CommunityEntryPoint.main(
                new String[] {"--home-dir=" + home, "--config-dir=" + conf, "--console-mode"});
    }

    private static void stopWhenClosed(BufferedReader owner) {
        try {
            while (owner.read() >= 0) {
                // the owner has nothing more to say
            }
        } catch (IOException closed) {
            // an unreadable owner is a dead one
        }
        System.exit(0);
    }
}
