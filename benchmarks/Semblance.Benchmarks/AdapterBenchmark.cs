using System.Diagnostics;
using System.Globalization;
using Semblance.Training.Recipes;

namespace Semblance.Benchmarks;

/// <summary>
/// The methods of fine-tuning with few parameters beside full fine-tuning: the share of the parameters that is trained, the processor time of
/// a step of 32 texts of 128 tokens, the peak memory of the process and the size of the file, for a folder of all-MiniLM-L6-v2,
/// <c>SEMBLANCE_MODEL</c>, or the random model of that shape; and the scores of the bundled model on two tasks after 50 batches of 16 pairs,
/// at a learning rate that suits the method. The first row has the scores before training. <c>SEMBLANCE_METHODS</c> limits the methods, as
/// in <c>full,lora</c>.
/// </summary>
internal static class AdapterBenchmark
{
    /// <summary>The argument, with the name of a method after it, that makes a process of this program measure that method.</summary>
    public const string Child = "adapter-once";

    private const int Texts = 32, Tokens = 128, Steps = 3, TaskSteps = 50;

    private static readonly Method[] Methods =
    [
        new("full", null, "5e-5"),
        new("bias", "{ method: bias }", "1e-3"),
        new("layer-norm", "{ method: layer-norm }", "1e-3"),
        new("lora", "{ method: lora, rank: 8, alpha: 16, targets: [query, value] }", "1e-3"),
        new("rslora", "{ method: lora, rslora: true, rank: 8, alpha: 16, targets: [query, value] }", "5e-4"),
        new("dora", "{ method: lora, dora: true, rank: 8, alpha: 16, targets: [query, value] }", "1e-3"),
        new("adalora", "{ method: adalora, initial-rank: 12, target-rank: 8, alpha: 32, initial-steps: 0.1, final-steps: 0.3, targets: [query, value] }", "2e-3"),
        new("ia3", "{ method: ia3 }", "5e-3"),
        new("houlsby", "{ method: houlsby, size: 48 }", "1e-3"),
        new("pfeiffer", "{ method: pfeiffer, size: 48 }", "1e-3"),
        new("prefix", "{ method: prefix, tokens: 10 }", "1e-2"),
        new("prompt", "{ method: prompt, tokens: 10 }", "1e-2"),
        new("p-tuning", "{ method: p-tuning, tokens: 10, size: 128 }", "1e-3"),
    ];

    private static string? ModelFolder => Environment.GetEnvironmentVariable("SEMBLANCE_MODEL");

    public static void Run()
    {
        var chosen = Environment.GetEnvironmentVariable("SEMBLANCE_METHODS")?.Split(',');
        string[] tasks = ["stsb", "mrpc"];
        Console.WriteLine("| method | trained | step | memory | file | rate | STS-B | MRPC |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- |");
        Console.WriteLine($"| not trained | | | | | | {string.Join(" | ", tasks.Select(task => Score(Methods[0], task, trains: false)))} |");
        foreach (var method in Methods.Where(method => chosen?.Contains(method.Name) != false))
        {
            var measured = InNewProcess(method.Name, "step");
            var scores = tasks.Select(task => InNewProcess(method.Name, task));
            Console.WriteLine($"| `{method.Name}` | {string.Join(" | ", [measured, method.Rate, .. scores])} |");
        }
    }

    /// <summary>What the process with the argument <see cref="Child"/> does.</summary>
    public static void RunChild(string name, string part)
    {
        var method = Methods.Single(method => method.Name == name);
        Console.WriteLine(part == "step" ? MeasureStep(method) : Score(method, part, trains: true));
    }

    private static string InNewProcess(string method, string part)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Child, method, part]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var line = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? line : throw new InvalidOperationException($"Measuring {part} of {method} failed.");
    }

    private static string MeasureStep(Method method)
    {
        using var folder = new TemporaryDirectory();
        if (ModelFolder is null)
        {
            BenchmarkData.Model(BenchmarkData.MiniLm).Save(Path.Combine(folder.Path, "random"));
        }

        // Sentences joined until the tokenizer truncates them.
        var sentences = BenchmarkData.Sentences();
        var texts = Enumerable.Range(0, Texts).Select(i => string.Join(' ', sentences.Skip(i * 40).Take(40))).ToArray();
        File.WriteAllLines(
            Path.Combine(folder.Path, "pairs.tsv"),
            ["a\tb\tscore", .. texts.Chunk(2).Select((pair, i) => string.Create(CultureInfo.InvariantCulture, $"{pair[0]}\t{pair[1]}\t{i / (double)Texts}"))]);
        var training = Prepare($"""
            model: {Begun(ModelFolder ?? Path.Combine(folder.Path, "random"), Tokens)}
            output: {folder.Path}/out
            datasets: [{"{"} name: pairs, files: pairs.tsv, texts: [a, b], score: score, loss: CosineSimilarityLoss, batch-size: {Texts / 2} {"}"}]
            steps: {Steps}
            rate: {method.Rate}
            checkpoint-every: {Steps}
            """, method, folder.Path);
        var seconds = new List<double>();
        var before = Environment.CpuUsage.TotalTime;
        training.RunAsync(new Immediate(() =>
        {
            var now = Environment.CpuUsage.TotalTime;
            seconds.Add((now - before).TotalSeconds);
            before = now;
        })).GetAwaiter().GetResult();
        var parameters = training.Model.Parameters().ToArray();
        var share = parameters.Where(parameter => parameter.IsTrained).Sum(parameter => (double)parameter.Value.Length)
            / parameters.Where(parameter => method.Adapter is null || !IsOfAdapter(training, parameter.Value)).Sum(parameter => (double)parameter.Value.Length);
        var file = new FileInfo(Path.Combine(folder.Path, "out", method.Adapter is null ? "model.safetensors" : "adapter_model.safetensors")).Length;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{share:P2} | {Measurement.Median(seconds.Skip(1)):F2} s | {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:N0} MB | {(file < 1e6 ? $"{file / 1e3:F0} KB" : $"{file / 1e6:F1} MB")}");
    }

    private static string Score(Method method, string task, bool trains)
    {
        using var folder = new TemporaryDirectory();
        var begun = Begun(DefaultModel.Name, 64);
        var text = task == "stsb"
            ? $$"""
              model: {{begun}}
              datasets: [{ name: stsb, files: sts/stsb/train.tsv.gz, texts: [sentence1, sentence2], score: score, score-range: [0, 5], loss: CosineSimilarityLoss, batch-size: 16 }]
              evaluate: { on: [{ task: sts, name: stsb-dev, file: sts/stsb/dev.tsv.gz, texts: [sentence1, sentence2], score: score }] }
              """
            : $$"""
              model: {{begun}}
              datasets: [{ name: mrpc, files: paraphrase/mrpc/train.tsv.gz, texts: [sentence1, sentence2], score: label, loss: CoSENTLoss, batch-size: 16 }]
              evaluate: { on: [{ task: pairs, name: mrpc-dev, file: paraphrase/mrpc/dev.tsv, texts: [sentence1, sentence2], label: label }] }
              """;
        var training = Prepare(
            $"{text}\noutput: {folder.Path}/out\nsteps: {TaskSteps}\nrate: {method.Rate}\ncheckpoint-every: {TaskSteps}\n", method,
            Path.Combine(BenchmarkData.Shared, "data"));
        var score = trains ? training.Trainer.Train() : training.EvaluateBefore()!.PrimaryScore;
        return string.Create(CultureInfo.InvariantCulture, $"{100 * score:F2}");
    }

    private static RecipeTraining Prepare(string recipe, Method method, string data) =>
        Recipe.Parse(recipe + (method.Adapter is null ? "" : $"\nadapter: {method.Adapter}\n"), new RecipeOptions { DataFolder = data })
            .PrepareAsync().GetAwaiter().GetResult();

    private static string Begun(string folder, int length) => $"{{ folder: {folder}, max-length: {length} }}";

    private static bool IsOfAdapter(RecipeTraining training, Tensors.Tensor value) =>
        training.Adapter!.Parameters().Any(parameter => parameter.Value == value);

    private sealed record Method(string Name, string? Adapter, string Rate);

    private sealed class Immediate(Action report) : IProgress<RecipeProgress>
    {
        public void Report(RecipeProgress value) => report();
    }

    private sealed class TemporaryDirectory : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("semblance-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
