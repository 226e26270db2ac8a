namespace Semblance.Cli.Tests;

/// <summary>What commands leave behind when the disk is full in the middle of a write.</summary>
public class FullDiskTests
{
    private static readonly string Model = Fixtures.Own("st/mean-normalize");

    [UnixFact]
    public async Task An_index_that_could_not_be_built_is_none_and_is_built_once_there_is_room()
    {
        using var folder = new TemporaryFolder();
        string[] build = ["index", "build", "--index", folder.Of("index"), "--model", Model, "--input", folder.Write("in.txt", Lines(3000))];
        foreach (var room in (int[])[4096, 40_000, 400_000])
        {
            var (exitCode, output, error) = await Command.RunOnFullDiskAsync(room, build);
            (exitCode, output).ShouldBe((1, ""));
            error.ShouldStartWith($"semblance: {folder.Of("index")}{Path.DirectorySeparatorChar}00000001.");
            error.ShouldContain(": it cannot be written (");
            error.ShouldEndWith("); free disk space, or choose another disk.\n");
            Directory.GetFiles(folder.Of("index")).Select(Path.GetFileName).ShouldBe(["lock"]);
        }

        (await Command.RunAsync(build)).ExitCode.ShouldBe(0);
        HnswIndex.Verify(folder.Of("index")).Problems.ShouldBeEmpty();
    }

    [UnixFact]
    public async Task An_index_keeps_every_batch_that_was_added_before()
    {
        using var folder = new TemporaryFolder();
        var index = folder.Of("index");
        (await Command.RunAsync("index", "build", "--index", index, "--model", Model, "--input", folder.Write("in.txt", "Hi\n"))).ExitCode.ShouldBe(0);
        string[] add = ["index", "add", "--index", index, "--model", Model, "--input", folder.Write("more.txt", Lines(8000))];
        var (exitCode, output, error) = await Command.RunOnFullDiskAsync(1_000_000, add);
        (exitCode, output).ShouldBe((1, ""));
        error.ShouldContain(".log: it cannot be written (");

        (exitCode, output, error) = await Command.RunAsync("index", "verify", "--index", index);
        exitCode.ShouldBe(0, error + output);
        int kept;
        using (var opened = HnswIndex.Open(index))
        {
            kept = opened.Count;
            opened.Unlinked.ShouldBeGreaterThan(4096, "there was no room to link them, which stopped no batch");
            kept.ShouldBe(1 + (1024 * (kept / 1024)));
            for (var id = 2; id <= kept; id++)
            {
                (await opened.GetAsync(id))!.Text.ShouldBe($"A man is eating food {id - 2}.");
            }
        }

        (await Command.RunAsync(add)).ExitCode.ShouldBe(0);
        using var whole = HnswIndex.OpenReadOnly(index);
        whole.Count.ShouldBe(kept + 8000);
    }

    [UnixTheory]
    [InlineData("out.npy")]
    [InlineData("out.safetensors")]
    [InlineData("out.jsonl")]
    public async Task A_file_of_vectors_stays_what_it_was(string name)
    {
        using var folder = new TemporaryFolder();
        folder.Write(name, "before");
        var (exitCode, output, error) = await Command.RunOnFullDiskAsync(100_000, "encode", "--model", Model, "--input", folder.Write("in.txt", Lines(3000)), "--output", folder.Of(name));
        (exitCode, output).ShouldBe((1, ""));
        error.ShouldStartWith($"semblance: {folder.Of(name)}: it cannot be written (");
        File.ReadAllText(folder.Of(name)).ShouldBe("before");
        folder.Files.ShouldBe(["in.txt", name]);
    }

    [UnixFact]
    public async Task A_training_keeps_its_last_checkpoint_and_goes_on_from_it_with_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        folder.Write("pairs.tsv", "first\tsecond\tscore\n" + string.Concat(Enumerable.Range(0, 64).Select(i => $"The number {i} and {i * 7 % 64}.\tA number, {i * 5 % 64}!\t{i % 6}\n")));
        var recipe = folder.Write("r.yaml", Commands.TrainCommandTests.Recipe() + "schedule: { constant: { warmup: 0 } }\n"); // the same rates whatever the number of steps
        string[] Training(string output, int steps) =>
            ["train", recipe, "--data", folder.Path, "--output", folder.Of(output), "--set", $"steps={steps}", "--set", "checkpoint-every=7", "--set", "evaluate.every=7", "--resume"];
        (await Command.RunAsync(Training("whole", 28))).ExitCode.ShouldBe(0);
        (await Command.RunAsync(Training("full", 14))).ExitCode.ShouldBe(0);

        var checkpoint = Path.Combine(folder.Of("full"), "checkpoint.safetensors");
        var bytes = File.ReadAllBytes(checkpoint);
        var (exitCode, output, error) = await Command.RunOnFullDiskAsync(2 * bytes.Length / 3, Training("full", 28));
        (exitCode, output).ShouldBe((1, ""));
        error.ShouldContain($"semblance: {checkpoint}: it cannot be written (");
        error.ShouldEndWith("free disk space, or choose another disk. The checkpoint of step 14 is unchanged; resume from it.\n");
        File.ReadAllBytes(checkpoint).ShouldBe(bytes);
        folder.Files.ShouldNotContain(file => file.EndsWith(".tmp", StringComparison.Ordinal));

        (exitCode, _, error) = await Command.RunAsync(Training("full", 28));
        exitCode.ShouldBe(0, error);
        error.ShouldContain("resuming from step 14");
        foreach (var file in (string[])["model.safetensors", "checkpoint.safetensors"])
        {
            File.ReadAllBytes(Path.Combine(folder.Of("full"), file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(folder.Of("whole"), file))).ShouldBeTrue(file);
        }
    }

    private static string Lines(int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"A man is eating food {i}.\n"));
}

/// <summary>A test that needs limits which Windows does not have, skipped there.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute() => Skip = OperatingSystem.IsWindows() ? "Windows does not limit the size of files" : null;
}

/// <summary>A parameterized test that needs limits which Windows does not have, skipped there.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnixTheoryAttribute : TheoryAttribute
{
    public UnixTheoryAttribute() => Skip = OperatingSystem.IsWindows() ? "Windows does not limit the size of files" : null;
}
