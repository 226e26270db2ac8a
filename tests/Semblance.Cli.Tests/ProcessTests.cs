using System.Diagnostics;
using System.IO.Compression;
using System.Text;

namespace Semblance.Cli.Tests;

/// <summary>The command as it is built and started.</summary>
public class ProcessTests
{
    private static readonly string Model = Fixtures.Own("st/mean-normalize");

    [Fact]
    public async Task The_executable_encodes_searches_and_fails()
    {
        using var folder = new TemporaryFolder();
        var input = folder.Write("in.txt", "A man is eating food.\nHi\n");
        var (exitCode, output, error) = await Command.RunAsync("encode", "--model", Model, "--input", input, "--output", folder.Of("out.npy"));
        (exitCode, output).ShouldBe((0, ""), error);
        error.ShouldStartWith("encoded 2 lines");
        new FileInfo(folder.Of("out.npy")).Length.ShouldBe(128 + (2 * 32 * 4));

        (exitCode, output, _) = await Command.RunAsync("search", "--model", Model, "--corpus", input, "--query", "Hi", "--top-k", "1");
        (exitCode, output).ShouldBe((0, "1\t1.000000\tHi\n"));

        (exitCode, output, error) = await Command.RunAsync("encode", "--model", "/no/model", "--input", input);
        (exitCode, output).ShouldBe((1, ""));
        error.ShouldStartWith("semblance: /no/model: ");

        (exitCode, output, error) = await Command.RunAsync("encode", "--wrong");
        (exitCode, output).ShouldBe((2, ""));
        error.ShouldContain("--wrong");
    }

    [Fact]
    public async Task A_compressed_input_that_is_cut_short_fails()
    {
        using var folder = new TemporaryFolder();
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 10_000).Select(i => $"{i}\n"))));
        }

        var input = folder.Write("in.txt.gz", packed.ToArray()[..^100]);
        var (exitCode, output, error) = await Command.RunAsync("encode", "--model", Model, "--input", input, "--output", folder.Of("out.npy"));
        (exitCode, output).ShouldBe((1, ""));
        error.ShouldContain("in.txt.gz: the gzip data is damaged or truncated");
        folder.Files.ShouldBe(["in.txt.gz"]);
    }

    [Fact]
    public async Task A_reader_that_has_seen_enough_ends_it_quietly()
    {
        using var folder = new TemporaryFolder();
        using var process = Command.Start("tokenize", "--model", Model, "--input", folder.Write("in.txt", string.Concat(Enumerable.Repeat("A man is eating food.\n", 100_000))));
        (await process.StandardOutput.ReadLineAsync())!.ShouldStartWith("{\"ids\":");
        process.StandardOutput.Close();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        (process.ExitCode, error).ShouldBe((0, ""));
    }

    // Interrupts may be ignored, as in the background of a shell: a child process then ignores them too.
    public static TheoryData<string, int> Signals => IgnoresInterrupts() ? new() { { "TERM", 15 } } : new() { { "INT", 2 }, { "TERM", 15 } };

    [Theory]
    [MemberData(nameof(Signals))]
    public async Task A_request_to_stop_leaves_no_file(string signal, int number)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // a console program is stopped by a key there
        }

        using var folder = new TemporaryFolder();
        using var watcher = new FileSystemWatcher(folder.Path);
        var isWriting = new TaskCompletionSource();
        watcher.Created += (_, _) => isWriting.TrySetResult();
        watcher.EnableRaisingEvents = true;
        using var process = Command.Start("encode", "--model", Model, "--output", folder.Of("out.npy"));
        await process.StandardInput.WriteLineAsync("A man is eating food."); // and then nothing: it waits for more
        await process.StandardInput.FlushAsync();
        await isWriting.Task.WaitAsync(TimeSpan.FromMinutes(1));
        using (var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        process.ExitCode.ShouldBe(128 + number);
        folder.Files.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_index_holds_every_acknowledged_write_of_a_writer_that_was_killed()
    {
        using var folder = new TemporaryFolder();
        var index = folder.Of("index");
        var (exitCode, _, error) = await Command.RunAsync("index", "build", "--index", index, "--model", Model, "--input", folder.Write("in.txt", "Hi\n"));
        exitCode.ShouldBe(0, error);
        var log = Directory.EnumerateFiles(index, "*.log").Single();
        using var watcher = new FileSystemWatcher(index, "*.log");
        var enough = new TaskCompletionSource();
        watcher.Changed += (_, _) =>
        {
            if (new FileInfo(log).Length > 400_000)
            {
                enough.TrySetResult();
            }
        };
        watcher.EnableRaisingEvents = true;
        using (var process = Command.Start("index", "add", "--index", index, "--input", "-"))
        {
            var feeding = Task.Run(async () =>
            {
                for (var i = 0; ; i++)
                {
                    await process.StandardInput.WriteLineAsync($"A man is eating food {i}.");
                }
            });
            await enough.Task.WaitAsync(TimeSpan.FromMinutes(1));
            process.Kill();
            await process.WaitForExitAsync();
            await Should.ThrowAsync<IOException>(feeding);
        }

        var whole = 0;
        var bytes = File.ReadAllBytes(log);
        for (var place = 8; place + 12 <= bytes.Length && place + 12 + BitConverter.ToInt32(bytes, place) <= bytes.Length; place += 12 + BitConverter.ToInt32(bytes, place))
        {
            whole += BitConverter.ToInt32(bytes, place + 13); // each record says how many vectors it has
        }

        whole.ShouldBeGreaterThan(1000);
        (exitCode, var output, error) = await Command.RunAsync("index", "verify", "--index", index);
        exitCode.ShouldBe(0, error + output);
        using var opened = HnswIndex.Open(index); // the lock went with its process
        opened.Count.ShouldBe(whole + 1);
        opened.Search((await opened.GetAsync(1L))!.Vector.Span)[0].Text.ShouldBe("Hi");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(11)]
    public async Task A_training_that_was_killed_goes_on_with_the_same_bits(int checkpoints)
    {
        using var folder = new TemporaryFolder();
        folder.Write("pairs.tsv", "first\tsecond\tscore\n" + string.Concat(Enumerable.Range(0, 64).Select(i => $"The number {i} and {i * 7 % 64}.\tA number, {i * 5 % 64}!\t{i % 6}\n")));
        var recipe = folder.Write("r.yaml", Commands.TrainCommandTests.Recipe());
        string[] Training(string output) => ["train", recipe, "--data", folder.Path, "--output", folder.Of(output), "--set", "steps=300", "--set", "checkpoint-every=7", "--set", "evaluate.every=50"];
        var (exitCode, _, error) = await Command.RunAsync(Training("whole"));
        exitCode.ShouldBe(0, error);

        // Of the folder above: a save of the model exchanges the training's folder for another.
        using var watcher = new FileSystemWatcher(folder.Path, "checkpoint.safetensors") { IncludeSubdirectories = true };
        var written = 0;
        var enough = new TaskCompletionSource();
        void Written(object sender, FileSystemEventArgs e)
        {
            if (Interlocked.Increment(ref written) == checkpoints)
            {
                enough.TrySetResult();
            }
        }

        watcher.Renamed += Written;
        watcher.Created += Written;
        watcher.Changed += Written;
        watcher.EnableRaisingEvents = true;
        using (var process = Command.Start(Training("killed")))
        {
            process.StandardInput.Close();
            await enough.Task.WaitAsync(TimeSpan.FromMinutes(1));
            process.Kill();
            await process.WaitForExitAsync();
            process.ExitCode.ShouldNotBe(0, "it was to be killed before its end");
        }

        (exitCode, _, error) = await Command.RunAsync([.. Training("killed"), "--resume"]);
        exitCode.ShouldBe(0, error);
        error.ShouldContain("resuming from step ");
        foreach (var file in (string[])["model.safetensors", "checkpoint.safetensors"])
        {
            File.ReadAllBytes(Path.Combine(folder.Of("killed"), file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(folder.Of("whole"), file))).ShouldBeTrue(file);
        }
    }

    // The second bit of the signals that the kernel says this process ignores.
    private static bool IgnoresInterrupts() => File.Exists("/proc/self/status")
        && File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } ignored
        && (Convert.ToInt64(ignored[7..].Trim(), 16) & 2) != 0;
}
