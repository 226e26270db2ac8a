using Semblance.Training.Recipes;

namespace Semblance.Training.Tests.Recipes;

/// <summary>Recipes as a program runs them; what the command prints of them is tested with the command.</summary>
public sealed class RecipeTests : IDisposable
{
    private const string Pairs = "first\tsecond\tscore\nA man eats.\tSomeone eats food.\t4.5\nA plane takes off.\tIt rains.\t0.4\nThe dog sleeps.\tA dog is asleep.\t4.8\nTwo boys play.\tThe sun shines.\t1\n";

    private static readonly string Text = $$$"""
        model: {{{Fixtures.Own("st/mean-normalize")}}}
        output: out
        datasets: [{name: pairs, files: pairs.tsv, texts: [first, second], score: score, loss: CoSENTLoss, batch-size: 2}]
        steps: 6
        rate: 1e-3
        checkpoint-every: 1
        evaluate: {every: 3, on: {task: sts, name: pairs, file: pairs.tsv, texts: [first, second], score: score}}
        """;

    private readonly TemporaryFolder _folder = new();

    public RecipeTests() => File.WriteAllText(_folder.File("pairs.tsv"), Pairs);

    private RecipeOptions Options => new() { DataFolder = _folder.Path, Output = _folder.File("out") };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_recipe_trains_evaluates_and_writes_all_its_files()
    {
        var progress = new Recorder();
        var result = await Recipe.Parse(Text, Options).RunAsync(progress: progress);
        result.Output.ShouldBe(_folder.File("out"));
        result.Evaluations.Select(evaluation => evaluation.Stage).ShouldBe(["before training", "trained"]);
        result.Score.ShouldBe(result.Evaluations[1].Result.PrimaryScore);
        progress.Reports.Select(report => report.Step!.Step).ShouldBe([0, 1, 2, 3, 4, 5]);
        progress.Reports[^1].Completed.ShouldBe(1);
        foreach (var file in (string[])["README.md", "report.html", "log.jsonl", "model.safetensors", "checkpoint.safetensors"])
        {
            File.Exists(Path.Combine(result.Output, file)).ShouldBeTrue(file);
        }
    }

    [Fact]
    public async Task A_file_is_read_with_settings_replaced()
    {
        File.WriteAllText(_folder.File("recipe.yaml"), Text);
        var recipe = Recipe.Load(_folder.File("recipe.yaml"), Options with { Settings = [new("steps", "2"), new("datasets.0.batch-size", "4")] });
        recipe.Kind.ShouldBe(RecipeKind.Model);
        recipe.Variants.ShouldBe([recipe]);
        var training = await recipe.PrepareAsync();
        training.Options.Steps.ShouldBe(2);
        training.Datasets.Single().Rows.Count.ShouldBe(4);
        training.Losses.Single().ShouldBeOfType<CoSENTLoss>();
        training.EvaluateBefore().ShouldNotBeNull().ShouldBeSameAs(training.EvaluateBefore());
        (await training.RunAsync()).Evaluations.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_canceled_run_is_resumed_with_the_same_bits()
    {
        var straight = Recipe.Parse(Text, Options with { Output = _folder.File("straight") });
        await straight.RunAsync();

        var recipe = Recipe.Parse(Text, Options);
        using var stop = new CancellationTokenSource();
        await Should.ThrowAsync<OperationCanceledException>(() => recipe.RunAsync(progress: new Recorder(report => Stop(report, stop)), cancellationToken: stop.Token));
        recipe.HasCheckpoint.ShouldBeTrue();
        (await Should.ThrowAsync<IOException>(() => recipe.RunAsync())).Message.ShouldContain("there is a training already");
        var rest = new Recorder();
        await recipe.RunAsync(new RecipeRunOptions { Resume = true }, rest);
        rest.Reports[0].Step!.Step.ShouldBe(4);
        File.ReadAllBytes(Path.Combine(recipe.Output, "model.safetensors")).ShouldBe(File.ReadAllBytes(Path.Combine(straight.Output, "model.safetensors")));

        static void Stop(RecipeProgress report, CancellationTokenSource stop)
        {
            if (report.Step!.Step == 3)
            {
                stop.Cancel();
            }
        }
    }

    [Fact]
    public async Task Changed_settings_are_refused_unless_they_are_allowed()
    {
        await Recipe.Parse(Text, Options).RunAsync();
        var changed = Recipe.Parse(Text, Options with { Settings = [new("rate", "5e-4"), new("steps", "8")] });
        (await Should.ThrowAsync<TrainingChangedException>(() => changed.RunAsync(new RecipeRunOptions { Resume = true }))).Changes.ShouldContain(change => change.ToString() == "rate: 0.001 → 0.0005");
        var rest = new Recorder();
        await changed.RunAsync(new RecipeRunOptions { Resume = true, AllowChanges = true }, rest);
        rest.Reports.Count.ShouldBe(2);
        await changed.RunAsync(new RecipeRunOptions { Overwrite = true }, rest);
        rest.Reports.Count.ShouldBe(10);
    }

    [Fact]
    public async Task A_recipe_that_varies_settings_is_one_for_each_combination()
    {
        var recipe = Recipe.Parse(Text + "\nvary: {rate: [1e-3, 1e-4], keep: {newest: last}}", Options);
        recipe.Variants.Select(variant => variant.Name).ShouldBe(["rate=1e-3, newest", "rate=1e-4, newest"]);
        recipe.Variants.Select(variant => variant.Output).ShouldBe(recipe.Variants.Select(variant => Path.Combine(_folder.File("out"), variant.Name)));
        await Should.ThrowAsync<InvalidOperationException>(() => recipe.RunAsync());
        (await recipe.Variants[1].PrepareAsync()).Options.Schedule.At(1).ShouldBe(1e-4 * 5 / 6, 1e-9);
    }

    [Fact]
    public async Task A_vocabulary_and_its_word_vectors_are_trained()
    {
        var vocabulary = Recipe.Parse("vocabulary: {size: 90, min-frequency: 1}\ndatasets: [{files: pairs.tsv, texts: [first, second]}]", Options with { Output = _folder.File("words") });
        vocabulary.Kind.ShouldBe(RecipeKind.Vocabulary);
        (await vocabulary.RunAsync()).TokenCount.ShouldBe(90);
        var vectors = Recipe.Parse($"word-vectors: {{tokenizer: '{vocabulary.Output}', dimensions: 4}}\ndatasets: [{{files: pairs.tsv, texts: [first, second]}}]", Options);
        vectors.Kind.ShouldBe(RecipeKind.WordVectors);
        var progress = new Recorder();
        (await vectors.RunAsync(progress: progress)).TokenCount.ShouldNotBeNull().ShouldBeGreaterThan(20);
        progress.Reports.ShouldAllBe(report => report.Step == null && report.Completed <= 1);
        File.Exists(Path.Combine(vectors.Output, "model.safetensors")).ShouldBeTrue();
        await Should.ThrowAsync<InvalidOperationException>(() => vectors.PrepareAsync());
    }

    [Fact]
    public void A_text_that_is_no_recipe_is_named_with_its_line() =>
        Should.Throw<RecipeException>(() => Recipe.Parse("model: m\noutput: o\nstep: 1", name: "mine")).Message.ShouldStartWith("mine, line 3: the recipe has no setting 'step'");

    private sealed class Recorder(Action<RecipeProgress>? also = null) : IProgress<RecipeProgress>
    {
        public List<RecipeProgress> Reports { get; } = [];

        public void Report(RecipeProgress value)
        {
            Reports.Add(value);
            also?.Invoke(value);
        }
    }
}
