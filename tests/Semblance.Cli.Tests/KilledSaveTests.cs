using System.Diagnostics;

namespace Semblance.Cli.Tests;

/// <summary>What a folder holds when the process that saves into it is killed.</summary>
public class KilledSaveTests
{
    [UnixFact]
    public async Task A_training_that_is_killed_while_it_saves_leaves_the_old_model_or_the_new_one()
    {
        const int Kills = 6;
        using var folder = new TemporaryFolder();
        folder.Write("pairs.tsv", "first\tsecond\tscore\nA man eats.\tSomeone eats.\t4\nIt rains.\tThe sun shines.\t0\n");
        var recipe = folder.Write("r.yaml", $$"""
            model: '{{DefaultModel.Folder}}'
            datasets: [{ name: pairs, files: pairs.tsv, texts: [first, second], score: score, loss: CoSENTLoss, batch-size: 2 }]
            steps: 1
            rate: 1e-4
            """);
        string[] Training(string output) => ["train", recipe, "--data", folder.Path, "--output", folder.Of(output), "--overwrite"];
        void Begin() => SentenceTransformer.Load(Fixtures.Own("st/mean-normalize")).Save(folder.Of("out"));

        (await Command.RunAsync(Training("new"))).ExitCode.ShouldBe(0);
        Begin();
        var (old, trained) = (ModelOf(folder.Of("out")), ModelOf(folder.Of("new")));
        for (var kill = 0; kill < Kills; kill++)
        {
            Begin();
            await KillWhileSavingAsync(folder, Training("out"), new Random(kill).Next(8));
            SentenceTransformer.Load(folder.Of("out"));
            var found = ModelOf(folder.Of("out"));
            (Same(found, old) || Same(found, trained)).ShouldBeTrue($"kill {kill}: {string.Join(", ", found.Keys)}");
        }

        (await Command.RunAsync(Training("out"))).ExitCode.ShouldBe(0);
        Same(ModelOf(folder.Of("out")), trained).ShouldBeTrue();
        Directory.GetFileSystemEntries(folder.Path, ".*").ShouldBeEmpty();
    }

    // From the moment that the new files begin to appear, so many milliseconds later.
    private static async Task KillWhileSavingAsync(TemporaryFolder folder, string[] arguments, int delay)
    {
        using var process = Command.Start(arguments);
        process.StandardInput.Close();
        var texts = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        while (!process.HasExited && Directory.GetDirectories(folder.Path, ".out.*.tmp").Length == 0)
        {
            Thread.Yield();
        }

        for (var watch = Stopwatch.StartNew(); watch.ElapsedMilliseconds < delay;)
        {
            Thread.Yield();
        }

        process.Kill();
        await process.WaitForExitAsync();
        _ = (await texts.Item1, await texts.Item2);
    }

    private static Dictionary<string, byte[]> ModelOf(string folder)
    {
        var isModels = ModelFiles.In(folder);
        return Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file))
            .Where(isModels).ToDictionary(file => file, file => File.ReadAllBytes(Path.Combine(folder, file)));
    }

    private static bool Same(Dictionary<string, byte[]> a, Dictionary<string, byte[]> b) => a.Count == b.Count && a.All(file => b.TryGetValue(file.Key, out var other) && file.Value.AsSpan().SequenceEqual(other));
}
